import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoff } from '../../source/ssh/backoff.ts';

it('doubles up to ten seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoff(failures, 'refused', 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
  ]);
});

it('is slow where a person must act, so that a login guard does not lock the account', () => {
  expect([1, 2, 3, 4, 5, 9].map((failures) => backoff(failures, 'auth', 0))).toEqual([
    30_000, 60_000, 120_000, 240_000, 300_000, 300_000,
  ]);
  expect([1, 2, 3, 9].map((failures) => backoff(failures, 'host-key', 0))).toEqual([
    15_000, 30_000, 60_000, 60_000,
  ]);
});

it('takes off at most half, by chance', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), chance, (failures, random) => {
      const wait = backoff(failures, 'timeout', random);
      const full = backoff(failures, 'timeout', 0);
      expect(wait).toBeLessThanOrEqual(full);
      expect(wait).toBeGreaterThanOrEqual(full / 2 - 1);
    }),
  );
});
