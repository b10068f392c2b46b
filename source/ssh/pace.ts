import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';

/** Lets things begin a few at a time. Resolves when it is one's turn; at once where few have begun lately. */
export type Pace = () => Promise<void>;

/**
 * `most` begin at once, and as many `gap` ms later, in the order in which they came: to begin a command takes a millisecond
 * or two, and a hundred of them in one go would keep keys waiting.
 */
export const createPace = (clock: Clock, most: number, gap: Millis): Pace => {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const next = (): void => {
    const turn = waiting.splice(0, most);
    begun = turn.length;
    for (const begin of turn) begin();
    if (begun > 0) clock.after(gap, next);
  };
  return () => {
    if (begun === most) return new Promise((resolve) => waiting.push(resolve));
    if (begun === 0) clock.after(gap, next);
    begun += 1;
    return Promise.resolve();
  };
};
