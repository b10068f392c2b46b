import type { LockStatus } from '../lock/locksmith.ts';
import type { LockView } from './model.ts';

/** What the peers show, in the words of the lock screen. */
export const lockViewOf = ({ decision, evidence }: LockStatus): LockView => {
  switch (decision.kind) {
    case 'take':
      return { kind: 'free' };
    case 'held':
      return { kind: 'held', record: decision.by, evidence };
    case 'left-behind':
      return { kind: 'left-behind', record: decision.record, evidence };
    case 'too-soon':
      return { kind: 'left-behind', record: decision.record, evidence };
    case 'broken':
      return {
        kind: 'broken',
        why: `The record on ${decision.peers.join(', ')} can't be read; it is treated as held.`,
        evidence,
      };
    case 'too-few':
      return {
        kind: decision.unknown.length > 0 ? 'unknown' : 'too-few',
        why: `${decision.have} of the ${decision.need} peers needed can be locked: ${[...decision.missing].map(([peer, why]) => `${peer}: ${why}`).join('; ')}`,
        evidence,
      };
  }
};
