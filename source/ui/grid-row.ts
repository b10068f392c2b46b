import type { PeerView } from '../cluster/cluster-view.ts';
import { fit as shorten, width } from '../text/width.ts';
import { bar } from './glyphs.ts';
import { type Column, type ColumnId, type Content, markWidth } from './grid-layout.ts';
import type { Tone } from './palette.ts';
import { cell, type Line, type Span, span } from './spans.ts';
import {
  age,
  ago,
  inTime,
  ipamTone,
  ipamWord,
  lateAfter,
  peerGlyph,
  peerTone,
  peerWord,
  percent,
} from './words.ts';

type Value = { readonly text: string; readonly tone: Tone; readonly align?: 'right' };

/** What all rows share: the columns, the gap between them, and the moment. */
export type RowFrame = {
  readonly columns: readonly Column[];
  readonly gap: number;
  /** Of the whole line. */
  readonly width: number;
  readonly now: number;
  readonly interval: number;
};

const columnTitle: Readonly<Record<ColumnId, string>> = {
  state: '  state',
  address: 'address',
  nickname: 'nick',
  name: 'peer name',
  unit: 'unit',
  container: 'container',
  version: 'version',
  links: 'links',
  ipam: 'IPAM',
  share: 'share',
  drift: 'drift',
  look: 'looked',
};

/** What the widest values need, over all peers, so that columns don't jump while scrolling. */
export function gridContent(peers: readonly PeerView[]): Content {
  const widest = (of: (peer: PeerView) => string): number =>
    peers.reduce((most, peer) => Math.max(most, width(of(peer))), 0);
  return {
    address: widest((peer) => peer.id),
    nickname: widest((peer) => peer.nickname ?? ''),
    name: widest((peer) => peer.name ?? ''),
    links: widest((peer) => linksText(peer)),
    drift: widest((peer) => driftValue(peer, Number.POSITIVE_INFINITY).text),
  };
}

const linksText = (peer: PeerView): string => `${peer.links.established}/${peer.links.expected}`;

const unknown: Value = { text: '?', tone: 'plain' };
const noShell: Value = { text: 'no shell', tone: 'info' };

/** The host's facts, or why there are none: `no shell` where the account can't run commands. */
function hostFact(
  peer: PeerView,
  read: (facts: NonNullable<PeerView['watch']['lastFacts']>['facts']) => Value | null,
): Value {
  const { facts, lastFacts } = peer.watch;
  if (facts?.kind === 'none' && facts.why.kind === 'no-shell') return noShell;
  if (lastFacts === null) return unknown;
  return read(lastFacts.facts) ?? unknown;
}

function unitValue(peer: PeerView): Value {
  return hostFact(peer, ({ unit }) => {
    if (!unit.known) return null;
    if (unit.value.load === 'not-found') return { text: 'no unit', tone: 'warn' };
    const { active } = unit.value;
    return { text: active, tone: active === 'active' ? 'plain' : active === 'failed' ? 'bad' : 'warn' };
  });
}

function containerValue(peer: PeerView): Value {
  return hostFact(peer, ({ container }) => {
    if (!container.known) return null;
    const { status, exitCode } = container.value;
    const code = exitCode !== null && status === 'exited' ? ` ${exitCode}` : '';
    return { text: status + code, tone: status === 'running' ? 'plain' : 'bad' };
  });
}

function linksValue(peer: PeerView): Value {
  const { established, expected } = peer.links;
  const tone = established >= expected ? 'plain' : established === 0 ? 'bad' : 'warn';
  return { text: linksText(peer), tone, align: 'right' };
}

function shareValue(peer: PeerView, columns: number): Value {
  const { share } = peer.ipam;
  // Without a ring nobody owns anything: that is known.
  const ringless = ['idle', 'priming', 'awaiting-consensus'].includes(peer.ipam.phase);
  if (share === null) return { text: ringless ? '–' : '?', tone: 'plain', align: 'right' };
  const figure = `${percent(share).padStart(4)}${peer.ipam.nameShared ? '?' : ''}`;
  const room = columns - figure.length - 1;
  return room < 4
    ? { text: figure, tone: 'plain', align: 'right' }
    : { text: `${bar(share, Math.min(room, 12))} ${figure}`, tone: 'plain' };
}

/** All kinds if they fit, else the first and how many more; an empty cell only where the host could be read. */
function driftValue(peer: PeerView, columns: number): Value {
  if (peer.drift.length === 0) return hostFact(peer, () => ({ text: '', tone: 'plain' }));
  const all = peer.drift.join(',');
  if (width(all) <= columns) return { text: all, tone: 'warn' };
  const more = ` +${peer.drift.length - 1}`;
  const first = shorten(peer.drift[0] ?? '', columns - (peer.drift.length > 1 ? more.length : 0));
  return { text: peer.drift.length > 1 ? first + more : first, tone: 'warn' };
}

/** The age of the newest look; late ones and looks that take too long stand out in words too. */
function lookValue(peer: PeerView, now: number, interval: number): Value {
  const { look, lookingSince } = peer.watch;
  if (lookingSince !== null && now - lookingSince > interval) {
    return { text: `wait ${age(now - lookingSince)}`, tone: 'warn' };
  }
  if (look === null) return { text: 'looking', tone: 'info' };
  const old = now - look.at;
  return old > lateAfter(interval)
    ? { text: `late ${age(old)}`, tone: 'bad' }
    : { text: inTime(interval), tone: 'plain' };
}

function value(peer: PeerView, column: Column, frame: RowFrame): Value {
  switch (column.id) {
    case 'state':
      return { text: `${peerGlyph(peer)} ${peerWord(peer)}`, tone: peerTone(peer) };
    case 'address':
      return { text: peer.id, tone: 'plain' };
    case 'nickname':
      return { text: peer.nickname ?? '–', tone: 'plain' };
    case 'name':
      return { text: peer.name ?? '–', tone: 'plain' };
    case 'unit':
      return unitValue(peer);
    case 'container':
      return containerValue(peer);
    case 'version':
      return { text: peer.version ?? '?', tone: peer.drift.includes('version') ? 'warn' : 'plain' };
    case 'links':
      return linksValue(peer);
    case 'ipam':
      return { text: ipamWord(peer.ipam), tone: ipamTone(peer.ipam) };
    case 'share':
      return shareValue(peer, column.width);
    case 'drift':
      return driftValue(peer, column.width);
    case 'look':
      return lookValue(peer, frame.now, frame.interval);
  }
}

/** Why there is nothing to show in the cells that need an answer; null where there is an answer. */
export function silence(peer: PeerView, now: number): Value | null {
  const { look, lastReport, lookingSince } = peer.watch;
  const last = lastReport === null ? 'no report yet' : `last report ${ago(now - lastReport.at)}`;
  if (look === null) {
    return {
      text:
        lookingSince === null
          ? 'not looked at yet'
          : now - lookingSince < 1000
            ? 'waiting for the first answer'
            : `waiting for the first answer, ${age(now - lookingSince)}`,
      tone: 'info',
    };
  }
  if (look.kind === 'silent' && peer.state === 'silent') {
    return { text: `${look.why.kind} · ${last} · ${look.why.text}`, tone: 'bad' };
  }
  if (look.kind === 'garbled') return { text: `not understood · ${last} · ${look.why}`, tone: 'bad' };
  return null;
}

const padded = (content: Value, columns: number): Span =>
  span(cell(content.text, columns, content.align), content.tone);

/** Cells that stay meaningful while a peer is silent: who it is, and how long ago we asked. */
const identity: readonly ColumnId[] = ['state', 'address', 'nickname', 'name'];

/** One peer as one line of exactly the columns' width (the last one may be shorter). */
export function gridRow(peer: PeerView, frame: RowFrame): Line {
  const quiet = silence(peer, frame.now);
  const shown = quiet === null ? frame.columns : frame.columns.filter(({ id }) => identity.includes(id));
  const gap = ' '.repeat(frame.gap);
  const parts: Span[] = [span(' '.repeat(markWidth))];
  let used = markWidth;
  for (const [index, column] of shown.entries()) {
    if (index > 0) parts.push(span(gap));
    parts.push(padded(value(peer, column, frame), column.width));
    used += column.width + (index > 0 ? frame.gap : 0);
  }
  if (quiet === null) return parts;
  const look = lookValue(peer, frame.now, frame.interval);
  const tail = frame.columns.find(({ id }) => id === 'look');
  const room = frame.width - used - frame.gap - (tail === undefined ? 0 : tail.width + frame.gap);
  parts.push(span(gap), span(cell(quiet.text, Math.max(0, room)), quiet.tone));
  if (tail !== undefined) parts.push(span(gap), padded(look, tail.width));
  return parts;
}

/** The column titles over the rows. */
export function titleRow(columns: readonly Column[], gap: number): Line {
  const titles = columns.map(({ id, width: columnWidth }) =>
    cell(columnTitle[id], columnWidth, id === 'links' ? 'right' : 'left'),
  );
  return [span(' '.repeat(markWidth) + titles.join(' '.repeat(gap)).trimEnd(), 'title')];
}

/** Below this many columns the state's word stands in the second of the two lines, so that the address fits. */
const wordsBelow = 36;

/** One peer as two lines, for narrow terminals. */
export function gridRowTwoLines(
  peer: PeerView,
  frame: Omit<RowFrame, 'columns' | 'gap'>,
): readonly [Line, Line] {
  const inner = frame.width - markWidth;
  const tight = frame.width < wordsBelow;
  const word = peerWord(peer);
  const tone = peerTone(peer);
  const state: Span = span(tight ? peerGlyph(peer) : cell(`${peerGlyph(peer)} ${word}`, 10), tone);
  const look = lookValue(peer, frame.now, frame.interval);
  const who = peer.nickname === null ? peer.id : `${peer.id} ${peer.nickname}`;
  const room = inner - width(state.text) - 2 - width(look.text);
  const first: Line = [
    span('  '),
    state,
    span(` ${cell(who, Math.max(1, room))} `),
    span(look.text, look.tone),
  ];
  const quiet = silence(peer, frame.now);
  const indent = span(tight ? `    ${word} ` : '    ', tone);
  if (quiet !== null)
    return [
      first,
      [indent, span(shorten(quiet.text, Math.max(1, frame.width - width(indent.text))), quiet.tone)],
    ];
  const links = linksValue(peer);
  const drift = driftValue(peer, Number.POSITIVE_INFINITY);
  const facts: Line = [
    span('links '),
    span(links.text, links.tone),
    span('  IPAM '),
    span(ipamWord(peer.ipam), ipamTone(peer.ipam)),
    span(peer.ipam.share === null ? '' : `  ${percent(peer.ipam.share)}`),
    span(drift.text === '' ? '' : `  drift ${drift.text}`, drift.tone),
  ];
  return [first, [indent, ...facts]];
}
