import type { Millis, Trouble } from '../cluster/trouble.ts';
import type { Secret } from '../text/secret.ts';
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
  /**
   * What its standard input begins with: what may stand on no command line, for every user of the host can read those, nor
   * in a journal.
   */
  readonly input?: Secret;
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

/** All that is sent to its standard input: what it begins with, and `rest`. */
export const inputOf = (command: Command, rest = ''): string => `${command.input?.reveal() ?? ''}${rest}`;

/** Whether two commands are the same to the last byte, what they are told by standard input too. */
export const sameCommand = (a: Command, b: Command): boolean => {
  const [one, other] = [a, b].map(({ name, script, args }) => JSON.stringify([name, script, ...args]));
  if (one !== other) return false;
  return a.input === undefined || b.input === undefined ? a.input === b.input : a.input.same(b.input);
};

/** Whether the commands of this account that need root go through sudo. */
export const needsSudo = (account: { readonly user: string; readonly sudo: string }): boolean =>
  account.user !== 'root' && account.sudo === 'passwordless';
