import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import { withVoter } from './absorb.ts';
import { firstLeft } from './left-there.ts';
import { counts, foreignHolder, type LockEffect, type LockState, tokenOf, type Voter } from './state.ts';

type Step = readonly [LockState, readonly LockEffect[]];

/** How many voters count for us now. */
export const holding = (state: LockState, now: Millis): number =>
  [...state.voters.values()].filter((voter) => counts(voter, state.want.pace, now)).length;

/**
 * Whether the lock is held now: enough voters count, and none shows somebody else who lives, or, where a person went on with
 * the survivors, what somebody left and nobody decided about.
 */
export const isHeld = (state: LockState, now: Millis): boolean =>
  state.phase.kind === 'held' &&
  holding(state, now) >= state.phase.need &&
  [...state.voters.values()].every((voter) => foreignHolder(state, voter) === null) &&
  firstLeft(state) === null;

const ask = (state: LockState, peer: PeerId, now: Millis): Step => [
  withVoter(state, peer, { asking: true, retryAt: now + state.want.pace.retryEvery }),
  [{ kind: 'ask', peer }],
];

const open = (state: LockState, peer: PeerId, now: Millis): Step => {
  const channel = state.channels + 1;
  const after = withVoter(state, peer, { lease: { kind: 'opening', channel, since: now } });
  return [{ ...after, channels: channel }, [{ kind: 'open', peer, channel, token: tokenOf(state) }]];
};

/**
 * One voter of a holder: a peer that isn't locked is asked, leased and written to; one with an older revision is
 * written to. Another's record is replaced only while we certainly hold the lock: then it can't be a holder's.
 */
const tend = (state: LockState, peer: PeerId, voter: Voter, now: Millis): Step => {
  if (voter.asking || voter.writing !== null || voter.lease.kind === 'opening') return [state, []];
  const live = voter.lease.kind === 'live';
  if (live && voter.wrote === state.revision) return [state, []];
  const { expected, sighting } = voter;
  if (expected === null) return now >= voter.retryAt ? ask(state, peer, now) : [state, []];
  if (expected.kind === 'exact' && !isHeld(state, now))
    return [withVoter(state, peer, { expected: null }), []];
  if (live) {
    return [
      withVoter(state, peer, { writing: state.revision }),
      [{ kind: 'write', peer, revision: state.revision, expected, record: state.record }],
    ];
  }
  const free = sighting?.kind === 'seen' && sighting.lease.kind === 'free';
  return free ? open(state, peer, now) : [withVoter(state, peer, { expected: null }), []];
};

/** What a holder does about its voters. Loses the lock when so many were taken from it that the rest can't suffice. */
export const keep = (state: LockState, need: number, now: Millis): Step => {
  const usurped = [...state.voters.values()].filter((voter) => voter.usurped);
  if (usurped.length > state.voters.size - need) {
    const records = usurped.flatMap(({ sighting }) =>
      sighting?.kind === 'seen' && sighting.record.kind === 'record' ? [sighting.record.record] : [],
    );
    const to = records.toSorted((a, b) => b.epoch - a.epoch)[0] ?? null;
    return [
      { ...state, phase: { kind: 'leaving', result: { kind: 'lost', to }, remove: false, asked: false } },
      [],
    ];
  }
  let after = state;
  const effects: LockEffect[] = [];
  for (const [peer, voter] of state.voters) {
    const [next, more] = tend(after, peer, voter, now);
    after = next;
    effects.push(...more);
  }
  return [after, effects];
};
