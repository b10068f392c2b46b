import { buildView } from '../cluster/cluster-view.ts';
import { followElections } from '../cluster/election-tale.ts';
import { changes } from '../cluster/happenings.ts';
import type { Inventory, InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { RemovalRecords } from '../cluster/removed.ts';
import type { PeerWatch } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import type { Happening, LogLines, Model, Session } from './model.ts';
import { watchSpares } from './spare-watch.ts';
import { unwatched, updateWatch, type WatchEvent } from './update.ts';
import { type Looker, watch } from './watcher.ts';

/** A Looker that can also read the last lines of the unit's log. Never rejects. */
export interface PeerEye extends Looker {
  log(lines: number): Promise<Exclude<LogLines, { kind: 'asking' }>>;
}

/** What a session is made of. */
export type SessionParts = {
  readonly inventory: Inventory;
  readonly eyeOf: (peer: InventoryPeer) => PeerEye;
  readonly clock: Clock;
  /** Ends a connection's back-off, so that `lookNow` really looks now. */
  readonly retryNow: (ids?: readonly PeerId[]) => void;
  readonly close: () => Promise<void>;
  readonly probeInterval?: Millis;
  /** What this machine has on record of removed peers; read at the beginning, and by `recall`. */
  readonly records?: () => RemovalRecords;
};

/** Sightings that come within this many ms of each other make one new view and one render. */
const burst: Millis = 20;
const tick: Millis = 1000;
/** After a view that took longer than a burst, the next one waits so many times as long: keys come in between. */
const breath = 3;
/** How long the first looks may take before what changes counts as news. */
const openingTime: Millis = 5000;
const keptEvents = 500;
const logLines = 40;

/** Opens a session that only looks: polling starts at once. */
export const openSession = (parts: SessionParts): Session => {
  const { clock } = parts;
  let { inventory } = parts;
  let records = parts.records?.();
  let watches = new Map<PeerId, PeerWatch>(inventory.peers.map((peer) => [peer.address, unwatched(peer)]));
  let spares = new Map<PeerId, PeerWatch>(inventory.spares.map((peer) => [peer.address, unwatched(peer)]));
  const eyes = new Map<PeerId, PeerEye>();
  const eyeOf = (peer: InventoryPeer): PeerEye => {
    const eye = eyes.get(peer.address) ?? parts.eyeOf(peer);
    eyes.set(peer.address, eye);
    return eye;
  };
  const listeners = new Set<() => void>();
  let model: Model = {
    inventory,
    view: buildView(inventory.cluster, [...watches.values()], {
      now: clock.now(),
      ...(records && { records }),
    }),
    events: [],
    elections: new Map(),
    logs: new Map(),
    now: clock.now(),
  };
  /** Until everybody was asked once (or took too long), what is new is only that we came. */
  let opening = true;
  const opened = clock.now();
  let cancelBurst: (() => void) | null = null;
  /** Before this the next view is not made. */
  let rested: Millis = 0;

  const publish = (next: Partial<Model>) => {
    model = { ...model, ...next, now: clock.now() };
    for (const listener of listeners) listener();
  };

  const soon = (delay: Millis): (() => void) => clock.after(Math.max(delay, rested - clock.now()), rebuild);

  const rebuild = () => {
    cancelBurst = null;
    const began = clock.now();
    const view = buildView(inventory.cluster, [...watches.values()], {
      now: clock.now(),
      previous: model.view,
      spares: [...spares.values()],
      ...(records && { records }),
    });
    const stamp = { at: clock.now(), wall: clock.wall() };
    const news: Happening[] = opening
      ? []
      : changes(model.view, view).map((change) => ({ ...stamp, ...change }));
    opening &&= clock.now() - opened < openingTime && view.peers.some((peer) => peer.watch.look === null);
    publish({
      view,
      elections: followElections(model.elections, model.view, view, clock.now()),
      events: news.length === 0 ? model.events : [...news.reverse(), ...model.events].slice(0, keptEvents),
    });
    const took = clock.now() - began;
    rested = took > burst ? clock.now() + Math.min(breath * took, tick) : 0;
  };

  const underWay = new Set<PeerId>();
  const emit = (event: WatchEvent) => {
    const before = watches.get(event.id);
    if (before === undefined) return;
    const after = updateWatch(before, event);
    if (after === before) return;
    watches.set(event.id, after);
    // A look that begins changes nothing to be seen yet; the tick shows it if it takes long.
    if (event.kind === 'looking') {
      underWay.add(event.id);
      return;
    }
    if (event.kind === 'looked') underWay.delete(event.id);
    // The last answer of a round is worth no waiting: nothing more is about to come.
    if (underWay.size === 0 && event.kind === 'looked') {
      cancelBurst?.();
      cancelBurst = soon(0);
    } else cancelBurst ??= soon(burst);
  };

  const emitSpare = (event: WatchEvent) => {
    const before = spares.get(event.id);
    const after = before && updateWatch(before, event);
    if (after === undefined || after === before) return;
    spares.set(event.id, after);
    cancelBurst ??= soon(burst);
  };

  const setLog = (id: PeerId, log: LogLines) => publish({ logs: new Map(model.logs).set(id, log) });

  let cancelTick = () => {};
  const onTick = () => {
    // Not only `now` moves: some rules of the view are about how long a thing has stood.
    if (cancelBurst === null) rebuild();
    cancelTick = clock.after(tick, onTick);
  };

  const watcher = watch(
    inventory.peers,
    eyeOf,
    {
      interval: inventory.interval,
      probeInterval: parts.probeInterval ?? Math.max(15_000, inventory.interval * 5),
    },
    clock,
    emit,
  );
  const spareWatcher = watchSpares(inventory.spares, eyeOf, clock, emitSpare);
  cancelTick = clock.after(tick, onTick);

  return {
    snapshot: () => model,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lookNow: (ids) => {
      parts.retryNow(ids);
      watcher.lookNow(ids);
    },
    hasten: (interval) => watcher.hasten(interval),
    readLog: (id) => {
      const eye = eyes.get(id);
      if (eye === undefined || model.logs.get(id)?.kind === 'asking') return;
      setLog(id, { kind: 'asking', since: clock.now() });
      void eye.log(logLines).then((answer) => setLog(id, answer));
    },
    adopt: (next) => {
      inventory = next;
      watches = new Map(
        next.peers.map((peer) => [peer.address, watches.get(peer.address) ?? unwatched(peer)]),
      );
      spares = new Map(
        next.spares.map((peer) => [peer.address, spares.get(peer.address) ?? unwatched(peer)]),
      );
      watcher.set(next.peers);
      spareWatcher.set(next.spares);
      for (const id of underWay) if (!watches.has(id)) underWay.delete(id);
      publish({ inventory: next });
      cancelBurst ??= soon(burst);
    },
    recall: () => {
      records = parts.records?.();
      cancelBurst ??= soon(burst);
    },
    stop: async () => {
      cancelTick();
      cancelBurst?.();
      watcher.stop();
      spareWatcher.stop();
      listeners.clear();
      await parts.close();
    },
  };
};
