import type { PeerId } from '../cluster/inventory.ts';
import { majorityOf } from '../cluster/quorum.ts';
import type { LeaseSeen } from './answers.ts';
import type { LockRecord } from './record.ts';
import type { Decision, Sightings, SurvivorsConsent, TakeoverConsent } from './votes.ts';

/** How many characters of the lock's id a person types to take it over. */
export const TYPED_LENGTH = 6;

/** What a person is shown of one voter before they decide. Ages are by the peer's own clock, in s. */
export type Evidence = {
  readonly peer: PeerId;
  readonly trouble: string | null;
  readonly lease: LeaseSeen | null;
  readonly record: 'none' | 'broken' | LockRecord | null;
  readonly recordAge: number | null;
  readonly running: string | null;
};

/** The evidence of each voter, in their order. */
export const evidence = (peers: readonly PeerId[], sightings: Sightings): Evidence[] =>
  peers.map((peer) => {
    const seen = sightings.get(peer);
    if (seen?.kind !== 'seen') {
      const trouble = seen?.why ?? 'not asked yet';
      return { peer, trouble, lease: null, record: null, recordAge: null, running: null };
    }
    const { lease, record, running } = seen;
    return {
      peer,
      trouble: record.kind === 'broken' ? record.why : null,
      lease,
      record: record.kind === 'record' ? record.record : record.kind === 'absent' ? 'none' : 'broken',
      recordAge: record.kind === 'absent' ? null : record.age,
      running,
    };
  });

/** Consent, or the sentence that says what is still wanting. */
export type Consented<T> =
  | { readonly ok: true; readonly consent: T }
  | { readonly ok: false; readonly why: string };

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

/** What a person may take over as it was shown: the lock that was left behind, or the broken records. */
export const shownToTakeOver = (decision: Decision, sightings: Sightings): TakeoverConsent | null => {
  if (decision.kind !== 'left-behind' && decision.kind !== 'broken') return null;
  const records = [...sightings.values()].flatMap((seen) => (seen.kind === 'seen' ? [seen.record] : []));
  const broken = records.flatMap((one) => (one.kind === 'broken' && one.sum !== null ? [one.sum] : []));
  if (decision.kind === 'broken') return { locks: [], broken };
  const epochs = new Map([[decision.record.id, decision.record.epoch]]);
  for (const one of records) {
    if (one.kind !== 'record') continue;
    const { id, epoch } = one.record;
    epochs.set(id, Math.max(epoch, epochs.get(id) ?? 0));
  }
  return { locks: [...epochs].map(([id, epoch]) => ({ id, epoch })), broken };
};

/**
 * Resuming or taking over a lock that was left behind. `word` is what must be typed: the first characters of its id, or,
 * where no record can be read, the cluster's name.
 */
export const consentToTakeover = (
  shown: TakeoverConsent,
  said: { readonly typed: string; readonly reason: string; readonly cluster: string },
): Consented<TakeoverConsent> => {
  const word = shown.locks[0]?.id.slice(0, TYPED_LENGTH) ?? said.cluster;
  const what =
    shown.locks.length === 0 ? "the cluster's name" : `the first ${TYPED_LENGTH} characters of the lock's id`;
  if (said.typed.trim() !== word) return no(`type ${what} (${word}) to take it over`);
  return said.reason.trim() === ''
    ? no('give a reason: it is written to every peer')
    : { ok: true, consent: shown };
};

/** Why nobody can consent to go on with the survivors; null where a person can. */
export const noSurvivors = (decision: Decision): string | null => {
  if (decision.kind !== 'too-few') return 'the lock is not short of peers; there is nothing to override';
  const [open] = decision.unknown;
  if (open !== undefined)
    return `${open} can't be counted as dead (${(decision.missing.get(open) ?? '').replace(/\.(?: .*)?$/s, '')}): mend that first`;
  return decision.have === 0 ? 'no peer can be locked, so there is nobody to go on with' : null;
};

/** Going on without a majority: the cluster's name typed, and each missing voter is one that was shown as unreachable. */
export const consentToSurvivors = (
  decision: Decision,
  said: { readonly typed: string; readonly cluster: string },
): Consented<SurvivorsConsent> => {
  const why = noSurvivors(decision);
  if (decision.kind !== 'too-few' || why !== null) return no(why ?? '');
  if (said.typed.trim() !== said.cluster)
    return no(`type the cluster's name (${said.cluster}) to go on with the survivors`);
  return { ok: true, consent: { missing: [...decision.missing.keys()] } };
};

/** Whether that many of so many voters is a majority, in words for the evidence screen. */
export const countWords = (have: number, of: number): string =>
  `${have} of ${of} can be locked, ${majorityOf(of)} are needed`;
