import type { Inventory, PeerId } from '../../source/cluster/inventory.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { loadConfig, moveHost } from '../../source/disk/config.ts';
import { inventoryOf } from '../../source/disk/inventory.ts';
import { newName } from '../../source/disk/names.ts';
import { LOCK_PACE, type LockPace } from '../../source/lock/state.ts';
import { changes } from '../../source/maintenance/changes.ts';
import type { ChangingShell, Clock } from '../../source/ports.ts';
import { journalPort } from '../../source/program/workshop.ts';
import { locksmith } from '../../source/session/lock/locksmith.ts';
import { createLooker } from '../../source/session/look.ts';
import type { Workshop } from '../../source/session/maintenance/model.ts';
import { openWorkshop } from '../../source/session/maintenance/workshop.ts';
import type { Session } from '../../source/session/model.ts';
import { openSession } from '../../source/session/session.ts';
import { createFleet } from '../../source/ssh/fleet.ts';

/** The clock of the machine, so many times faster; what it calls back is called that much sooner. */
const fastClock = (speed: number): Clock => ({
  now: () => systemClock.now() * speed,
  wall: () => systemClock.wall(),
  after: (delay, run) => systemClock.after(delay / speed, run),
  random: () => systemClock.random(),
});

/** What one console of a test is told. */
export type ConsoleParts = {
  readonly config: string;
  /** Folder of the journals. */
  readonly journal: string;
  readonly who: string;
  /** How much faster than life the checklist waits; SSH and the lock keep real time. */
  readonly speed?: number;
  readonly pace?: LockPace;
  /** Stands between the checklist and the peers. */
  readonly onChange?: (on: PeerId, shell: ChangingShell) => ChangingShell;
};

/** A console without its screens: a session that watches, and what begins changes. */
export type TestConsole = {
  readonly session: Session;
  readonly workshop: Workshop;
  readonly close: () => Promise<void>;
};

/** The inventory of the one cluster of a config file. */
export const inventoryAt = (config: string): Inventory => {
  const loaded = loadConfig(config);
  const [name, cluster] = Object.entries(loaded?.config.clusters ?? {})[0] ?? [];
  if (name === undefined || cluster === undefined) throw new Error(`${config} has no cluster`);
  return inventoryOf(name, cluster);
};

/** Opens a console as the program wires it, but for its clock and its journal's place. */
export const openConsole = (parts: ConsoleParts): TestConsole => {
  const { config, pace = LOCK_PACE, speed = 1 } = parts;
  const clock = speed === 1 ? systemClock : fastClock(speed);
  const inventory = inventoryAt(config);
  const fleet = createFleet(inventory, { clock: systemClock });
  const lookerOf = (peer: Inventory['peers'][number]) =>
    createLooker(fleet.peer(peer.address), peer, clock, undefined, 'salt');
  const session = openSession({
    inventory,
    clock,
    eyeOf: lookerOf,
    retryNow: (ids) => fleet.retryNow(ids),
    close: () => fleet.close(),
  });
  const workshop = openWorkshop({
    inventory: () => session.snapshot().inventory,
    session,
    clock,
    locksmith: (ports) => locksmith(ports, systemClock, newName, pace),
    read: (id) => fleet.peer(id).shell,
    change: (id) => parts.onChange?.(id, fleet.changing(id)) ?? fleet.changing(id),
    lookerOf,
    journal: journalPort(parts.journal),
    newName,
    who: parts.who,
    host: 'desk',
    version: '0.0.0',
    onFinished: (kind, target) => {
      const { moves } = changes[kind];
      if (moves === null || target === null) return;
      moveHost(config, inventory.cluster, target, moves);
      session.adopt(inventoryAt(config));
    },
  });
  return { session, workshop, close: () => session.stop() };
};
