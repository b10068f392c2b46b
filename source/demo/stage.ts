import { join } from 'node:path';
import type { Millis } from '../cluster/trouble.ts';
import { documentedUnit, places } from './machine/files.ts';
import { Machine } from './machine/machine.ts';
import { makeHost } from './sandbox/sandbox.ts';
import type { HostId } from './world/host.ts';
import type { Random } from './world/random.ts';
import { World } from './world/world.ts';

/** The world's age when a scenario is ready: long enough for every retry and time-out to have had its turn. */
export const age: Millis = 10 * 60_000;

/** The hosts of a demo with their files, and the means to bring them into a state. */
export class Stage {
  readonly world: World;
  readonly peers: Machine[] = [];
  readonly spares: Machine[] = [];
  /** Delay of the network between the console and a host, one way. */
  readonly delays = new Map<HostId, Millis>();
  readonly folder: string;

  constructor(random: Random, epoch: number, folder: string) {
    this.world = new World(random, epoch);
    this.folder = folder;
  }

  /** Makes hosts h1 to hN and the spare ones after them; nothing runs yet. */
  populate(peers: number, spares: number): void {
    for (let number = 1; number <= peers + spares; number++) {
      const place = number + 10;
      const host = this.world.addHost(`h${number}`, `127.77.${Math.floor(place / 250)}.${place % 250}`);
      const files = makeHost(
        join(this.folder, 'hosts', host.id),
        join(this.folder, 'bin'),
        join(this.folder, 'requests'),
      );
      const machine = new Machine(this.world, host, files);
      machine.writeIds();
      (number <= peers ? this.peers : this.spares).push(machine);
    }
  }

  machine(id: HostId): Machine {
    const machine = [...this.peers, ...this.spares].find(({ host }) => host.id === id);
    if (machine === undefined) throw new Error(`no host ${id}`);
    return machine;
  }

  get addresses(): string[] {
    return this.peers.map(({ host }) => host.address);
  }

  /** The environment file of a peer, as it is the same on all of them. */
  writeList(machine: Machine, addresses: readonly string[] = this.addresses): void {
    machine.files.write(
      places.environmentFile,
      `PEERS="${addresses.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
    );
  }

  /** The documented unit, enabled, and the list. */
  install(machine: Machine): void {
    machine.files.write(places.unit, documentedUnit);
    machine.files.link(places.wants, machine.files.path(places.unit));
    this.writeList(machine);
  }

  /** Lets the world's time pass. In small steps: what waits for it goes on between them. */
  async pass(time: Millis): Promise<void> {
    const end = this.world.now + time;
    while (this.world.now < end) {
      const next = this.world.timeline.nextAt() ?? end;
      this.world.advance(Math.min(end, Math.max(next, this.world.now + 50)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Lets time pass until the world is so old. */
  async passUntil(at: Millis): Promise<void> {
    if (at > this.world.now) await this.pass(at - this.world.now);
  }

  /** Does something that takes the world's time, and lets that time pass. */
  async complete<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    while (!done) await this.pass(50);
    return finished;
  }

  /** Starts weave on these hosts, all at once, and waits until the links are up. */
  async start(machines: readonly Machine[], settle: Millis = 8000): Promise<void> {
    await this.complete(Promise.all(machines.map((machine) => machine.start())));
    await this.pass(settle);
  }
}
