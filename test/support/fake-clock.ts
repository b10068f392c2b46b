import type { Clock } from '../../source/ports.ts';

/** A clock that stands still until it is told to move. Timers run in order of their time, then of their making. */
export const fakeClock = (start = 1000) => {
  let now = start;
  let made = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  /** Lets promises that are already settled go on, as many turns as a chain of awaits may need. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const clock: Clock = {
    now: () => now,
    wall: () => 1_700_000_000_000 + now,
    after: (delay, run) => {
      made += 1;
      const id = made;
      timers.set(id, { at: now + delay, run });
      return () => timers.delete(id);
    },
    random: () => 0.5,
  };
  return {
    clock,
    settle,
    pending: () => timers.size,
    /** Lets time pass as hard work does: what falls due meanwhile has to wait. */
    skip: (ms: number) => {
      now += ms;
    },
    /** Moves to `now + ms`, running every timer that falls due on the way. */
    advance: async (ms: number) => {
      const until = now + ms;
      for (;;) {
        await settle();
        const due = [...timers]
          .filter(([, timer]) => timer.at <= until)
          .sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].run();
      }
      now = Math.max(now, until);
      await settle();
    },
  };
};
