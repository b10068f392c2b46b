import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostKeys, fingerprint } from '../../source/ssh/host-keys.ts';
import { type KeyPair, makeKey, temporaryFolder } from '../support/keys.ts';

const folder = temporaryFolder();
const file = join(folder.path, 'known_hosts');
let ours: KeyPair;
let other: KeyPair;
let ecdsa: KeyPair;
beforeAll(() => {
  ours = makeKey(folder.path, 'ours');
  other = makeKey(folder.path, 'other');
  ecdsa = makeKey(folder.path, 'ecdsa', 'ecdsa');
});
afterAll(() => folder.remove());

const blob = ({ publicKey }: KeyPair) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
const check = (text: string, key: KeyPair, port = 22) => {
  writeFileSync(file, text);
  return createHostKeys().check({ host: 'h1', user: 'ops', port, knownHosts: [file] }, blob(key));
};

it('prints fingerprints as ssh-keygen does', () => {
  const said = execFileSync('ssh-keygen', ['-lf', `${ours.file}.pub`], { encoding: 'utf8' });
  expect(said.split(' ')[1]).toBe(fingerprint(blob(ours)));
});

describe('a key', () => {
  it('that is known passes', () => {
    expect(check(`h1 ${ours.publicKey}\n`, ours)).toBeNull();
    expect(check(`h1 ${other.publicKey}\nh1 ${ours.publicKey}\n`, ours)).toBeNull();
    expect(check(`[h1]:2222 ${ours.publicKey}\n`, ours, 2222)).toBeNull();
  });

  it('that ssh-keygen has hashed passes', () => {
    writeFileSync(file, `[h1]:2222 ${ours.publicKey}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(
      createHostKeys().check({ host: 'h1', user: 'ops', port: 2222, knownHosts: [file] }, blob(ours)),
    ).toBeNull();
  });

  it('that is known for port 22 is good on another port, as for ssh; the other way round it is not', () => {
    expect(check(`h1 ${ours.publicKey}\n`, ours, 2222)).toBeNull();
    expect(check(`[h1]:2222 ${ours.publicKey}\n`, ours, 22)).toMatchObject({ kind: 'host-key' });
  });

  it('that is unknown is refused with its fingerprint, the files and what to do', () => {
    const why = check(`h2 ${ours.publicKey}\nbroken\n@cert-authority h1 ${ours.publicKey}\n`, ours);
    expect(why).toMatchObject({ kind: 'host-key', layer: 'ssh' });
    expect(why?.text).toContain(`it showed ssh-ed25519 ${fingerprint(blob(ours))}`);
    expect(why?.text).toContain(`there is no line for it in ${file}`);
    expect(why?.text).toContain(`${file}:2 was skipped`);
    expect(why?.text).toContain(`${file}:3 names a certificate authority`);
    expect(why?.text).toContain('Nothing was sent');
  });

  it('that is unknown can be added by the command that the advice ends with', () => {
    const advice = (knownHosts: readonly string[], port: number) =>
      createHostKeys().check({ host: 'h1', user: 'ops', port, knownHosts }, blob(ours))?.text ?? '';
    writeFileSync(file, '');
    const spaced = join(folder.path, 'my hosts');
    expect(advice([file], 2222)).toContain(`once: ssh -p 2222 -o 'UserKnownHostsFile=${file}' ops@h1`);
    expect(advice([spaced], 22)).toContain(`once: ssh -p 22 -o 'UserKnownHostsFile="${spaced}"' ops@h1`);
    const own = join(homedir(), '.ssh', 'known_hosts');
    expect(advice([own, '/etc/ssh/ssh_known_hosts'], 22)).toMatch(/: ssh -p 22 ops@h1$/);
  });

  it('that has changed is refused with both fingerprints and the line', () => {
    const why = check(`# one\nh1 ${other.publicKey}\n`, ours);
    expect(why?.text).toContain('has changed');
    expect(why?.text).toContain(fingerprint(blob(ours)));
    expect(why?.text).toContain(`${file}:2 has ssh-ed25519 ${fingerprint(blob(other))}`);
  });

  it('of another type than the known one counts as changed', () => {
    expect(check(`h1 ${ecdsa.publicKey}\n`, ours)?.text).toContain('has changed');
  });

  it('that is revoked is refused even where another line knows it', () => {
    const why = check(`h1 ${ours.publicKey}\n@revoked * ${ours.publicKey}\n`, ours);
    expect(why?.text).toContain(`${file}:2 marks as revoked`);
    expect(check(`@revoked h1 ${other.publicKey}\nh1 ${ours.publicKey}\n`, ours)).toBeNull();
  });

  it('without any file is unknown, and the missing file is named', () => {
    const missing = join(folder.path, 'none');
    const why = createHostKeys().check(
      { host: 'h1', user: 'ops', port: 22, knownHosts: [missing] },
      blob(ours),
    );
    expect(why?.text).toContain(`${missing} could not be read (ENOENT)`);
  });

  it('that somebody adds meanwhile is seen', () => {
    writeFileSync(file, '');
    const keys = createHostKeys();
    const host = { host: 'h1', user: 'ops', port: 22, knownHosts: [file] };
    expect(keys.check(host, blob(ours))).not.toBeNull();
    appendFileSync(file, `h1 ${ours.publicKey}\n`);
    expect(keys.check(host, blob(ours))).toBeNull();
  });
});

it('asks first for the kind of key that is known, so that a host with several does not look changed', () => {
  writeFileSync(file, `h1 ${ecdsa.publicKey}\n`);
  const algorithms = createHostKeys().algorithms({ host: 'h1', port: 22, knownHosts: [file] });
  expect(algorithms.slice(0, 2)).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519']);
  expect(new Set(algorithms).size).toBe(7);
});
