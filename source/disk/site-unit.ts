import { readFileSync, statSync } from 'node:fs';
import type { SiteUnit } from '../cluster/inventory.ts';
import { clean } from '../text/clean.ts';
import { homePath } from './home-path.ts';

const mostBytes = 65_536;

/** Why this text can't be a unit for weave; null where it can. */
const wrongWith = (text: string): string | null => {
  if (Buffer.byteLength(text) > mostBytes) return 'is larger than 64 KiB';
  if (text.includes('\0') || text.includes('\ufffd')) return 'is not text in UTF-8';
  if (!/^ExecStart=/m.test(text)) return 'has no ExecStart= line: is it a unit?';
  // Everything in a unit can be read by every account of a host, and is shown here.
  if (
    /passw(?:or)?d|passphrase|secret|token|credential|:\/\/[^\s/@]+@/i.test(text.replace(/^\s*[#;].*$/gm, ''))
  )
    return 'holds a password: that belongs into the environment file';
  return null;
};

/** Reads a unit that the config names. Throws RangeError that says what is wrong with the file. */
export const readSiteUnit = (given: string): SiteUnit => {
  const path = homePath(given);
  const shown = clean(path, 200);
  let text: string;
  try {
    // Before it is read: a device or a pipe has no end.
    const found = statSync(path);
    if (!found.isFile()) throw new RangeError(`${shown} is not a file`);
    if (found.size > mostBytes) throw new RangeError(`${shown} is larger than 64 KiB`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError(
      `cannot be read: ${clean(error instanceof Error ? error.message : String(error), 200)}`,
    );
  }
  const wrong = wrongWith(text);
  if (wrong !== null) throw new RangeError(`${shown} ${wrong}`);
  return { path, text };
};
