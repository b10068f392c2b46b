import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Expected } from '../commands/lock/swap.ts';
import type { LeaseLine, LockSighting, SwapResult } from './answers.ts';
import { leftThere } from './left-there.ts';
import { recordPrefix } from './record.ts';
import { isOurs, type Lease, type LockEvent, type LockState, tokenOf, type Voter } from './state.ts';

/** The state with some fields of one voter changed; the state itself where the voter isn't one of its own. */
export const withVoter = (state: LockState, peer: PeerId, change: Partial<Voter>): LockState => {
  const voter = state.voters.get(peer);
  if (voter === undefined) return state;
  return { ...state, voters: new Map(state.voters).set(peer, { ...voter, ...change }) };
};

/** What must stand at a peer for a holder's record to be written over it; null where it must not be. */
const expectedOf = (state: LockState, seen: LockSighting): Expected | null => {
  if (seen.kind !== 'seen' || seen.record.kind === 'broken') return null;
  if (seen.record.kind === 'absent') return { kind: 'absent' };
  if (isOurs(state, seen.record.record)) return { kind: 'own', prefix: recordPrefix(state.record) };
  if (leftThere(state, seen) !== null) return null;
  return seen.record.sum === null ? null : { kind: 'exact', sum: seen.record.sum };
};

const sawPeer = (state: LockState, peer: PeerId, voter: Voter, sighting: LockSighting): LockState => {
  const trouble =
    sighting.kind !== 'seen'
      ? sighting.why
      : sighting.record.kind === 'broken'
        ? `its record is broken: ${sighting.record.why}`
        : state.phase.kind === 'held' && leftThere(state, sighting) !== null
          ? 'what another session left there is not decided about'
          : null;
  const seen = { sighting, asking: false, trouble };
  // While taking, the decision on all voters says what may be replaced; only a holder decides peer by peer.
  if (state.phase.kind !== 'held' || sighting.kind !== 'seen') return withVoter(state, peer, seen);
  const { record } = sighting;
  const ours = record.kind === 'record' && isOurs(state, record.record);
  return withVoter(state, peer, {
    ...seen,
    expected: expectedOf(state, sighting),
    touched: voter.touched || ours,
    wrote: ours ? voter.wrote : null,
    usurped: !ours && (record.kind !== 'absent' || voter.touched),
  });
};

const proven = (lease: Lease, beat: number): Lease => {
  if (lease.kind !== 'live') return lease;
  const answered = lease.sent.find((one) => one.beat === beat);
  return answered === undefined
    ? lease
    : { ...lease, provenAt: answered.at, sent: lease.sent.filter((one) => one.beat > beat) };
};

const heardLease = (
  state: LockState,
  peer: PeerId,
  lease: Lease,
  line: LeaseLine,
  now: Millis,
): LockState => {
  const { pace } = state.want;
  const refused = (busy: boolean, why: string): LockState =>
    withVoter(state, peer, {
      ...LEASE_GONE,
      lease: { kind: 'refused', busy, why },
      trouble: why,
      retryAt: now + pace.retryEvery,
    });
  switch (line.kind) {
    case 'held':
      // The lease began after we asked for it, so the asking itself counts as a first heartbeat.
      return lease.kind === 'opening'
        ? withVoter(state, peer, {
            lease: { kind: 'live', channel: lease.channel, provenAt: lease.since, sent: [] },
            trouble: null,
          })
        : state;
    case 'beat':
      return withVoter(state, peer, { lease: proven(lease, line.beat) });
    case 'busy':
      return refused(line.token !== tokenOf(state), 'another session holds the lease');
    case 'cannot':
      return refused(false, line.why);
    case 'over':
      return withVoter(state, peer, { ...LEASE_GONE, lease: { kind: 'none' }, retryAt: now });
  }
};

/** Without the lease nothing is known of the record any more: somebody else may have had the peer meanwhile. */
export const LEASE_GONE = { wrote: null, expected: null } satisfies Partial<Voter>;

const channelOf = (lease: Lease): number | null =>
  lease.kind === 'none' || lease.kind === 'refused' ? null : lease.channel;

const swapped = (
  state: LockState,
  peer: PeerId,
  voter: Voter,
  revision: number,
  result: SwapResult,
  now: Millis,
): LockState => {
  const retryAt = now + state.want.pace.retryEvery;
  switch (result.kind) {
    case 'swapped':
      return withVoter(state, peer, {
        writing: null,
        wrote: revision,
        touched: true,
        usurped: false,
        expected: { kind: 'own', prefix: recordPrefix(state.record) },
        trouble: null,
      });
    case 'differs':
      return withVoter(state, peer, {
        writing: null,
        wrote: null,
        expected: null,
        // A holder looks again before it believes that.
        usurped: state.phase.kind !== 'held' || voter.usurped,
        trouble: 'another record stands there than the one that was seen',
      });
    case 'maybe':
      return withVoter(state, peer, {
        writing: null,
        touched: true,
        expected: null,
        retryAt,
        trouble: 'the link was lost while the record was written',
      });
    case 'running':
      return withVoter(state, peer, {
        writing: null,
        expected: null,
        retryAt,
        trouble: 'a command of an earlier holder still runs there',
      });
    default: {
      const why = result.kind === 'cannot' ? result.why : `the record was not written (${result.kind})`;
      // What no-lease says of the lease, its own channel will say, too.
      return withVoter(state, peer, {
        writing: null,
        expected: null,
        retryAt,
        trouble: voter.trouble ?? why,
      });
    }
  }
};

/** Takes an event into the state. What follows from it is decided after. */
export const absorb = (state: LockState, event: LockEvent, now: Millis): LockState => {
  if (!('peer' in event)) return state;
  const voter = state.voters.get(event.peer);
  if (voter === undefined) return state;
  switch (event.kind) {
    case 'seen':
      return sawPeer(state, event.peer, voter, event.sighting);
    case 'line':
      return channelOf(voter.lease) === event.channel
        ? heardLease(state, event.peer, voter.lease, event.line, now)
        : state;
    case 'ended':
      return channelOf(voter.lease) === event.channel
        ? withVoter(state, event.peer, {
            ...LEASE_GONE,
            lease:
              voter.lease.kind === 'opening'
                ? { kind: 'refused', busy: false, why: event.why }
                : { kind: 'none' },
            retryAt: voter.lease.kind === 'opening' ? now + state.want.pace.retryEvery : now,
            trouble: event.why,
          })
        : state;
    case 'wrote':
      return swapped(state, event.peer, voter, event.revision, event.result, now);
    case 'removed':
      return withVoter(state, event.peer, {
        removing: false,
        touched: !['swapped', 'differs'].includes(event.result.kind),
        wrote: null,
      });
  }
};
