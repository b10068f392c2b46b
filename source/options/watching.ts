import { Option } from 'commander';
import { scenarioNames } from '../demo/scenario-names.ts';
import { exitCodeHelp } from '../program/exit-code.ts';
import { type CommandLine, common, looks, number } from './common.ts';
import type { CommonOptions, DemoOptions } from './request.ts';

/** `status` and `demo`: looking, without a change of anything. */
export const watchingCommands = ({ program, ask, merged }: CommandLine): void => {
  common(program.command('status'))
    .description('look once, or watch, and say how the cluster stands; changes nothing')
    .addOption(new Option('--once', 'look once (default without a terminal)').conflicts('watch'))
    .option('--watch', 'go on looking until stopped')
    .addOption(new Option('--json', 'a JSON document (schema/status.schema.json)').conflicts('plain'))
    .option('--plain', 'plain lines')
    .addHelpText('after', exitCodeHelp)
    .action(
      (options: CommonOptions & { once?: boolean; watch?: boolean; json?: boolean; plain?: boolean }) => {
        ask({ command: 'status', common: merged(options), ...options });
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
      ask({ command: 'demo', demo: options });
    });
};
