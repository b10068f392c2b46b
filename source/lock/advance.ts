import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Expected } from '../commands/lock/swap.ts';
import { withVoter } from './absorb.ts';
import { keep } from './keep.ts';
import {
  counts,
  type LockEffect,
  type LockResult,
  type LockState,
  type Refusal,
  sightingsOf,
  tokenOf,
  type Voter,
} from './state.ts';
import { decide } from './votes.ts';

type Step = readonly [LockState, readonly LockEffect[]];

/** The voters' names, in the order in which they are asked. */
export const voterNames = (state: LockState): PeerId[] => [...state.voters.keys()].sort();

const all = (state: LockState): Voter[] => [...state.voters.values()];

/** Begins to give up. Records go first, while the leases still keep others out, so that nobody sees one left behind. */
export const beginLeaving = (state: LockState, result: LockResult, remove: boolean): LockState => ({
  ...state,
  phase: { kind: 'leaving', result, remove, asked: false },
});

/** A refused takeover leaves its records: they tell of the same unfinished change as the ones they replaced. */
const refuse = (state: LockState, why: Refusal): LockState =>
  beginLeaving(state, { kind: 'refused', why, leftOn: [] }, state.want.takeover === null);

const tooFew = (state: LockState, have: number, need: number): Refusal => {
  const without = [...state.voters].filter(([, { wrote }]) => wrote === null);
  const missing = new Map(
    without.map(([peer, { trouble }]) => [peer, trouble ?? 'it did not get our record'] as const),
  );
  // Who answered a moment ago and could not be locked is not dead: no consent may count it so.
  const unknown = without.flatMap(([peer, { sighting }]) => (sighting?.kind === 'unreachable' ? [] : [peer]));
  return { kind: 'too-few', have, need, missing, unknown };
};

const askThese = (state: LockState, peers: readonly PeerId[]): Step => {
  let after = state;
  for (const peer of peers) after = withVoter(after, peer, { asking: true });
  return [after, peers.map((peer) => ({ kind: 'ask', peer }))];
};

/** Asks the voters that were not asked yet. */
export const askOthers = (state: LockState): Step =>
  askThese(
    state,
    voterNames(state).filter((peer) => {
      const voter = state.voters.get(peer);
      return voter?.sighting === null && !voter.asking;
    }),
  );

/** Opens leases on these peers. */
const openOn = (state: LockState, peers: readonly PeerId[], now: Millis): Step => {
  let after = state;
  const effects: LockEffect[] = [];
  for (const peer of peers) {
    const channel = after.channels + 1;
    after = {
      ...withVoter(after, peer, { lease: { kind: 'opening', channel, since: now } }),
      channels: channel,
    };
    effects.push({ kind: 'open', peer, channel, token: tokenOf(after) });
  }
  return [after, effects];
};

/**
 * Who takes a lock that is free leases the first peer that answers before it asks the others: of sessions that race all
 * but one turn back there. Who takes one over asks all first, since a lease, too, counts as a sign of life (`too-soon`).
 */
export const begin = (state: LockState, now: Millis): Step => {
  if (state.want.takeover !== null) return askOthers(state);
  for (const peer of voterNames(state)) {
    const voter = state.voters.get(peer);
    if (voter === undefined || voter.sighting === null) return askThese(state, [peer]);
    if (voter.sighting.kind !== 'seen') continue;
    if (voter.lease.kind === 'none') return openOn(state, [peer], now);
    if (voter.lease.kind === 'opening') return [state, []];
    return voter.lease.kind === 'refused' && voter.lease.busy
      ? [refuse(state, { kind: 'held', by: null, peers: [peer] }), []]
      : askOthers(state);
  }
  return [state, []];
};

/** A live holder at any peer is answer enough; else all are heard before anything is decided. */
const judge = (state: LockState, now: Millis): Step => {
  const peers = voterNames(state);
  const held = all(state).some(({ sighting }) => sighting?.kind === 'seen' && sighting.lease.kind === 'busy');
  if (!held && all(state).some((voter) => voter.asking)) return [state, []];
  if (!held && all(state).some((voter) => voter.sighting === null)) return begin(state, now);
  const decision = decide(peers, sightingsOf(state.voters), { ...state.want, quiet: state.want.pace.quiet });
  if (decision.kind !== 'take') return [refuse(state, decision), []];
  const first = all(state).find(({ sighting }) => sighting?.kind === 'seen')?.sighting;
  const startedAt = first?.kind === 'seen' ? first.clock : '';
  return [
    {
      ...state,
      record: { ...state.record, startedAt },
      phase: { kind: 'leasing', from: decision.from, need: decision.need },
    },
    [],
  ];
};

type Taking = { readonly from: ReadonlyMap<PeerId, Expected>; readonly need: number };

/**
 * The first peer in order alone, then all others at once: sessions that race meet at the first, so that one of them has
 * it and the rest turn back with nothing in hand.
 */
const lease = (state: LockState, { from, need }: Taking, now: Millis): Step => {
  const peers = voterNames(state).filter((peer) => from.has(peer));
  const is = (kind: Voter['lease']['kind']) =>
    peers.filter((peer) => state.voters.get(peer)?.lease.kind === kind);
  const busy = peers.filter((peer) => {
    const at = state.voters.get(peer)?.lease;
    return at?.kind === 'refused' && at.busy;
  });
  if (busy.length > 0) return [refuse(state, { kind: 'held', by: null, peers: busy }), []];
  if (is('opening').length > 0) return [state, []];
  const live = is('live');
  const untried = is('none');
  if (live.length === 0 && untried.length > 0) return openOn(state, untried.slice(0, 1), now);
  if (live.length > 0 && untried.length > 0 && live.length + untried.length >= need)
    return openOn(state, untried, now);
  if (live.length < need) return [refuse(state, tooFew(state, live.length, need)), []];
  let after: LockState = { ...state, phase: { kind: 'writing', from, need } };
  const effects: LockEffect[] = [];
  for (const peer of live) {
    const expected = from.get(peer);
    if (expected === undefined) continue;
    after = withVoter(after, peer, { writing: state.revision });
    effects.push({ kind: 'write', peer, revision: state.revision, expected, record: state.record });
  }
  return [after, effects];
};

const write = (state: LockState, { need }: Taking, now: Millis): Step => {
  if (all(state).some((voter) => voter.writing !== null)) return [state, []];
  const written = all(state).filter((voter) => voter.wrote !== null && voter.lease.kind === 'live').length;
  if (written < need) {
    const raced = [...state.voters].find(([, voter]) => voter.lease.kind === 'live' && voter.usurped);
    const why: Refusal = raced ? { kind: 'raced', peer: raced[0] } : tooFew(state, written, need);
    return [refuse(state, why), []];
  }
  const held = all(state).filter((voter) => counts(voter, state.want.pace, now)).length;
  // Fewer where the leases took so long that a heartbeat must prove them first.
  return held < need ? [state, []] : [{ ...state, phase: { kind: 'held', need } }, []];
};

/** How long (ms) a peer may take to let a closed lease go before we stop to wait for it. */
const CLOSE_LIMIT = 3_000;

const leave = (
  state: LockState,
  phase: Extract<LockState['phase'], { kind: 'leaving' }>,
  now: Millis,
): Step => {
  if (all(state).some((voter) => voter.writing !== null || voter.removing)) return [state, []];
  const touched = voterNames(state).filter((peer) => state.voters.get(peer)?.touched);
  if (phase.remove && !phase.asked) {
    let after: LockState = { ...state, phase: { ...phase, asked: true } };
    for (const peer of touched) after = withVoter(after, peer, { removing: true });
    return [after, touched.map((peer) => ({ kind: 'remove', peer }))];
  }
  let after = state;
  const effects: LockEffect[] = [];
  for (const [peer, { lease }] of state.voters) {
    if (lease.kind !== 'opening' && lease.kind !== 'live') continue;
    effects.push({ kind: 'close', peer, channel: lease.channel });
    after = withVoter(after, peer, { lease: { kind: 'closing', channel: lease.channel, since: now } });
  }
  const waited = ({ lease }: Voter) => lease.kind !== 'closing' || now >= lease.since + CLOSE_LIMIT;
  if (!all(after).every(waited)) return [after, effects];
  const result = 'leftOn' in phase.result ? { ...phase.result, leftOn: touched } : phase.result;
  return [{ ...after, phase: { kind: 'over', result } }, effects];
};

const once = (state: LockState, now: Millis): Step => {
  const { phase } = state;
  switch (phase.kind) {
    case 'asking':
      return judge(state, now);
    case 'leasing':
      return lease(state, phase, now);
    case 'writing':
      return write(state, phase, now);
    case 'held':
      return keep(state, phase.need, now);
    case 'leaving':
      return leave(state, phase, now);
    case 'over':
      return [state, []];
  }
};

/** All that follows now from what the state has taken in. */
export const advance = (state: LockState, now: Millis): Step => {
  let after = state;
  const effects: LockEffect[] = [];
  for (;;) {
    const [next, more] = once(after, now);
    effects.push(...more);
    if (next === after || (next.phase === after.phase && more.length === 0)) return [next, effects];
    after = next;
  }
};
