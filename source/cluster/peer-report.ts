export { readReport } from './read-report.ts';

/** A weave peer name: six hex pairs, or whatever `--name` was given. */
export type PeerName = string;

/** A peer as others speak of it. Both fields are cleaned text. */
export type PeerRef = { readonly name: PeerName; readonly nickname: string };

/** The states of mesh `connection_maker.go`; `unknown` for a word this program has not met. */
export type ConnectionState =
  | 'established'
  | 'pending'
  | 'connecting'
  | 'retrying'
  | 'failed'
  | 'waiting'
  | 'unknown';

/** Why a connection is not there, read from its Info. `other` keeps the text for people. */
export type ConnectionFault =
  | 'ourself'
  | 'refused'
  | 'timeout'
  | 'no-route'
  | 'reset'
  | 'seeded-apart'
  | 'range-mismatch'
  | 'name-collision'
  | 'password'
  | 'version'
  | 'clock'
  | 'no-forwarders'
  | 'duplicate'
  | 'ring-conflict'
  | 'unresolvable'
  | 'other';

/** A row of `weave status connections` (Router.Connections). */
export type Connection = {
  /** `IP:PORT`; an ephemeral port for an inbound row, so never match peers by it. */
  readonly address: string;
  readonly outbound: boolean;
  readonly state: ConnectionState;
  readonly info: string;
  /** The other end, read from Info; null where Info names nobody (a dial that failed). */
  readonly peer: PeerRef | null;
  /** `sleeve`, `fastdp`; null unless established or pending. */
  readonly overlay: string | null;
  readonly encrypted: boolean;
  readonly mtu: number | null;
  readonly fault: ConnectionFault | null;
  /** `never`, or the peer's own text for the time of the next try. */
  readonly retry: string | null;
};

/** A link as gossip tells of it (Router.Peers[].Connections). */
export type GossipLink = PeerRef & {
  readonly address: string;
  readonly outbound: boolean;
  readonly established: boolean;
};

/** Router.Peers[]. `links` is null where the projection left them out. */
export type KnownPeer = PeerRef & {
  /** 64-bit, so text. One an incarnation; null where the projection left it out. */
  readonly uid: string | null;
  readonly links: readonly GossipLink[] | null;
};

/** IPAM.Entries[]: one token of the ring and who owns what follows it. */
export type RingEntry = {
  readonly token: string;
  readonly size: number;
  readonly owner: PeerName;
  readonly nickname: string;
  readonly known: boolean;
  readonly version: number;
};

/** The IPAM part, as reported. Empty Go slices (`null`) are empty arrays here. */
export type IpamReport = {
  readonly paxos: { readonly elector: boolean; readonly known: number; readonly quorum: number } | null;
  readonly range: string;
  readonly rangeSize: number;
  readonly activeIps: number;
  readonly defaultSubnet: string;
  readonly entries: readonly RingEntry[];
  readonly pendingClaims: number;
  readonly pendingAllocates: number;
};

/** GET /report of one peer, cleaned and in our words. */
export type PeerReport = {
  readonly ready: boolean;
  readonly version: string;
  readonly name: PeerName;
  readonly nickname: string;
  readonly encryption: boolean | null;
  readonly discovery: boolean | null;
  readonly protocol: { readonly min: number; readonly max: number } | null;
  readonly terminations: number | null;
  readonly targets: readonly string[];
  readonly connections: readonly Connection[];
  readonly peers: readonly KnownPeer[];
  readonly ipam: IpamReport | null;
  /** Paths of fields that this version did not send, e.g. `Router.TerminationCount`. */
  readonly missing: readonly string[];
};

/** What reading the bytes gave: a report, or why not, with a clean excerpt of what came instead. */
export type ReadReport =
  | { readonly kind: 'report'; readonly report: PeerReport }
  | { readonly kind: 'garbled'; readonly why: string; readonly excerpt: string };

/** The IPAM status of one peer, in the order of weave's `ipam/status.go`. */
export type IpamPhase =
  | 'absent'
  | 'idle'
  | 'priming'
  | 'awaiting-consensus'
  | 'ready'
  | 'waiting-for-space'
  | 'owners-unreachable';

/** The IPAM status of one peer, decided in the order of weave's own `weave status ipam`. */
export function ipamPhase(report: PeerReport): IpamPhase {
  const ipam = report.ipam;
  if (!ipam) return 'absent';
  if (ipam.entries.length > 0) {
    if (!ipam.entries.some((entry) => entry.size > 0 && entry.known)) return 'owners-unreachable';
    return ipam.pendingAllocates > 0 ? 'waiting-for-space' : 'ready';
  }
  if (!ipam.paxos) return 'idle';
  return ipam.paxos.elector ? 'awaiting-consensus' : 'priming';
}

/** Who owns what, as text to compare: without versions, which lag by seconds wherever addresses are given out. */
export const ringOwners = ({ ipam }: Pick<PeerReport, 'ipam'>): string =>
  (ipam?.entries ?? [])
    .map(({ token, owner }) => `${token} ${owner}`)
    .sort()
    .join('\n');
