import type { Millis, Trouble } from '../cluster/trouble.ts';

/**
 * One remote command as a value. `script` is POSIX sh, `args` are its positional parameters; the string that is sent,
 * the string shown to a person and the string a test asserts are all `commandLine(command)`.
 */
export type Command<Effect extends 'reads' | 'changes' = 'reads' | 'changes'> = {
  /** Short name for the journal and for people: `probe`, `report`. */
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly effect: Effect;
  readonly timeout: Millis;
  /** Needs root: run by `sudo -n` where the user isn't root. */
  readonly privileged: boolean;
};

/** How a remote command ended. Only `unsent` says that it certainly did not run. */
export type Outcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string; readonly took: Millis }
  | { readonly kind: 'killed'; readonly signal: string; readonly stdout: string; readonly stderr: string; readonly took: Millis }
  | { readonly kind: 'unsent'; readonly why: Trouble }
  | { readonly kind: 'lost'; readonly why: Trouble; readonly stdout: string };
