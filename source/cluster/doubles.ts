import type { PeerName, PeerReport } from './peer-report.ts';
import { currentReport, endpointOf } from './roster.ts';
import type { PeerWatch } from './sighting.ts';

/** Config entries whose answers come from one and the same host; indexes are into the configured peers. */
export type Double = {
  readonly name: PeerName;
  readonly peers: readonly number[];
  /** What tells, e.g. `same boot id`. */
  readonly proof: string;
  /** The entry that the host itself is; null where nothing tells. */
  readonly actual: number | null;
};

/** Whether two watches that give one peer name look at one host: what proves it, that they don't, or null for unknown. */
export function sameHost(a: PeerWatch, b: PeerWatch): { readonly proof: string | null } | null {
  const [one, other] = [currentReport(a), currentReport(b)];
  const uid = one && uidOf(one);
  if (uid && other && uid === uidOf(other)) return { proof: 'same router UID' };
  const [mine, yours] = [selfOf(one), selfOf(other)];
  if (mine.length > 0 && yours.length > 0 && !mine.some((row) => yours.includes(row))) return { proof: null };
  const [left, right] = [factsOf(a), factsOf(b)];
  if (!left || !right) return null;
  if (left.hostname !== '' && right.hostname !== '' && left.hostname !== right.hostname)
    return { proof: null };
  // Containers on one kernel share its boot id, so the hostname has had its say before.
  if (left.bootId.known && right.bootId.known)
    return { proof: left.bootId.value === right.bootId.value ? 'same boot id' : null };
  if (!left.machineId.known || !right.machineId.known || left.hostname === '') return null;
  return left.machineId.value === right.machineId.value && left.hostname === right.hostname
    ? { proof: 'same machine-id and hostname' }
    : null;
}

/** Every set of entries that give one peer name as their own and are proved to reach one host. */
export function readDoubles(watches: readonly PeerWatch[]): readonly Double[] {
  const byName = new Map<PeerName, number[]>();
  watches.forEach((watch, index) => {
    const name = currentReport(watch)?.name;
    if (name) byName.set(name, [...(byName.get(name) ?? []), index]);
  });
  return [...byName].flatMap(([name, holders]) =>
    holders.length > 1 ? doublesOf(name, holders, watches) : [],
  );
}

function doublesOf(name: PeerName, holders: readonly number[], watches: readonly PeerWatch[]): Double[] {
  const sets: { peers: number[]; proof: string }[] = [];
  for (const index of holders) {
    const proofWith = (at: number): string | null => {
      const [a, b] = [watches[at], watches[index]];
      return (a && b && sameHost(a, b)?.proof) ?? null;
    };
    const home = sets.find((set) => proofWith(set.peers[0] ?? -1) !== null);
    if (home) {
      home.proof = proofWith(home.peers[0] ?? -1) ?? home.proof;
      home.peers.push(index);
    } else sets.push({ peers: [index], proof: '' });
  }
  return sets
    .filter(({ peers }) => peers.length > 1)
    .map(({ peers, proof }) => {
      const self = new Set(peers.flatMap((index) => selfOf(reportAt(watches, index))));
      const own = peers.filter((index) => self.has(endpointOf(watches[index]?.peer.address ?? '')));
      return { name, peers, proof, actual: own.length === 1 ? (own[0] ?? null) : null };
    });
}

/**
 * The watches without what was told under a wrong address: an answer that another entry's host gave says nothing of
 * the peer that it was asked of.
 */
export function withoutDoubles(
  watches: readonly PeerWatch[],
  doubles: readonly Double[],
): readonly PeerWatch[] {
  const actualOf = new Map(
    doubles.flatMap(({ peers, actual }) =>
      actual === null
        ? []
        : peers.filter((index) => index !== actual).map((index) => [index, actual] as const),
    ),
  );
  if (actualOf.size === 0) return watches;
  return watches.map((watch, index) => {
    const actual = actualOf.get(index);
    if (actual === undefined || watch.look?.kind !== 'report') return watch;
    const { seq, at, via } = watch.look;
    const why = `this is the answer of ${watches[actual]?.peer.address}: host and port in the config lead there`;
    return {
      ...watch,
      look: { kind: 'garbled', seq, at, via, why, excerpt: '' },
      lastReport: null,
      facts: null,
      lastFacts: null,
    };
  });
}

const factsOf = (watch: PeerWatch) => (watch.facts?.kind === 'facts' ? watch.facts.facts : null);

const reportAt = (watches: readonly PeerWatch[], index: number): PeerReport | null => {
  const watch = watches[index];
  return watch ? currentReport(watch) : null;
};

function uidOf(report: PeerReport): string | null {
  return (
    report.peers.find(({ name, nickname }) => name === report.name && nickname === report.nickname)?.uid ??
    null
  );
}

/** Where the peer met itself when it dialled its list. */
function selfOf(report: PeerReport | null): string[] {
  return (report?.connections ?? [])
    .filter((row) => row.fault === 'ourself' && row.outbound)
    .map((row) => row.address);
}
