import type { LockView } from '../session/maintenance/model.ts';

/** What the lock screen goes by. */
export type LockSight = {
  /** What is being asked or done now, as a sentence without its full stop; null where nothing is. */
  readonly busy: string | null;
  /** Why the last change could not be begun; null where none was refused. */
  readonly refusal: string | null;
  /** What the peers showed when they were last asked; null before that. */
  readonly view: LockView | null;
};

export const unseenLock: LockSight = { busy: null, refusal: null, view: null };
