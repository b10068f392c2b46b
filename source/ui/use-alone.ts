import { useMemo } from 'react';

/** Tells a key that came alone from keys that came in one chunk, however these were taken apart on the way. */
export type Alone = {
  /** To be called for each key or paste. */
  readonly count: () => void;
  /** Calls `act` when the chunk is over if nothing else was in it, else `otherwise`. */
  readonly whenAlone: (act: () => void, otherwise: () => void) => void;
};

export function alone(): Alone {
  let keys = 0;
  let waiting: (readonly [() => void, () => void])[] = [];
  const over = (): void => {
    const single = keys === 1;
    const due = waiting;
    keys = 0;
    waiting = [];
    for (const [act, otherwise] of due) (single ? act : otherwise)();
  };
  return {
    // All of a chunk is handed out in one turn, so it is over when the turn is.
    count: () => {
      if (keys === 0) queueMicrotask(over);
      keys += 1;
    },
    whenAlone: (act, otherwise) => {
      waiting.push([act, otherwise]);
    },
  };
}

export const useAlone = (): Alone => useMemo(alone, []);
