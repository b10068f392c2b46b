import type { ClusterView } from '../cluster/cluster-view.ts';
import { closeTo, readElection } from '../cluster/election.ts';
import { electionSubject } from '../cluster/election-tale.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Model, Session } from './model.ts';

/** So often an election is looked at, in ms: what a peer reports shows within a second. */
const electionEvery: Millis = 400;
/** Of a large cluster so many peers, the nearest first. */
const mostPeers = 24;
/** The others on whom the election hangs are looked at so often: still soon enough, at half the price. */
const othersEvery: Millis = 700;

const close = ({ view, elections }: Model, peer: PeerId | null): ReturnType<typeof closeTo> => {
  const subject = electionSubject(view, elections, peer);
  if (subject === null) return closeTo(view, null);
  return closeTo(view, elections.get(subject)?.election ?? readElection(view, subject));
};

/** Looks often at those on whom an election hangs, that of `peer` or else the one that is on, until what it returns is called. */
export const watchElection = (session: Session, peer: PeerId | null): (() => void) => {
  const [near, far] = [session.hasten(electionEvery), session.hasten(othersEvery)];
  let seen: ClusterView | null = null;
  const follow = (): void => {
    const model = session.snapshot();
    if (model.view === seen) return;
    seen = model.view;
    const { hangs, rest } = close(model, peer);
    near.set([...hangs, ...rest].slice(0, mostPeers));
    far.set(hangs.slice(mostPeers));
  };
  const unsubscribe = session.subscribe(follow);
  follow();
  return () => {
    unsubscribe();
    near.end();
    far.end();
  };
};
