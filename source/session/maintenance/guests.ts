import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerWatch } from '../../cluster/sighting.ts';
import type { Procedure } from '../../maintenance/step.ts';
import { unwatched, updateWatch } from '../update.ts';
import { watch } from '../watcher.ts';
import type { WorkshopParts } from './workshop-parts.ts';

/** Hosts that are looked at for as long as a procedure needs them. */
export type Guests = {
  readonly guests: () => ReadonlyMap<PeerId, PeerWatch>;
  readonly lookNow: () => void;
  readonly stop: () => void;
};

/** Looks at the hosts of a procedure that the session doesn't watch. */
export const watchGuests = (
  procedure: Procedure,
  { inventory: now, lookerOf, clock }: Pick<WorkshopParts, 'inventory' | 'lookerOf' | 'clock'>,
): Guests => {
  const inventory = now();
  const strangers = procedure.hosts.filter(({ address }) =>
    inventory.peers.every((peer) => peer.address !== address),
  );
  let guests: ReadonlyMap<PeerId, PeerWatch> = new Map(
    strangers.map((peer) => [peer.address, unwatched(peer)]),
  );
  const watcher = watch(
    strangers,
    lookerOf,
    { interval: inventory.interval, probeInterval: 15_000 },
    clock,
    (event) => {
      const before = guests.get(event.id);
      if (before !== undefined) guests = new Map(guests).set(event.id, updateWatch(before, event));
    },
  );
  return { guests: () => guests, lookNow: () => watcher.lookNow(), stop: () => watcher.stop() };
};
