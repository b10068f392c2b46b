import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ChangeKind } from './cluster/change-kinds.ts';
import { scenarioNames } from './demo/scenario-names.ts';
import { changes } from './maintenance/changes.ts';
import { exitCodeHelp } from './program/exit-code.ts';
import { likeliest } from './program/likeliest.ts';

/** Options that every command which looks at a cluster takes. */
export type CommonOptions = {
  readonly cluster?: string;
  readonly config?: string;
  readonly peers?: readonly string[];
  readonly user?: string;
  readonly port?: number;
  readonly identity?: readonly string[];
  readonly readOnly?: boolean;
  /** False with `--no-color`; NO_COLOR is the caller's to read. */
  readonly color: boolean;
  readonly ascii?: boolean;
  /** ms */
  readonly interval?: number;
};

export type DemoOptions = {
  readonly scenario: string;
  readonly peers?: number;
  readonly speed: number;
  /** Makes names and shares the same each time. */
  readonly seed?: number;
  readonly headless?: boolean;
  readonly color: boolean;
  readonly ascii?: boolean;
  readonly interval?: number;
};

/** What the command line asks for. `text` is help, the version or a usage problem, ready to print. */
export type Request =
  | { readonly command: 'console'; readonly common: CommonOptions }
  | {
      readonly command: 'status';
      readonly common: CommonOptions;
      readonly watch?: boolean;
      readonly once?: boolean;
      readonly json?: boolean;
      readonly plain?: boolean;
    }
  | { readonly command: 'demo'; readonly demo: DemoOptions }
  /** Opens the console at the beginning of a change. */
  | {
      readonly command: 'change';
      readonly common: CommonOptions;
      readonly kind: ChangeKind;
      /** As it was typed; null for a change of the whole cluster, or where none was named. */
      readonly peer: string | null;
      readonly reason: string;
      /** Members whose absence is acknowledged by name, for a change without a terminal. */
      readonly absent?: readonly string[];
    }
  | {
      readonly command: 'plan';
      readonly common: CommonOptions;
      readonly kind: ChangeKind;
      readonly peer: string | null;
    }
  | { readonly command: 'lock-show'; readonly common: CommonOptions }
  | {
      readonly command: 'lock-break';
      readonly common: CommonOptions;
      readonly id: string;
      readonly reason: string;
    }
  | { readonly command: 'history' }
  | { readonly command: 'history-show'; readonly run: string; readonly format: 'plain' | 'markdown' | 'json' }
  | { readonly command: 'config'; readonly action: 'list' | 'path'; readonly config?: string }
  | { readonly command: 'text'; readonly text: string; readonly code: 0 | 2 };

const number =
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

const list = (text: string): string[] => {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('It must name at least one peer.');
  return items;
};

const seconds = (text: string): number => number('SECONDS', 0.2, 3600, false)(text) * 1000;
const several = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

const looks = (command: Command): Command =>
  command
    .option('--no-color', 'no colour (NO_COLOR does the same)')
    .option('--ascii', 'only 7-bit characters')
    .option('--interval <SECONDS>', 'time between two looks at a peer (default 2)', seconds);

const common = (command: Command): Command =>
  looks(
    command
      .option('--cluster <NAME>', 'which cluster of the config')
      .option('--config <FILE>', 'another config file')
      .option('--peers <LIST>', 'these addresses, comma-separated, instead of a config', list)
      .option('--user <NAME>', 'SSH user')
      .option('--port <PORT>', 'SSH port', number('PORT', 1, 65535, true))
      .option('--identity <FILE>', 'SSH private key; may be given more than once', several)
      .option('--read-only', 'look only, whatever the config allows'),
  );

/** The commands that begin a change, and what each is told. */
const commands: readonly (readonly [name: string, kind: ChangeKind, argument: string | null])[] = [
  ['bootstrap', 'bootstrap', null],
  ['prime', 'prime', '[PEER]'],
  ['add', 'add-peer', '<ADDRESS>'],
  ['remove', 'remove-peer', '<PEER>'],
  ['reclaim', 'reclaim-peer', '<PEER>'],
  ['restart', 'restart-peer', '[PEER]'],
  ['align', 'align', null],
  ['wipe', 'wipe-peer', '<PEER>'],
];

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

  common(program.command('status'))
    .description('look once, or watch, and say how the cluster stands; changes nothing')
    .addOption(new Option('--once', 'look once (default without a terminal)').conflicts('watch'))
    .option('--watch', 'go on looking until stopped')
    .addOption(new Option('--json', 'a JSON document (schema/status.schema.json)').conflicts('plain'))
    .option('--plain', 'plain lines')
    .addHelpText('after', exitCodeHelp)
    .action(
      (options: CommonOptions & { once?: boolean; watch?: boolean; json?: boolean; plain?: boolean }) => {
        request = { command: 'status', common: merged(options), ...options };
      },
    );

  looks(program.command('demo'))
    .description('the console on a simulated cluster behind real SSH servers on loopback')
    .addOption(
      new Option('--scenario <NAME>', 'how the cluster stands').choices(scenarioNames).default('healthy'),
    )
    .option('--peers <N>', 'how many peers', number('N', 1, 500, true))
    .option(
      '--speed <FACTOR>',
      'how much faster than life the simulated weave runs',
      number('FACTOR', 0.1, 100, false),
      1,
    )
    .option('--seed <N>', 'the same peer names and shares each time', number('N', 0, 2 ** 31 - 1, true))
    .option('--headless', "start only the cluster, print its config file's path as JSON, run until stopped")
    .action((options: DemoOptions) => {
      request = { command: 'demo', demo: options };
    });

  const plan = program
    .command('plan')
    .description('print a checklist as it stands now; runs nothing, needs no lock');
  type Given = CommonOptions & {
    readonly reason: string;
    readonly all?: boolean;
    readonly absent?: readonly string[];
  };
  const address = 'address, nickname or peer name';
  for (const [name, kind, argument] of commands) {
    const takes = (command: Command): Command => {
      if (argument !== null) command.argument(argument, address);
      return kind === 'restart-peer' ? command.option('--all', 'every peer, one after the other') : command;
    };
    /** `restart --all` is a change of its own; a peer or `--all`, and not both. */
    const meant = (peer: string | null, all: boolean | undefined): ChangeKind => {
      if (kind !== 'restart-peer') return kind;
      if ((peer === null) === (all !== true))
        program.error(`error: ${name}: name a peer, or give --all${all === true ? ', not both' : ''}`);
      return all === true ? 'restart-all' : kind;
    };
    const peerOf = (rest: readonly unknown[]): string | null =>
      typeof rest[0] === 'string' ? rest[0] : null;
    const optionsOf = (rest: readonly unknown[]): Given => rest[argument === null ? 0 : 1] as Given;
    const changing = takes(common(program.command(name)))
      .option(
        '--reason <TEXT>',
        'why, or a ticket: it is written down and shown to whoever meets the lock',
        '',
      )
      .description(changes[kind].does);
    if (kind === 'prime')
      changing.option(
        '--absent <LIST>',
        'without a terminal: peers that are known to be away, comma-separated',
        list,
      );
    changing.action((...rest: unknown[]) => {
      const [peer, { reason, all, absent, ...options }] = [peerOf(rest), optionsOf(rest)];
      request = {
        command: 'change',
        kind: meant(peer, all),
        peer,
        reason,
        ...(absent === undefined ? {} : { absent }),
        common: merged(options),
      };
    });
    takes(common(plan.command(name)))
      .description(`print how to ${name}`)
      .action((...rest: unknown[]) => {
        const [peer, { all, ...options }] = [peerOf(rest), optionsOf(rest)];
        request = { command: 'plan', kind: meant(peer, all), peer, common: merged(options) };
      });
  }

  const lock = program.command('lock').description('the maintenance lock');
  common(lock.command('show', { isDefault: true }))
    .description('who holds it, or what was left behind; exit code 6 unless it is free')
    .action((options: CommonOptions) => {
      request = { command: 'lock-show', common: merged(options) };
    });
  common(lock.command('break'))
    .description('give up a change that was left behind, without going on with it')
    .requiredOption('--id <SIX>', 'the first six characters of the lock, as lock show prints it')
    .requiredOption('--reason <TEXT>', 'why: it is written to every peer')
    .action((options: CommonOptions & { id: string; reason: string }) => {
      request = { command: 'lock-break', id: options.id, reason: options.reason, common: merged(options) };
    });

  const history = program
    .command('history')
    .description('past maintenance on record on this machine')
    .action(() => {
      request = { command: 'history' };
    });
  history
    .command('show')
    .argument('<ID>')
    .description('one maintenance, line by line')
    .addOption(new Option('--markdown', 'ready to paste into a ticket').conflicts('json'))
    .option('--json', 'the entries as JSON')
    .action((run: string, options: { markdown?: boolean; json?: boolean }) => {
      const format = options.markdown ? 'markdown' : options.json ? 'json' : 'plain';
      request = { command: 'history-show', run, format };
    });

  const config = program.command('config').description('the clusters this console knows');
  for (const [action, what] of [
    ['list', 'name each cluster and its peers'],
    ['path', 'print where the config file is'],
  ] as const)
    config
      .command(action)
      .description(what)
      .option('--config <FILE>', 'another config file')
      .action((options: { config?: string }) => {
        const { config: file } = { ...program.opts<CommonOptions>(), ...options };
        request = { command: 'config', action, ...(file === undefined ? {} : { config: file }) };
      });

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
