import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockWorld, type Plan } from '../support/lock-world.ts';

const plans = fc.record<Plan>({
  seed: fc.integer(),
  sessions: fc.integer({ min: 2, max: 5 }),
  peers: fc.integer({ min: 1, max: 5 }),
  faults: fc.integer({ min: 0, max: 30 }),
  rude: fc.boolean(),
});

const total = Number(process.env.LOCK_SCHEDULES ?? 10_000);

describe('many sessions, failing links', () => {
  it(`has one holder at most, and one in the end, on ${total} schedules`, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(plans, (plan) => {
        const world = new LockWorld(plan);
        world.run(60_000);
        const { held } = world.settle();
        for (const fault of world.faultsSeen) seen.set(fault, (seen.get(fault) ?? 0) + 1);
        seen.set('won', (seen.get('won') ?? 0) + world.wins);
        seen.set('ran', (seen.get('ran') ?? 0) + world.ran);
        expect(held).toBe(true);
        for (const peer of world.peers.values()) {
          expect(peer.lease).toBeNull();
          expect(peer.record).toBeNull();
        }
      }),
      { numRuns: total },
    );
    // A world in which nothing happens would prove nothing.
    for (const kind of ['won', 'ran', 'crash', 'told', 'silent', 'rude', 'reboot', 'freeze', 'all'])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(total / 10);
  }, 600_000);
});
