import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type JournalEntry, journalLine, type ReadJournal, readJournal } from '../journal/entry.ts';

/** Where this user's journals lie: one file a maintenance, in the XDG state folder. */
export const journalFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  join(
    env.XDG_STATE_HOME?.startsWith('/') ? env.XDG_STATE_HOME : join(homedir(), '.local', 'state'),
    'weave-console',
    'journal',
  );

const isId = (run: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(run);

/** Appends to the journal of one maintenance. Throws when a line could not be put on disk: then nothing may be sent. */
export class JournalFile {
  readonly path: string;
  #descriptor: number;

  constructor(folder: string, run: string) {
    if (!isId(run)) throw new Error(`not the id of a maintenance: ${JSON.stringify(run)}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, `${run}.jsonl`);
    const torn = existsSync(this.path) && !/(^|\n)$/.test(readFileSync(this.path, 'utf8'));
    this.#descriptor = openSync(this.path, 'a', 0o600);
    // A line that a crash left half written must not swallow the next one.
    if (torn) writeSync(this.#descriptor, '\n');
  }

  /** On disk (fsync), all of it, when it returns. Of a line that does not fit on the disk nothing is left. */
  append(entry: JournalEntry): void {
    const { size } = fstatSync(this.#descriptor);
    const line = Buffer.from(journalLine(entry));
    try {
      // A disk that gets full takes a part of the line, without an error.
      for (let at = 0; at < line.length; ) at += writeSync(this.#descriptor, line, at);
      fsyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, size);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The ids of all maintenances on record, oldest first by when their file was begun. */
export const listJournals = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => name.slice(0, -'.jsonl'.length))
        .filter(isId)
        .map((run) => ({ run, began: statSync(join(folder, `${run}.jsonl`)).birthtimeMs }))
        .sort((a, b) => a.began - b.began || a.run.localeCompare(b.run))
        .map(({ run }) => run)
    : [];

/** Changes whenever something was written to a journal. Throws where it is not there. */
export const journalStamp = (folder: string, run: string): string => {
  const { ino, size, mtimeMs } = statSync(join(folder, `${run}.jsonl`));
  return `${ino} ${size} ${mtimeMs}`;
};

/** Reads one journal; null when there is none of that id. */
export const loadJournal = (folder: string, run: string): ReadJournal | null => {
  if (!isId(run)) return null;
  const path = join(folder, `${run}.jsonl`);
  return existsSync(path) ? readJournal(readFileSync(path, 'utf8')) : null;
};
