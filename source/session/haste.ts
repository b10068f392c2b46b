import type { ClusterView } from '../cluster/cluster-view.ts';
import { closeTo, electedPeer } from '../cluster/election.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Session } from './model.ts';

/** So often an election is looked at, in ms: what a peer reports shows within a second. */
const electionEvery: Millis = 400;
/** Of a large cluster only so many peers, those on which the election hangs. */
const mostPeers = 24;

/** Looks often at those on whom an election hangs, that of `peer` or else the one that is on, until what it returns is called. */
export const watchElection = (session: Session, peer: PeerId | null): (() => void) => {
  let seen: ClusterView | null = null;
  let close: ReadonlySet<PeerId> = new Set();
  return session.hasten(electionEvery, (id) => {
    const { view } = session.snapshot();
    if (view !== seen) {
      seen = view;
      close = new Set(closeTo(view, peer ?? electedPeer(view), mostPeers));
    }
    return close.has(id);
  });
};
