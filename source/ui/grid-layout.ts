/** The grid's columns, in the order in which they stand. */
export const columnOrder = [
  'state',
  'address',
  'nickname',
  'name',
  'unit',
  'container',
  'version',
  'links',
  'ipam',
  'share',
  'drift',
  'look',
] as const;

export type ColumnId = (typeof columnOrder)[number];

/** What goes first when the terminal is too narrow; state, address and links stay. */
export const dropOrder: readonly ColumnId[] = [
  'name',
  'container',
  'version',
  'unit',
  'nickname',
  'drift',
  'share',
  'look',
  'ipam',
];

/** Below this many columns one peer takes two lines. */
export const twoLinesBelow = 60;

export type Column = { readonly id: ColumnId; readonly width: number };

/** How wide the longest value is, where that depends on the peers. */
export type Content = {
  readonly address: number;
  readonly nickname: number;
  readonly name: number;
  readonly links: number;
  readonly drift: number;
};

/** Columns of the cursor sign before each row. */
export const markWidth = 2;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** The least and the most that each column can use. */
function sizes(content: Content): Readonly<Record<ColumnId, readonly [number, number]>> {
  return {
    state: [10, 10],
    address: [clamp(content.address, 7, 15), clamp(content.address, 7, 40)],
    nickname: [clamp(content.nickname, 4, 8), clamp(content.nickname, 4, 24)],
    name: [clamp(content.name, 4, 17), clamp(content.name, 4, 24)],
    unit: [8, 8],
    container: [9, 11],
    version: [7, 9],
    links: [clamp(content.links, 5, 9), clamp(content.links, 5, 9)],
    ipam: [11, 11],
    share: [5, 17],
    drift: [8, clamp(content.drift, 8, 24)],
    look: [8, 8],
  };
}

/** Which column takes room that is left, and in which order. */
const growOrder: readonly ColumnId[] = ['address', 'nickname', 'drift', 'share', 'container', 'version', 'name'];

/** The columns that fit and their widths; what is too narrow loses whole columns, in `dropOrder`. */
export function gridColumns(columns: number, content: Content): { readonly gap: number; readonly columns: readonly Column[] } {
  const size = sizes(content);
  const gap = columns >= 100 ? 2 : 1;
  const kept = new Set<ColumnId>(columnOrder);
  const used = (): number => {
    let sum = markWidth + gap * (kept.size - 1);
    for (const id of kept) sum += size[id][0];
    return sum;
  };
  for (const id of dropOrder) {
    if (used() <= columns) break;
    kept.delete(id);
  }
  let left = Math.max(0, columns - used());
  const grown = new Map<ColumnId, number>();
  for (const id of growOrder) {
    if (!kept.has(id)) continue;
    const more = Math.min(left, size[id][1] - size[id][0]);
    grown.set(id, more);
    left -= more;
  }
  return {
    gap,
    columns: columnOrder
      .filter((id) => kept.has(id))
      .map((id) => ({ id, width: size[id][0] + (grown.get(id) ?? 0) })),
  };
}

/** How many lines each part of the grid gets; their sum is `height` unless that is too small for anything. */
export type Heights = {
  readonly header: number;
  readonly titles: number;
  /** Lines for peers, a multiple of the lines of one. */
  readonly body: number;
  readonly rule: number;
  readonly findings: number;
  readonly filler: number;
  readonly events: number;
  readonly footer: number;
};

/**
 * Shares out the lines. Peers come first, but findings keep a third (two lines at least) while there are any; the
 * events line, the rule, the titles and the footer go, in this order, when only a few lines are there.
 */
export function gridHeights(space: {
  readonly height: number;
  readonly header: number;
  readonly titles: number;
  readonly peers: number;
  readonly linesEach: number;
  readonly findings: number;
}): Heights {
  const header = Math.min(space.header, Math.max(0, space.height - space.linesEach));
  let left = space.height - header - space.linesEach;
  const one = (wanted: number): number => {
    const given = Math.min(wanted, Math.max(0, left));
    left -= given;
    return given;
  };
  const footer = one(1);
  const titles = one(space.titles);
  const rule = one(1);
  const events = one(1);
  const room = Math.max(0, space.height - header - footer - titles - rule - events);
  const floor = Math.min(space.findings, Math.max(2, Math.floor(room / 3)), Math.max(0, room - space.linesEach));
  const wanted = space.peers * space.linesEach;
  const most = Math.min(wanted, room - floor);
  const body = Math.max(0, most - (most % space.linesEach));
  const findings = Math.min(space.findings, room - body);
  return { header, titles, body, rule, findings, filler: Math.max(0, room - body - findings), events, footer };
}
