import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Expected } from '../commands/lock/swap.ts';
import type { LeaseLine, LockSighting, SwapResult } from './answers.ts';
import { type LockRecord, type LockStep, leaseToken } from './record.ts';
import type { Decision, Sightings, SurvivorsConsent, TakeoverConsent } from './votes.ts';

/** The times of the lock, in ms. */
export type LockPace = {
  /** A peer lets the lease go after this long without a heartbeat; whole seconds. */
  readonly quiet: Millis;
  /** The holder counts itself out this much earlier than any peer could. */
  readonly margin: Millis;
  readonly beatEvery: Millis;
  /** How long a lease may take to say its first word. */
  readonly openLimit: Millis;
  /** How often a holder tries again to lock a peer that it does not hold. */
  readonly retryEvery: Millis;
};

/** The times in use. 10 s of silence lose the lease; the holder stops after 8. */
export const LOCK_PACE: LockPace = {
  quiet: 10_000,
  margin: 2_000,
  beatEvery: 2_000,
  openLimit: 20_000,
  retryEvery: 5_000,
};

/** What a session wants to hold. `record` is complete but for the times that the lock itself knows. */
export type Want = {
  readonly record: LockRecord;
  /** Null where nothing stands in the way; else what a person decided. */
  readonly takeover: TakeoverConsent | null;
  readonly survivors: SurvivorsConsent | null;
  /** Take a peer even while a command of an earlier holder still runs there. */
  readonly evenIfRunning: boolean;
  readonly pace: LockPace;
};

/**
 * Our lease on one voter. `provenAt` is when the last answered heartbeat was *sent*: the peer heard it later, so its own
 * count of silence began later, too.
 */
export type Lease =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly channel: number; readonly since: Millis }
  | {
      readonly kind: 'live';
      readonly channel: number;
      readonly provenAt: Millis;
      readonly sent: readonly { readonly beat: number; readonly at: Millis }[];
    }
  | { readonly kind: 'refused'; readonly busy: boolean; readonly why: string }
  /** Its input was ended; the peer has not said yet that it is free. */
  | { readonly kind: 'closing'; readonly channel: number; readonly since: Millis };

/** One voter, as the session knows it. */
export type Voter = {
  readonly sighting: LockSighting | null;
  readonly asking: boolean;
  readonly lease: Lease;
  /** What must stand there for our next write; null until a look has told. */
  readonly expected: Expected | null;
  /** Revision of our record that is certainly there; null while it isn't, or isn't known to be. */
  readonly wrote: number | null;
  /** Revision of the write under way. */
  readonly writing: number | null;
  readonly removing: boolean;
  /** Our record may be there: a write was sent that didn't certainly fail. */
  readonly touched: boolean;
  /** Our record was there, or should be, and now another stands there or none. */
  readonly usurped: boolean;
  /** Not before this time is anything tried again. */
  readonly retryAt: Millis;
  readonly trouble: string | null;
};

/** Why a session did not get the lock. `raced`: the peers changed while it was taking it; asking again makes sense. */
export type Refusal = Exclude<Decision, { kind: 'take' }> | { readonly kind: 'raced'; readonly peer: PeerId };

/** How it ended. `leftOn`: peers where our record may still stand, because they did not answer. */
export type LockResult =
  | { readonly kind: 'refused'; readonly why: Refusal; readonly leftOn: readonly PeerId[] }
  | { readonly kind: 'released'; readonly leftOn: readonly PeerId[] }
  /** Leases are gone, the record stays for whoever resumes. */
  | { readonly kind: 'left' }
  | { readonly kind: 'lost'; readonly to: LockRecord | null };

export type Phase =
  | { readonly kind: 'asking' }
  | {
      readonly kind: 'leasing' | 'writing';
      readonly from: ReadonlyMap<PeerId, Expected>;
      readonly need: number;
    }
  | { readonly kind: 'held'; readonly need: number }
  /** Giving up: first writes under way are waited for, then records removed (if so), then leases let go. */
  | {
      readonly kind: 'leaving';
      readonly result: LockResult;
      readonly remove: boolean;
      readonly asked: boolean;
    }
  | { readonly kind: 'over'; readonly result: LockResult };

/** One session's attempt at the lock, from the first question to the end. */
export type LockState = {
  readonly want: Want;
  readonly phase: Phase;
  readonly voters: ReadonlyMap<PeerId, Voter>;
  readonly record: LockRecord;
  /** Goes up each time the record changes. */
  readonly revision: number;
  readonly beat: number;
  readonly beatAt: Millis;
  readonly channels: number;
};

export type LockEvent =
  | { readonly kind: 'start' | 'tick' }
  | { readonly kind: 'seen'; readonly peer: PeerId; readonly sighting: LockSighting }
  | { readonly kind: 'line'; readonly peer: PeerId; readonly channel: number; readonly line: LeaseLine }
  | { readonly kind: 'ended'; readonly peer: PeerId; readonly channel: number; readonly why: string }
  | { readonly kind: 'wrote'; readonly peer: PeerId; readonly revision: number; readonly result: SwapResult }
  | { readonly kind: 'removed'; readonly peer: PeerId; readonly result: SwapResult }
  /** A step is about to begin. */
  | { readonly kind: 'step'; readonly step: LockStep }
  /** Ends holding: `release` when the change is finished, `keep` where it is to be resumed. */
  | { readonly kind: 'leave'; readonly how: 'release' | 'keep' };

/** What is to be done, each answered by one event (`open` by many, `beat` and `close` through the open channel). */
export type LockEffect =
  | { readonly kind: 'ask'; readonly peer: PeerId }
  | { readonly kind: 'open'; readonly peer: PeerId; readonly channel: number; readonly token: string }
  | { readonly kind: 'beat'; readonly peer: PeerId; readonly channel: number; readonly beat: number }
  | { readonly kind: 'close'; readonly peer: PeerId; readonly channel: number }
  | {
      readonly kind: 'write';
      readonly peer: PeerId;
      readonly revision: number;
      readonly expected: Expected;
      readonly record: LockRecord;
    }
  | { readonly kind: 'remove'; readonly peer: PeerId };

export const tokenOf = (state: LockState): string => leaseToken(state.record);

/** Whether a record is the one that this session wrote. */
export const isOurs = (state: LockState, record: LockRecord): boolean =>
  leaseToken(record) === leaseToken(state.record);

/** When this voter stops to count, by our clock; in the past where we hold no lease. */
export const deadline = (voter: Voter, pace: LockPace): Millis =>
  voter.lease.kind === 'live' ? voter.lease.provenAt + pace.quiet - pace.margin : Number.NEGATIVE_INFINITY;

/** Whether this voter counts for us now: our record is there and our lease is alive for certain. */
export const counts = (voter: Voter, pace: LockPace, now: Millis): boolean =>
  voter.wrote !== null && now < deadline(voter, pace);

/** The live foreign holder that this voter showed when it was last asked, if any. */
export const foreignHolder = (state: LockState, voter: Voter): LockRecord | null => {
  const seen = voter.sighting;
  if (seen?.kind !== 'seen' || voter.lease.kind === 'live') return null;
  if (seen.lease.kind !== 'busy' || seen.lease.token === tokenOf(state)) return null;
  return seen.record.kind === 'record' && !isOurs(state, seen.record.record) ? seen.record.record : null;
};

/** What the voters showed when each was last asked. */
export const sightingsOf = (asked: LockState['voters']): Sightings =>
  new Map([...asked].flatMap(([peer, { sighting }]) => (sighting === null ? [] : [[peer, sighting]])));
