import type { Command } from 'commander';

/** An option as a shell completes it: `takes` names what follows it, null for a flag. */
export type OptionShape = {
  readonly flag: string;
  readonly takes: string | null;
  readonly choices: readonly string[];
  readonly what: string;
};

/** A command with what may follow it. */
export type CommandShape = {
  readonly name: string;
  readonly what: string;
  readonly options: readonly OptionShape[];
  readonly choices: readonly string[];
  readonly commands: readonly CommandShape[];
};

/** What commander knows of a command and of those under it, without what does something. */
export const shapeOf = (command: Command): CommandShape => ({
  name: command.name(),
  what: command.description(),
  options: command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, flags, required, argChoices = [], description }) => ({
      flag: long ?? short ?? '',
      takes: required ? (/<(\w+)>/.exec(flags)?.[1] ?? 'VALUE') : null,
      choices: argChoices,
      what: description,
    })),
  choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  commands: command.commands.map(shapeOf),
});
