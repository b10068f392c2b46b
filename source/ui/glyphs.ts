import type { LinkWord, PeerState } from '../cluster/cluster-view.ts';
import { width } from '../text/width.ts';

/** The sign before each state word; a different one for each, so that colour is never needed to tell them apart. */
export const stateGlyph: Readonly<Record<PeerState, string>> = {
  unseen: '·',
  silent: '✖',
  hung: '◌',
  stopped: '■',
  garbled: '¿',
  degraded: '▲',
  idle: '○',
  waiting: '◐',
  ready: '●',
};

/** One character for one direction of a link. */
export const linkGlyph: Readonly<Record<LinkWord, string>> = {
  established: '●',
  pending: '◐',
  connecting: '◌',
  retrying: '↻',
  failed: '✖',
  none: '·',
  unknown: '?',
};

/** How a peer stands in one thing beside the others, on the drift screen. */
export const driftGlyph = { same: '●', differs: '▲', unknown: '?' } as const;

/** What a peer shows of the lock's lease. */
export const leaseGlyph = { held: '●', free: '○', unknown: '¿' } as const;

/** Every character outside ASCII that the screens use, and a stand-in just as wide: layout never depends on the set. */
export const asciiFor: ReadonlyMap<string, string> = new Map([
  ['●', '#'],
  ['◐', '~'],
  ['◌', 'c'],
  ['↻', 'r'],
  ['✖', 'x'],
  ['·', '.'],
  ['■', 'S'],
  ['¿', '?'],
  ['▲', '!'],
  ['○', 'o'],
  ['▸', '>'],
  ['→', '>'],
  ['←', '<'],
  ['↑', '^'],
  ['↓', 'v'],
  ['…', '~'],
  ['─', '-'],
  ['│', '|'],
  ['┼', '+'],
  ['▏', '.'],
  ['▎', '.'],
  ['▍', '-'],
  ['▌', '-'],
  ['▋', '='],
  ['▊', '='],
  ['▉', '#'],
  ['█', '#'],
  ['–', '-'],
  ['—', '-'],
  ['’', "'"],
  ['‘', "'"],
  ['“', '"'],
  ['”', '"'],
  ['≠', '!'],
  ['×', '*'],
  ['◎', '@'],
]);

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** `text` in 7-bit characters and in as many columns as before; what has no stand-in becomes `?`. */
export function toAscii(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let ascii = '';
  for (const { segment } of graphemes.segment(text)) {
    ascii += /^[\x20-\x7e]$/.test(segment) ? segment : (asciiFor.get(segment) ?? '?'.repeat(width(segment)));
  }
  return ascii;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A horizontal bar of `columns` for 0..1. Anything above zero shows at least a sliver. */
export function bar(share: number, columns: number): string {
  const parts = Math.max(share > 0 ? 1 : 0, Math.round(Math.min(1, Math.max(0, share)) * columns * 8));
  return ('█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')).padEnd(columns);
}
