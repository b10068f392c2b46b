import { performance } from 'node:perf_hooks';
import type { Clock } from '../ports.ts';

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
