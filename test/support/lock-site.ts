import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Inventory, PeerId } from '../../source/cluster/inventory.ts';
import { startDemo } from '../../source/demo/cluster.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { loadConfig } from '../../source/disk/config.ts';
import { inventoryOf } from '../../source/disk/inventory.ts';
import { LOCK_PACE, type LockPace } from '../../source/lock/state.ts';
import type { LockPorts } from '../../source/session/lock/lock-ports.ts';
import { type Locksmith, locksmith } from '../../source/session/lock/locksmith.ts';
import { createFleet } from '../../source/ssh/fleet.ts';
import { names } from './lock-request.ts';
import { startSshd } from './sshd.ts';

/** Five peers with an SSH server, and a config file that says how they are reached. */
export type LockSite = { readonly config: string; readonly stop: () => Promise<void> };

export const inventoryAt = (config: string): Inventory => {
  const [name, cluster] = Object.entries(loadConfig(config)?.config.clusters ?? {})[0] ?? [];
  if (name === undefined || cluster === undefined) throw new Error(`${config} has no cluster`);
  return inventoryOf(name, cluster);
};

/** What the lock needs of each peer of this inventory. */
const lockPortsOver = (fleet: ReturnType<typeof createFleet>, inventory: Inventory): LockPorts =>
  new Map(
    [...inventory.peers, ...inventory.spares].map(({ address, runtimeDir, stateDir }) => [
      address,
      {
        read: fleet.peer(address).shell,
        change: fleet.changing(address),
        folders: { runtimeDir, stateDir },
      },
    ]),
  );

/** One console's way to the lock. */
export type LockConsole = {
  readonly peers: readonly PeerId[];
  readonly inventory: Inventory;
  readonly fleet: ReturnType<typeof createFleet>;
  readonly smith: Locksmith;
};

export const lockConsole = (config: string, name: string, pace: LockPace = LOCK_PACE): LockConsole => {
  const inventory = inventoryAt(config);
  const fleet = createFleet(inventory, { clock: systemClock });
  return {
    inventory,
    fleet,
    peers: inventory.peers.map(({ address }) => address),
    smith: locksmith(lockPortsOver(fleet, inventory), systemClock, names(name), pace),
  };
};

/** Five peers that are folders of one host with a real sshd. */
export const sshdSite = async (): Promise<LockSite> => {
  const sshd = await startSshd();
  const peer = (number: number) => {
    const folder = join(sshd.folder, `h${number}`);
    mkdirSync(folder);
    return { address: `10.0.0.1${number}`, stateDir: join(folder, 'state'), runtimeDir: join(folder, 'run') };
  };
  const cluster = {
    user: sshd.user,
    port: sshd.port,
    identity: [sshd.clientKey.file],
    knownHosts: [sshd.knownHosts],
    sudo: 'never',
    peers: [1, 2, 3, 4, 5].map((number) => ({ ...peer(number), host: '127.0.0.1' })),
  };
  const config = join(sshd.folder, 'config.json');
  writeFileSync(config, JSON.stringify({ schema: 1, clusters: { prod: cluster } }));
  return { config, stop: sshd.stop };
};

/** The five peers of the demo, whose weave lives so many times faster. */
export const demoSite = async (speed = 1): Promise<LockSite> => {
  const demo = await startDemo({ scenario: 'healthy', peers: 5, seed: 5, speed });
  return { config: demo.configFile, stop: demo.stop };
};

/** A console in a process of its own that holds the lock. */
export type Holder = {
  readonly child: ChildProcess;
  /** The next line that it prints; rejects when it ends before. */
  said(): Promise<string>;
  readonly gone: Promise<void>;
};

export const startHolder = (config: string, pace: LockPace): Holder => {
  const program = fileURLToPath(new URL('ssh-lock-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, config, JSON.stringify(pace)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    said: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error('the holder ended');
      return line.value;
    },
    gone,
  };
};
