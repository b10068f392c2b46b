import type { Key } from 'ink';

/** A key as the keymap names it: a printable character, or a word such as `enter`, `page-down`, `ctrl-c`. */
export type KeyName = string;

/** More characters than this in one chunk are a paste, not somebody who types fast over a slow link. */
export const typedAtOnce = 8;

const named: readonly (readonly [keyof Key, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
  ['tab', 'tab'],
];

/**
 * The keys in what Ink delivers at once. A slow link joins key presses (`jj`), so a short chunk is split; a chunk that
 * is longer, or has control characters in it, was pasted and gives no keys at all.
 */
export function keyNames(input: string, key: Key): readonly KeyName[] {
  if (key.eventType === 'release') return [];
  // No key here is bound to Alt: what looks like it is Esc and the next key, joined by a slow link.
  if (key.meta) return ['esc', ...keyNames(input, { ...key, meta: false })];
  const name = named.find(([flag]) => key[flag] === true)?.[1];
  if (name !== undefined) return [name];
  if (key.ctrl) return input.length === 1 ? [`ctrl-${input}`] : [];
  const characters = [...input];
  if (characters.length > typedAtOnce || /[\u0000-\u001F\u007F-\u009F]/.test(input)) return [];
  return characters;
}

/** What may be kept of typed or pasted text in a one-line input: printable characters, nothing else. */
export const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '');
