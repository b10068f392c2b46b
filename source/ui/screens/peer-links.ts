import type { LinkWord, PeerView } from '../../cluster/cluster-view.ts';
import { retryWords } from '../../cluster/connection-info.ts';
import type { Connection, PeerReport } from '../../cluster/peer-report.ts';
import type { Model } from '../../session/model.ts';
import { linkGlyph } from '../glyphs.ts';
import type { Tone } from '../palette.ts';
import { cell, type Line, line, span } from '../spans.ts';
import { callName } from '../words.ts';
import { wrap } from '../wrap.ts';
import { field } from './sections.ts';

export const linkTone: Readonly<Record<LinkWord, Tone>> = {
  established: 'good',
  pending: 'warn',
  connecting: 'info',
  retrying: 'warn',
  failed: 'bad',
  none: 'plain',
  unknown: 'info',
};

const faultWords: Readonly<Record<NonNullable<Connection['fault']>, string>> = {
  ourself: 'its own address, which is normal',
  refused: 'connection refused: weave is down there, or 6783/tcp is closed',
  timeout: 'timed out: host gone, or packets dropped',
  'no-route': 'no route to the host',
  reset: 'connection reset; a differing password can look like this',
  'seeded-apart': 'the two made their address spaces apart',
  'range-mismatch': 'the two have different IP ranges',
  'name-collision': 'the two have the same peer name',
  password: 'the passwords differ, or one has none',
  version: 'the versions can not talk to each other',
  clock: 'the clocks are too far apart',
  'no-forwarders': 'TCP works, UDP does not: look at the firewall',
  duplicate: 'a second connection to the same peer; fine for a moment',
  'ring-conflict': 'the two disagree about who owns a part of the address space',
  unresolvable: 'the name does not resolve there',
  other: 'see the text',
};

const wordOf = (state: Connection['state']): LinkWord => (state === 'waiting' ? 'connecting' : state);

/** One row of `weave status connections`: who, which way, how, and why not. The Info text is whole. */
function connectionLines(connection: Connection, columns: number): readonly Line[] {
  const normal = connection.fault === 'ourself';
  const word = wordOf(connection.state);
  const tone: Tone = normal ? 'plain' : linkTone[word];
  const who = connection.peer === null ? '' : ` ${connection.peer.nickname} (${connection.peer.name})`;
  const how = [
    connection.overlay,
    connection.encrypted ? 'encrypted' : null,
    connection.mtu === null ? null : `mtu ${connection.mtu}`,
  ].filter((part) => part !== null);
  const detail = [
    ...(connection.fault === null ? [] : [faultWords[connection.fault]]),
    ...(connection.retry === null ? [] : [retryWords(connection.retry)]),
  ].join('; ');
  const rest = Math.max(8, columns - 6);
  const described =
    connection.state !== 'established' && connection.info !== '' && !normal
      ? wrap(connection.info, rest)
      : [];
  return [
    [
      span(` ${normal ? '·' : linkGlyph[word]} ${cell(normal ? 'itself' : connection.state, 11)} `, tone),
      span(`${connection.outbound ? '→' : '←'} ${connection.address}${who}`),
      span(how.length === 0 ? '' : `  ${how.join(' ')}`),
    ],
    ...(detail === '' ? [] : wrap(detail, rest).map((part): Line => [span('      '), span(part, tone)])),
    ...described.map((part): Line => line(`      ${part}`)),
  ];
}

const stateRank = ['failed', 'retrying', 'pending', 'connecting', 'waiting', 'unknown', 'established'];

/** Connections, worst first. The order that weave sends is random at each call, so it is sorted by address too. */
export function connectionsOf(report: PeerReport, columns: number): readonly Line[] {
  const rank = (connection: Connection): number =>
    connection.fault === 'ourself' ? stateRank.length : stateRank.indexOf(connection.state);
  const sorted = [...report.connections].sort(
    (a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0),
  );
  return sorted.flatMap((connection) => connectionLines(connection, columns));
}

/** What the others' own reports say of their link to this peer, and whether they see it at all. */
export function saidByOthers(peer: PeerView, model: Model, columns: number): readonly Line[] {
  const { peers, links } = model.view;
  const index = peers.findIndex(({ id }) => id === peer.id);
  const groups = new Map<LinkWord, string[]>();
  for (const [other, each] of peers.entries()) {
    if (other === index) continue;
    const word = links[other]?.[index] ?? 'unknown';
    groups.set(word, [...(groups.get(word) ?? []), callName(model, each.id)]);
  }
  const order: readonly LinkWord[] = [
    'failed',
    'retrying',
    'pending',
    'connecting',
    'established',
    'none',
    'unknown',
  ];
  const said = order.flatMap((word) => {
    const names = groups.get(word);
    const label = word === 'unknown' ? 'no report' : word === 'none' ? 'no link' : word;
    return names === undefined ? [] : field(label, names.join(' '), columns, linkTone[word]);
  });
  const askers = peers.filter(({ id, watch }) => id !== peer.id && watch.look?.kind === 'report');
  const seers = askers.filter(({ id }) => peer.seenBy.includes(id));
  const blind = askers.filter(({ id }) => !peer.seenBy.includes(id));
  const names = (list: readonly PeerView[]): string => list.map(({ id }) => callName(model, id)).join(' ');
  return [
    ...said,
    ...field('in the mesh', `seen by ${seers.length} of ${askers.length} that answer`, columns),
    ...(blind.length === 0 ? [] : field('not seen by', names(blind), columns, 'warn')),
  ];
}
