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
  'share',
  'drift',
  'nickname',
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

/** The least that each column can do with. */
function least(content: Content): Readonly<Record<ColumnId, number>> {
  return {
    state: 10,
    address: clamp(content.address, 7, 15),
    nickname: clamp(content.nickname, 4, 8),
    name: clamp(content.name, 9, 17),
    unit: 8,
    container: 10,
    version: 7,
    links: clamp(content.links, 5, 9),
    ipam: 9,
    share: 5,
    drift: clamp(content.drift, 5, 8),
    look: 8,
  };
}

/** Who takes room that is left, how much at least to be of use, and up to which width; in this order. */
function growth(content: Content): readonly (readonly [ColumnId, number, number])[] {
  const all = (width: number, most: number): readonly [number, number] => [
    Math.min(width, most),
    Math.min(width, most),
  ];
  return [
    ['address', 0, clamp(content.address, 7, 40)],
    ['nickname', 0, clamp(content.nickname, 4, 24)],
    ['share', 9, 13],
    ['drift', ...all(content.drift, 30)],
    ['name', 0, clamp(content.name, 9, 24)],
    ['version', 0, 9],
    ['share', 9, 17],
  ];
}

/** The columns that fit and their widths; what is too narrow loses whole columns, in `dropOrder`. */
export function gridColumns(
  columns: number,
  content: Content,
): { readonly gap: number; readonly columns: readonly Column[] } {
  const widths = new Map<ColumnId, number>(Object.entries(least(content)) as [ColumnId, number][]);
  const gap = columns >= 100 ? 2 : 1;
  const used = (): number =>
    [...widths.values()].reduce((sum, each) => sum + each, markWidth + gap * (widths.size - 1));
  for (const id of dropOrder) {
    if (used() <= columns) break;
    widths.delete(id);
  }
  for (const [id, useful, most] of growth(content)) {
    const now = widths.get(id);
    if (now === undefined) continue;
    const grown = Math.min(most, now + Math.max(0, columns - used()));
    if (grown > now && grown >= useful) widths.set(id, grown);
  }
  return {
    gap,
    columns: columnOrder.flatMap((id) => {
      const width = widths.get(id);
      return width === undefined ? [] : [{ id, width }];
    }),
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
 * Shares out the lines. Peers come first, but findings keep a third (two lines at least, half at most) while there are any; the
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
  const floor = Math.min(
    space.findings,
    Math.max(2, Math.floor(room / 3)),
    // Where there is little room, half of it is the peers'.
    Math.max(0, room - Math.max(space.linesEach, Math.ceil(room / 2))),
  );
  const wanted = space.peers * space.linesEach;
  const most = Math.min(wanted, room - floor);
  const body = Math.max(0, most - (most % space.linesEach));
  const findings = Math.min(space.findings, room - body);
  return {
    header,
    titles,
    body,
    rule,
    findings,
    filler: Math.max(0, room - body - findings),
    events,
    footer,
  };
}
