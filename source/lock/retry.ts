import type { Millis } from '../cluster/trouble.ts';
import type { Refusal } from './state.ts';

/**
 * After how long (ms) another try makes sense without a person, or null where one must decide or wait for the holder.
 * `attempt` counts from 0; `random` is 0 <= x < 1, so that sessions that collided don't collide again.
 */
export const retryDelay = (why: Refusal, attempt: number, random: number): Millis | null => {
  if (why.kind === 'too-soon') return why.wait;
  const passing = why.kind === 'raced' || (why.kind === 'held' && why.by === null);
  return passing ? Math.min(5_000, 200 * 1.5 ** attempt) * (0.5 + random) : null;
};
