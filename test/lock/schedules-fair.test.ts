import { expect, it } from 'vitest';
import { SCHEDULES, trySchedules } from '../support/lock-schedules.ts';

it(`has one holder at most on ${SCHEDULES} schedules in which leases live as long as they should`, () => {
  expect(() => trySchedules(false)).not.toThrow();
}, 600_000);
