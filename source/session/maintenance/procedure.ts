import type { ChangeKind } from '../../cluster/change-kinds.ts';
import type { InventoryPeer } from '../../cluster/inventory.ts';
import { once } from '../../cluster/once.ts';
import { addPeer } from '../../maintenance/procedures/add-peer.ts';
import { alignConfig } from '../../maintenance/procedures/align-config.ts';
import { bootstrap } from '../../maintenance/procedures/bootstrap.ts';
import { primePeer } from '../../maintenance/procedures/prime-peer.ts';
import { reclaimPeer } from '../../maintenance/procedures/reclaim-peer.ts';
import { removePeer } from '../../maintenance/procedures/remove-peer.ts';
import { restartAll } from '../../maintenance/procedures/restart-all.ts';
import { restartPeer } from '../../maintenance/procedures/restart-peer.ts';
import { wipePeer } from '../../maintenance/procedures/wipe-peer.ts';
import type { Procedure } from '../../maintenance/step.ts';

const made = (
  kind: ChangeKind,
  members: readonly InventoryPeer[],
  target: InventoryPeer | null,
  id: string,
): Procedure => {
  if (kind === 'bootstrap') return bootstrap({ id, members });
  if (kind === 'align') return alignConfig({ id, members });
  if (kind === 'restart-all') return restartAll({ id, members });
  if (target === null) throw new RangeError(`${kind} is of one host`);
  const others = members.filter(({ address }) => address !== target.address);
  switch (kind) {
    case 'add-peer':
      return addPeer({ id, members: others, target });
    case 'remove-peer':
      return removePeer({ id, members: [...others, target], target });
    case 'prime':
      return primePeer({ id, members, target });
    case 'reclaim-peer':
      return reclaimPeer({ id, members: [...others, target], target });
    case 'restart-peer':
      return restartPeer({ id, members, target });
    case 'wipe-peer':
      return wipePeer({ id, members, target });
  }
};

/**
 * The procedure for a change. `members` are the configured peers; `id` names what is kept of files that are replaced.
 * Throws RangeError where a change of one host is given none.
 */
export const procedureOf = (...of: Parameters<typeof made>): Procedure => {
  const procedure = made(...of);
  // Asked for at each look, and there may be hundreds.
  return { ...procedure, steps: once(procedure.steps) };
};
