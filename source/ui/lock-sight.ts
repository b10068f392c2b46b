import type { LockRecord } from '../lock/record.ts';
import type { ChangeRequest, LockView, Shortage, Survivors } from '../session/maintenance/model.ts';

/** What is asked of the workshop. `survivors`: asked once more after a shortage, with a person's word to go on without a majority. */
export type Work = { readonly survivors?: Survivors } & (
  | { readonly kind: 'begin'; readonly request: ChangeRequest }
  | { readonly kind: 'resume'; readonly record: LockRecord }
  | { readonly kind: 'break'; readonly view: LockView; readonly typed: string; readonly reason: string }
);

/** What was refused because too few peers could be locked. */
export type Short = { readonly work: Work; readonly shortage: Shortage };

/** What the lock screen goes by. */
export type LockSight = {
  /** What is being asked or done now, as a sentence without its full stop; null where nothing is. */
  readonly busy: string | null;
  /** Why the last change could not be begun; null where none was refused. */
  readonly refusal: string | null;
  /** Set where the last thing that was asked was refused for too few peers, and they are still too few. */
  readonly short: Short | null;
  /** What the peers showed when they were last asked; null before that. */
  readonly view: LockView | null;
};

export const unseenLock: LockSight = { busy: null, refusal: null, short: null, view: null };

/** Whether this view still shows what somebody could consent to go on without. */
export const staysShort = ({ kind }: LockView): boolean =>
  kind === 'too-few' || kind === 'left-behind' || kind === 'unknown';
