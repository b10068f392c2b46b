/** Lets only so many through at once, each key for itself; the rest wait in line. */
export interface Gate {
  /** Resolves when there is room; the returned function gives the room back (once, however often it is called). */
  enter(key: string): Promise<() => void>;
}

/**
 * A gate with room for `limit` at once under each key. For sshd, whose MaxStartups begins to drop connections at 10
 * that have not logged in yet.
 */
export const createGate = (limit: number): Gate => {
  const inside = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  const leave = (key: string) => {
    const next = waiting.get(key)?.shift();
    if (next) {
      next();
      return;
    }
    waiting.delete(key);
    const left = (inside.get(key) ?? 1) - 1;
    if (left > 0) inside.set(key, left);
    else inside.delete(key);
  };

  return {
    enter: async (key) => {
      const now = inside.get(key) ?? 0;
      if (now < limit) inside.set(key, now + 1);
      else {
        await new Promise<void>((admit) => {
          waiting.set(key, [...(waiting.get(key) ?? []), admit]);
        });
      }
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave(key);
      };
    },
  };
};
