import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';

/** Things that are begun one after the other, `gap` ms apart, once the gate is open. */
export type Turns = {
  readonly add: (begin: () => void) => void;
  readonly open: () => void;
  readonly stop: () => void;
};

/** A queue with a gate: what is cheap for one peer is a storm when a hundred begin it in the same moment. */
export const turns = (clock: Clock, gap: Millis): Turns => {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  let cancel: (() => void) | null = null;
  const next = (): void => {
    cancel = null;
    waiting.shift()?.();
    if (waiting.length > 0) cancel = clock.after(gap, next);
  };
  const start = (): void => {
    if (isOpen && cancel === null && waiting.length > 0) cancel = clock.after(0, next);
  };
  return {
    add: (begin) => {
      waiting.push(begin);
      start();
    },
    open: () => {
      isOpen = true;
      start();
    },
    stop: () => {
      waiting.length = 0;
      cancel?.();
    },
  };
};
