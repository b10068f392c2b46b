import { type ChangeKind, verbs } from '../cluster/change-kinds.ts';
import type { PeerId } from '../cluster/inventory.ts';
import { quote } from '../commands/quote.ts';
import type { CommonOptions } from '../options/request.ts';

/** The command line that was given, with these peers acknowledged as absent. */
export const again = (argv: readonly string[], absent: readonly PeerId[]): string => {
  const rest = argv.filter(
    (word, at) => word !== '--absent' && argv[at - 1] !== '--absent' && !word.startsWith('--absent='),
  );
  return ['weave-console', ...rest, '--absent', absent.join(',')].map(quote).join(' ');
};

const option = (name: string, value: string | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : [name, value];

/** A command with the options that lead to the same cluster. */
const lineOf = (words: readonly string[], common: CommonOptions, cluster: string | null): string =>
  [
    'weave-console',
    ...words,
    ...option('--config', common.config),
    ...option('--cluster', common.cluster ?? cluster),
    ...option('--peers', common.peers?.join(',')),
    ...option('--user', common.user),
    ...option('--port', common.port === undefined ? null : String(common.port)),
    ...option('--jump', common.jump),
    ...(common.identity ?? []).flatMap((file) => option('--identity', file)),
  ]
    .map(quote)
    .join(' ');

/**
 * The command that takes up a change which was left behind in this cluster, with the options that led to it. `cluster`: the
 * name that was chosen, where there were several. `guest`: a host of the change that no config names.
 */
export const resumeLine = (common: CommonOptions, cluster: string | null, guest: PeerId | null): string =>
  lineOf(['resume', ...(guest === null ? [] : [guest])], common, cluster);

/** The command that prints a change instead of beginning it. `target` as it was typed; null where it is about all peers. */
export const planLine = (common: CommonOptions, kind: ChangeKind, target: string | null): string =>
  lineOf(
    ['plan', verbs[kind], ...(kind === 'restart-all' ? ['--all'] : []), ...(target === null ? [] : [target])],
    common,
    null,
  );
