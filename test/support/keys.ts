import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder; `remove` when the test is over. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'weave-console-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

export type KeyPair = { readonly file: string; readonly publicKey: string };

/** Makes a key with the system's ssh-keygen; `publicKey` is `TYPE BASE64`. */
export const makeKey = (folder: string, name: string, type = 'ed25519', passphrase = ''): KeyPair => {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ') };
};
