import { useCallback, useEffect, useRef, useState } from 'react';
import { changeWords } from '../maintenance/changes.ts';
import type { Maintenance, MaintenanceModel, Refusal, Workshop } from '../session/maintenance/model.ts';
import type { Session } from '../session/model.ts';
import { type LockSight, staysShort, unseenLock, type Work } from './lock-sight.ts';

/** The maintenance that is there, and what is known of the lock. */
type DeskState = { readonly maintenance: Maintenance | null; readonly lock: LockSight };

/** What the hook tells the screens. */
type Told = {
  /** A change has begun. */
  readonly opened: () => void;
  /** A sentence for the last line. */
  readonly say: (text: string) => void;
};

/** What the screens can have the workshop do. `current` is what the newest answer left, as `state` is what is drawn. */
export type Desk = {
  readonly state: DeskState;
  readonly current: () => DeskState;
  /** The newest model of the maintenance that is there; null where there is none. */
  readonly running: () => MaintenanceModel | null;
  readonly lookAtLock: () => void;
  /** The same, in passing: nothing is kept waiting by it, and what it finds is dropped where something else was asked meanwhile. */
  readonly peekAtLock: () => void;
  /** Begins, resumes or breaks. What comes of it is on the lock screen, or is a maintenance. */
  readonly work: (what: Work, told: Told) => void;
};

const busyWith = (work: Work): string => {
  if (work.kind === 'break') return 'Breaking the lock';
  return work.kind === 'resume'
    ? `Taking over the lock of ${work.record.who}`
    : `Asking the peers for the lock, to ${changeWords(work.request.kind, work.request.target)}`;
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The maintenance and the lock as the screens know them. One thing is asked of the workshop at a time. */
export function useWorkshop(workshop: Workshop | null): Desk {
  const [state, setState] = useState<DeskState>({ maintenance: null, lock: unseenLock });
  const newest = useRef(state);
  const set = useCallback((next: Partial<DeskState>) => {
    newest.current = { ...newest.current, ...next };
    setState(newest.current);
  }, []);
  const lock = useCallback(
    (next: Partial<LockSight>) => set({ lock: { ...newest.current.lock, ...next } }),
    [set],
  );
  const current = useCallback(() => newest.current, []);
  const running = useCallback(() => newest.current.maintenance?.snapshot() ?? null, []);

  const lookAtLock = useCallback((): void => {
    if (workshop === null || newest.current.lock.busy !== null) return;
    lock({ busy: 'Asking each peer what it shows of the lock' });
    workshop.lock().then(
      (view) => {
        const { short } = newest.current.lock;
        lock({ busy: null, view, refusal: null, short: staysShort(view) ? short : null });
      },
      (error: unknown) => lock({ busy: null, view: { kind: 'unknown', why: words(error), evidence: [] } }),
    );
  }, [workshop, lock]);

  const peekAtLock = useCallback((): void => {
    if (workshop === null) return;
    const before = newest.current.lock;
    if (before.busy !== null || before.refusal !== null) return;
    workshop.lock().then(
      (view) => {
        if (newest.current.lock === before && newest.current.maintenance === null) lock({ view });
      },
      () => {},
    );
  }, [workshop, lock]);

  const refused = (asked: Work, { why, lock: view, shortage }: Omit<Refusal, 'ok'>): void =>
    lock({ busy: null, refusal: why, view, short: shortage === null ? null : { work: asked, shortage } });

  const work = (what: Work, told: Told): void => {
    if (workshop === null) return;
    const { busy } = newest.current.lock;
    if (busy !== null) {
      told.say(`${busy}: wait for it to end`);
      return;
    }
    lock({ busy: busyWith(what), refusal: null, short: null, view: null });
    const failed = (error: unknown) => refused(what, { why: words(error), lock: null, shortage: null });
    if (what.kind === 'break') {
      workshop.breakLock(what.view, what.typed, what.reason, what.survivors).then((answer) => {
        if (!answer.ok) refused(what, answer);
        else {
          // What its summary says of a record that can be resumed is true no more.
          set({ maintenance: null });
          lock({ busy: null });
          told.say('The lock was broken');
          lookAtLock();
        }
      }, failed);
      return;
    }
    const begun =
      what.kind === 'resume'
        ? workshop.resume(what.record, what.survivors)
        : workshop.begin(what.request, what.survivors);
    begun.then((answer) => {
      if (!answer.ok) refused(what, answer);
      else {
        set({ maintenance: answer.maintenance, lock: unseenLock });
        told.opened();
      }
    }, failed);
  };

  return { state, current, running, lookAtLock, peekAtLock, work };
}

/** How old what the lock screen shows may become while somebody else has the lock, in ms. */
const lockEvery = 5_000;

/** How long a console that changes nothing goes by what it knows of the lock, in ms. */
const peekEvery = 60_000;

/** Looks at the lock when everybody was looked at once, and now and then: whoever comes to a half-done change is told. */
export function useLockInPassing(session: Session, { current, peekAtLock }: Desk, wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    let peeked: number | null = null;
    const peek = () => {
      const { now, view } = session.snapshot();
      if (peeked !== null && now - peeked < peekEvery) return;
      if (
        current().maintenance !== null ||
        view.peers.some(({ watch }) => watch.facts === null && watch.look?.kind !== 'silent')
      )
        return;
      peeked = now;
      peekAtLock();
    };
    return session.subscribe(peek);
  }, [session, current, peekAtLock, wanted]);
}

/** Asks again while a lock screen is open on which nothing can be done but wait. */
export function useFreshLock(session: Session, { current, lookAtLock }: Desk, open: boolean): void {
  useEffect(() => {
    if (!open) return;
    let asked = session.snapshot().now;
    return session.subscribe(() => {
      const { now } = session.snapshot();
      const { view } = current().lock;
      if (now - asked < lockEvery || view === null || view.kind === 'left-behind' || view.kind === 'broken')
        return;
      asked = now;
      lookAtLock();
    });
  }, [session, open, current, lookAtLock]);
}
