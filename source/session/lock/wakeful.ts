import type { Millis } from '../../cluster/trouble.ts';
import type { Clock } from '../../ports.ts';

/**
 * A clock that never goes back and counts the time a machine slept. The monotonic clock stands still while a laptop is
 * suspended (Linux CLOCK_MONOTONIC), so each reading goes on by whichever of the two clocks moved more. A wall clock set
 * forward costs the lease a heartbeat at most; one set back changes nothing.
 */
export const wakeful = (clock: Clock): (() => Millis) => {
  let elapsed = 0;
  let monotonic = clock.now();
  let wall = clock.wall();
  return () => {
    const [now, then] = [clock.now(), clock.wall()];
    elapsed += Math.max(0, now - monotonic, then - wall);
    [monotonic, wall] = [now, then];
    return elapsed;
  };
};
