import { type ChangeKind, isChangeKind, verbs } from '../../cluster/change-kinds.ts';
import type { Inventory, InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import type { PeerWatch } from '../../cluster/sighting.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { History } from '../../journal/replay.ts';
import { consentToTakeover } from '../../lock/consent.ts';
import { goneWithout } from '../../lock/record.ts';
import { changes } from '../../maintenance/changes.ts';
import type { Run, RunEffect } from '../../maintenance/run.ts';
import type { Procedure } from '../../maintenance/step.ts';
import { openRun, resumeRun } from '../../maintenance/transition.ts';
import type { ChangingShell, Clock, RemoteShell } from '../../ports.ts';
import { watchElection } from '../haste.ts';
import type { HeldLock } from '../lock/held-lock.ts';
import type { LockPorts } from '../lock/lock-ports.ts';
import { type LockRequest, type Locksmith, locksmith } from '../lock/locksmith.ts';
import type { Session } from '../model.ts';
import { unwatched, updateWatch } from '../update.ts';
import { type Looker, watch } from '../watcher.ts';
import { inspectorOf } from './inspector.ts';
import { lockViewOf } from './lock-view.ts';
import type { Maintenance, MaintenanceModel, Workshop } from './model.ts';
import { performRun } from './performer.ts';
import { procedureOf } from './procedure.ts';
import { notesOf, resumedFrom } from './resume.ts';
import { onlyByMajority, type Rescue, refuse, takeLock } from './take.ts';

/** What the journal of one maintenance does for a session. */
export type JournalPort = {
  /** Opens, or goes on with, the journal of this run. `append` is on disk when it returns. */
  readonly open: (run: string) => {
    readonly append: (entry: JournalEntry) => void;
    readonly close: () => void;
  };
  /** What this machine has on record of a run; null where it has nothing. */
  readonly history: (run: string) => History | null;
  readonly newest: () => readonly string[];
};

/** What a workshop is made of. */
export type WorkshopParts = {
  /** As it is now: a finished change moves its target between members and spares. */
  readonly inventory: () => Inventory;
  readonly session: Session;
  readonly clock: Clock;
  /** The lock keeps the time of its peers, which is real, whatever `clock` is. */
  readonly locksmith?: (ports: LockPorts) => Locksmith;
  readonly read: (id: PeerId) => RemoteShell;
  readonly change: (id: PeerId) => ChangingShell;
  readonly lookerOf: (peer: InventoryPeer) => Looker;
  readonly journal: JournalPort;
  /** Makes ids of locks, sessions and runs: letters, digits and dashes, never the same twice. */
  readonly newName: () => string;
  /** `who@host` of the person at this machine. */
  readonly who: string;
  readonly host: string;
  readonly version: string;
  /** Moves the target between members and spares in the config, when a change is finished. */
  readonly onFinished: (kind: ChangeKind, target: PeerId | null) => void;
};

/** All hosts of the inventory, by address. */
const hostsOf = (inventory: Inventory): ReadonlyMap<PeerId, InventoryPeer> =>
  new Map([...inventory.peers, ...inventory.spares].map((peer) => [peer.address, peer]));

/** Why this change can't be of this target, by the config alone; null where it can. */
const unfit = (
  kind: ChangeKind,
  target: PeerId | null,
  inConfig: boolean,
  { cluster, peers }: Inventory,
): string | null => {
  const { of, moves } = changes[kind];
  const verb = verbs[kind];
  if (of === 'cluster') return target === null ? null : `${verb} is of all peers of ${cluster}, not of one.`;
  if (target === null) return `Say which host to ${verb}.`;
  if (!inConfig)
    return `${target} is not in the config: add it to the spares of ${cluster}, so that it can be reached.`;
  const member = peers.some(({ address }) => address === target);
  if (of === 'spare' && member) return `${target} is a member already.`;
  if (of === 'member' && !member) return `${target} is not a member of ${cluster}.`;
  if (moves === 'spares' && peers.length === 1)
    return `${target} is the last peer: there is nobody to take over its addresses. Stop and reset it by hand instead.`;
  return null;
};

/** Whether the step at hand ran and waits for something of which it tells the story. */
const tellsStory = ({ run, steps }: MaintenanceModel): boolean =>
  run.ended === null &&
  steps[run.at]?.story !== undefined &&
  ['running', 'verifying', 'uncertain'].includes(run.phases[run.at]?.phase ?? '');

/** Opens the workshop of a session. It takes the lock when a change is begun, not before. */
export const openWorkshop = (parts: WorkshopParts): Workshop => {
  const { session, clock } = parts;
  const hosts = hostsOf(parts.inventory());
  const ports: LockPorts = new Map(
    [...hosts].map(([id, peer]) => [
      id,
      {
        read: parts.read(id),
        change: parts.change(id),
        folders: { runtimeDir: peer.runtimeDir, stateDir: peer.stateDir },
      },
    ]),
  );
  const smith: Locksmith = parts.locksmith?.(ports) ?? locksmith(ports, clock, parts.newName);

  /** Who votes: the configured peers, and whoever else stands in a PEERS list of theirs. */
  const members = (): readonly PeerId[] => {
    const inventory = parts.inventory();
    const lists = session
      .snapshot()
      .view.peers.flatMap(({ watch: { lastFacts } }) => lastFacts?.facts.environment.peers ?? []);
    const named = lists.map((entry) => entry.replace(/:6783$/, ''));
    return [...new Set([...inventory.peers.map(({ address }) => address), ...named])];
  };

  /** Looks at the hosts of a procedure that the session doesn't watch. */
  const watchGuests = (procedure: Procedure) => {
    const inventory = parts.inventory();
    const strangers = procedure.hosts.filter(({ address }) =>
      inventory.peers.every((peer) => peer.address !== address),
    );
    let guests: ReadonlyMap<PeerId, PeerWatch> = new Map(
      strangers.map((peer) => [peer.address, unwatched(peer)]),
    );
    const watcher = watch(
      strangers,
      parts.lookerOf,
      { interval: inventory.interval, probeInterval: 15_000 },
      clock,
      (event) => {
        const before = guests.get(event.id);
        if (before !== undefined) guests = new Map(guests).set(event.id, updateWatch(before, event));
      },
    );
    return { guests: () => guests, lookNow: () => watcher.lookNow(), stop: () => watcher.stop() };
  };

  const start = (
    lock: HeldLock,
    procedure: Procedure,
    first: readonly [Run, readonly RunEffect[]],
    how: 'new' | 'resumed' | 'taken-over',
    reason: string,
  ): { readonly ok: true; readonly maintenance: Maintenance } => {
    const id = first[0].id;
    const inventory = parts.inventory();
    const { record } = lock.report();
    const missing = goneWithout(record);
    const journal = parts.journal.open(id);
    journal.append({
      kind: 'opened',
      at: new Date(clock.wall()).toISOString(),
      run: id,
      how,
      cluster: inventory.cluster,
      procedure: procedure.kind,
      target: procedure.target,
      members: inventory.peers.map(({ address }) => address),
      who: parts.who,
      host: parts.host,
      version: parts.version,
      reason,
      lock: record.id,
      epoch: record.epoch,
      ...(missing.length === 0 ? {} : { missing: [...missing] }),
    });
    let calm: (() => void) | null = null;
    const guests = watchGuests(procedure);
    const maintenance = performRun(first, {
      clock,
      view: () => session.snapshot().view,
      onView: (listener) => session.subscribe(listener),
      guests: guests.guests,
      lookNow: () => {
        session.lookNow();
        guests.lookNow();
      },
      inspect: inspectorOf(procedure, parts.read, clock),
      read: parts.read,
      change: parts.change,
      lock,
      append: journal.append,
      onFinished: () => {
        if (isChangeKind(procedure.kind)) parts.onFinished(procedure.kind, procedure.target);
      },
      onEnded: () => {
        calm?.();
        guests.stop();
        journal.close();
        session.recall();
      },
    });
    // Somebody waits for what a peer reports: it is looked at more often for as long as that.
    maintenance.subscribe(() => {
      const waits = tellsStory(maintenance.snapshot());
      if (waits) calm ??= watchElection(session, procedure.target);
      else {
        calm?.();
        calm = null;
      }
    });
    return { ok: true, maintenance };
  };

  const lock = async (target: readonly PeerId[] = []) => smith.status([...members(), ...target]);

  const take = (request: LockRequest, rescue: Rescue) => takeLock(smith, clock, request, rescue);

  const requestOf = (kind: string, target: PeerId | null, reason: string): LockRequest => ({
    cluster: parts.inventory().cluster,
    who: `${parts.who}@${parts.host}`,
    user: hosts.get(target ?? '')?.user ?? parts.inventory().peers[0]?.user ?? '',
    version: parts.version,
    procedure: kind,
    target,
    reason,
    peers: [...members(), ...(target === null ? [] : [target])],
  });

  return {
    spares: () => parts.inventory().spares.map(({ address }) => address),
    lock: async () => lockViewOf(await lock()),
    begin: async ({ kind, target, reason }, survivors) => {
      const inventory = parts.inventory();
      const host = target === null ? null : (hosts.get(target) ?? null);
      const wrong = unfit(kind, target, host !== null, inventory);
      if (wrong !== null) return refuse(wrong);
      const never = onlyByMajority(kind, 'Reclaim who is dead first');
      const taken = await take(requestOf(kind, target, reason), { never, survivors });
      if (!taken.ok) return taken;
      const id = taken.lock.report().record.id;
      const procedure = procedureOf(kind, inventory.peers, host, id);
      return start(taken.lock, procedure, openRun(id, procedure, {}, clock.now()), 'new', reason);
    },
    resume: async (shown, survivors) => {
      const status = await lock(shown.target === null ? [] : [shown.target]);
      const { takeover, decision } = status;
      const there = decision.kind === 'left-behind' || decision.kind === 'too-soon' ? decision.record : null;
      if (there?.id !== shown.id)
        return refuse('What was left behind has changed: look at it again.', lockViewOf(status));
      const host = shown.target === null ? null : hosts.get(shown.target);
      if (
        !isChangeKind(shown.procedure) ||
        (shown.target === null) !== (changes[shown.procedure].of === 'cluster')
      )
        return refuse(
          `This version can't go on with "${shown.procedure}" of ${shown.target ?? 'nobody'}. Nothing was changed.`,
          lockViewOf(status),
        );
      if (host === undefined)
        return refuse(
          `${shown.target} is not in the config here: add it to the spares of ${parts.inventory().cluster}, so that it can be reached, and resume again.`,
          lockViewOf(status),
        );
      const history = parts.journal.history(shown.id);
      const reason = shown.reason;
      const taken = await take(
        {
          ...requestOf(shown.procedure, shown.target, reason),
          peers: [
            ...new Set([...members(), ...shown.peers, ...(shown.target === null ? [] : [shown.target])]),
          ],
          takeover: {
            consent: takeover ?? { locks: [{ id: shown.id, epoch: shown.epoch }], broken: [] },
            step: shown.step,
          },
        },
        { never: onlyByMajority(shown.procedure, 'Break its lock, and reclaim who is dead'), survivors },
      );
      if (!taken.ok) return taken;
      const procedure = procedureOf(shown.procedure, parts.inventory().peers, host, shown.id);
      const notes = notesOf(shown, history);
      const from = resumedFrom(shown, history);
      const resumed =
        from === null
          ? openRun(shown.id, procedure, notes, clock.now())
          : (resumeRun(shown.id, procedure, notes, from, clock.now()) ??
            openRun(shown.id, procedure, notes, clock.now()));
      return start(taken.lock, procedure, resumed, 'resumed', reason);
    },
    breakLock: async (_shown, typed, reason, survivors) => {
      const status = await lock();
      if (status.takeover === null)
        return refuse('There is nothing left behind that could be broken.', lockViewOf(status));
      const consent = consentToTakeover(status.takeover, {
        typed,
        reason,
        cluster: parts.inventory().cluster,
      });
      if (!consent.ok) return refuse(consent.why, lockViewOf(status));
      const taken = await take(
        {
          ...requestOf('break-lock', null, reason),
          peers: members(),
          takeover: { consent: consent.consent, step: null },
        },
        { never: null, survivors },
      );
      if (!taken.ok) return taken;
      await taken.lock.leave('release');
      return { ok: true };
    },
  };
};
