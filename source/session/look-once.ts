import { buildView, type ClusterView } from '../cluster/cluster-view.ts';
import type { Inventory, InventoryPeer } from '../cluster/inventory.ts';
import type { RemovalRecords } from '../cluster/removed.ts';
import type { PeerWatch } from '../cluster/sighting.ts';
import type { Clock } from '../ports.ts';
import { unwatched, updateWatch } from './update.ts';
import type { Looker } from './watcher.ts';

/** One look and one probe of each of these hosts, all side by side. */
export const watchOnce = (
  peers: readonly InventoryPeer[],
  lookerOf: (peer: InventoryPeer) => Looker,
): Promise<readonly PeerWatch[]> =>
  Promise.all(
    peers.map(async (peer): Promise<PeerWatch> => {
      const looker = lookerOf(peer);
      const id = peer.address;
      const [look, facts] = await Promise.all([looker.look(1), looker.probe(1)]);
      const looked = updateWatch(unwatched(peer), { kind: 'looked', id, sighting: look });
      return updateWatch(looked, { kind: 'probed', id, sighting: facts });
    }),
  );

/**
 * One look and one probe of every peer, all side by side, for `status --once`. A peer takes as long as its own time-outs
 * allow and holds up nobody else.
 */
export const lookOnce = async (
  inventory: Inventory,
  lookerOf: (peer: InventoryPeer) => Looker,
  clock: Clock,
  records?: RemovalRecords,
): Promise<ClusterView> => {
  const watches = await watchOnce(inventory.peers, lookerOf);
  return buildView(inventory.cluster, watches, { now: clock.now(), ...(records && { records }) });
};
