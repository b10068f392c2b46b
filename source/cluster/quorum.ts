import type { AddressSpace, ClusterView, IpamConsensus, MeshMajority } from './cluster-view.ts';
import type { PeerId } from './inventory.ts';
import { ipamPhase, type PeerReport } from './peer-report.ts';

/** More than half of `count`; weave's own floor(N/2)+1. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/**
 * IPAM consensus, which is needed once, for the first ring: a ring that is there, two rings that can never merge
 * (`apart`), or the election that is nearest to its quorum, as its electors report it.
 */
export function ipamConsensus(
  reports: readonly (PeerReport | null)[],
  space: AddressSpace,
  apart: boolean,
): IpamConsensus {
  const there = reports.filter((report) => report !== null && report.ipam !== null) as PeerReport[];
  if (there.length === 0) return { phase: 'unknown', quorum: null, known: null };
  if (apart) return { phase: 'split', quorum: null, known: null };
  if (space.rings.length > 0) return { phase: 'ready', quorum: null, known: null };
  const elections = there.flatMap((report) =>
    ipamPhase(report) === 'awaiting-consensus' ? [report.ipam?.paxos] : [],
  );
  const leading = elections.reduce<{ known: number; quorum: number } | null>(
    (best, next) =>
      next && (best === null || next.known - next.quorum > best.known - best.quorum) ? next : best,
    null,
  );
  if (leading) return { phase: 'awaiting-consensus', quorum: leading.quorum, known: leading.known };
  const priming = there.some((report) => ipamPhase(report) === 'priming');
  return { phase: priming ? 'priming' : 'idle', quorum: null, known: null };
}

/**
 * Whether the rings diverge, by the findings: then `ready` alone would say that all is well. Null where nothing tells so.
 */
export const divergence = ({ findings }: Pick<ClusterView, 'findings'>): 'certain' | 'possible' | null => {
  const found = findings.filter(({ id }) => id === 'ring-divergence');
  if (found.length === 0) return null;
  return found.some(({ severity }) => severity === 'critical') ? 'certain' : 'possible';
};

/** What is known of a peer for the majority: it reports, weave is stopped there, or some reporter sees it. */
export type Standing = { readonly reports: boolean; readonly stopped: boolean; readonly seen: boolean };

/**
 * Mesh majority: how many configured peers see each other now. Says nothing of IPAM. A peer that gives no report and
 * isn't known to be stopped may be in a group that nobody sees, so only what the reports leave no room for is `lost`.
 */
export function meshMajority(
  ids: readonly PeerId[],
  cliques: readonly (readonly number[])[],
  peers: readonly Standing[],
): MeshMajority {
  const connected = cliques[0]?.length ?? 0;
  const majority = majorityOf(ids.length);
  const placed = new Set(cliques.flat());
  const open = peers.filter((peer, index) => !peer.reports && !peer.stopped && !placed.has(index));
  const atBest = Math.max(connected + open.filter(({ seen }) => seen).length, open.length);
  return {
    configured: ids.length,
    connected,
    majority,
    cliques: cliques.map((clique) => clique.map((index) => ids[index] ?? '')),
    answering: peers.filter(({ reports }) => reports).length,
    standing: connected >= majority ? 'held' : atBest < majority ? 'lost' : 'unknown',
  };
}
