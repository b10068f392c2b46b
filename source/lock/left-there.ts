import type { PeerId } from '../cluster/inventory.ts';
import type { LockSighting } from './answers.ts';
import type { LockRecord } from './record.ts';
import { isOurs, type LockState, type Voter } from './state.ts';
import { isSpent, type Sightings } from './votes.ts';

/** What the voters showed last, and our record where we have written it since. */
const shownNow = ({ voters, record }: LockState): Sightings =>
  new Map(
    [...voters].flatMap(([peer, { sighting, wrote }]): [PeerId, LockSighting][] => {
      if (sighting === null) return [];
      return wrote !== null && sighting.kind === 'seen'
        ? [[peer, { ...sighting, record: { kind: 'record', record, sum: null, age: null } }]]
        : [[peer, sighting]];
    }),
  );

/** What stands at a peer, of a session that died: its record, or null where that can't be read. */
export type LeftThere = { readonly record: LockRecord | null };

/**
 * What another session left at a peer, where a person went on with the survivors and nobody consented to end that: the peers
 * that were missing may have been the majority of it, so that nobody could know that it is half done. Null where there is
 * nothing of the kind. A majority of our own needs no such look: what a minority shows has ended.
 */
export const leftThere = (state: LockState, seen: LockSighting): LeftThere | null => {
  const { survivors, takeover } = state.want;
  if (survivors === null || seen.kind !== 'seen' || seen.lease.kind !== 'free') return null;
  const { record } = seen;
  if (record.kind === 'absent') return null;
  if (record.kind === 'broken')
    return record.sum !== null && takeover?.broken.includes(record.sum) ? null : { record: null };
  const { id, epoch } = record.record;
  if (isOurs(state, record.record) || takeover?.locks.some((lock) => lock.id === id && epoch <= lock.epoch))
    return null;
  return isSpent(record.record, shownNow(state)) ? null : { record: record.record };
};

/** The same of a voter that we don't hold. */
export const leftAt = (state: LockState, voter: Voter): LeftThere | null =>
  voter.sighting === null || voter.lease.kind === 'live' || voter.wrote !== null
    ? null
    : leftThere(state, voter.sighting);

/** The first voter at which another session left something that nobody decided about. */
export const firstLeft = (state: LockState): (LeftThere & { readonly peer: PeerId }) | null => {
  for (const [peer, voter] of state.voters) {
    const left = leftAt(state, voter);
    if (left !== null) return { peer, ...left };
  }
  return null;
};

/** The same as a clause for people. */
export const leftWords = ({ peer, record }: LeftThere & { readonly peer: PeerId }): string =>
  record === null
    ? `${peer} came back with a record that can't be read`
    : `${peer} came back with a change that ${record.who} left half done there (${record.procedure}${record.target === null ? '' : ` of ${record.target}`}${record.step === null ? '' : `, step ${record.step.index} of ${record.step.of}`})`;
