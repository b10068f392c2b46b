import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path of the config with `~` in front expanded to the home of whoever runs this. */
export const homePath = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
