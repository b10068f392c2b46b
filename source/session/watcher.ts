import type { InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { FactsSighting, Sighting } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import type { WatchEvent } from './update.ts';

/** Looks at one peer. Neither call rejects: what went wrong is a sighting, too. */
export interface Looker {
  /** One look by the quickest read path that works. */
  look(seq: number): Promise<Sighting>;
  /** One probe of the host's facts, by exec. */
  probe(seq: number): Promise<FactsSighting>;
}

/** How often to look and to probe, in ms. */
export type Pace = { readonly interval: Millis; readonly probeInterval: Millis };

/** Polling of all peers, each at its own pace. */
export interface Watcher {
  lookNow(ids?: readonly PeerId[]): void;
  stop(): void;
}

/**
 * Polls one peer: a look each interval, a probe at a slower pace and whenever the peer's answer changed its kind (weave
 * was stopped or came back), because then the host's facts are the first thing a person asks for.
 */
const watchPeer = (
  id: PeerId,
  looker: Looker,
  pace: Pace,
  clock: Clock,
  emit: (event: WatchEvent) => void,
) => {
  let seq = 0;
  let stopped = false;
  let looking = false;
  let again = false;
  let probing = false;
  let kind = '';
  let cancelLook = () => {};
  let cancelProbe = () => {};

  const probe = async () => {
    if (stopped || probing) return;
    probing = true;
    cancelProbe();
    seq += 1;
    const sighting = await looker.probe(seq);
    probing = false;
    if (stopped) return;
    emit({ kind: 'probed', id, sighting });
    cancelProbe = clock.after(pace.probeInterval * (0.9 + 0.2 * clock.random()), probe);
  };

  const look = async () => {
    if (stopped) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    cancelLook();
    const began = clock.now();
    seq += 1;
    emit({ kind: 'looking', id, at: began });
    const sighting = await looker.look(seq);
    looking = false;
    if (stopped) return;
    const reached = sighting.kind !== 'silent' || sighting.why.layer === 'weave';
    const before = kind;
    kind = sighting.kind === 'silent' ? `silent by ${sighting.why.layer}` : sighting.kind;
    emit({ kind: 'looked', id, sighting });
    if (reached && kind !== before) void probe();
    const rest = again ? 0 : Math.max(0, began + pace.interval - clock.now());
    again = false;
    cancelLook = clock.after(rest, look);
  };

  return {
    look,
    stop: () => {
      stopped = true;
      cancelLook();
      cancelProbe();
    },
  };
};

/** Starts to poll. The first looks go out at once, all together: the fleet paces its own connects. */
export const watch = (
  peers: readonly InventoryPeer[],
  lookerOf: (peer: InventoryPeer) => Looker,
  pace: Pace,
  clock: Clock,
  emit: (event: WatchEvent) => void,
): Watcher => {
  const watched = new Map(
    peers.map((peer) => [peer.address, watchPeer(peer.address, lookerOf(peer), pace, clock, emit)]),
  );
  for (const one of watched.values()) void one.look();
  return {
    lookNow: (ids = [...watched.keys()]) => {
      for (const id of ids) void watched.get(id)?.look();
    },
    stop: () => {
      for (const one of watched.values()) one.stop();
    },
  };
};
