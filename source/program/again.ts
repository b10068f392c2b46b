import type { PeerId } from '../cluster/inventory.ts';
import { quote } from '../commands/quote.ts';

/** The command line that was given, with these peers acknowledged as absent. */
export const again = (argv: readonly string[], absent: readonly PeerId[]): string => {
  const rest = argv.filter(
    (word, at) => word !== '--absent' && argv[at - 1] !== '--absent' && !word.startsWith('--absent='),
  );
  return ['weave-console', ...rest, '--absent', absent.join(',')].map(quote).join(' ');
};
