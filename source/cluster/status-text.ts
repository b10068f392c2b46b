import { fit, width } from '../text/width.ts';
import type { ClusterView, IpamConsensus, MeshMajority, PeerView } from './cluster-view.ts';
import type { Finding } from './findings.ts';
import type { Millis } from './trouble.ts';

const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)));

const seconds = (ms: Millis): string =>
  ms < 100_000 ? `${(ms / 1000).toFixed(1)}s` : `${Math.round(ms / 60_000)}m`;

/** IPAM consensus in a few words. */
export const consensusWords = (ipam: IpamConsensus): string => {
  switch (ipam.phase) {
    case 'awaiting-consensus':
      return `waiting, ${ipam.known ?? '?'} of ${ipam.quorum ?? '?'} known`;
    case 'split':
      return 'split: more than one ring';
    default:
      return ipam.phase;
  }
};

/** The mesh in a few words. */
export const meshWords = (mesh: MeshMajority): string =>
  `${mesh.connected}/${mesh.configured} connected, majority ${mesh.majority}${mesh.cliques.length > 1 ? `, ${mesh.cliques.length} parts` : ''}`;

const columns: readonly { readonly title: string; readonly of: (peer: PeerView, now: Millis) => string }[] = [
  { title: 'PEER', of: (peer) => peer.id },
  { title: 'NICKNAME', of: (peer) => peer.nickname ?? '-' },
  { title: 'STATE', of: (peer) => peer.state },
  { title: 'LINKS', of: ({ links }) => `${links.established}/${links.expected}` },
  {
    title: 'IPAM',
    of: ({ ipam }) =>
      ipam.phase === 'awaiting-consensus' ? `waiting ${ipam.known}/${ipam.quorum}` : ipam.phase,
  },
  { title: 'SHARE', of: ({ ipam }) => (ipam.share === null ? '-' : `${(ipam.share * 100).toFixed(1)}%`) },
  {
    title: 'UNIT',
    of: ({ watch }) => {
      const unit = watch.lastFacts?.facts.unit;
      if (!unit?.known) return '-';
      return unit.value.load === 'not-found' ? 'no unit' : `${unit.value.active} ${unit.value.enabled}`;
    },
  },
  { title: 'VERSION', of: (peer) => peer.version ?? '-' },
  { title: 'DRIFT', of: (peer) => peer.drift.join(',') || '-' },
  {
    title: 'SEEN',
    of: ({ watch }, now) => (watch.look === null ? 'never' : seconds(Math.max(0, now - watch.look.at))),
  },
];

const findingLines = (finding: Finding): string[] => [
  `${finding.severity.toUpperCase()} ${finding.id}: ${finding.title}${finding.peers.length > 0 ? ` [${fit(finding.peers.join(' '), 200)}]` : ''}`,
  `  because: ${finding.because}`,
  `  remedy: ${finding.remedy}`,
];

/** The cluster as plain lines for a pipe, a log or a ticket: no escapes, one peer a line. */
export const statusLines = (view: ClusterView, now: Millis): string[] => {
  const table = [
    columns.map((column) => column.title),
    ...view.peers.map((peer) => columns.map((column) => column.of(peer, now))),
  ];
  const widths = columns.map((_, index) => Math.max(...table.map((row) => width(row[index] ?? ''))));
  const troubles = view.peers.flatMap(({ id, watch: { look } }) => {
    if (look?.kind === 'silent') return [`${id}: ${look.why.text}`];
    return look?.kind === 'garbled' ? [`${id}: its answer could not be read: ${look.why}`] : [];
  });
  return [
    `cluster ${view.cluster}: IPAM ${consensusWords(view.quorum.ipam)}; mesh ${meshWords(view.quorum.mesh)}`,
    ...(view.quorum.mesh.cliques.length > 1
      ? view.quorum.mesh.cliques.map((clique, index) => `  part ${index + 1}: ${clique.join(' ')}`)
      : []),
    '',
    ...table.map((row) =>
      row
        .map((cell, index) => pad(cell, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...(troubles.length > 0 ? ['', ...troubles] : []),
    ...(view.findings.length > 0 ? ['', ...view.findings.flatMap(findingLines)] : []),
  ];
};
