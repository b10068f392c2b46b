import { Option } from 'commander';
import { type CommandLine, common } from './common.ts';
import type { CommonOptions } from './request.ts';

/** `resume`, `lock` and `history`: what is on record of changes. */
export const recordCommands = ({ program, ask, merged }: CommandLine): void => {
  common(program.command('resume'))
    .argument('[ADDRESS]', 'the host that was being added, where the config does not name it')
    .description('take up a change that was left behind: opens the console at the lock')
    .action((guest: string | undefined, options: CommonOptions) => {
      ask({ command: 'resume', guest: guest ?? null, common: merged(options) });
    });

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
};
