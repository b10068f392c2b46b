import { type Command, InvalidArgumentError } from 'commander';
import type { CommonOptions, Request } from './request.ts';

/** A number that an option takes, from `low` to `high`. */
export const number =
  (what: string, low: number, high: number, whole: boolean) =>
  (text: string): number => {
    const value = Number(text);
    if (
      text.trim() === '' ||
      !Number.isFinite(value) ||
      value < low ||
      value > high ||
      (whole && !Number.isInteger(value))
    )
      throw new InvalidArgumentError(
        `${what} must be ${whole ? 'a whole number' : 'a number'} from ${low} to ${high}.`,
      );
    return value;
  };

/** Peers, comma-separated. */
export const list = (text: string): string[] => {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('It must name at least one peer.');
  return items;
};

/** An SSH port. */
export const port = number('PORT', 1, 65535, true);

const seconds = (text: string): number => number('SECONDS', 0.2, 3600, false)(text) * 1000;
/** For an option that may be given more than once. */
export const several = (text: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  text,
];

/** Adds the options of whatever shows something. */
export const looks = (command: Command): Command =>
  command
    .option('--no-color', 'no colour (NO_COLOR does the same)')
    .option('--ascii', 'only 7-bit characters')
    .option('--interval <SECONDS>', 'time between two looks at a peer (default 2)', seconds);

/** Adds the options of every command that looks at a cluster. */
export const common = (command: Command): Command =>
  looks(
    command
      .option('--cluster <NAME>', 'which cluster of the config')
      .option('--config <FILE>', 'another config file')
      .option('--peers <LIST>', 'these addresses, comma-separated, instead of a config', list)
      .option('--user <NAME>', 'SSH user')
      .option('--port <PORT>', 'SSH port', port)
      .option('--jump <HOST>', 'reach the peers through [USER@]HOST[:PORT], several with commas between')
      .option('--identity <FILE>', 'SSH private key; may be given more than once', several)
      .option('--read-only', 'look only, whatever the config allows'),
  );

/** What the groups of commands share. */
export type CommandLine = {
  readonly program: Command;
  /** Notes what the command line asks for. */
  readonly ask: (request: Request) => void;
  /** Options before the command hold where the command does not say otherwise. */
  readonly merged: (options: CommonOptions) => CommonOptions;
};
