import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, commandLine } from '../../source/commands/command.ts';
import { temporaryFolder } from './keys.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
const USUAL = [
  'awk',
  'cat',
  'date',
  'dirname',
  'head',
  'id',
  'openssl',
  'printf',
  'sed',
  'sh',
  'sha256sum',
  'sleep',
  'test',
  'timeout',
  'tr',
  'true',
  'uname',
  'wc',
];

/**
 * A folder that plays a host: its PATH holds only the usual tools and the stubs a test writes. `{}` in a stub stands
 * for the folder.
 */
export const stubHost = (
  stubs: Readonly<Record<string, string>>,
  options: { readonly without?: readonly string[]; readonly shell?: string } = {},
) => {
  const { path: folder, remove } = temporaryFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const tool of USUAL) {
    if (options.without?.includes(tool) || tool in stubs) continue;
    const found = FOLDERS.map((path) => join(path, tool)).find((path) => existsSync(path));
    if (found) symlinkSync(found, join(bin, tool));
  }
  const write = (name: string, content: string, mode = 0o644): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };
  for (const [name, body] of Object.entries(stubs))
    write(`bin/${name}`, `#!/bin/sh\n${body.replaceAll('{}', folder)}\n`, 0o755);
  return {
    folder,
    write,
    remove,
    /** Runs a command as sshd would, by a real shell; the PATH that the script adds to is gone, too. */
    run: (command: Command) => {
      const line = commandLine(
        { ...command, script: command.script.replace(/^PATH=.*$/m, '') },
        { sudo: false },
      );
      const { stdout, status } = spawnSync(options.shell ?? '/bin/sh', ['-c', line], {
        encoding: 'utf8',
        env: { PATH: bin },
        input: 'must not be read',
      });
      return { stdout, status };
    },
  };
};
