import type { ClusterView, RingVersion } from './cluster-view.ts';
import type { Double } from './doubles.ts';
import type { Drift } from './drift.ts';
import type { PendingSpell } from './memory.ts';
import type { PeerReport } from './peer-report.ts';
import type { LinkFault, Reading } from './reading.ts';
import type { RingConflict } from './ring-conflicts.ts';
import type { Roster } from './roster.ts';
import type { PeerWatch } from './sighting.ts';
import type { Millis } from './trouble.ts';

/** All that the rules read: the view but for its findings, and what it was made of. Indexes are into `view.peers`. */
export type Picture = {
  readonly view: Omit<ClusterView, 'findings'>;
  readonly watches: readonly PeerWatch[];
  readonly roster: Roster;
  /** Hosts that are no members; only their facts are known. */
  readonly spares: readonly PeerWatch[];
  /** Config entries that reach one and the same host. */
  readonly doubles: readonly Double[];
  /** Reports of the newest looks; null where there is none. */
  readonly reports: readonly (PeerReport | null)[];
  readonly readings: readonly (Reading | null)[];
  readonly cliques: readonly (readonly number[])[];
  /** The clique of each peer as an index into `cliques`; null where it is in none. */
  readonly cliqueOf: readonly (number | null)[];
  /** Every link that a peer says it can't make, and why. */
  readonly failures: readonly LinkFault[];
  readonly drift: Drift;
  readonly conflicts: readonly RingConflict[];
  /** Pairs of rings that were seeded apart. */
  readonly apart: readonly (readonly [RingVersion, RingVersion])[];
  readonly pending: ReadonlyMap<string, PendingSpell>;
  readonly now: Millis;
};
