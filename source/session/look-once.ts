import { buildView, type ClusterView } from '../cluster/cluster-view.ts';
import type { Inventory, InventoryPeer } from '../cluster/inventory.ts';
import type { RemovalRecords } from '../cluster/removed.ts';
import type { PeerWatch } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';
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

/** How much longer than the members the spares may take, in ms: one that is switched off shall hold up nobody. */
const spareGrace: Millis = 1_500;

/** Probes of the spares, as far as they are there when the members' looks are, or shortly after. */
const spareWatches = async (
  spares: readonly InventoryPeer[],
  lookerOf: (peer: InventoryPeer) => Looker,
  members: Promise<unknown>,
  clock: Clock,
): Promise<readonly PeerWatch[]> => {
  const watches = new Map(spares.map((peer) => [peer.address, unwatched(peer)]));
  const probes = Promise.all(
    spares.map(async (peer) => {
      const sighting = await lookerOf(peer).probe(1);
      watches.set(peer.address, updateWatch(unwatched(peer), { kind: 'probed', id: peer.address, sighting }));
    }),
  );
  let cancel = () => {};
  const late = members.then(
    () =>
      new Promise<void>((resolve) => {
        cancel = clock.after(spareGrace, resolve);
      }),
  );
  await Promise.race([probes, late]);
  await members;
  cancel();
  return [...watches.values()];
};

/**
 * One look and one probe of every peer and a probe of every spare, all side by side, for `status --once`. A peer takes as
 * long as its own time-outs allow and holds up nobody else.
 */
export const lookOnce = async (
  inventory: Inventory,
  lookerOf: (peer: InventoryPeer) => Looker,
  clock: Clock,
  records?: RemovalRecords,
): Promise<ClusterView> => {
  const members = watchOnce(inventory.peers, lookerOf);
  const spares = await spareWatches(inventory.spares, lookerOf, members, clock);
  return buildView(inventory.cluster, await members, {
    now: clock.now(),
    spares,
    ...(records && { records }),
  });
};
