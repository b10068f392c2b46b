import { readFileSync, statSync } from 'node:fs';

/** A small local file: its text, or the code of why it can't be read (`ENOENT`, `EACCES`). */
export type TextFile = { readonly text: string } | { readonly code: string };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';

/** Reads files through `parse` and keeps what it made for as long as a file's size and time stay the same. */
export const createFileCache = <T>(parse: (file: TextFile, path: string) => T): ((path: string) => T) => {
  const cache = new Map<string, { readonly stamp: string; readonly made: T }>();
  return (path) => {
    let stamp: string;
    let file: () => TextFile;
    try {
      const stat = statSync(path);
      stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
      file = () => (stat.isFile() ? { text: readFileSync(path, 'utf8') } : { code: 'EISDIR' });
    } catch (error) {
      stamp = codeOf(error);
      file = () => ({ code: stamp });
    }
    const hit = cache.get(path);
    if (hit?.stamp === stamp) return hit.made;
    let made: T;
    try {
      made = parse(file(), path);
    } catch (error) {
      made = parse({ code: codeOf(error) }, path);
    }
    cache.set(path, { stamp, made });
    return made;
  };
};
