import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorityOf } from '../../source/cluster/quorum.ts';
import type { Reading } from '../../source/cluster/reading.ts';
import { readTopology } from '../../source/cluster/topology.ts';

/** Readings drawn as rows: `x` for a peer that is seen, `.` for one that isn't, null for no report. */
function readings(...rows: (string | null)[]): (Reading | null)[] {
  return rows.map(
    (row, index) =>
      row && {
        words: [...row].map((mark, to) => (mark === 'x' && to !== index ? 'established' : 'none')),
        known: Uint8Array.from([...row].map((mark, to) => (mark === 'x' || to === index ? 1 : 0))),
        faults: [],
        strays: [],
        established: [...row].filter((mark, to) => mark === 'x' && to !== index).length,
        pending: [],
      },
  ) as (Reading | null)[];
}

const cliques = (rows: (string | null)[], stopped: readonly number[] = []) =>
  readTopology(
    readings(...rows),
    rows.map((_, index) => stopped.includes(index)),
  ).cliques;

describe('cliques', () => {
  it.each([
    ['all see all', ['xxx', 'xxx', 'xxx'], [[0, 1, 2]]],
    ['nobody sees anybody', ['x..', '.x.', '..x'], [[0], [1], [2]]],
    [
      'two halves',
      ['xx..', 'xx..', '..xx', '..xx'],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['largest first', ['x...', '.xxx', '.xxx', '.xxx'], [[1, 2, 3], [0]]],
    ['to be seen is not to see', ['xxx', 'xxx', '..x'], [[0, 1], [2]]],
    ['a silent one that all see', ['xxx', 'xxx', null], [[0, 1, 2]]],
    ['a silent one that most see', ['xxxx', 'xxxx', 'xxx.', null], [[0, 1, 2, 3]]],
    ['a silent one that few see', ['xxx.', 'xxx.', 'xxxx', null], [[0, 1, 2]]],
    ['a silent one that nobody sees', ['xx.', 'xx.', null], [[0, 1]]],
    [
      'silent ones on both sides',
      ['xx..', null, '..xx', null],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['nobody reports', [null, null], []],
  ] as const)('%s', (_, rows, expected) => {
    expect(cliques([...rows])).toEqual(expected);
  });

  it('a stopped peer is in none, though others have not noticed yet', () => {
    expect(cliques(['xxx', 'xxx', null], [2])).toEqual([[0, 1]]);
  });

  it('every peer that reports is in exactly one, and its members see each other', () => {
    const rows = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.array(
        fc.option(
          fc
            .array(fc.constantFrom('x', '.'), { minLength: count, maxLength: count })
            .map((row) => row.join('')),
          { freq: 4 },
        ),
        {
          minLength: count,
          maxLength: count,
        },
      ),
    );
    fc.assert(
      fc.property(rows, (given) => {
        const found = cliques(given);
        const members = found.flat();
        expect(new Set(members).size).toBe(members.length);
        for (const [index, row] of given.entries()) if (row) expect(members).toContain(index);
        for (const clique of found) {
          for (const from of clique) {
            for (const to of clique)
              if (from !== to && given[from] && given[to]) expect(given[from][to]).toBe('x');
          }
        }
        for (const [place, clique] of found.entries())
          expect(clique.length).toBeLessThanOrEqual(found[place - 1]?.length ?? clique.length);
      }),
    );
  });

  it('finds the parts of any clean cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 }), (sides) => {
        const rows = sides.map((side) => sides.map((other) => (other === side ? 'x' : '.')).join(''));
        const parts = [...new Set(sides)].map((side) =>
          sides.flatMap((other, index) => (other === side ? [index] : [])),
        );
        expect(new Set(cliques(rows).map(String))).toEqual(new Set(parts.map(String)));
      }),
    );
  });
});

it('counts the links of a silent peer by what others say', () => {
  const { established, seenBy, links } = readTopology(readings('xxx', 'xxx', null), [false, false, false]);
  expect(established).toEqual([2, 2, 2]);
  expect(seenBy).toEqual([[1], [0], [0, 1]]);
  expect(links[2]).toEqual(['unknown', 'unknown', 'unknown']);
});

it.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
  [6, 4],
  [7, 4],
  [100, 51],
])('the majority of %i is %i', (count, majority) => {
  expect(majorityOf(count)).toBe(majority);
});
