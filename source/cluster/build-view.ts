import { readAddressSpace } from './address-space.ts';
import type { ClusterView, PeerView, RingVersion } from './cluster-view.ts';
import { readDoubles, withoutDoubles } from './doubles.ts';
import { readDrift } from './drift.ts';
import { type Finding, findAll } from './findings.ts';
import { ipamPhase, type PeerReport } from './peer-report.ts';
import { reportedState, silentState } from './peer-state.ts';
import { pendingSpells } from './pending-links.ts';
import { ipamConsensus, meshMajority } from './quorum.ts';
import { readingOf } from './reading.ts';
import { type RemovalRecords, removedOf } from './removed.ts';
import { ringConflicts, ringsApart } from './ring-conflicts.ts';
import { buildRoster, currentReport, type Roster } from './roster.ts';
import type { PeerWatch } from './sighting.ts';
import { readTopology, type Topology } from './topology.ts';
import type { Millis } from './trouble.ts';

/**
 * The cluster as the newest sightings show it. Deterministic: time comes in as `now`, and what only time can judge
 * (lag, links that stay pending) is remembered in `previous`. What was read from an unchanged report is not read again.
 */
export function buildView(
  cluster: string,
  sightings: readonly PeerWatch[],
  {
    now,
    previous,
    records,
    spares = [],
  }: {
    readonly now: Millis;
    readonly previous?: ClusterView;
    readonly records?: RemovalRecords;
    readonly spares?: readonly PeerWatch[];
  },
): ClusterView {
  const memory = previous?.memory;
  const doubles = readDoubles(sightings);
  const watches = withoutDoubles(sightings, doubles);
  const roster = buildRoster(watches, memory?.roster);
  const { ids } = roster;
  const reports = watches.map(currentReport);
  const readings = reports.map((report, index) => report && readingOf(report, index, roster));
  const silent = watches.map(silentState);
  const topology = readTopology(
    readings,
    silent.map((state) => state === 'stopped'),
  );
  const space = readAddressSpace(ids, reports);
  const cliqueOf = new Map(
    topology.cliques.flatMap((clique, number) => clique.map((index) => [ids[index] ?? '', number] as const)),
  );
  const apart = apartPairs(space.rings, cliqueOf);
  const rings = ringConflicts(
    {
      roster,
      watches,
      reports,
      rings: space.rings,
      apart: bothIn(apart),
      cliqueOf,
      now,
      first: previous === undefined,
    },
    memory,
  );
  const pending = pendingSpells(watches, readings, memory?.pending);
  const drift = readDrift(ids, watches, reports);
  const told = readings.some((reading) =>
    [...(reading?.faults ?? []), ...(reading?.strays ?? [])].some(({ fault }) => fault === 'seeded-apart'),
  );
  const view: Omit<ClusterView, 'findings'> = {
    revision: (previous?.revision ?? 0) + 1,
    cluster,
    peers: watches.map((watch, index) =>
      peerView(
        index,
        { watch, report: reports[index] ?? null, silent: silent[index] ?? null, roster, topology },
        heldRing(space.rings, apart.length > 0, ids[index] ?? '', roster.names[index] ?? null),
        drift.kinds[index] ?? [],
      ),
    ),
    links: topology.links,
    quorum: {
      ipam: ipamConsensus(reports, space, told || apart.length > 0),
      mesh: meshMajority(
        ids,
        topology.cliques,
        ids.map((_, index) => ({
          reports: reports[index] !== null,
          stopped: silent[index] === 'stopped',
          seen: (topology.seenBy[index] ?? []).length > 0,
        })),
      ),
    },
    space,
    removed: removedOf(watches, records),
    spares,
    memory: { roster, pending, claims: rings.claims, stale: rings.stale },
  };
  const findings = findAll({
    view,
    watches,
    spares,
    roster,
    doubles,
    reports,
    readings,
    cliques: topology.cliques,
    cliqueOf: ids.map((id) => cliqueOf.get(id) ?? null),
    failures: readings.flatMap((reading) => reading?.faults ?? []),
    drift,
    conflicts: rings.conflicts,
    apart,
    pending,
    now,
  });
  return { ...view, peers: withReturned(view.peers, findings), findings };
}

/** Marks the peers that are back with their old data, as the findings tell. */
function withReturned(peers: readonly PeerView[], findings: readonly Finding[]): readonly PeerView[] {
  const back = findings.filter(({ id, severity }) => id === 'removed-came-back' && severity === 'critical');
  if (back.length === 0) return peers;
  const ids = new Set(back.map(({ mend }) => mend?.target));
  return peers.map((peer) => (ids.has(peer.id) ? { ...peer, returned: true } : peer));
}

function peerView(
  index: number,
  from: {
    readonly watch: PeerWatch;
    readonly report: PeerReport | null;
    readonly silent: PeerView['state'] | null;
    readonly roster: Roster;
    readonly topology: Topology;
  },
  { ring, number }: HeldRing,
  drift: PeerView['drift'],
): PeerView {
  const { watch, report, roster, topology } = from;
  const name = roster.names[index] ?? null;
  const phase = report ? ipamPhase(report) : 'unknown';
  const links = { established: topology.established[index] ?? 0, expected: roster.ids.length - 1 };
  const share = ring?.shares.find((owner) => owner.name === name);
  const nameShared = name !== null && roster.shared.has(name);
  const owned = ring && name !== null ? (share?.size ?? 0) : null;
  const paxos = phase === 'awaiting-consensus' ? report?.ipam?.paxos : null;
  return {
    id: watch.peer.address,
    watch,
    state:
      from.silent ?? reportedState(report?.ready ?? false, phase === 'unknown' ? 'absent' : phase, links),
    nickname: roster.nicknames[index] ?? null,
    name,
    version: (report ?? watch.lastReport?.report)?.version || null,
    links,
    ipam: {
      phase,
      quorum: paxos?.quorum ?? null,
      known: paxos?.known ?? null,
      owned,
      share: owned === null ? null : (share?.share ?? 0),
      ...(number !== null && { ring: number }),
      ...(nameShared && { nameShared }),
    },
    drift,
    seenBy: (topology.seenBy[index] ?? []).map((observer) => roster.ids[observer] ?? ''),
  };
}

/** The ring that a peer goes by, and its number where there are several to tell apart. */
type HeldRing = { readonly ring: RingVersion | undefined; readonly number: number | null };

/**
 * The ring that most hold; where rings were seeded apart the peer's own, or for one without a report the one it owns a
 * part of. Rings that only lag or diverge are one ring, and the finding tells of that.
 */
function heldRing(rings: readonly RingVersion[], apart: boolean, id: string, name: string | null): HeldRing {
  if (!apart) return { ring: rings[0], number: null };
  const ring =
    rings.find(({ observers }) => observers.includes(id)) ??
    rings.find(({ shares }) => shares.some((owner) => owner.name === name));
  return { ring, number: ring ? rings.indexOf(ring) + 1 : null };
}

/** Whether two rings are one of these pairs, in either order. */
function bothIn(
  pairs: readonly (readonly [RingVersion, RingVersion])[],
): (a: RingVersion, b: RingVersion) => boolean {
  const others = new Map<RingVersion, Set<RingVersion>>();
  for (const [a, b] of pairs) {
    others.set(a, (others.get(a) ?? new Set()).add(b));
    others.set(b, (others.get(b) ?? new Set()).add(a));
  }
  return (a, b) => others.get(a)?.has(b) ?? false;
}

function apartPairs(
  rings: readonly RingVersion[],
  cliqueOf: ReadonlyMap<string, number>,
): (readonly [RingVersion, RingVersion])[] {
  const pairs: (readonly [RingVersion, RingVersion])[] = [];
  rings.forEach((a, index) => {
    for (const b of rings.slice(index + 1)) if (ringsApart(a, b, cliqueOf)) pairs.push([a, b]);
  });
  return pairs;
}
