import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { closedPort } from './http-server.ts';
import { type KeyPair, makeKey, temporaryFolder } from './keys.ts';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));

/** Null where OpenSSH's server can be started, else why it can't: the reason to skip, unless nothing may skip. */
export const noSshd: string | null =
  SSHD || process.env.WEAVE_CONSOLE_NO_SKIP === '1' ? null : 'openssh-server is not installed';

export type RealSshd = {
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly knownHosts: string;
  readonly hostKey: KeyPair;
  readonly clientKey: KeyPair;
  /** Replaces authorized_keys: each key with its options. */
  authorize(lines: readonly string[]): void;
  /** Sends a signal to the listener and to every process it started. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
};

/** All processes below this one: sshd forks one or two for each connection. */
const childrenOf = (parent: number | undefined): number[] => {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const below = (pid: number): number[] =>
    [...parents].filter(([, of]) => of === pid).flatMap(([child]) => [child, ...below(child)]);
  return parent === undefined ? [] : below(parent);
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });

const started = async (child: ChildProcess, port: number, said: () => string): Promise<void> => {
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${said()}`);
    await new Promise((wait) => setTimeout(wait, 20));
  }
};

/** A real OpenSSH server on loopback with keys, config and known_hosts of its own. */
export const startSshd = async (config: readonly string[] = []): Promise<RealSshd> => {
  if (!SSHD) throw new Error('openssh-server is not installed');
  const { path: folder, remove } = temporaryFolder();
  const hostKey = makeKey(folder, 'host_key');
  const clientKey = makeKey(folder, 'client_key');
  const authorizedKeys = join(folder, 'authorized_keys');
  const knownHosts = join(folder, 'known_hosts');
  const port = await closedPort();
  const { username: user, uid } = userInfo();
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
  writeFileSync(authorizedKeys, `${clientKey.publicKey}\n`, { mode: 0o600 });
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
  // A shell under sshd reads start-up files of HOME: what this machine's user has there could hang every command.
  const home = join(folder, 'home');
  mkdirSync(home);
  const file = join(folder, 'sshd_config');
  writeFileSync(
    file,
    [
      ...config,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey.file}`,
      `AuthorizedKeysFile ${authorizedKeys}`,
      `PidFile ${join(folder, 'pid')}`,
      `SetEnv HOME=${home}`,
      'StrictModes no',
      'PermitRootLogin yes',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'LogLevel ERROR',
      '',
    ].join('\n'),
  );
  const child = spawn(SSHD, ['-D', '-e', '-f', file], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await started(child, port, () => said);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of [child.pid, ...childrenOf(child.pid)]) {
      try {
        if (pid) process.kill(pid, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  return {
    folder,
    port,
    user,
    knownHosts,
    hostKey,
    clientKey,
    authorize: (lines) => writeFileSync(authorizedKeys, `${lines.join('\n')}\n`, { mode: 0o600 }),
    signal,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      signal('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
      remove();
    },
  };
};
