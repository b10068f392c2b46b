import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import { holding, isHeld } from './keep.ts';
import { firstLeft, leftWords } from './left-there.ts';
import type { LockRecord } from './record.ts';
import { counts, deadline, foreignHolder, type LockResult, type LockState, type Voter } from './state.ts';

/** One voter in a word: `ours` counts for us now, `late` is ours but did not answer lately. */
export type VoterWord = 'ours' | 'late' | 'taking' | 'foreign' | 'not-ours';

/** What people and the checklist read of the session's lock. */
export type LockReport = {
  /** `suspended`: held before and perhaps again, but nothing may be changed now. */
  readonly kind: 'taking' | 'held' | 'suspended' | 'leaving' | 'over';
  readonly record: LockRecord;
  readonly have: number;
  readonly need: number;
  /** For how long (ms) the lock is held if no further heartbeat is answered; 0 when it isn't. */
  readonly goodFor: Millis;
  /** Whether the step in the record is known to enough voters: only then may its commands be sent. */
  readonly settled: boolean;
  readonly voters: readonly {
    readonly peer: PeerId;
    readonly word: VoterWord;
    readonly trouble: string | null;
  }[];
  /** A live session of somebody else, seen while we hold or held the lock. */
  readonly foreign: LockRecord | null;
  /** What a session that died left on a peer that came back, while survivors go on: a person must decide about it. A clause. */
  readonly left: string | null;
  readonly result: LockResult | null;
};

const wordOf = (state: LockState, voter: Voter, now: Millis): VoterWord => {
  if (counts(voter, state.want.pace, now)) return 'ours';
  if (foreignHolder(state, voter) !== null) return 'foreign';
  if (voter.wrote !== null && voter.lease.kind === 'live') return 'late';
  return voter.lease.kind === 'opening' || voter.lease.kind === 'live' || voter.asking
    ? 'taking'
    : 'not-ours';
};

const isSettled = (state: LockState, now: Millis): boolean =>
  state.phase.kind === 'held' &&
  [...state.voters.values()].filter(
    (voter) => voter.wrote === state.revision && counts(voter, state.want.pace, now),
  ).length >= state.phase.need;

const goodFor = (state: LockState, need: number, now: Millis): Millis => {
  if (!isHeld(state, now)) return 0;
  const ends = [...state.voters.values()]
    .filter((voter) => counts(voter, state.want.pace, now))
    .map((voter) => deadline(voter, state.want.pace))
    .sort((a, b) => b - a);
  return Math.max(0, (ends[need - 1] ?? now) - now);
};

/** The session's lock as it stands at `now`. */
export const reportOf = (state: LockState, now: Millis): LockReport => {
  const { phase } = state;
  const need = 'need' in phase ? phase.need : 0;
  const kinds = {
    asking: 'taking',
    leasing: 'taking',
    writing: 'taking',
    held: isHeld(state, now) ? 'held' : 'suspended',
    leaving: 'leaving',
    over: 'over',
  } as const;
  const voters = [...state.voters];
  const left = phase.kind === 'held' ? firstLeft(state) : null;
  return {
    kind: kinds[phase.kind],
    record: state.record,
    have: holding(state, now),
    need,
    goodFor: goodFor(state, need, now),
    settled: isSettled(state, now),
    voters: voters.map(([peer, voter]) => ({
      peer,
      word: wordOf(state, voter, now),
      trouble: voter.trouble,
    })),
    foreign: voters.map(([, voter]) => foreignHolder(state, voter)).find((record) => record !== null) ?? null,
    left: left === null ? null : leftWords(left),
    result: phase.kind === 'over' ? phase.result : null,
  };
};

/** Why no command may be sent to this peer now, in a sentence; null when one may. */
export const whyNot = (state: LockState, peer: PeerId, now: Millis): string | null => {
  const report = reportOf(state, now);
  const nothing = 'nothing was sent';
  if (report.kind === 'over' || report.kind === 'leaving') return `the lock is no longer held; ${nothing}`;
  if (report.kind === 'taking') return `the lock is not held yet; ${nothing}`;
  if (report.foreign !== null) return `${report.foreign.who} holds the lock on some peers, too; ${nothing}`;
  if (report.left !== null) return `${report.left}; ${nothing}`;
  if (report.kind === 'suspended')
    return `the lock answers on ${report.have} of the ${report.need} peers that are needed; ${nothing}`;
  if (report.record.step === null) return `no step was announced to the peers; ${nothing}`;
  if (!report.settled) return `the step is not yet written to ${report.need} peers; ${nothing}`;
  const voter = state.voters.get(peer);
  if (voter === undefined) return `${peer} is not among the peers of this lock; ${nothing}`;
  return counts(voter, state.want.pace, now)
    ? null
    : `${peer} is not locked (${voter.trouble ?? 'its lease does not answer'}); ${nothing}`;
};
