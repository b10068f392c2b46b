import type { PeerId } from '../../cluster/inventory.ts';
import { type Evidence, evidence, shownToTakeOver } from '../../lock/consent.ts';
import type { LockRecord, LockStep } from '../../lock/record.ts';
import { LOCK_PACE, type LockPace, type LockResult, sightingsOf, type Want } from '../../lock/state.ts';
import {
  type Decision,
  decide,
  type Sightings,
  type SurvivorsConsent,
  type TakeoverConsent,
  voters,
} from '../../lock/votes.ts';
import type { Clock } from '../../ports.ts';
import { type HeldLock, startLock } from './held-lock.ts';
import type { LockPorts } from './lock-ports.ts';
import { lookAt } from './perform.ts';

/** What the peers show of the lock now, for people: what could be done, and on what evidence. */
export type LockStatus = {
  readonly decision: Decision;
  readonly evidence: readonly Evidence[];
  /** What a person would consent to if they resumed or took over what is shown; null where there is nothing to. */
  readonly takeover: TakeoverConsent | null;
};

/** Who wants the lock, and for what. */
export type LockRequest = Pick<
  LockRecord,
  'cluster' | 'who' | 'user' | 'version' | 'procedure' | 'target' | 'reason'
> & {
  /** Old list ∪ new list. */
  readonly peers: readonly PeerId[];
  /** A person's consent to resume or take over, and the step that the change stood at by its record. */
  readonly takeover?: { readonly consent: TakeoverConsent; readonly step: LockStep | null };
  readonly survivors?: SurvivorsConsent;
  readonly evenIfRunning?: boolean;
  /** Gives up taking it. */
  readonly signal?: AbortSignal;
};

export type Acquired =
  | { readonly ok: true; readonly lock: HeldLock }
  | { readonly ok: false; readonly result: LockResult; readonly evidence: readonly Evidence[] };

/** Takes the lock, and tells who has it. */
export interface Locksmith {
  /** Looks at all these peers. Changes nothing. */
  status(peers: readonly PeerId[]): Promise<LockStatus>;
  /** One attempt; whether and when to try again (`retryDelay`) is the caller's. */
  acquire(request: LockRequest): Promise<Acquired>;
}

const wantOf = (request: LockRequest, newName: () => string, pace: LockPace): Want => {
  const over = request.takeover?.consent.locks[0];
  const { cluster, who, user, version, procedure, target, reason, survivors } = request;
  const peers = voters(request.peers);
  return {
    record: {
      id: over?.id ?? newName(),
      epoch: (over?.epoch ?? 0) + 1,
      session: newName(),
      cluster,
      who,
      user,
      version,
      procedure,
      target,
      step: request.takeover?.step ?? null,
      reason,
      startedAt: '',
      beat: 0,
      peers,
      survivors: survivors ? peers.filter((peer) => !survivors.missing.includes(peer)) : null,
    },
    takeover: request.takeover?.consent ?? null,
    survivors: survivors ?? null,
    evenIfRunning: request.evenIfRunning ?? false,
    pace,
  };
};

/**
 * `newName` makes lock and session names: 6 to 64 letters, digits and dashes that nobody else ever makes. The first six
 * characters of a lock's name are what a person types to take it over.
 */
export const locksmith = (
  ports: LockPorts,
  clock: Clock,
  newName: () => string,
  pace: LockPace = LOCK_PACE,
): Locksmith => ({
  status: async (peers) => {
    const asked = voters(peers);
    const looks = asked.map(async (peer) => {
      const at = ports.get(peer);
      const sighting = at ? await lookAt(at) : ({ kind: 'unknown', why: 'it is not in the config' } as const);
      return [peer, sighting] as const;
    });
    const sightings: Sightings = new Map(await Promise.all(looks));
    const decision = decide(asked, sightings, { takeover: null, survivors: null, quiet: pace.quiet });
    return { decision, evidence: evidence(asked, sightings), takeover: shownToTakeOver(decision, sightings) };
  },
  acquire: async (request) => {
    const session = startLock(wantOf(request, newName, pace), ports, clock);
    const cancel = (): void => void session.leave('release');
    if (request.signal?.aborted) cancel();
    request.signal?.addEventListener('abort', cancel);
    const result = await session.taken;
    request.signal?.removeEventListener('abort', cancel);
    if (result === null) return { ok: true, lock: session };
    const { voters: voted } = session.state();
    return { ok: false, result, evidence: evidence([...voted.keys()], sightingsOf(voted)) };
  },
});
