import type { PeerId } from '../cluster/inventory.ts';
import type { Session } from '../session/model.ts';
import { exitCode } from './exit-code.ts';
import { type Stop, wholeState } from './status.ts';

/** Resolves with what `decide` says as soon as it says something, asked at each change. */
export const until = <T>(session: Session, stop: Stop, decide: () => T | null, stopped: T): Promise<T> =>
  new Promise((resolve) => {
    const ask = () => {
      const said = decide();
      if (said === null) return;
      unsubscribe();
      resolve(said);
    };
    const unsubscribe = session.subscribe(ask);
    void stop.stopped.then(() => {
      unsubscribe();
      resolve(stopped);
    });
    ask();
  });

/** Waits until everybody was looked at; 7 where it was stopped before. */
export const opened = (session: Session, stop: Stop): Promise<number> => {
  const whole = wholeState();
  return until(
    session,
    stop,
    () => (whole(session.snapshot().view, session.snapshot().now) ? exitCode.done : null),
    exitCode.stoppedByHuman,
  );
};

/** What is said when a human has had enough; `waits`: a prime is on. */
export const stoppedLine = (who: string, peer: PeerId, waits: boolean): string =>
  waits
    ? `Stopped waiting; weave prime on ${who} goes on by itself: \`weave-console prime ${peer}\` attaches again.`
    : 'Stopped waiting. Nothing was begun.';
