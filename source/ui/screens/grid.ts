import type { PeerView } from '../../cluster/cluster-view.ts';
import { copied, type Drawing, type Scene } from '../drawing.ts';
import { gridColumns, gridHeights, twoLinesBelow } from '../grid-layout.ts';
import { gridContent, gridRow, gridRowTwoLines, titleRow } from '../grid-row.ts';
import { footer, header, rule } from '../header.ts';
import { cursorIndex, type UiState, windowTop } from '../screens.ts';
import { blank, cutLine, type Line, line, selected, span } from '../spans.ts';
import { peerWord } from '../words.ts';
import { newestEvent } from './events.ts';
import { findingsLabel, findingsUnderGrid, findingsWanted, stillLooking } from './findings.ts';
import { offScreen } from './page.ts';

/** Whether every word of the filter is somewhere in what the row says of the peer. */
export function matches(peer: PeerView, filter: string): boolean {
  const trouble = peer.watch.look?.kind === 'silent' ? peer.watch.look.why.kind : '';
  const text = [
    peer.id,
    peer.nickname,
    peer.name,
    peerWord(peer),
    peer.ipam.phase,
    peer.version,
    trouble,
    ...peer.drift,
  ]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(' ')
    .every((word) => text.includes(word));
}

/** Rows of all peers that are shown; only those in the window are built. */
function rows(
  scene: Scene,
  peers: readonly PeerView[],
): { readonly titles: Line | null; readonly row: (peer: PeerView) => readonly Line[] } {
  const { now, inventory, view } = scene.model;
  const frame = { width: scene.columns, now, interval: inventory.interval };
  if (scene.columns < twoLinesBelow) return { titles: null, row: (peer) => gridRowTwoLines(peer, frame) };
  const { columns, gap } = gridColumns(
    scene.columns,
    gridContent(view.peers.length > 0 ? view.peers : peers),
  );
  return { titles: titleRow(columns, gap), row: (peer) => [gridRow(peer, { ...frame, columns, gap })] };
}

/** The row under the cursor: an inverse bar, and a sign for those who can't see that. */
function underCursor(lines: readonly Line[], columns: number): readonly Line[] {
  return lines.map((parts, index) =>
    selected(index === 0 ? [span('▸ '), ...withoutMark(parts)] : parts, columns),
  );
}

/** The first two columns are the cursor sign's. */
const withoutMark = (parts: Line): Line => parts.slice(1);

function noRows(state: UiState): Line {
  return line(
    state.filter === ''
      ? '  no peers are configured'
      : `  no peer matches “${state.filter}”; Esc drops the filter`,
  );
}

/** The home screen: a line a peer, what is wrong under them, the newest event, the keys. */
export function gridScreen(scene: Scene, state: UiState): Drawing {
  const { model, columns, height } = scene;
  const typing = state.at.screen === 'filter';
  const peers =
    state.filter === '' ? model.view.peers : model.view.peers.filter((peer) => matches(peer, state.filter));
  const { titles, row } = rows(scene, peers);
  const linesEach = titles === null ? 2 : 1;
  const top = header(scene);
  const heights = gridHeights({
    height,
    header: top.length,
    titles: titles === null ? 0 : 1,
    peers: Math.max(1, peers.length),
    linesEach,
    findings: findingsWanted(scene),
  });
  const page = Math.max(1, Math.floor(heights.body / linesEach));
  const cursor = cursorIndex(
    state,
    peers.map(({ id }) => id),
  );
  const first = windowTop(state.top, cursor, page, peers.length);
  const shown = peers.slice(first, first + page);
  const body = shown.flatMap((peer, index) =>
    first + index === cursor
      ? underCursor(row(peer), columns)
      : row(peer).map((parts) => cutLine(parts, columns)),
  );
  const filtered =
    state.filter === '' ? '' : `${peers.length} of ${model.view.peers.length} match “${state.filter}”`;
  const beyond = offScreen(first, peers.length - first - shown.length, 'peer');
  const lines: readonly Line[] = [
    ...top.slice(0, heights.header),
    ...(titles === null ? [] : [titles].slice(0, heights.titles)),
    ...(body.length === 0 ? [noRows(state)] : body),
    ...[
      rule(
        findingsLabel(model.view.findings, stillLooking(scene)),
        [filtered, beyond].filter((part) => part !== '').join('  '),
        columns,
      ),
    ].slice(0, heights.rule),
    ...findingsUnderGrid(scene, heights.findings),
  ];
  const bottom = [
    ...[newestEvent(scene)].slice(0, heights.events),
    ...[typing ? filterLine(state) : footer(scene, 'grid', state.filter === '' ? 'Esc' : '')].slice(
      0,
      heights.footer,
    ),
  ];
  const filler = Array.from({ length: Math.max(0, height - lines.length - bottom.length) }, () => blank);
  const at = peers[cursor];
  return {
    lines: [...lines, ...filler, ...bottom]
      .slice(0, Math.max(1, height))
      .map((parts) => cutLine(parts, columns)),
    page,
    maxScroll: 0,
    maxLeft: 0,
    ids: peers.map(({ id }) => id),
    subject: at === undefined ? null : { name: `the row of ${at.id}`, text: copied(row(at)).trimStart() },
  };
}

const filterLine = (state: UiState): Line => [
  span(' / ', 'strong'),
  span(state.filter),
  span(' ', 'selected'),
  span('  Enter', 'strong'),
  span(' keep  '),
  span('Esc', 'strong'),
  span(' undo'),
];
