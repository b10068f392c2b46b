import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Content,
  columnOrder,
  dropOrder,
  gridColumns,
  gridHeights,
  markWidth,
} from '../../source/ui/grid-layout.ts';

const content: Content = { address: 11, nickname: 3, name: 17, links: 3, drift: 0 };

/** The columns as a drawing: each column's first letter over its width. */
const drawing = (columns: number, of: Content = content): string => {
  const laid = gridColumns(columns, of);
  return laid.columns
    .map(({ id, width }) => id.slice(0, width).padEnd(width, '.'))
    .join(' '.repeat(laid.gap));
};

describe('columns', () => {
  it.each([
    [60, 'state..... address.... nick links ipam..... drift look....'],
    [80, 'state..... address.... nick unit.... links ipam..... share..... drift look....'],
    [
      140,
      'state.....  address....  nick  name.............  unit....  container.  version..  links  ipam.....  share............  drift  look....',
    ],
  ])('at %i', (columns, expected) => {
    expect(drawing(columns)).toBe(expected);
  });

  it('drop in the stated order, and state, address and links stay', () => {
    let before: number = columnOrder.length;
    const gone: string[] = [];
    for (let columns = 160; columns >= 10; columns--) {
      const kept = gridColumns(columns, content).columns.map(({ id }) => id);
      expect(kept.length).toBeLessThanOrEqual(before + 1);
      before = kept.length;
      for (const id of dropOrder) if (!kept.includes(id) && !gone.includes(id)) gone.push(id);
    }
    expect(gone).toEqual(dropOrder);
    expect(gridColumns(10, content).columns.map(({ id }) => id)).toEqual(['state', 'address', 'links']);
  });

  it('are never wider than the terminal from 60 columns on, and all fit at 140', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 300 }),
        fc.record({
          address: fc.nat(60),
          nickname: fc.nat(300),
          name: fc.nat(40),
          links: fc.nat(9),
          drift: fc.nat(60),
        }),
        (columns, of) => {
          const laid = gridColumns(columns, of);
          const used = laid.columns.reduce(
            (sum, { width }) => sum + width,
            markWidth + laid.gap * (laid.columns.length - 1),
          );
          expect(used).toBeLessThanOrEqual(columns);
          if (columns >= 150) expect(laid.columns).toHaveLength(columnOrder.length);
        },
      ),
    );
  });
});

describe('heights', () => {
  it.each([
    [
      'five peers, no findings, 80x24',
      { height: 23, header: 1, titles: 1, peers: 5, linesEach: 1, findings: 0 },
      [1, 1, 5, 1, 0, 13, 1, 1],
    ],
    [
      'five peers, many findings',
      { height: 23, header: 1, titles: 1, peers: 5, linesEach: 1, findings: 40 },
      [1, 1, 5, 1, 13, 0, 1, 1],
    ],
    [
      'a hundred peers, no findings',
      { height: 23, header: 2, titles: 1, peers: 100, linesEach: 1, findings: 0 },
      [2, 1, 17, 1, 0, 0, 1, 1],
    ],
    [
      'a hundred peers, findings keep a third',
      { height: 23, header: 2, titles: 1, peers: 100, linesEach: 1, findings: 9 },
      [2, 1, 12, 1, 5, 0, 1, 1],
    ],
    [
      'two lines each, 40x15',
      { height: 14, header: 3, titles: 0, peers: 5, linesEach: 2, findings: 9 },
      [3, 0, 6, 1, 2, 0, 1, 1],
    ],
    [
      'almost no room',
      { height: 3, header: 1, titles: 1, peers: 5, linesEach: 1, findings: 9 },
      [1, 0, 1, 0, 0, 0, 0, 1],
    ],
    [
      'one line',
      { height: 1, header: 1, titles: 1, peers: 5, linesEach: 1, findings: 9 },
      [0, 0, 1, 0, 0, 0, 0, 0],
    ],
  ])('%s', (_name, space, expected) => {
    const { header, titles, body, rule, findings, filler, events, footer } = gridHeights(space);
    expect([header, titles, body, rule, findings, filler, events, footer]).toEqual(expected);
  });

  it('add up to the height, and there is always a peer', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({ min: 2, max: 80 }),
          header: fc.integer({ min: 1, max: 4 }),
          titles: fc.nat(1),
          peers: fc.integer({ min: 1, max: 500 }),
          linesEach: fc.integer({ min: 1, max: 2 }),
          findings: fc.nat(60),
        }),
        (space) => {
          const heights = gridHeights(space);
          expect(Object.values(heights).reduce((sum, lines) => sum + lines, 0)).toBe(space.height);
          expect(heights.body).toBeGreaterThanOrEqual(space.linesEach);
          expect(heights.body % space.linesEach).toBe(0);
        },
      ),
    );
  });
});
