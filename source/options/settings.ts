import { Argument, type Command, Option } from 'commander';
import { colors } from '../disk/config-schema.ts';
import { shells } from '../program/completion.ts';
import { type CommandLine, list, port, several } from './common.ts';
import type { CommonOptions, NewCluster } from './request.ts';
import { shapeOf } from './shape.ts';

type Adding = NewCluster & { readonly peers: readonly string[]; readonly config?: string };

/** `config` and `completion`: what this machine keeps of clusters, and of this program. */
export const settingsCommands = ({ program, ask }: CommandLine): void => {
  const elsewhere = (command: Command): Command => command.option('--config <FILE>', 'another config file');
  /** Where the file was named before the command, that holds. */
  const fileIn = (options: { config?: string }): { config?: string } => {
    const file = options.config ?? program.opts<CommonOptions>().config;
    return file === undefined ? {} : { config: file };
  };

  const config = program.command('config').description('the clusters this console knows');
  for (const [action, what] of [
    ['list', 'name each cluster and its peers'],
    ['path', 'print where the config file is'],
    ['edit', 'open the config file in your editor; it is kept only if it is right'],
  ] as const)
    elsewhere(config.command(action))
      .description(what)
      .action((options: { config?: string }) => {
        ask({ command: 'config', action, ...fileIn(options) });
      });
  elsewhere(config.command('add'))
    .description('write down one more cluster; asks no host anything')
    .argument('<NAME>', 'what the cluster is called here')
    .requiredOption('--peers <LIST>', 'its members as PEERS names them, comma-separated', list)
    .option('--spares <LIST>', 'hosts that can be reached and are no members, comma-separated', list)
    .option('--user <USER>', 'SSH user')
    .option('--port <PORT>', 'SSH port', port)
    .option('--jump <HOST>', 'reach them through [USER@]HOST[:PORT], several with commas between')
    .option('--identity <FILE>', 'SSH private key; may be given more than once', several)
    .addOption(new Option('--color <COLOR>', 'the colour of its name on the screen').choices(colors))
    .option('--read-only', 'this console shall only look at it')
    .action((name: string, { peers, config: _, ...settings }: Adding, command: Command) => {
      ask({ command: 'config-add', name, peers, settings, ...fileIn(command.opts()) });
    });

  program
    .command('completion')
    .description('print what makes your shell complete commands and options')
    .addArgument(new Argument('<SHELL>', 'which shell').choices(shells))
    .action((shell: (typeof shells)[number]) => {
      ask({ command: 'completion', shell, program: shapeOf(program) });
    });
};
