import type { Millis, Trouble } from '../cluster/trouble.ts';
import { quote } from './quote.ts';

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
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly took: Millis;
    }
  | {
      readonly kind: 'killed';
      readonly signal: string;
      readonly stdout: string;
      readonly stderr: string;
      readonly took: Millis;
    }
  | { readonly kind: 'unsent'; readonly why: Trouble }
  | { readonly kind: 'lost'; readonly why: Trouble; readonly stdout: string };

/**
 * The exact string that is sent, shown to people and asserted by tests: `sh -c SCRIPT NAME ARG...`. With `sudo`, a
 * privileged command is run by `sudo -n`, which fails rather than asks for a password.
 */
export const commandLine = (command: Command, options: { readonly sudo: boolean }): string => {
  const words = ['sh', '-c', command.script, command.name, ...command.args].map(quote).join(' ');
  return options.sudo && command.privileged ? `sudo -n ${words}` : words;
};

/** Whether the commands of this account that need root go through sudo. */
export const needsSudo = (account: { readonly user: string; readonly sudo: string }): boolean =>
  account.user !== 'root' && account.sudo === 'passwordless';
