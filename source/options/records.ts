import { Option } from 'commander';
import { type CommandLine, common } from './common.ts';
import type { CommonOptions } from './request.ts';

/** `lock`, `history` and `config`: what is on record, of changes and of clusters. */
export const recordCommands = ({ program, ask, merged }: CommandLine): void => {
  const lock = program.command('lock').description('the maintenance lock');
  common(lock.command('show', { isDefault: true }))
    .description('who holds it, or what was left behind; exit code 6 unless it is free')
    .action((options: CommonOptions) => {
      ask({ command: 'lock-show', common: merged(options) });
    });
  common(lock.command('break'))
    .description('give up a change that was left behind, without going on with it')
    .requiredOption('--id <SIX>', 'the first six characters of the lock, as lock show prints it')
    .requiredOption('--reason <TEXT>', 'why: it is written to every peer')
    .action((options: CommonOptions & { id: string; reason: string }) => {
      ask({ command: 'lock-break', id: options.id, reason: options.reason, common: merged(options) });
    });

  const history = program
    .command('history')
    .description('past maintenance on record on this machine')
    .action(() => {
      ask({ command: 'history' });
    });
  history
    .command('show')
    .argument('<ID>')
    .description('one maintenance, line by line')
    .addOption(new Option('--markdown', 'ready to paste into a ticket').conflicts('json'))
    .option('--json', 'the entries as JSON')
    .action((run: string, options: { markdown?: boolean; json?: boolean }) => {
      const format = options.markdown ? 'markdown' : options.json ? 'json' : 'plain';
      ask({ command: 'history-show', run, format });
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
        ask({ command: 'config', action, ...(file === undefined ? {} : { config: file }) });
      });
};
