import { useCallback, useRef, useState } from 'react';
import type { Maintenance, Refusal, Workshop } from '../session/maintenance/model.ts';
import type { Intent } from './asking.ts';
import { type LockSight, unseenLock } from './lock-sight.ts';

type Desk = { readonly maintenance: Maintenance | null; readonly lock: LockSight };

/** What the hook tells the screens. */
type Told = {
  /** A change has begun. */
  readonly opened: () => void;
  /** A sentence for the last line. */
  readonly say: (text: string) => void;
};

type Work = Extract<Intent, { kind: 'begin' | 'resume' | 'break' }>;

const busyWith = (work: Work): string => {
  if (work.kind === 'break') return 'Breaking the lock';
  return work.kind === 'resume'
    ? `Taking over the lock of ${work.record.who}`
    : `Asking the peers for the lock, to ${work.request.kind === 'add-peer' ? 'add' : 'remove'} ${work.request.target}`;
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The maintenance and the lock as the screens know them. One thing is asked of the workshop at a time. */
export function useWorkshop(workshop: Workshop | null) {
  const [desk, setDesk] = useState<Desk>({ maintenance: null, lock: unseenLock });
  const newest = useRef(desk);
  const set = useCallback((next: Partial<Desk>) => {
    newest.current = { ...newest.current, ...next };
    setDesk(newest.current);
  }, []);
  const lock = (next: Partial<LockSight>) => set({ lock: { ...newest.current.lock, ...next } });
  const current = useCallback(() => newest.current, []);

  const lookAtLock = (): void => {
    if (workshop === null || newest.current.lock.busy !== null) return;
    lock({ busy: 'Asking each peer what it shows of the lock' });
    workshop.lock().then(
      (view) => lock({ busy: null, view, refusal: null }),
      (error: unknown) => lock({ busy: null, view: { kind: 'unknown', why: words(error), evidence: [] } }),
    );
  };

  const refused = ({ why, lock: view }: Pick<Refusal, 'why' | 'lock'>): void =>
    lock({ busy: null, refusal: why, view });

  /** Begins, resumes or breaks. What comes of it is on the lock screen, or is a maintenance. */
  const work = (what: Work, told: Told): void => {
    if (workshop === null) return;
    const { busy } = newest.current.lock;
    if (busy !== null) {
      told.say(`${busy}: wait for it to end`);
      return;
    }
    lock({ busy: busyWith(what), refusal: null });
    const failed = (error: unknown) => refused({ why: words(error), lock: null });
    if (what.kind === 'break') {
      workshop.breakLock(what.view, what.typed, what.reason).then((answer) => {
        if (!answer.ok) refused(answer);
        else {
          lock({ busy: null });
          told.say('The lock was broken');
          lookAtLock();
        }
      }, failed);
      return;
    }
    const begun = what.kind === 'resume' ? workshop.resume(what.record) : workshop.begin(what.request);
    begun.then((answer) => {
      if (!answer.ok) refused(answer);
      else {
        set({ maintenance: answer.maintenance, lock: unseenLock });
        told.opened();
      }
    }, failed);
  };

  return { desk, current, lookAtLock, work };
}
