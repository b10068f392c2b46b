import fc from 'fast-check';
import { expect } from 'vitest';
import { LockWorld, type Plan } from './lock-world.ts';

/** How many schedules each of the two files tries; together ten thousand. */
export const SCHEDULES = Number(process.env.LOCK_SCHEDULES ?? 5_000);

/**
 * Tries that many schedules: never two holders, nothing left behind once failures stop, and then somebody gets the
 * lock. `rude`: peers may end a lease before its holder could hear of it.
 */
export const trySchedules = (rude: boolean): void => {
  const plans = fc.record<Plan>({
    seed: fc.integer(),
    sessions: fc.integer({ min: 2, max: 5 }),
    peers: fc.integer({ min: 1, max: 5 }),
    faults: fc.integer({ min: 0, max: 25 }),
    rude: fc.constant(rude),
  });
  const seen = new Map<string, number>();
  const add = (what: string, count: number) => seen.set(what, (seen.get(what) ?? 0) + count);
  const seed = process.env.LOCK_SEED;
  fc.assert(
    fc.property(plans, (plan) => {
      const world = new LockWorld(plan);
      const held = world.finish();
      for (const fault of world.faults) add(fault, 1);
      add('won', world.wins);
      add('ran', world.ran);
      expect(held).toBe(true);
      for (const peer of world.peers.values()) {
        expect(peer.lease).toBeNull();
        expect(peer.record).toBeNull();
      }
    }),
    { numRuns: SCHEDULES, ...(seed ? { seed: Number(seed) } : {}) },
  );
  // A world in which nothing happens would prove nothing.
  const expected = [
    'won',
    'ran',
    'crash',
    'told',
    'silent',
    'reboot',
    'freeze',
    'all',
    ...(rude ? ['rude'] : []),
  ];
  for (const kind of expected) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(SCHEDULES / 10);
};
