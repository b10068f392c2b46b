import type { ChangeKind } from '../../cluster/change-kinds.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { Millis } from '../../cluster/trouble.ts';
import type { Evidence } from '../../lock/consent.ts';
import type { LockRecord } from '../../lock/record.ts';
import type { LockReport } from '../../lock/report.ts';
import type { TooFew } from '../../lock/votes.ts';
import type { Move } from '../../maintenance/moves.ts';
import type { Run, RunEvent } from '../../maintenance/run.ts';
import type { Step } from '../../maintenance/step.ts';

/** What a person may do to a run; what the world does to it comes from the performer alone. */
export type HumanEvent = Extract<
  RunEvent,
  { kind: 'confirmed' | 'acknowledged' | 'overridden' | 'look-again' | 'retry' | 'skip' | 'pause' }
>;

/** All that the checklist screen reads. A new object whenever something in it changed. */
export type MaintenanceModel = {
  readonly run: Run;
  readonly steps: readonly Step[];
  readonly moves: readonly Move[];
  /** The command of the step at hand, as many lines as it has, exactly as it would be sent. Cleaned, never cut. */
  readonly command: readonly string[];
  /** What the step would change in a file: lines beginning with `- `, `+ ` or two spaces. */
  readonly preview: readonly string[];
  /** What the commands of this run printed, newest last; cleaned. */
  readonly output: readonly string[];
  readonly lock: LockReport;
  readonly now: Millis;
};

/** One maintenance that this session has the lock for. */
export interface Maintenance {
  snapshot(): MaintenanceModel;
  subscribe(listener: () => void): () => void;
  send(event: HumanEvent): void;
  /** Resolves when it is over and the lock was given back (finished) or its record was left for whoever resumes. */
  readonly ended: Promise<void>;
}

/** What the peers show of the lock. */
export type LockView =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'held' | 'left-behind';
      readonly record: LockRecord | null;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly kind: 'broken' | 'too-few' | 'unknown';
      readonly why: string;
      readonly evidence: readonly Evidence[];
    };

/** Which change, of what, and why. */
export type ChangeRequest = {
  readonly kind: ChangeKind;
  /** Null for a change of the whole cluster. */
  readonly target: PeerId | null;
  /** Ticket or reason; may be empty. */
  readonly reason: string;
};

/** Too few peers can be locked for what was asked. `whyNot`: why no person can go on with the rest; null where one can. */
export type Shortage = { readonly seen: TooFew; readonly whyNot: string | null };

/** A person's word to go on without a majority: what was shown to them, and the cluster's name as they typed it. */
export type Survivors = { readonly seen: TooFew; readonly typed: string };

/**
 * A change that could not be begun. `lock` is what stood in the way, where it was the lock; `shortage` says more where too
 * few peers answer.
 */
export type Refusal = {
  readonly ok: false;
  readonly why: string;
  readonly lock: LockView | null;
  readonly shortage: Shortage | null;
};

/**
 * The right to begin changes. A session that was opened to look only has none, so no key or bug can begin one.
 */
export interface Workshop {
  /** Hosts that could be added: the spares of the config. */
  readonly spares: () => readonly PeerId[];
  lock(): Promise<LockView>;
  /** `survivors` only after it was refused for a shortage, and was read: see docs/lock.md. */
  begin(
    request: ChangeRequest,
    survivors?: Survivors,
  ): Promise<{ readonly ok: true; readonly maintenance: Maintenance } | Refusal>;
  /** Goes on with the change that a dead session left behind, as `lock` showed it. */
  resume(
    shown: LockRecord,
    survivors?: Survivors,
  ): Promise<{ readonly ok: true; readonly maintenance: Maintenance } | Refusal>;
  /** Ends a lock that was left behind without going on with its change. `typed`: the first six characters of its id. */
  breakLock(
    shown: LockView,
    typed: string,
    reason: string,
    survivors?: Survivors,
  ): Promise<{ readonly ok: true } | Refusal>;
}
