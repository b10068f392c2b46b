import type { InventoryPeer } from '../cluster/inventory.ts';
import { Secret } from '../text/secret.ts';
import type { Command } from './command.ts';
import {
  EDIT_WORD,
  INSTALL_UNIT_SCRIPT,
  READ_SCRIPT,
  READ_UNIT_SCRIPT,
  REPLACE_UNIT_SCRIPT,
  RETIRE_SCRIPT,
  SET_PEERS_SCRIPT,
  WRITE_SCRIPT,
} from './edit-file-script.ts';
import { unitName, unitText } from './unit.ts';

export { editExit, editUnchanged } from './edit-file-script.ts';

/** sha256 of the file as it was inspected, or that there was none. */
export type FileBase = string | 'missing';

/** A line of the file for another, or (`from` 0) one more at its end. Lines are 1-based and inclusive. */
export type LineEdit = { readonly from: number; readonly to: number; readonly line: string };

const BASE = /^(?:[0-9a-f]{64}|missing)$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const checked = (base: FileBase, id: string): void => {
  if (!BASE.test(base)) throw new RangeError(`not a sha256: ${JSON.stringify(base)}`);
  if (!ID.test(id)) throw new RangeError(`not an id for a file name: ${JSON.stringify(id)}`);
};

/** The digest of a file with a password goes by standard input: who has it can guess the password. */
const told = (base: string): Secret => new Secret(`${base}\n`);

const edit = (name: string, script: string, args: readonly string[], input: Secret): Command<'changes'> => ({
  name,
  script,
  args,
  input,
  effect: 'changes',
  timeout: 60_000,
  privileged: true,
});

/**
 * Replaces one assignment of the environment file by one line, if the file is still what was inspected. Every other byte
 * stays: comments, line ends (CR LF too), a missing last one. `id` names what is kept of the old file.
 */
export const setPeersLine = (
  peer: InventoryPeer,
  base: FileBase,
  { from, to, line }: LineEdit,
  id: string,
): Command<'changes'> => {
  checked(base, id);
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || (from === 0 && to !== 0))
    throw new RangeError(`not a range of lines: ${from} to ${to}`);
  if (/[\n\r\0]/.test(line)) throw new RangeError('one line only');
  const args = [peer.environmentFile, id, String(from), String(to), line, '644'];
  return edit('set-peers', SET_PEERS_SCRIPT, args, told(base));
};

/**
 * Writes the whole environment file from standard input (`framed`), if it is still what was inspected. Its content may
 * hold secrets, so it is no argument. A new file is root's alone.
 */
export const writeEnvironmentFile = (
  peer: InventoryPeer,
  base: FileBase,
  id: string,
  mode: '600' | '640' | '644' = '600',
): Command<'changes'> => {
  checked(base, id);
  return edit('write-environment', WRITE_SCRIPT, [peer.environmentFile, id, mode], told(base));
};

/** What `writeEnvironmentFile` reads: the number of bytes on a line of its own, then the bytes. */
export const framed = (content: Secret): Secret => {
  const text = content.reveal();
  return new Secret(`${new TextEncoder().encode(text).length}\n${text}`);
};

const read = (name: string, script: string, arg: string, base: FileBase | null): Command<'reads'> => ({
  name,
  script,
  args: [arg],
  input: told(asSeen(base)),
  effect: 'reads',
  timeout: 20_000,
  privileged: true,
});

/** Reads it only as it was inspected; null (nobody knows how it was) is as no file is. */
const asSeen = (base: FileBase | null): string => {
  if (base !== null && !BASE.test(base)) throw new RangeError(`not a sha256: ${JSON.stringify(base)}`);
  return base ?? 'unseen';
};

/**
 * The environment file as it is, secrets included, between two lines of our own, if it is still what was inspected. What it
 * prints belongs in a `Secret` at once (`printedFile`): not into a log, a journal or a model.
 */
export const readEnvironmentFile = (peer: InventoryPeer, base: FileBase | null): Command<'reads'> =>
  read('read-environment', READ_SCRIPT, peer.environmentFile, base);

/** What `readEnvironmentFile` printed, as the file's text; null when it is not whole, or not text in UTF-8. */
export const printedFile = (printed: Secret): Secret | null => {
  const text = printed.reveal();
  const [begin, end] = [`${EDIT_WORD} file\n`, `${EDIT_WORD} end\n`];
  const at = text.indexOf(begin);
  if (at < 0 || !text.endsWith(end) || at + begin.length > text.length - end.length) return null;
  const file = text.slice(at + begin.length, text.length - end.length);
  return /[\ufffd\0]/.test(file) ? null : new Secret(file);
};

/** Takes the environment file of a removed host away; it is kept beside its place. */
export const retireEnvironmentFile = (
  peer: InventoryPeer,
  base: FileBase,
  id: string,
): Command<'changes'> => {
  checked(base, id);
  return edit('retire-environment', RETIRE_SCRIPT, [peer.environmentFile, id], told(base));
};

/** Puts the unit of `unitText` in its place, where there is none, and has systemd read it. */
export const installUnit = (peer: InventoryPeer): Command<'changes'> =>
  edit('install-unit', INSTALL_UNIT_SCRIPT, [unitName(peer.unit)], framed(new Secret(unitText(peer))));

/**
 * Writes the unit file from standard input (`framed`), if it is still what was inspected, and has systemd read it. A unit
 * may hold secrets, so its text is no argument.
 */
export const replaceUnit = (peer: InventoryPeer, base: FileBase, id: string): Command<'changes'> => {
  checked(base, id);
  return edit('replace-unit', REPLACE_UNIT_SCRIPT, [unitName(peer.unit), id], told(base));
};

/** The unit file as it is; the same as `readEnvironmentFile` in all else. */
export const readUnitFile = (peer: InventoryPeer, base: FileBase | null): Command<'reads'> =>
  read('read-unit', READ_UNIT_SCRIPT, unitName(peer.unit), base);
