import type { ClusterView } from '../cluster/cluster-view.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { RemovalRecords } from '../cluster/removed.ts';
import type { PeerWatch } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Inspection } from './inspection.ts';

/** What a procedure wrote down on the way because it can't be seen any more later, e.g. which ranges a peer owned. */
export type Notes = Readonly<Record<string, readonly string[]>>;

/** All that checks and postconditions may go by. */
export type World = {
  readonly now: Millis;
  readonly view: ClusterView;
  /** Looks at hosts that play a part and aren't among the view's peers: a spare that is being added. */
  readonly guests: ReadonlyMap<PeerId, PeerWatch>;
  /** The deep look at a host that a procedure asked for, by address; spares and removed hosts, too. */
  readonly inspections: ReadonlyMap<PeerId, Inspection>;
  readonly notes: Notes;
  /** What the journals of this machine told of removed peers when this was made; absent where nobody asked them. */
  readonly removals?: RemovalRecords;
  /** Hosts on which our lock does not hold now, and why; absent where nobody asked for the lock, as in a plan. */
  readonly unlocked?: ReadonlyMap<PeerId, string>;
  /** When a person said in this session what a step asks of them, by its id; absent where no change is under way. */
  readonly said?: ReadonlyMap<string, Millis>;
};
