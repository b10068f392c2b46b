import type { InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Command } from '../commands/command.ts';
import type { Secret } from '../text/secret.ts';
import type { Check } from './verdict.ts';
import type { Notes, World } from './world.ts';

/** Files that may hold secrets, to be read just before a command is sent, each only as it was inspected. */
export type SecretReads = readonly { readonly on: PeerId; readonly command: Command<'reads'> }[];

/**
 * Standard input of a command, made from files that may hold secrets. It is kept nowhere. `make` gets what the reads
 * printed, in their order; null: it can't be made, so the command must not run.
 */
export type SecretInput = {
  readonly reads: (world: World) => SecretReads;
  readonly make: (printed: readonly Secret[]) => Secret | null;
};

/** What a step does when it is let go. Exactly one command on exactly one host, or none. */
export type Action =
  | {
      readonly kind: 'command';
      /** The command as it would be sent now; null where the world does not say enough to make it. */
      readonly command: (world: World) => Command<'changes'> | null;
      readonly input?: SecretInput;
      /** Exit codes by which the command says that it has changed nothing. */
      readonly unchanged?: readonly number[];
      /** From what it printed when it ended well: a sentence that it did nothing all the same; null where it doesn't say so. */
      readonly didNothing?: (stdout: string) => string | null;
    }
  /** Nothing is changed: the checks themselves are the step. */
  | { readonly kind: 'look' }
  /** A person does it and says so, `when` it is done or what else this clause says, e.g. `the reboot has begun`. */
  | { readonly kind: 'human'; readonly instruction: string; readonly when?: string };

/** How a person lets a step go: a key for what can be undone, a typed word for what can't. */
export type Confirm = { readonly kind: 'key' } | { readonly kind: 'type'; readonly word: string };

/** One line of a checklist. */
export type Step = {
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what it does and why it is needed. */
  readonly why: string;
  /** The host it changes; null where it only looks. */
  readonly on: PeerId | null;
  /** Steps of one group may be confirmed together, e.g. the new list on each peer. */
  readonly group?: string;
  /** Why it may be left out; absent where it may not. */
  readonly optional?: string;
  /** The same by what is seen now, for what could not be known when it began; null where it may not be left out. */
  readonly optionalNow?: (world: World) => string | null;
  /** Hosts whose inspection must be newer than the arrival at this step before it is judged. */
  readonly inspects: readonly PeerId[];
  readonly before: readonly Check[];
  /** What must hold besides once its command may have run in this maintenance: for what must never be run twice blindly. */
  readonly again?: readonly Check[];
  readonly action: Action;
  /** What must be seen before it counts as done, on other peers where it can be. */
  readonly after: readonly Check[];
  /** How long the postconditions may take to come true, in ms; `Infinity`: as long as it takes. */
  readonly settle: Millis;
  /** How long they must then hold without a break, in ms. */
  readonly steady: Millis;
  readonly confirm: Confirm;
  /** How to take it back by hand. */
  readonly undo: string;
  /** For a file: what it would change, as lines that begin with `- `, `+ ` or two spaces. Secrets are blanked out. */
  readonly preview?: (world: World) => readonly string[];
  /** What it waits for now and why that is not there, in sentences; shown while it runs and is looked at. */
  readonly story?: (world: World) => readonly string[];
  /** Why what it waits for can't come any more by itself; null where it may. `since`: when the wait began. */
  readonly hopeless?: (world: World, since: Millis) => string | null;
  /** What goes on without us when nobody watches the step any more, as a sentence; null or absent where nothing does. */
  readonly goesOn?: (world: World) => string | null;
  /** What is only to be seen now and needed later. */
  readonly takesNotes?: (world: World) => Notes;
};

/** Why a step may be left out now; null where it may not. */
export const whyOptional = (step: Step, world: World | null): string | null =>
  step.optional ?? (world === null ? null : (step.optionalNow?.(world) ?? null));

/**
 * A procedure with its arguments. The steps may depend on what was noted on the way; their ids, number and order may not.
 */
export type Procedure = {
  readonly kind: string;
  readonly title: string;
  /** Whom it is about; null where it is about all. */
  readonly target: PeerId | null;
  /** Every host that plays a part: the members, and the target. */
  readonly hosts: readonly InventoryPeer[];
  /** Whether its checks go by what the journals of this machine tell of removed peers, at each look. */
  readonly goesByJournals?: true;
  /** Nothing of it is ever half done, so pausing it gives the lock back and leaves no record to be resumed. */
  readonly leavesNothing?: true;
  /** What to run on a host for its inspection at this step; at none in particular, all that any step asks. `readInspection` reads it. */
  readonly inspect: (host: PeerId, step?: string) => Command<'reads'>;
  readonly steps: (notes: Notes) => readonly Step[];
};
