import type { ClusterView } from '../cluster/cluster-view.ts';
import type { ElectionTales } from '../cluster/election-tale.ts';
import type { Severity } from '../cluster/findings.ts';
import type { Inventory, PeerId } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Haste } from './watcher.ts';

/** One thing that changed in the cluster: a state, a link, a finding that came or went. */
export type Happening = {
  /** Monotonic ms, and the wall clock in ms since 1970 for people. */
  readonly at: Millis;
  readonly wall: number;
  readonly peer: PeerId | null;
  readonly severity: Severity | 'good';
  readonly text: string;
};

/** The last log lines of a peer's unit, read when somebody asks. Lines are cleaned text. */
export type LogLines =
  | { readonly kind: 'asking'; readonly since: Millis }
  | { readonly kind: 'there'; readonly at: Millis; readonly lines: readonly string[] }
  | { readonly kind: 'failed'; readonly at: Millis; readonly why: string };

/** All that the screens read. A new object whenever something in it changed. */
export type Model = {
  readonly inventory: Inventory;
  readonly view: ClusterView;
  /** Newest first, at most a few hundred. */
  readonly events: readonly Happening[];
  /** What was seen of the peers that wait, or waited, for the first ring. */
  readonly elections: ElectionTales;
  readonly logs: ReadonlyMap<PeerId, LogLines>;
  /** Monotonic ms of the last tick: ages are `now - at`. Moves at least once a second. */
  readonly now: Millis;
};

/** A read-only session, as the screens and `status` use it. */
export interface Session {
  snapshot(): Model;
  /** Calls `listener` after each change, at most once for a burst; returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /** Looks at these peers (all without an argument) at once, without waiting for the next interval. */
  lookNow(ids?: readonly PeerId[]): void;
  /** Begins to look at some peers at least every `interval` ms. */
  hasten(interval: Millis): Haste;
  /** Reads the last lines of the unit's log into `Model.logs`. */
  readLog(id: PeerId): void;
  /** Watches the peers of this inventory from now on: a change has moved a host between members and spares. */
  adopt(inventory: Inventory): void;
  /** Reads anew what this machine has on record of removed peers: a change has ended. */
  recall(): void;
  /** Ends polling and closes every connection. */
  stop(): Promise<void>;
}
