import type { PeerId } from '../cluster/inventory.ts';
import { majorityOf } from '../cluster/quorum.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Expected } from '../commands/lock/swap.ts';
import type { LockSighting } from './answers.ts';
import { baseOf, type LockRecord } from './record.ts';

/** The peers that vote, in the order in which they are asked: old ∪ new list, sorted, without doubles. */
export const voters = (...lists: readonly (readonly PeerId[])[]): PeerId[] =>
  [...new Set(lists.flat())].sort();

/** What each voter showed. */
export type Sightings = ReadonlyMap<PeerId, LockSighting>;

/** A person's consent to go on without a majority: every voter but `missing` must then be held. */
export type SurvivorsConsent = { readonly missing: readonly PeerId[] };

/** A person's decision about a lock that was left behind, made on what they saw of it. */
export type TakeoverConsent = {
  /** The locks that were shown as left behind, each with the highest epoch shown; the first is the one that goes on. */
  readonly locks: readonly { readonly id: string; readonly epoch: number }[];
  /** Exact sums of the broken records that were shown and may be replaced. */
  readonly broken: readonly string[];
};

/** How one voter stands to us. `free` has what must stand there for our record to be written. */
export type Standing =
  | { readonly kind: 'free'; readonly expected: Expected }
  | { readonly kind: 'held'; readonly by: LockRecord | null }
  | { readonly kind: 'left-behind'; readonly record: LockRecord }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'unknown' | 'unreachable'; readonly why: string };

/** May the lock be taken, by what the voters showed? Only `take` goes on; the rest is for people. */
export type Decision =
  | { readonly kind: 'take'; readonly from: ReadonlyMap<PeerId, Expected>; readonly need: number }
  /** A live session holds it, or is just taking it (then `by` is null and asking again soon makes sense). */
  | { readonly kind: 'held'; readonly by: LockRecord | null; readonly peers: readonly PeerId[] }
  | { readonly kind: 'left-behind'; readonly record: LockRecord; readonly peers: readonly PeerId[] }
  | { readonly kind: 'broken'; readonly peers: readonly PeerId[] }
  /** The last holder was heard so lately that it may not know yet that it lost the lock: try again in `wait` ms. */
  | { readonly kind: 'too-soon'; readonly wait: Millis; readonly record: LockRecord }
  | {
      readonly kind: 'too-few';
      readonly have: number;
      readonly need: number;
      readonly missing: ReadonlyMap<PeerId, string>;
      /** Those of the missing that nobody may count as dead: they answered, or nothing here says how to ask them. */
      readonly unknown: readonly PeerId[];
    };

/** What the voters showed where too few of them can be locked. */
export type TooFew = Extract<Decision, { kind: 'too-few' }>;

const recordAt = (sightings: Sightings, peer: PeerId): LockRecord | 'absent' | null => {
  const seen = sightings.get(peer);
  if (seen?.kind !== 'seen' || seen.record.kind === 'broken') return null;
  return seen.record.kind === 'absent' ? 'absent' : seen.record.record;
};

/**
 * Did this lock certainly change nothing, or end already? Yes if a majority of the peers that had to hold it shows no
 * record of it (it was released while this peer was away), or shows none that says a step began: a step's beginning is
 * written to a majority before its first command is sent, and two majorities share a peer.
 */
export const isSpent = (record: LockRecord, sightings: Sightings): boolean => {
  const base = baseOf(record);
  const shown = base.map((peer) => recordAt(sightings, peer)).filter((at) => at !== null);
  const gone = shown.filter((at) => at === 'absent' || at.id !== record.id).length;
  const begun = [record, ...shown].some((at) => at !== 'absent' && at.id === record.id && at.step !== null);
  return gone >= majorityOf(base.length) || (!begun && shown.length >= majorityOf(base.length));
};

const standingOf = (
  seen: LockSighting | undefined,
  sightings: Sightings,
  takeover: TakeoverConsent | null,
): Standing => {
  if (seen === undefined) return { kind: 'unreachable', why: 'not asked yet' };
  if (seen.kind !== 'seen') return seen;
  const { lease, record } = seen;
  if (lease.kind === 'busy') return { kind: 'held', by: record.kind === 'record' ? record.record : null };
  if (record.kind === 'absent') return { kind: 'free', expected: { kind: 'absent' } };
  if (record.kind === 'broken') {
    return record.sum !== null && takeover?.broken.includes(record.sum)
      ? { kind: 'free', expected: { kind: 'exact', sum: record.sum } }
      : { kind: 'broken', why: record.why };
  }
  const { id, epoch } = record.record;
  const consented = takeover?.locks.some((lock) => lock.id === id && epoch <= lock.epoch) ?? false;
  return record.sum !== null && (consented || isSpent(record.record, sightings))
    ? { kind: 'free', expected: { kind: 'exact', sum: record.sum } }
    : { kind: 'left-behind', record: record.record };
};

/** How each voter stands. */
export const standings = (
  peers: readonly PeerId[],
  sightings: Sightings,
  takeover: TakeoverConsent | null,
): ReadonlyMap<PeerId, Standing> =>
  new Map(peers.map((peer) => [peer, standingOf(sightings.get(peer), sightings, takeover)]));

/** How many voters must be held: a majority, or with a person's consent all that aren't missing. */
export const needed = (peers: readonly PeerId[], survivors: SurvivorsConsent | null): number =>
  survivors === null
    ? majorityOf(peers.length)
    : Math.max(1, peers.filter((peer) => !survivors.missing.includes(peer)).length);

const newest = (records: readonly LockRecord[]): LockRecord | undefined =>
  records.toSorted(
    (a, b) => b.epoch - a.epoch || (b.step?.index ?? 0) - (a.step?.index ?? 0) || b.beat - a.beat,
  )[0];

/**
 * A lease can end at the peer before its holder hears of it, and until its own deadline that holder counts itself in.
 * So a lock that is taken over must have been silent for as long as a lease lives. The age is one peer's, by its clock.
 */
const tooSoon = (sightings: Sightings, takeover: TakeoverConsent | null, quiet: Millis): Decision | null => {
  const waits = [...sightings.values()].flatMap((seen) => {
    if (seen.kind !== 'seen' || seen.record.kind !== 'record' || seen.lease.kind !== 'free') return [];
    const { record } = seen.record;
    const { beatAge } = seen.lease;
    if (beatAge === null || beatAge < 0 || !takeover?.locks.some((lock) => lock.id === record.id)) return [];
    return [{ wait: quiet - beatAge * 1000, record }];
  });
  const longest = waits.toSorted((a, b) => b.wait - a.wait)[0];
  return longest !== undefined && longest.wait > 0 ? { kind: 'too-soon', ...longest } : null;
};

/** Decides what the voters' answers allow. A live holder outranks what was left behind, and that outranks a count. */
export const decide = (
  peers: readonly PeerId[],
  sightings: Sightings,
  consent: {
    readonly takeover: TakeoverConsent | null;
    readonly survivors: SurvivorsConsent | null;
    readonly quiet: Millis;
  },
): Decision => {
  const stand = [...standings(peers, sightings, consent.takeover)];
  const where = (kind: Standing['kind']) =>
    stand.filter(([, one]) => one.kind === kind).map(([peer]) => peer);
  const held = where('held');
  if (held.length > 0) {
    const by = newest(stand.flatMap(([, one]) => (one.kind === 'held' && one.by !== null ? [one.by] : [])));
    return { kind: 'held', by: by ?? null, peers: held };
  }
  const left = newest(stand.flatMap(([, one]) => (one.kind === 'left-behind' ? [one.record] : [])));
  if (left !== undefined) return { kind: 'left-behind', record: left, peers: where('left-behind') };
  const broken = where('broken');
  if (broken.length > 0) return { kind: 'broken', peers: broken };
  const soon = tooSoon(sightings, consent.takeover, consent.quiet);
  if (soon !== null) return soon;
  const from = new Map(stand.flatMap(([peer, one]) => (one.kind === 'free' ? [[peer, one.expected]] : [])));
  // Who answers lives, whatever a person said of it: where survivors go on, all that can be locked are.
  const need = Math.max(needed(peers, consent.survivors), consent.survivors === null ? 0 : from.size);
  const unknown = where('unknown');
  if (from.size >= need && (consent.survivors === null || unknown.length === 0))
    return { kind: 'take', from, need };
  const missing = new Map(stand.flatMap(([peer, one]) => ('why' in one ? [[peer, one.why]] : [])));
  return { kind: 'too-few', have: from.size, need, missing, unknown };
};

/** The state of the lock in one word, for the grid and `status --json`. */
export const lockWord = (decision: Decision): 'free' | 'held' | 'left-behind' | 'unreadable' | 'unknown' => {
  switch (decision.kind) {
    case 'take':
      return 'free';
    case 'too-soon':
      return 'left-behind';
    case 'broken':
      return 'unreadable';
    case 'too-few':
      return 'unknown';
    default:
      return decision.kind;
  }
};
