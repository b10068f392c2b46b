import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from './cleanup.ts';
import { asAnotherMachine, CannotMeasure, end, run } from './processes.ts';

/** A real sshd that answers on all of 127/8, and what a client needs to log in to it. */
export type Sshd = {
  readonly port: number;
  readonly user: string;
  readonly identity: string;
  readonly knownHosts: string;
};

const binary = '/usr/sbin/sshd';
const host = '127.0.0.1';

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(),
      );
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('data', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });

const makeKey = async (file: string): Promise<void> => {
  const made = await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', file], {
    limit: 10_000,
  });
  if (made.code !== 0) throw new CannotMeasure(`ssh-keygen failed: ${made.stderr.trim()}`);
};

/**
 * sshd started by root insists on this empty folder, which only its service makes. It stays: another sshd may have come to
 * need it in the meantime.
 */
const privilegeSeparation = (): void => {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
};

/** Starts sshd with keys and settings of its own; nothing of the machine's own sshd is read or changed. */
export const startSshd = async (
  folder: string,
  addresses: readonly string[],
  cleanup: Cleanup,
): Promise<Sshd> => {
  if (!existsSync(binary))
    throw new CannotMeasure(`${binary} is not installed. apt-get install openssh-server openssh-client`);
  const user = userInfo().username;
  const file = (name: string): string => join(folder, name);
  await Promise.all([makeKey(file('host_key')), makeKey(file('id'))]);
  const port = await freePort();
  const hostKey = readFileSync(file('host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  writeFileSync(file('authorized_keys'), readFileSync(file('id.pub')), { mode: 0o600 });
  writeFileSync(
    file('known_hosts'),
    addresses.map((address) => `[${address}]:${port} ${hostKey}\n`).join(''),
  );
  writeFileSync(
    file('sshd_config'),
    [
      // It can listen on 16 addresses or on all; a login that does not come from loopback is refused.
      `ListenAddress 0.0.0.0:${port}`,
      `AllowUsers ${user}@127.0.0.0/8`,
      `HostKey ${file('host_key')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'AllowTcpForwarding local',
      // bash and others read start-up files of HOME under sshd; what this machine's user has there is nobody's cost.
      `SetEnv HOME=${file('home')}`,
      'UseDNS no',
      'PrintMotd no',
      'PrintLastLog no',
      // Not the pacing of one sshd is measured: a real cluster has one for each peer.
      'MaxStartups 1000',
      'MaxSessions 1000',
      'LogLevel ERROR',
      '',
    ].join('\n'),
  );
  mkdirSync(file('home'));
  privilegeSeparation();
  const log = openSync(file('sshd.log'), 'a');
  const child = spawn(binary, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', log] });
  cleanup.add(() => end(child));
  asAnotherMachine(child);
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return { port, user, identity: file('id'), knownHosts: file('known_hosts') };
    await sleep(50);
  }
  throw new CannotMeasure(`sshd did not start: ${readFileSync(file('sshd.log'), 'utf8').trim()}`);
};
