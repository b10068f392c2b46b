import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { dirname } from 'node:path';

const here = (() => {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Whether this machine has OpenSSH's client; where nothing may skip, its absence fails the tests. */
export const hasSsh = here || process.env.WEAVE_CONSOLE_NO_SKIP === '1';

/** A host of a demo, as somebody who logs in needs it. */
export type Login = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identity: string;
};

/** Arguments for the ssh of this machine: the demo's key and known_hosts, nothing of this account. */
export const sshArgs = (
  { address, port, user, identity }: Login,
  options: readonly string[] = [],
): string[] => [
  ...['-F', 'none', '-i', identity, '-p', String(port)],
  ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
  ...['-o', `UserKnownHostsFile=${dirname(identity)}/known_hosts`],
  ...options,
  `${user}@${address}`,
];

/** Weave's own report of one peer, read by the system's ssh and not by this program. */
export type Observer = {
  /** GET /report now; null when weave refuses or hangs up. */
  report(): Promise<Report | null>;
  close(): Promise<void>;
};

/** The parts of a report that tests look at. */
export type Report = {
  readonly Router: {
    readonly Peers: readonly { readonly NickName: string }[] | null;
    readonly Connections: readonly { readonly State: string }[] | null;
  };
};

const ask = (socketPath: string): Promise<Report | null> =>
  new Promise((resolve) => {
    const request = get(
      { socketPath, path: '/report', headers: { Accept: 'application/json', Host: 'weave' }, agent: false },
      (response) => {
        let body = '';
        response.on('data', (data: Buffer) => {
          body += data.toString();
        });
        response.once('end', () => resolve(body === '' ? null : (JSON.parse(body) as Report)));
        response.once('error', () => resolve(null));
      },
    );
    request.once('error', () => resolve(null));
  });

/** Forwards the status port of a host to a unix socket by `ssh -N -L`. Resolves when the forward is there. */
export const observe = async (host: Login, socketPath: string): Promise<Observer> => {
  const forward = ['-N', '-o', 'ExitOnForwardFailure=yes', '-L', `${socketPath}:127.0.0.1:6782`];
  const ssh: ChildProcess = spawn('ssh', sshArgs(host, forward), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  ssh.stderr?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise<void>((resolve) => ssh.once('exit', () => resolve()));
  while (!existsSync(socketPath)) {
    if (ssh.exitCode !== null) throw new Error(`ssh ended: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    report: () => ask(socketPath),
    close: async () => {
      ssh.kill();
      await ended;
    },
  };
};
