import type { ClusterView, PeerView } from './cluster-view.ts';
import type { Finding, Severity } from './findings.ts';
import type { Change } from './happenings.ts';
import type { PeerId } from './inventory.ts';

/**
 * One missing link goes through several dial errors, and one silent peer is seen by others or not: these ids are one
 * fault to the reader, and the peers' own states and links tell where it is.
 */
const FAMILY: Readonly<Record<string, string>> = {
  'tcp-refused': 'tcp',
  'tcp-timeout': 'tcp',
  'tcp-no-route': 'tcp',
  unseen: 'unseen',
};

const familyOf = ({ id }: Finding): string => FAMILY[id] ?? id;
const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** Findings come and go by id, severity and peers; one that only changes its words is the same. */
const keyOf = (finding: Finding): string => `${finding.id} ${finding.severity} ${finding.peers.join(' ')}`;

/** The findings that came, that hold for fewer peers now, and that are over. */
export function findingChanges(previous: ClusterView, next: ClusterView): Change[] {
  const before = new Set(previous.findings.map(keyOf));
  const now = new Set(next.findings.map(keyOf));
  const gone = previous.findings.filter((finding) => !now.has(keyOf(finding)));
  const came = next.findings.filter((finding) => !before.has(keyOf(finding)));
  // What the first probe of a host tells was so before anybody asked.
  if (isFirstProbe(previous, next))
    return came
      .filter(({ severity }) => severity === 'critical')
      .flatMap((finding) => arrival(finding, previous.findings, gone));
  return [
    ...came.flatMap((finding) => arrival(finding, previous.findings, gone)),
    ...(knowsLess(previous, next) ? [] : gone.filter((finding) => isOver(finding, next)).map(ending)),
  ];
}

function arrival(finding: Finding, previous: readonly Finding[], gone: readonly Finding[]): Change[] {
  const family = familyOf(finding);
  const kin = previous.filter(
    (other) => familyOf(other) === family && RANK[other.severity] <= RANK[finding.severity],
  );
  // Where the words differ by id within a family, whoever had the fault before has it still.
  if (finding.id in FAMILY && within(finding.peers, new Set(kin.flatMap(({ peers }) => peers)))) return [];
  const rest = gone.some(
    (other) =>
      familyOf(other) === family &&
      other.peers.length > finding.peers.length &&
      RANK[other.severity] <= RANK[finding.severity] &&
      within(finding.peers, new Set(other.peers)),
  );
  const peer = only(finding);
  if (rest) return [{ peer, severity: 'info', text: `Now only: ${finding.title}` }];
  return [{ peer, severity: finding.severity, text: finding.title }];
}

const within = (peers: readonly PeerId[], all: ReadonlySet<PeerId>): boolean =>
  peers.length > 0 && peers.every((id) => all.has(id));

/** Over only where none of its peers is left in a finding of that kind, and where a stopped weave runs again. */
function isOver(finding: Finding, { findings, peers: now }: ClusterView): boolean {
  const family = familyOf(finding);
  const kin = findings.filter((other) => familyOf(other) === family);
  if (finding.peers.length === 0) return kin.length === 0;
  if (family === 'tcp' && now.some(({ id, state }) => state === 'stopped' && finding.peers.includes(id)))
    return false;
  return !kin.some(({ peers }) => peers.some((id) => finding.peers.includes(id)));
}

const ending = (finding: Finding): Change => ({
  peer: only(finding),
  severity: 'good',
  text: `No longer: ${finding.title}`,
});

const only = ({ peers }: Finding): PeerId | null => (peers.length === 1 ? (peers[0] ?? null) : null);

/**
 * A finding also goes when whoever told of it falls silent, and that is no end of the fault: nothing is called over
 * while a peer that answered doesn't any more.
 */
function knowsLess(previous: ClusterView, next: ClusterView): boolean {
  const after = new Map(next.peers.map((peer) => [peer.id, peer]));
  return previous.peers.some((peer) => {
    const now = after.get(peer.id);
    return now !== undefined && (heard(now) < heard(peer) || (isProbed(peer) && !isProbed(now)));
  });
}

/** How much the newest look tells: a report, that weave doesn't answer, or nothing. */
function heard({ watch: { look } }: PeerView): 0 | 1 | 2 {
  if (look?.kind === 'report') return 2;
  return look?.kind === 'silent' && look.why.layer === 'weave' ? 1 : 0;
}

function isFirstProbe(previous: ClusterView, next: ClusterView): boolean {
  const unknown = new Set(
    [...previous.peers.map(({ watch }) => watch), ...(previous.spares ?? [])].flatMap(({ peer, facts }) =>
      facts === null ? [peer.address] : [],
    ),
  );
  return [...next.peers.map(({ watch }) => watch), ...(next.spares ?? [])].some(
    ({ peer, facts }) => facts !== null && unknown.has(peer.address),
  );
}

const isProbed = ({ watch }: PeerView): boolean => watch.facts?.kind === 'facts';
