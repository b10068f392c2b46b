import type { InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { FactsSighting, Sighting } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import { type Turns, turns } from './turns.ts';
import { answerOf, type WatchEvent } from './update.ts';

/** Looks at one peer. Neither call rejects: what went wrong is a sighting, too. */
export interface Looker {
  /** One look by the quickest read path that works. */
  look(seq: number): Promise<Sighting>;
  /** One probe of the host's facts, by exec. */
  probe(seq: number): Promise<FactsSighting>;
}

/** How often to look and to probe, in ms. */
export type Pace = { readonly interval: Millis; readonly probeInterval: Millis };

/** How long the first probes wait for everybody's first look, and how far apart they begin, in ms. */
const probesWait: Millis = 1500;
const probeGap: Millis = 20;
/** How soon a host is probed again whose unit was seen on its way from one state to another, in ms, and how often in a row. */
const betweenProbes: Millis = 2000;
const mostBetween = 5;
/** So many looks are begun at once, and the next so much later (ms), so that their answers don't keep keys waiting. */
const sliceSize = 10;
const sliceGap: Millis = 8;

/** Some peers that are looked at more often than the others. */
export interface Haste {
  /** At these and no others from now on; at those that are new among them at once. */
  set(ids: Iterable<PeerId>): void;
  end(): void;
}

const isBetween = (sighting: FactsSighting): boolean =>
  sighting.kind === 'facts' &&
  sighting.facts.unit.known &&
  ['activating', 'deactivating', 'reloading'].includes(sighting.facts.unit.value.active);

/** Polling of all peers, each at its own pace. */
export interface Watcher {
  lookNow(ids?: readonly PeerId[]): void;
  /** Begins to look at some peers at least every `interval` ms. */
  hasten(interval: Millis): Haste;
  /** Polls these peers from now on: those that stay go on as they are. */
  set(peers: readonly InventoryPeer[]): void;
  stop(): void;
}

/**
 * Polls one peer: a look each interval, a probe at a slower pace and whenever the peer's answer changed its kind (weave
 * was stopped or came back), because then the host's facts are the first thing a person asks for.
 */
const watchPeer = (
  id: PeerId,
  looker: Looker,
  pace: { readonly interval: () => Millis; readonly probeInterval: Millis },
  clock: Clock,
  emit: (event: WatchEvent) => void,
  probes: Turns,
) => {
  let seq = 0;
  let stopped = false;
  let looking = false;
  let again = false;
  let probing = false;
  let probeAgain = false;
  let between = 0;
  let kind = '';
  let cancelLook = () => {};
  let cancelProbe = () => {};

  const probe = async () => {
    if (stopped) return;
    if (probing) {
      probeAgain = true;
      return;
    }
    probing = true;
    cancelProbe();
    seq += 1;
    const sighting = await looker.probe(seq);
    probing = false;
    if (stopped) return;
    emit({ kind: 'probed', id, sighting });
    between = isBetween(sighting) ? between + 1 : 0;
    const soon = between > 0 && between <= mostBetween;
    const rest = soon ? Math.min(betweenProbes, pace.probeInterval) : pace.probeInterval;
    cancelProbe = clock.after(rest * (0.9 + 0.2 * clock.random()), probe);
    // What was asked before the peer changed may be of the time before.
    if (probeAgain) probes.add(() => void probe());
    probeAgain = false;
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
    kind = answerOf(sighting);
    emit({ kind: 'looked', id, sighting });
    if (reached && kind !== before) probes.add(() => void probe());
    const rest = again ? 0 : Math.max(0, began + pace.interval() - clock.now());
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
  const probes = turns(clock, probeGap);
  // The first probes would compete with the logins of the others for everybody's first look.
  const unseen = new Set(peers.map(({ address }) => address));
  const cancelOpen = clock.after(probesWait, probes.open);
  const heard = (event: WatchEvent): void => {
    emit(event);
    if (event.kind === 'looked' && unseen.delete(event.id) && unseen.size === 0) probes.open();
  };
  const lookAt = (ones: readonly { look: () => Promise<void> }[]): void => {
    const [slice, rest] = [ones.slice(0, sliceSize), ones.slice(sliceSize)];
    for (const one of slice) void one.look();
    if (rest.length > 0) clock.after(sliceGap, () => lookAt(rest));
  };
  const hastes = new Set<{ readonly interval: Millis; ids: ReadonlySet<PeerId> }>();
  const intervalOf = (id: PeerId): Millis =>
    Math.min(pace.interval, ...[...hastes].filter(({ ids }) => ids.has(id)).map(({ interval }) => interval));
  const watched = new Map<PeerId, ReturnType<typeof watchPeer>>();
  const set = (wanted: readonly InventoryPeer[]): void => {
    const ids = new Set(wanted.map(({ address }) => address));
    for (const [id, one] of watched) {
      if (ids.has(id)) continue;
      one.stop();
      watched.delete(id);
    }
    const begun: ReturnType<typeof watchPeer>[] = [];
    for (const peer of wanted) {
      if (watched.has(peer.address)) continue;
      const one = watchPeer(
        peer.address,
        lookerOf(peer),
        { interval: () => intervalOf(peer.address), probeInterval: pace.probeInterval },
        clock,
        heard,
        probes,
      );
      watched.set(peer.address, one);
      begun.push(one);
    }
    lookAt(begun);
  };
  set(peers);
  return {
    set,
    lookNow: (ids = [...watched.keys()]) => {
      lookAt(ids.flatMap((id) => watched.get(id) ?? []));
    },
    hasten: (interval) => {
      const one = { interval, ids: new Set<PeerId>() };
      hastes.add(one);
      return {
        set: (ids) => {
          const before = one.ids;
          one.ids = new Set(ids);
          lookAt([...watched].flatMap(([id, peer]) => (one.ids.has(id) && !before.has(id) ? [peer] : [])));
        },
        end: () => void hastes.delete(one),
      };
    },
    stop: () => {
      cancelOpen();
      probes.stop();
      for (const one of watched.values()) one.stop();
    },
  };
};
