import { isChangeKind } from '../../cluster/change-kinds.ts';
import { bareEntry } from '../../cluster/environment-file.ts';
import type { Inventory, InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { consentToTakeover } from '../../lock/consent.ts';
import { changes } from '../../maintenance/changes.ts';
import { openRun, reopenRun, resumeRun } from '../../maintenance/transition.ts';
import type { LockPorts } from '../lock/lock-ports.ts';
import { type LockRequest, type Locksmith, locksmith } from '../lock/locksmith.ts';
import { lockViewOf } from './lock-view.ts';
import type { Workshop } from './model.ts';
import { procedureOf } from './procedure.ts';
import { notesOf, resumedFrom, strangersTo } from './resume.ts';
import { startMaintenance } from './start.ts';
import { onlyByMajority, type Rescue, refuse, takeLock } from './take.ts';
import { unfit } from './unfit.ts';
import type { WorkshopParts } from './workshop-parts.ts';

/** All hosts of the inventory, by address. */
const hostsOf = (inventory: Inventory): ReadonlyMap<PeerId, InventoryPeer> =>
  new Map([...inventory.peers, ...inventory.spares].map((peer) => [peer.address, peer]));

const itself = (target: PeerId | null): readonly PeerId[] => (target === null ? [] : [target]);

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
    const named = lists.map(bareEntry);
    return [...new Set([...inventory.peers.map(({ address }) => address), ...named])];
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
    peers: [...members(), ...itself(target)],
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
      return startMaintenance(
        parts,
        taken.lock,
        procedure,
        openRun(id, procedure, {}, clock.now()),
        'new',
        reason,
      );
    },
    resume: async (shown, survivors) => {
      const status = await lock(itself(shown.target));
      const { takeover, decision } = status;
      const there = decision.kind === 'left-behind' || decision.kind === 'too-soon' ? decision.record : null;
      if (there?.id !== shown.id)
        return refuse('What was left behind has changed: look at it again.', lockViewOf(status));
      const strangers = strangersTo(
        there,
        parts.inventory().peers.map(({ address }) => address),
      );
      if (strangers.length > 0)
        return refuse(
          `${strangers.join(', ')} ${strangers.length > 1 ? 'are members' : 'is a member'} in the config here, and ${strangers.length > 1 ? 'were' : 'was'} none where ${shown.who} began this, so nobody has looked there. Resume with the config that it was begun with, or break its lock and begin anew.`,
          lockViewOf(status),
        );
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
          peers: [...new Set([...members(), ...shown.peers, ...itself(shown.target)])],
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
            reopenRun(shown.id, procedure, notes, clock.now()));
      return startMaintenance(parts, taken.lock, procedure, resumed, 'resumed', reason);
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
