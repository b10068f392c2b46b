import type { ClusterView, PeerView } from '../cluster/cluster-view.ts';
import type { Session } from '../session/model.ts';
import { exitCode } from './exit-code.ts';

/** Where a command writes. `print` adds the line end. */
export type Output = { readonly print: (line: string) => void };

/** When the human has had enough: SIGINT, SIGTERM, SIGHUP. */
export type Stop = { readonly stopped: Promise<void> };

/** Whether a peer's host told its facts, or is out of reach. */
export const factsTold = ({ watch: { look, facts } }: PeerView): boolean =>
  facts !== null || (look?.kind === 'silent' && look.why.layer === 'ssh');

/** How long the first state waits for the facts of slow hosts, once every peer was looked at. */
const patience = 5000;

/** Says when there is a whole state to begin with: every peer looked at, and its host's facts told, out of reach or overdue. */
export const wholeState = (): ((view: ClusterView, now: number) => boolean) => {
  let since: number | null = null;
  return ({ peers }, now) => {
    if (peers.some(({ watch }) => watch.look === null)) return false;
    since ??= now;
    return peers.every(factsTold) || now - since > patience;
  };
};

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

/**
 * Waits until everybody was looked at. Null: somebody tells a report; otherwise says why not, and is the exit code. `nobody`:
 * what to say where no peer tells one.
 */
export const begun = async (
  session: Session,
  output: Output,
  stop: Stop,
  nobody: string,
): Promise<number | null> => {
  const whole = wholeState();
  const opened = await until(
    session,
    stop,
    () => (whole(session.snapshot().view, session.snapshot().now) ? true : null),
    false,
  );
  if (!opened) {
    output.print('Stopped. Nothing was begun.');
    return exitCode.stoppedByHuman;
  }
  if (session.snapshot().view.peers.some(({ watch }) => watch.look?.kind === 'report')) return null;
  output.print(nobody);
  return exitCode.nobodyReached;
};

/** What is said when a human has had enough of a prime: one that is on, one that has nothing to wait for any more, or none. */
export const stoppedLine = (who: string, prime: 'on' | 'over' | 'none'): string => {
  switch (prime) {
    case 'on':
      return `Stopped waiting; weave prime on ${who} goes on by itself: \`weave-console prime\` watches it again.`;
    case 'over':
      return `Stopped waiting; weave prime on ${who} is over: \`weave-console prime\` says how it stands.`;
    case 'none':
      return 'Stopped waiting. Nothing was begun.';
  }
};
