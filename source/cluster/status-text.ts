import { fit as cut, width } from '../text/width.ts';
import type { ClusterView, IpamConsensus, MeshMajority, PeerView } from './cluster-view.ts';
import { mendCommand } from './findings/mending.ts';
import { lasting } from './findings/way-in.ts';
import type { Finding } from './findings.ts';
import { factsWord, isBeingMade, nothingInstalled, wordFor } from './peer-state.ts';
import { divergence } from './quorum.ts';
import type { Millis } from './trouble.ts';

const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)));

const seconds = (ms: Millis): string =>
  ms < 100_000 ? `${(ms / 1000).toFixed(1)}s` : `${Math.round(ms / 60_000)}m`;

/** IPAM consensus in a few words. */
const consensusWords = (ipam: IpamConsensus, diverge: ReturnType<typeof divergence>): string => {
  switch (ipam.phase) {
    case 'ready':
      if (diverge === null) return 'ready';
      return diverge === 'certain' ? 'ready, but the rings diverge' : 'ready, but the rings may diverge';
    case 'awaiting-consensus':
      return `waiting, ${ipam.known ?? '?'} of ${ipam.quorum ?? '?'} known`;
    case 'split':
      return 'split: more than one ring';
    default:
      return ipam.phase;
  }
};

/** The mesh in a few words. `made` false: the cluster is only being made, so a majority that is missing was not lost. */
export const meshWords = (mesh: MeshMajority, made = true): string => {
  const parts = mesh.cliques.length > 1 ? `, ${mesh.cliques.length} parts` : '';
  if (mesh.standing === 'unknown')
    return `unknown (${mesh.answering} of ${mesh.configured} answer, ${mesh.connected} connected${parts})`;
  const lost = mesh.standing === 'lost' ? (made ? ' LOST' : ' not yet') : '';
  return `${mesh.connected}/${mesh.configured} connected, majority ${mesh.majority}${lost}${parts}`;
};

/** What stands where nothing is known of a host, and why. */
const unread = (peer: PeerView): string => (factsWord(peer.watch) === 'no-shell' ? 'no shell' : '?');

const shareWord = ({ ipam }: PeerView): string => {
  // No ring, and that is known: nobody owns anything yet.
  if (ipam.share === null) return ipam.phase === 'unknown' || ipam.phase === 'ready' ? '?' : '-';
  return `${(ipam.share * 100).toFixed(1)}%${ipam.nameShared ? ' name shared' : ''}`;
};

const NICKNAME = 24;

/** How much of a trouble has to stand in a finding for it to be said there. */
const QUOTED = 120;

const columns: readonly { readonly title: string; readonly of: (peer: PeerView, now: Millis) => string }[] = [
  { title: 'PEER', of: (peer) => peer.id },
  { title: 'NICKNAME', of: (peer) => (peer.nickname === null ? '-' : cut(peer.nickname, NICKNAME)) },
  { title: 'STATE', of: wordFor },
  { title: 'LINKS', of: ({ links }) => `${links.established}/${links.expected}` },
  {
    title: 'IPAM',
    of: ({ ipam }) =>
      `${ipam.phase === 'awaiting-consensus' ? `waiting ${ipam.known}/${ipam.quorum}` : ipam.phase}${ipam.ring === undefined ? '' : `, ring ${ipam.ring}`}`,
  },
  { title: 'SHARE', of: shareWord },
  {
    title: 'UNIT',
    of: (peer) => {
      const unit = peer.watch.lastFacts?.facts.unit;
      if (!unit?.known) return unread(peer);
      return unit.value.load === 'not-found' ? 'no unit' : `${unit.value.active} ${unit.value.enabled}`;
    },
  },
  { title: 'VERSION', of: (peer) => peer.version ?? '-' },
  { title: 'DRIFT', of: (peer) => peer.drift.join(',') || (peer.watch.lastFacts ? '-' : unread(peer)) },
  {
    title: 'SEEN',
    of: ({ watch }, now) => (watch.look === null ? 'never' : seconds(Math.max(0, now - watch.look.at))),
  },
];

/** Whether a text has these words, not within longer ones: `h1` is not in `h12`, nor 10.0.0.1 in 10.0.0.11. */
const names = (text: string, words: string): boolean =>
  text.split(words).some((before, index, parts) => {
    const after = parts[index + 1];
    return (
      after !== undefined &&
      !/[\p{L}\p{N}.:_-]$/u.test(before) &&
      !/^(?:[\p{L}\p{N}_-]|[.:][\p{L}\p{N}])/u.test(after)
    );
  });

const findingLines = (finding: Finding, peers: readonly PeerView[]): string[] => {
  const unnamed = finding.peers.filter((id) => {
    const nickname = peers.find((peer) => peer.id === id)?.nickname;
    return !names(finding.title, id) && !(nickname && names(finding.title, nickname));
  });
  return [
    `${finding.severity.toUpperCase()} ${finding.id}: ${finding.title}${unnamed.length > 0 ? ` [${cut(unnamed.join(' '), 200)}]` : ''}`,
    `  because: ${finding.because}`,
    `  remedy: ${finding.remedy}`,
    ...(finding.mend ? [`  mend: ${mendCommand(finding.mend)}`] : []),
  ];
};

/** The cluster as plain lines for a pipe, a log or a ticket: no escapes, one peer a line. */
export const statusLines = (view: ClusterView, now: Millis): string[] => {
  const table = [
    columns.map((column) => column.title),
    ...view.peers.map((peer) => columns.map((column) => column.of(peer, now))),
  ];
  const widths = columns.map((_, index) => Math.max(...table.map((row) => width(row[index] ?? ''))));
  const troubles = view.peers.flatMap(({ id, watch: { look } }) => {
    const why = look?.kind === 'silent' ? look.why.text : look?.kind === 'garbled' ? look.why : null;
    // A finding that quotes it says it already; a quotation is cut, so its start decides.
    const start = why === null ? '' : lasting(why).slice(0, QUOTED);
    if (
      why === null ||
      view.findings.some(({ because, peers }) => peers.includes(id) && because.includes(start))
    )
      return [];
    return [look?.kind === 'garbled' ? `${id}: its answer could not be read: ${why}` : `${id}: ${why}`];
  });
  return [
    `cluster ${view.cluster}: IPAM ${consensusWords(view.quorum.ipam, divergence(view))}; mesh ${nothingInstalled(view.peers) ? 'none, no weave on any host' : meshWords(view.quorum.mesh, !isBeingMade(view))}`,
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
    ...(view.findings.length > 0
      ? ['', ...view.findings.flatMap((finding) => findingLines(finding, view.peers))]
      : []),
  ];
};
