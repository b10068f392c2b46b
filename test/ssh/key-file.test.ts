import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createIdentities } from '../../source/ssh/identity.ts';
import { readKeyFile } from '../../source/ssh/key-file.ts';
import { makeKey, temporaryFolder } from '../support/keys.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const read = (path: string) => readKeyFile({ text: readFileSync(path, 'utf8') });
const PROTECTED = 'it is protected by a passphrase: add it to the agent (ssh-add)';

/** The head of an OpenSSH private key of this type, as a hardware key has it. */
const headOf = (type: string): string => {
  const field = (bytes: Buffer | string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, Buffer.from(bytes)]);
  };
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(Buffer.concat([field(type), field('x')])),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

describe('a key file', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])('with an open %s key is used', (type) => {
    expect(read(makeKey(folder.path, `open-${type}`, type).file).kind).toBe('key');
  });

  it('in the old format is used, too', () => {
    const { file } = makeKey(folder.path, 'old', 'rsa');
    execFileSync('ssh-keygen', ['-q', '-p', '-m', 'PEM', '-N', '', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toContain('BEGIN RSA PRIVATE KEY');
    expect(read(file).kind).toBe('key');
  });

  it('behind a passphrase is skipped with its reason, and its public half is known', () => {
    const { file, publicKey } = makeKey(folder.path, 'locked', 'ed25519', 'secret');
    expect(read(file)).toEqual({
      kind: 'skipped',
      why: PROTECTED,
      publicKey: Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'),
    });
  });

  it.each([
    [
      'an encrypted PEM',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nx\n-----END RSA PRIVATE KEY-----\n',
      PROTECTED,
    ],
    [
      'an encrypted PKCS8',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----\n',
      PROTECTED,
    ],
    [
      'a hardware key',
      headOf('sk-ssh-ed25519@openssh.com'),
      'sk-ssh-ed25519@openssh.com keys (hardware tokens) are not supported',
    ],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA comment', 'certificates are not supported'],
    ['something else', 'hello', 'it is not a private key in a format that this program reads'],
    ['nothing', '', 'it is not a private key in a format that this program reads'],
  ])('that is %s is skipped with its reason', (_, text, why) => {
    expect(readKeyFile({ text })).toMatchObject({ kind: 'skipped', why });
  });

  it('that is only the public half, missing or unreadable is skipped with its reason', () => {
    const { file } = makeKey(folder.path, 'public');
    expect(read(`${file}.pub`)).toMatchObject({ why: 'it is a public key' });
    expect(readKeyFile({ code: 'ENOENT' })).toMatchObject({ why: 'there is no such file' });
    expect(readKeyFile({ code: 'EACCES' })).toMatchObject({ why: 'it could not be read (EACCES)' });
  });
});

describe('a login', () => {
  it('offers the files in order and tells the story', () => {
    const first = makeKey(folder.path, 'first').file;
    const second = makeKey(folder.path, 'second').file;
    const missing = join(folder.path, 'missing');
    const login = createIdentities().login({ user: 'ops', identity: [missing, first, second] });
    expect(login.next(null)).toMatchObject({ type: 'publickey', username: 'ops' });
    expect(login.next(['publickey'])).toMatchObject({ type: 'publickey' });
    expect(login.next(['publickey'])).toBe(false);
    expect(login.story()).toBe(
      `${missing} was skipped: there is no such file; there is no agent (SSH_AUTH_SOCK is not set); ${first} was offered; ${second} was offered`,
    );
  });

  it('asks the agent last, but first where it stands in for a protected file', () => {
    const open = makeKey(folder.path, 'plain').file;
    const locked = makeKey(folder.path, 'guarded', 'ed25519', 'secret').file;
    const identities = createIdentities('/run/agent.sock');
    const types = (identity: string[]) => {
      const login = identities.login({ user: 'ops', identity });
      return [login.next(null), login.next(null), login.next(null)].map((method) =>
        method === false ? false : method.type,
      );
    };
    expect(types([open])).toEqual(['publickey', 'agent', false]);
    expect(types([open, locked])).toEqual(['agent', 'publickey', false]);
  });

  it('ends where the server takes no keys', () => {
    const login = createIdentities().login({ user: 'ops', identity: [] });
    expect(login.next(['password', 'keyboard-interactive'])).toBe(false);
    expect(login.story()).toContain('it accepts only password, keyboard-interactive');
  });

  it('reads a file again that changed', () => {
    const file = join(folder.path, 'changing');
    writeFileSync(file, 'rubbish');
    const identities = createIdentities();
    expect(identities.login({ user: 'ops', identity: [file] }).next(null)).toBe(false);
    writeFileSync(file, readFileSync(makeKey(folder.path, 'better').file), { mode: 0o600 });
    expect(identities.login({ user: 'ops', identity: [file] }).next(null)).toMatchObject({
      type: 'publickey',
    });
  });
});
