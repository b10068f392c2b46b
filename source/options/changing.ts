import type { Command } from 'commander';
import { type ChangeKind, verbs } from '../cluster/change-kinds.ts';
import { changes } from '../maintenance/changes.ts';
import { type CommandLine, common, list } from './common.ts';
import type { CommonOptions } from './request.ts';

/** The procedures with a command of their own, and what each is told. */
const commands: readonly (readonly [kind: ChangeKind, argument: string | null])[] = [
  ['bootstrap', null],
  ['prime', '[PEER]'],
  ['add-peer', '<ADDRESS>'],
  ['remove-peer', '<PEER>'],
  ['reclaim-peer', '<PEER>'],
  ['restart-peer', '[PEER]'],
  ['align', null],
  ['wipe-peer', '<PEER>'],
];

type Given = CommonOptions & {
  readonly reason: string;
  readonly all?: boolean;
  readonly absent?: readonly string[];
};

/** Every procedure twice: a command that begins it, and `plan` that prints it. */
export const changingCommands = ({ program, ask, merged }: CommandLine): void => {
  const plan = program
    .command('plan')
    .description('print a checklist as it stands now; runs nothing, needs no lock');
  for (const [kind, argument] of commands) {
    const name = verbs[kind];
    const takes = (command: Command): Command => {
      if (argument !== null) command.argument(argument, 'address, nickname or peer name');
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
      ask({
        command: 'change',
        kind: meant(peer, all),
        peer,
        reason,
        ...(absent === undefined ? {} : { absent }),
        common: merged(options),
      });
    });
    takes(common(plan.command(name)))
      .description(`print how to ${name}`)
      .action((...rest: unknown[]) => {
        const [peer, { all, ...options }] = [peerOf(rest), optionsOf(rest)];
        ask({ command: 'plan', kind: meant(peer, all), peer, common: merged(options) });
      });
  }
};
