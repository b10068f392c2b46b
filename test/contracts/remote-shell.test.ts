import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import type { Outcome } from '../../source/commands/command.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { createFleet } from '../../source/ssh/fleet.ts';
import { type FakeHost, fakeLink } from '../support/fake-link.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, startSshd } from '../support/sshd.ts';
import { remoteShellContract, type ShellWorld } from './remote-shell.ts';

type Server = {
  readonly folder: string;
  readonly port: number;
  readonly knownHosts: string;
  readonly clientKey: { readonly file: string };
  readonly user?: string;
};

const fleetOf = (server: Server, given: Partial<InventoryPeer> = {}) => {
  const peer = inventoryPeer({
    host: '127.0.0.1',
    port: server.port,
    user: server.user ?? 'ops',
    identity: [server.clientKey.file],
    knownHosts: [server.knownHosts],
    ...given,
  });
  const inventory = {
    cluster: 'test',
    color: null,
    readOnly: true,
    interval: 2000,
    peers: [peer],
    spares: [],
  };
  return { peer, fleet: createFleet(inventory, { clock: systemClock }) };
};

const overSsh = async (
  server: Server & { readonly cut: () => void; readonly stop: () => Promise<void> },
): Promise<ShellWorld> => {
  const { peer, fleet } = fleetOf(server);
  let stopped = false;
  const stop = async () => {
    if (!stopped) await server.stop();
    stopped = true;
  };
  return {
    shell: fleet.peer(peer.address).shell,
    mark: join(server.folder, 'begun'),
    begun: (mark) => expect.poll(() => existsSync(mark), { timeout: 20_000 }).toBe(true),
    cut: server.cut,
    goAway: stop,
    end: async () => {
      await fleet.close();
      await stop();
    },
  };
};

remoteShellContract('over ssh2, to a server of ssh2', null, async () => overSsh(await startSsh2Server()));

remoteShellContract('over ssh2, to a real sshd', noSshd, async () => {
  const sshd = await startSshd();
  return overSsh({ ...sshd, cut: () => sshd.signal('SIGKILL') });
});

/** The host behind another one, and what cuts the way to it. */
const behind = async (cutsJump: boolean): Promise<ShellWorld> => {
  const [jump, target] = [await startSsh2Server(), await startSsh2Server()];
  const { peer, fleet } = fleetOf(target, {
    jump: [{ host: '127.0.0.1', port: jump.port, user: 'ops' }],
    identity: [jump.clientKey.file, target.clientKey.file],
    knownHosts: [jump.knownHosts, target.knownHosts],
  });
  let stopped = false;
  const goAway = async () => {
    if (!stopped) await target.stop();
    stopped = true;
  };
  return {
    shell: fleet.peer(peer.address).shell,
    mark: join(target.folder, 'begun'),
    begun: (mark) => expect.poll(() => existsSync(mark), { timeout: 20_000 }).toBe(true),
    cut: cutsJump ? jump.cut : target.cut,
    gone: 'unreachable',
    goAway,
    end: async () => {
      await fleet.close();
      await goAway();
      await jump.stop();
    },
  };
};

remoteShellContract('through a jump host', null, () => behind(false));
remoteShellContract('through a jump host that is cut off', null, () => behind(true));

/** The in-memory host of other tests, taught these commands: what it says must be what a real one says. */
const inMemory = (): ShellWorld => {
  let gone = false;
  const why = (kind: 'closed' | 'timeout' | 'refused') => ({ kind, layer: 'ssh', text: kind }) as const;
  let cutLink = () => {};
  const cut = new Promise<void>((done) => {
    cutLink = done;
  });
  const exited = (code: number, stdout: string, stderr = ''): Outcome =>
    gone ? { kind: 'unsent', why: why('refused') } : { kind: 'exited', code, stdout, stderr, took: 1 };
  let begin = () => {};
  const begun = new Promise<void>((done) => {
    begin = done;
  });
  const host: FakeHost = {
    commands: {
      says: () => exited(7, 'out', 'err'),
      arguments: ({ args }) => exited(0, args.map((arg) => `[${arg}]`).join('')),
      killed: () => ({ kind: 'killed', signal: 'SIGKILL', stdout: 'before', stderr: '', took: 1 }),
      big: (_, __, maxBytes) => exited(0, 'x'.repeat(Math.min(3_000_000, maxBytes))),
      reads: (_, stdin) => exited(0, `${stdin}end`),
      late: () => ({ kind: 'lost', why: why('timeout'), stdout: 'begun' }),
      endless: async () => {
        begin();
        await cut;
        return { kind: 'lost', why: why('closed'), stdout: 'begun' };
      },
    },
  };
  return {
    shell: fakeLink(host).link.shell,
    mark: 'mark',
    begun: () => begun,
    cut: cutLink,
    goAway: async () => {
      gone = true;
    },
    end: async () => {},
  };
};
remoteShellContract('in memory', null, async () => inMemory());
