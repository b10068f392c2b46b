import type { InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import type { WatchEvent } from './update.ts';
import type { Looker } from './watcher.ts';

/** How long the spares wait for the members' first looks and probes, how far apart they begin, and how often they are probed. */
const first: Millis = 5_000;
const gap: Millis = 250;
const every: Millis = 30_000;

/** Probing of hosts that are no members. */
export interface SpareWatcher {
  /** Probes these from now on. */
  set(spares: readonly InventoryPeer[]): void;
  stop(): void;
}

/** Probes each spare at a slow pace, and never looks for weave there: what isn't known of a spare hurts nobody. */
export const watchSpares = (
  spares: readonly InventoryPeer[],
  lookerOf: (peer: InventoryPeer) => Looker,
  clock: Clock,
  emit: (event: WatchEvent) => void,
): SpareWatcher => {
  const watched = new Map<PeerId, () => void>();
  const begin = (peer: InventoryPeer, delay: Millis): void => {
    let seq = 0;
    let over = false;
    let cancel = () => {};
    const probe = async (): Promise<void> => {
      seq += 1;
      const sighting = await lookerOf(peer).probe(seq);
      if (over) return;
      emit({ kind: 'probed', id: peer.address, sighting });
      cancel = clock.after(every * (0.9 + 0.2 * clock.random()), () => void probe());
    };
    cancel = clock.after(delay, () => void probe());
    watched.set(peer.address, () => {
      over = true;
      cancel();
    });
  };
  const set = (wanted: readonly InventoryPeer[]): void => {
    const ids = new Set(wanted.map(({ address }) => address));
    for (const [id, end] of watched) {
      if (ids.has(id)) continue;
      end();
      watched.delete(id);
    }
    wanted
      .filter(({ address }) => !watched.has(address))
      .forEach((peer, place) => {
        begin(peer, first + place * gap);
      });
  };
  set(spares);
  return {
    set,
    stop: () => {
      for (const end of watched.values()) end();
    },
  };
};
