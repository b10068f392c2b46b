import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import { absorb, LEASE_GONE, withVoter } from './absorb.ts';
import { advance, askOthers, begin, beginLeaving, voterNames } from './advance.ts';
import type { LockEffect, LockEvent, LockState, Voter, Want } from './state.ts';
import { voters } from './votes.ts';

type Step = readonly [LockState, readonly LockEffect[]];

const FRESH: Voter = {
  sighting: null,
  asking: false,
  lease: { kind: 'none' },
  expected: null,
  wrote: null,
  writing: null,
  removing: false,
  touched: false,
  usurped: false,
  retryAt: 0,
  trouble: null,
};

/** A session that is about to ask for the lock. */
export const wanting = (want: Want): LockState => ({
  want,
  phase: { kind: 'asking' },
  voters: new Map(voters(want.record.peers).map((peer) => [peer, FRESH])),
  record: want.record,
  revision: 1,
  beat: 0,
  beatAt: Number.NEGATIVE_INFINITY,
  channels: 0,
});

/** Sends the next heartbeat through these leases, where live. At most 50 unanswered ones are remembered. */
const beat = (state: LockState, peers: readonly PeerId[], now: Millis): Step => {
  const number = state.beat + 1;
  let after: LockState = { ...state, beat: number };
  const effects: LockEffect[] = [];
  for (const peer of peers) {
    const lease = state.voters.get(peer)?.lease;
    if (lease?.kind !== 'live') continue;
    const sent = [...lease.sent.slice(-49), { beat: number, at: now }];
    after = withVoter(after, peer, { lease: { ...lease, sent } });
    effects.push({ kind: 'beat', peer, channel: lease.channel, beat: number });
  }
  return [after, effects];
};

/** Gives up leases that never spoke, or have been silent for so long that no answer can be on its way. */
const sweep = (state: LockState, now: Millis): Step => {
  const { pace } = state.want;
  let after = state;
  const effects: LockEffect[] = [];
  for (const [peer, { lease }] of state.voters) {
    const late = lease.kind === 'opening' && now >= lease.since + pace.openLimit;
    const dead = lease.kind === 'live' && now >= lease.provenAt + 3 * pace.quiet;
    if (!late && !dead) continue;
    const why = late ? 'the lease did not answer in time' : 'the lease does not answer any more';
    effects.push({ kind: 'close', peer, channel: lease.channel });
    after = withVoter(after, peer, {
      ...LEASE_GONE,
      lease: { kind: 'refused', busy: false, why },
      trouble: why,
      retryAt: now,
    });
  }
  return [after, effects];
};

const tick = (state: LockState, now: Millis): Step => {
  // A dead peer may take long to say so.
  const [asked, asks] = state.phase.kind === 'asking' ? askOthers(state) : [state, []];
  const [swept, closed] = sweep(asked, now);
  if (now < swept.beatAt + swept.want.pace.beatEvery) return [swept, [...asks, ...closed]];
  const [beaten, beats] = beat({ ...swept, beatAt: now }, voterNames(swept), now);
  return [beaten, [...asks, ...closed, ...beats]];
};

const react = (state: LockState, event: LockEvent, now: Millis): Step => {
  switch (event.kind) {
    case 'start':
      return begin(state, now);
    case 'tick':
      return tick(state, now);
    case 'line':
      // A lease that just began is proven at once rather than at the next beat: opening it may have taken long.
      return event.line.kind === 'held'
        ? beat(absorb(state, event, now), [event.peer], now)
        : [absorb(state, event, now), []];
    case 'step':
      return state.phase.kind === 'held'
        ? [
            {
              ...state,
              revision: state.revision + 1,
              record: { ...state.record, step: event.step, beat: state.beat },
            },
            [],
          ]
        : [state, []];
    case 'leave': {
      if (state.phase.kind === 'leaving') return [state, []];
      const { takeover } = state.want;
      const begun = state.record.step !== null;
      if (event.how === 'keep' && begun) return [beginLeaving(state, { kind: 'left' }, false), []];
      const finished = state.phase.kind === 'held' || takeover === null;
      return [beginLeaving(state, { kind: 'released', leftOn: [] }, finished), []];
    }
    default:
      return [absorb(state, event, now), []];
  }
};

/**
 * One session of the lock, pure: what an event makes of the state, and what is to be done. `now` must never go back, and
 * must count the time that the machine slept.
 */
export const transition = (state: LockState, event: LockEvent, now: Millis): [LockState, LockEffect[]] => {
  if (state.phase.kind === 'over') return [state, []];
  const [reacted, effects] = react(state, event, now);
  const [advanced, more] = advance(reacted, now);
  return [advanced, [...effects, ...more]];
};
