import { Command, CommanderError } from 'commander';
import { changingCommands } from './options/changing.ts';
import { type CommandLine, common } from './options/common.ts';
import { recordCommands } from './options/records.ts';
import type { CommonOptions, Request } from './options/request.ts';
import { settingsCommands } from './options/settings.ts';
import { watchingCommands } from './options/watching.ts';
import { exitCodeHelp } from './program/exit-code.ts';
import { likeliest } from './program/likeliest.ts';

/** Reads argv (without node and script). Never throws, prints nothing. */
export const parseArgv = (argv: readonly string[], version: string): Request => {
  let request: Request | null = null;
  let text = '';
  const program = common(new Command('weave-console'))
    .description('Watch a Weave Net uniform fixed cluster, and maintain it one careful step at a time.')
    .version(version, '-V, --version')
    .addHelpText('after', exitCodeHelp)
    .action((options: CommonOptions) => {
      if (program.args.length > 0) unknownCommand();
      request = { command: 'console', common: options };
    });
  /** A misspelt command must not open a console, and says which one is like it. */
  const unknownCommand = (): never => {
    const [name = ''] = program.args;
    const like = likeliest(
      name,
      program.commands.map((command) => command.name()),
    );
    return program.error(
      `error: unknown command '${name}'${like === null ? '' : ` (did you mean ${like}?)`}`,
    );
  };
  /** Options before the command hold where the command does not say otherwise. */
  const merged = (options: CommonOptions): CommonOptions => {
    const before = program.opts<CommonOptions>();
    return { ...before, ...options, color: before.color && options.color };
  };
  // The misspelt command is an operand of the default one to commander; its action tells.
  program.enablePositionalOptions().allowExcessArguments(true);

  const line: CommandLine = {
    program,
    ask: (asked) => {
      request = asked;
    },
    merged,
  };
  watchingCommands(line);
  changingCommands(line);
  recordCommands(line);
  settingsCommands(line);

  const finish = (command: Command, path: string): void => {
    const lists = command.commands.length > 0 ? 'commands' : 'options';
    if (command !== program) command.allowExcessArguments(false);
    command
      .exitOverride()
      .showHelpAfterError(`(${path} --help lists the ${lists})`)
      .configureOutput({
        writeOut: (more) => {
          text += more;
        },
        writeErr: (more) => {
          text += more;
        },
      });
    for (const one of command.commands) finish(one, `${path} ${one.name()}`);
  };
  finish(program, 'weave-console');
  try {
    try {
      program.parse([...argv], { from: 'user' });
    } catch (error) {
      // Of a misspelt command, commander first finds that its options are unknown.
      const [first] = program.args;
      const known = program.commands.some((command) => command.name() === first);
      const unknownOption = error instanceof CommanderError && error.code === 'commander.unknownOption';
      if (!unknownOption || known || first === undefined || first.startsWith('-')) throw error;
      text = '';
      unknownCommand();
    }
  } catch (error) {
    if (error instanceof CommanderError) return { command: 'text', text, code: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
  return request ?? { command: 'text', text: text || program.helpInformation(), code: 2 };
};
