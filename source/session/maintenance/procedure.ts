import type { InventoryPeer } from '../../cluster/inventory.ts';
import { addPeer } from '../../maintenance/procedures/add-peer.ts';
import { removePeer } from '../../maintenance/procedures/remove-peer.ts';
import type { Procedure } from '../../maintenance/step.ts';
import type { ChangeRequest } from './model.ts';

/** The procedure for a change. `members` are the configured peers; `id` names what is kept of files that are replaced. */
export const procedureOf = (
  kind: ChangeRequest['kind'],
  members: readonly InventoryPeer[],
  target: InventoryPeer,
  id: string,
): Procedure => {
  const others = members.filter(({ address }) => address !== target.address);
  return kind === 'add-peer'
    ? addPeer({ id, members: others, target })
    : removePeer({ id, members: [...others, target], target });
};
