import { type ChangeKind, verbs } from '../../cluster/change-kinds.ts';
import type { Inventory, PeerId } from '../../cluster/inventory.ts';
import { changes } from '../../maintenance/changes.ts';

/** Why this change can't be of this target, by the config alone; null where it can. */
export const unfit = (
  kind: ChangeKind,
  target: PeerId | null,
  inConfig: boolean,
  { cluster, peers }: Inventory,
): string | null => {
  const { of, moves } = changes[kind];
  const verb = verbs[kind];
  if (of === 'cluster') return target === null ? null : `${verb} is of all peers of ${cluster}, not of one.`;
  if (target === null) return `Say which host to ${verb}.`;
  if (!inConfig) {
    const later = `add it to the spares of ${cluster}, so that it can be reached`;
    return of === 'spare'
      ? `${target} is no host that this console was opened with. Leave it, and open it with weave-console add ${target}; or ${later}.`
      : `${target} is not in the config: ${later}.`;
  }
  const member = peers.some(({ address }) => address === target);
  if (of === 'spare' && member) return `${target} is a member already.`;
  if (of === 'member' && !member) return `${target} is not a member of ${cluster}.`;
  if (moves === 'spares' && peers.length === 1)
    return `${target} is the last peer: there is nobody to take over its addresses. Stop and reset it by hand instead.`;
  return null;
};
