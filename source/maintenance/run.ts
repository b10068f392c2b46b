import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Command, Outcome } from '../commands/command.ts';
import type { Procedure, SecretInput, SecretReads } from './step.ts';
import type { Judged } from './verdict.ts';
import type { Notes, World } from './world.ts';

/** Where one step stands. Every change of phase is written to the journal by an effect. */
export type StepPhase =
  | { readonly phase: 'waiting' }
  /** The world is being looked at; nothing can be confirmed. */
  | { readonly phase: 'checking'; readonly since: Millis }
  /** A check blocks, is unknown, or warns and was not acknowledged. */
  | { readonly phase: 'blocked'; readonly since: Millis; readonly judged: readonly Judged[] }
  /** May be confirmed, by this ticket only. `command` is what was shown, and what would run; null where none does. */
  | {
      readonly phase: 'armed';
      readonly since: Millis;
      readonly judged: readonly Judged[];
      readonly ticket: number;
      readonly command: Command<'changes'> | null;
      /** What its standard input is made from, as it was shown. */
      readonly reads?: SecretReads;
    }
  | { readonly phase: 'running'; readonly since: Millis; readonly attempt: number }
  /** The link broke while it ran, or nobody could see what came of it: it may have happened. The world says what is true now. */
  | {
      readonly phase: 'uncertain';
      readonly since: Millis;
      readonly why: string;
      readonly judged: readonly Judged[];
    }
  | {
      readonly phase: 'verifying';
      readonly since: Millis;
      readonly outcome: Outcome | null;
      readonly judged: readonly Judged[];
      /** Since when all postconditions hold; null while one does not. */
      readonly heldSince: Millis | null;
    }
  | {
      readonly phase: 'failed';
      readonly since: Millis;
      readonly why: string;
      readonly judged: readonly Judged[];
      readonly changed: 'no' | 'maybe';
    }
  /** `already`: it was found done, and was not run. */
  | { readonly phase: 'done'; readonly at: Millis; readonly already: boolean }
  | { readonly phase: 'skipped'; readonly at: Millis; readonly reason: string };

/** How the maintenance lock stands for this run. Lost is final: somebody else may have it. */
export type LockState =
  | { readonly kind: 'held' }
  | { readonly kind: 'suspended'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string };

/** One maintenance: a procedure under way. A value; only `transition` makes the next one. */
export type Run = {
  readonly id: string;
  readonly procedure: Procedure;
  readonly notes: Notes;
  /** Index of the step at hand; the number of steps when it is over. */
  readonly at: number;
  readonly phases: readonly StepPhase[];
  /** `step/check` of warnings that were acknowledged, and the sentence that was. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** `step/check` of checks that were overridden, and the sentence that was: another sentence stands again. */
  readonly overridden: ReadonlyMap<string, string>;
  readonly lock: LockState;
  /** Highest ticket and attempt given so far. Tickets are never given twice. */
  readonly tickets: number;
  /** Steps whose command was sent and may have run, by id. */
  readonly sent: ReadonlySet<string>;
  /** When a person said in this session that what is done by hand at a step is so, by the step's id. */
  readonly said: ReadonlyMap<string, Millis>;
  /** The group that a person confirmed as a whole; each of its steps is still checked by itself. */
  readonly grantedGroup: string | null;
  readonly world: World | null;
  readonly ended: { readonly at: Millis; readonly how: 'finished' | 'paused' | 'lost-lock' } | null;
};

/** What happens to a run. Times come from outside. */
export type RunEvent =
  | { readonly kind: 'world'; readonly world: World }
  | { readonly kind: 'confirmed'; readonly ticket: number; readonly typed?: string; readonly group?: boolean }
  | { readonly kind: 'acknowledged'; readonly check: string }
  | { readonly kind: 'overridden'; readonly check: string; readonly reason: string; readonly typed: string }
  | { readonly kind: 'outcome'; readonly attempt: number; readonly outcome: Outcome }
  | { readonly kind: 'look-again' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'lock'; readonly lock: LockState };

/** What the performer has to do, in the order given. Where an inspection is under way already, the next is begun behind it. */
export type RunEffect =
  | {
      readonly kind: 'inspect';
      readonly hosts: readonly PeerId[];
      /** Only so that what was seen does not grow old: an inspection that is under way will do. */
      readonly renews?: true;
    }
  /** Journal the intent (fsync), then run the one fenced command, then journal the outcome. */
  | {
      readonly kind: 'run';
      readonly step: string;
      readonly on: PeerId;
      readonly attempt: number;
      readonly command: Command<'changes'>;
      readonly input: { readonly reads: SecretReads; readonly make: SecretInput['make'] } | null;
    }
  | { readonly kind: 'journal'; readonly entry: RunNote }
  /** Write step and notes into the lock record, so that a colleague can resume. */
  | { readonly kind: 'record'; readonly step: string; readonly index: number; readonly notes: Notes }
  | { readonly kind: 'close'; readonly how: 'finished' | 'paused' | 'lost-lock' };

/** What a run has to say to the journal besides intents and outcomes. */
export type RunNote =
  | {
      readonly what: 'verified';
      readonly step: string;
      readonly already: boolean;
      readonly because: readonly string[];
    }
  | {
      readonly what: 'not-verified';
      readonly step: string;
      readonly why: string;
      readonly because: readonly string[];
    }
  | { readonly what: 'uncertain'; readonly step: string; readonly why: string }
  /** A person said this of a step that is done by hand. */
  | { readonly what: 'said'; readonly step: string; readonly words: string }
  | {
      readonly what: 'acknowledged' | 'override' | 'skipped';
      readonly step: string;
      readonly check: string;
      readonly reason: string;
    }
  | { readonly what: 'lock'; readonly state: LockState['kind']; readonly why: string };
