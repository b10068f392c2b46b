import type { Finding } from './findings.ts';
import type { PeerId } from './inventory.ts';
import type { Memory } from './memory.ts';
import type { IpamPhase, PeerName } from './peer-report.ts';
import type { Removed } from './removed.ts';
import type { PeerWatch } from './sighting.ts';

export { buildView } from './build-view.ts';

/** How a configured peer stands, as one word for the grid, worst evidence first. */
export type PeerState =
  /** never looked at yet */
  | 'unseen'
  /** SSH gave nothing; what weave does there is unknown */
  | 'silent'
  /** SSH works, weave does not answer although nothing says that it is stopped */
  | 'hung'
  /** SSH works, weave is stopped, failed or not installed */
  | 'stopped'
  | 'garbled'
  /** weave answers, and has a warning of its own: links missing, IPAM not ready */
  | 'degraded'
  | 'idle'
  | 'waiting'
  | 'ready';

/** One direction of a link, as the peer in the row tells it of the peer in the column. */
export type LinkWord = 'established' | 'pending' | 'connecting' | 'retrying' | 'failed' | 'none' | 'unknown';

/** What differs between this peer and the rest: `peers`, `unit`, `version`, `range`, `encryption`, `targets`, `clock`. */
export type DriftKind = 'peers' | 'unit' | 'version' | 'range' | 'encryption' | 'targets' | 'clock';

/** One row of the grid. */
export type PeerView = {
  readonly id: PeerId;
  readonly watch: PeerWatch;
  readonly state: PeerState;
  /** Nickname and name by its own report, else by what others say of it, else null. */
  readonly nickname: string | null;
  readonly name: PeerName | null;
  readonly version: string | null;
  readonly links: { readonly established: number; readonly expected: number };
  readonly ipam: {
    readonly phase: IpamPhase | 'unknown';
    readonly quorum: number | null;
    readonly known: number | null;
    /** Addresses owned by the ring that most hold, or where rings were seeded apart by its own; null when unknown. */
    readonly owned: number | null;
    /** 0..1 of the range; null when unknown, or where there is no ring. */
    readonly share: number | null;
    /** Which of `space.rings` it holds, counted from 1; only where rings were seeded apart. */
    readonly ring?: number;
    /** True where another configured peer has the same name, so that the share is counted for both. */
    readonly nameShared?: boolean;
  };
  readonly drift: readonly DriftKind[];
  /** It was reclaimed and is back with its old data: whatever else it says of itself, this comes first. */
  readonly returned?: true;
  /** Configured peers whose own report counts this one among Router.Peers. */
  readonly seenBy: readonly PeerId[];
};

/** IPAM consensus: the first ring, made once. Never to be mixed up with the mesh majority. */
export type IpamConsensus = {
  readonly phase: 'ready' | 'idle' | 'awaiting-consensus' | 'priming' | 'split' | 'unknown';
  /** As the peers in an election report them; null otherwise. */
  readonly quorum: number | null;
  readonly known: number | null;
};

/** How many configured peers see each other now. */
export type MeshMajority = {
  readonly configured: number;
  /** Size of the largest clique. */
  readonly connected: number;
  readonly majority: number;
  /** Groups of peers that see each other, largest first; silent peers count where others see them. */
  readonly cliques: readonly (readonly PeerId[])[];
  /** Configured peers whose newest look gave a report. */
  readonly answering: number;
  /** `lost` only where the reports prove it: peers that nobody can tell of may well be a majority. */
  readonly standing: 'held' | 'lost' | 'unknown';
};

/** Who owns a share of the range, by one version of the ring. */
export type Share = {
  readonly name: PeerName;
  readonly nickname: string;
  readonly size: number;
  readonly share: number;
  /** False where every observer calls the owner unreachable. */
  readonly known: boolean;
};

/** A version of the ring and who holds it. More than one beyond the lag of gossip is an alarm. */
export type RingVersion = {
  /** Same digest, same token -> (owner, version) map. */
  readonly key: string;
  readonly observers: readonly PeerId[];
  readonly shares: readonly Share[];
  readonly entries: readonly {
    readonly token: string;
    readonly size: number;
    readonly owner: PeerName;
    readonly version: number;
  }[];
  readonly total: number;
};

/** The range and its owners. `rings` is ordered by how many observers hold it, most first. */
export type AddressSpace = {
  readonly range: string | null;
  readonly rangeSize: number | null;
  readonly rings: readonly RingVersion[];
};

/** Everything the screens, `status` and the checks read: derived from the sightings, nothing else. */
export type ClusterView = {
  readonly revision: number;
  readonly cluster: string;
  readonly peers: readonly PeerView[];
  /** links[i][j]: what peers[i] itself says of its link to peers[j]. */
  readonly links: readonly (readonly LinkWord[])[];
  readonly quorum: { readonly ipam: IpamConsensus; readonly mesh: MeshMajority };
  readonly space: AddressSpace;
  readonly findings: readonly Finding[];
  /** Hosts of the inventory that are no members, watched by probes only. */
  readonly spares?: readonly PeerWatch[];
  /** Peers that were removed, by marks on the peers and this machine's journals. */
  readonly removed: readonly Removed[];
  /** For the next `buildView` alone: since when things stand. */
  readonly memory?: Memory;
};
