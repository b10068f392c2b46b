import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressesOf } from './addresses.ts';
import type { Cleanup } from './cleanup.ts';
import { asAnotherMachine, end, forkModule, messagesOf } from './processes.ts';
import type { Election } from './report-server.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** What stands in for clusters of several sizes: one sshd, one HTTP process, and a config file for each size. */
export type Site = {
  readonly folder: string;
  readonly sshd: Sshd;
  /** Port of every status address. */
  readonly statusPort: number;
  /** A config file of the console for `size` peers that are looked at each `interval` ms. */
  config(size: number, interval: number): string;
  /** The peers of a cluster of `size` wait for their first ring, or have it, from now on. */
  elect(size: number, waits: boolean): void;
  /** A config file of OpenSSH that knows the same peers; `masters` shares one connection a peer. */
  sshConfig(masters: boolean): string;
  /** Where the shared connection of a peer has its socket. */
  controlPath(address: string): string;
};

const controlPath = (folder: string, address: string): string => join(folder, 'cm', address);

const sshConfig = (folder: string, sshd: Sshd, masters: boolean): string => {
  const file = join(folder, masters ? 'ssh-masters.conf' : 'ssh.conf');
  const lines = [
    'Host 127.0.*',
    `  Port ${sshd.port}`,
    `  User ${sshd.user}`,
    `  IdentityFile ${sshd.identity}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${sshd.knownHosts}`,
    '  GlobalKnownHostsFile none',
    '  StrictHostKeyChecking yes',
    '  CheckHostIP no',
    '  BatchMode yes',
    `  ControlPath ${masters ? controlPath(folder, '%n') : 'none'}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
};

/** Starts everything; all of it ends with `cleanup`. */
export const startSite = async (sizes: readonly number[], cleanup: Cleanup): Promise<Site> => {
  const folder = mkdtempSync(join(tmpdir(), 'weave-bench-'));
  cleanup.addFolder(folder);
  mkdirSync(join(folder, 'cm'), { mode: 0o700 });
  const sshd = await startSshd(folder, sizes.flatMap(addressesOf), cleanup);
  const server = forkModule('report-server.ts', sizes.map(String));
  cleanup.add(() => end(server));
  asAnotherMachine(server);
  const messages = messagesOf<{ readonly port: number }>(server, 'the report server');
  const { port: statusPort } = await messages.next(20_000);

  const [without, withMasters] = [sshConfig(folder, sshd, false), sshConfig(folder, sshd, true)];

  return {
    folder,
    sshd,
    statusPort,
    controlPath: (address) => controlPath(folder, address),
    config: (size, interval) => {
      const file = join(folder, `console-${size}-${interval}.json`);
      const peers = addressesOf(size).map((address) => ({
        address,
        statusAddress: `${address}:${statusPort}`,
      }));
      const cluster = {
        user: sshd.user,
        port: sshd.port,
        identity: [sshd.identity],
        knownHosts: [sshd.knownHosts],
        sudo: 'never',
        intervalMs: interval,
        peers,
      };
      writeFileSync(file, JSON.stringify({ schema: 1, clusters: { bench: cluster } }), { mode: 0o600 });
      return file;
    },
    elect: (size, waits) => {
      server.send({ size, waits } satisfies Election);
    },
    sshConfig: (masters) => (masters ? withMasters : without),
  };
};
