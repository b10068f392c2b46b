import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Reach,
  reduce,
  type Screen,
  start,
  theEnd,
  type UiEvent,
  type UiState,
  windowTop,
} from '../../source/ui/screens.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const reach: Reach = { ids, page: 3, maxScroll: 10, maxLeft: 4 };
const played = (state: UiState, ...events: readonly UiEvent[]): UiState =>
  events.reduce((each, event) => reduce(each, event, reach), state);
const on = (at: Screen): UiState => ({ ...start, at, back: [{ screen: 'grid' }] });

describe('the cursor', () => {
  it.each<[string, readonly UiEvent[], string, number]>([
    ['down', [{ kind: 'move', by: 1 }], 'b', 0],
    ['not above the first', [{ kind: 'move', by: -1 }], 'a', 0],
    ['down past the window', Array.from({ length: 4 }, () => ({ kind: 'move', by: 1 }) as const), 'e', 2],
    ['to the last', [{ kind: 'edge', to: 'last' }], 'g', 4],
    ['a page down', [{ kind: 'page', by: 1 }], 'c', 0],
    [
      'to the last and a page up',
      [
        { kind: 'edge', to: 'last' },
        { kind: 'page', by: -1 },
      ],
      'e',
      4,
    ],
    [
      'to the last and the first',
      [
        { kind: 'edge', to: 'last' },
        { kind: 'edge', to: 'first' },
      ],
      'a',
      0,
    ],
  ])('goes %s', (_name, events, cursor, top) => {
    expect(played(start, ...events)).toMatchObject({ cursor, top });
  });

  it('stays on its peer when rows change, and falls to the first when it is gone', () => {
    const state = { ...start, cursor: 'c' };
    expect(reduce(state, { kind: 'move', by: 1 }, { ...reach, ids: ['c', 'x', 'a'] }).cursor).toBe('x');
    expect(reduce(state, { kind: 'move', by: 1 }, { ...reach, ids: ['x', 'y'] }).cursor).toBe('y');
    expect(reduce(state, { kind: 'move', by: 1 }, { ...reach, ids: [] }).cursor).toBeNull();
  });

  it('is always in the window, which is never half empty', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(50),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 60 }),
        (top, seed, page, total) => {
          const cursor = seed % total;
          const first = windowTop(top, cursor, page, total);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(cursor).toBeGreaterThanOrEqual(first);
          expect(cursor).toBeLessThan(first + page);
          expect(first).toBeLessThanOrEqual(Math.max(0, total - page));
        },
      ),
    );
  });
});

describe('screens', () => {
  it('open the peer under the cursor and come back to it', () => {
    const opened = played(start, { kind: 'move', by: 1 }, { kind: 'open' });
    expect(opened.at).toEqual({ screen: 'peer', id: 'b', scroll: 0 });
    expect(played(opened, { kind: 'back' })).toMatchObject({ at: { screen: 'grid' }, cursor: 'b', back: [] });
  });

  it('open nothing where there is nothing', () => {
    expect(reduce(start, { kind: 'open' }, { ...reach, ids: [] })).toEqual(start);
  });

  it('go back the way they came', () => {
    const deep = played(start, { kind: 'open' }, { kind: 'go', to: 'matrix' }, { kind: 'go', to: 'help' });
    expect(played(deep, { kind: 'back' }).at.screen).toBe('matrix');
    expect(played(deep, { kind: 'back' }, { kind: 'back' }).at.screen).toBe('peer');
    expect(played(deep, { kind: 'back' }, { kind: 'back' }, { kind: 'back' }).at.screen).toBe('grid');
  });

  it('do not pile up when a key is held', () => {
    expect(played(start, { kind: 'go', to: 'matrix' }, { kind: 'go', to: 'matrix' }).back).toHaveLength(1);
  });

  it.each<[string, number, readonly UiEvent[], number]>([
    ['down', 0, [{ kind: 'move', by: 1 }], 1],
    ['not past the end', 9, [{ kind: 'page', by: 1 }], 10],
    ['from a place that is gone', 99, [{ kind: 'move', by: -1 }], 9],
    ['to the end', 0, [{ kind: 'edge', to: 'last' }], theEnd],
    [
      'to the end and one up',
      0,
      [
        { kind: 'edge', to: 'last' },
        { kind: 'move', by: -1 },
      ],
      9,
    ],
  ])('scroll %s', (_name, scroll, events, to) => {
    expect(played(on({ screen: 'help', scroll }), ...events).at).toEqual({ screen: 'help', scroll: to });
  });

  it('scroll the matrix sideways only', () => {
    expect(played(on({ screen: 'matrix', scroll: 0, left: 9 }), { kind: 'side', by: -1 }).at).toMatchObject({
      left: 3,
    });
    expect(played(on({ screen: 'help', scroll: 0 }), { kind: 'side', by: 1 }).at).toEqual({
      screen: 'help',
      scroll: 0,
    });
  });
});

describe('the filter', () => {
  it('is kept by Enter, undone by Esc, dropped by Esc on the grid', () => {
    const kept = played(start, { kind: 'filter' }, { kind: 'typed', text: 'h3' }, { kind: 'accept' });
    expect(kept).toMatchObject({ at: { screen: 'grid' }, filter: 'h3' });
    const undone = played(kept, { kind: 'filter' }, { kind: 'typed', text: 'zz' }, { kind: 'back' });
    expect(undone).toMatchObject({ at: { screen: 'grid' }, filter: 'h3' });
    expect(played(undone, { kind: 'back' }).filter).toBe('');
  });

  it('erases whole characters', () => {
    const typed = played(start, { kind: 'filter' }, { kind: 'typed', text: 'a👍' }, { kind: 'erase' });
    expect(typed.filter).toBe('a');
  });

  it('does not grow without end', () => {
    expect(played(start, { kind: 'filter' }, { kind: 'typed', text: 'x'.repeat(5000) }).filter).toHaveLength(
      80,
    );
  });
});

it('drops a notice with the next event', () => {
  const told = played(start, { kind: 'notice', text: 'copied' });
  expect(told.notice).toBe('copied');
  expect(played(told, { kind: 'move', by: 1 }).notice).toBeNull();
});
