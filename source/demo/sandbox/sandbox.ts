import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { standIns } from '../commands/index.ts';
import { HostFiles, places } from '../machine/files.ts';
import { plainScripts, standInScript, weaveExtra } from './scripts.ts';

/** Writes the programs that all hosts share; `path` is the PATH of this machine. */
export const writePrograms = (folder: string, path: string): void => {
  mkdirSync(folder, { recursive: true });
  const scripts = plainScripts(path);
  for (const name of Object.keys(standIns))
    scripts.set(name, standInScript(name, name === 'weave' ? weaveExtra : ''));
  for (const [name, script] of scripts) {
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
};

/** Makes the folder of one host. `requests` is the pipe of the spool. */
export const makeHost = (root: string, programs: string, requests: string): HostFiles => {
  mkdirSync(join(root, '.world'), { recursive: true });
  symlinkSync(programs, join(root, 'bin'));
  symlinkSync(requests, join(root, '.world', 'requests'));
  const files = new HostFiles(root);
  files.folder('home');
  files.folder('var/lib');
  files.folder(places.runtimeDir);
  files.folder('etc/systemd/system');
  files.folder('etc/sysconfig');
  return files;
};

/** The environment of a login on a host: nothing of ours but what a shell needs. */
export const loginEnvironment = (root: string, user: string, path: string): Record<string, string> => ({
  PATH: `${join(root, 'bin')}:${path}`,
  HOME: join(root, 'home'),
  USER: user,
  LOGNAME: user,
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
});
