import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { width } from '../../source/text/width.ts';
import {
  asciiFor,
  bar,
  driftGlyph,
  leaseGlyph,
  linkGlyph,
  stateGlyph,
  toAscii,
} from '../../source/ui/glyphs.ts';
import { badgeTone, palette } from '../../source/ui/palette.ts';
import { levelGlyph, phaseGlyph } from '../../source/ui/phase.ts';
import { barCells, stretches } from '../../source/ui/screens/space.ts';
import { cell, cutLine, lineWidth, painter, plainText, span } from '../../source/ui/spans.ts';
import {
  age,
  ago,
  inTime,
  ipamWord,
  lasting,
  peerGlyph,
  peerWord,
  percent,
  severityGlyph,
  timeOfDay,
} from '../../source/ui/words.ts';
import { hardWrap, wrap } from '../../source/ui/wrap.ts';
import { ringOf, sampleModel } from '../support/views.ts';

describe('words', () => {
  it.each([
    [-5, 'now'],
    [999, 'now'],
    [1000, '1s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_599_999, '59m'],
    [7_200_000, '2h'],
    [86_400_000 * 12, '12d'],
  ])('the age of %i ms is %s', (ms, text) => expect(age(ms)).toBe(text));

  it('is a sentence also where less than a second went by', () => {
    expect(`It waits for ${lasting(999)}.`).toBe('It waits for less than 1s.');
    expect(`It waits for ${lasting(61_000)}.`).toBe('It waits for 1m.');
    expect(`Heard ${ago(999)}, and ${ago(2000)}.`).toBe('Heard just now, and 2s ago.');
  });

  it.each([
    [0, '0%'],
    [0.0004, '<.1%'],
    [0.01, '1%'],
    [0.0125, '1.3%'],
    [0.2, '20%'],
    [0.9999, '99%'],
    [1, '100%'],
  ])('the share %d is %s', (share, text) => expect(percent(share)).toBe(text));

  it('keeps a share in four columns', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => percent(share).length <= 4));
  });

  it.each([
    ['awaiting-consensus', '2 of 3'],
    ['owners-unreachable', 'no owners'],
    ['waiting-for-space', 'no space'],
    ['ready', 'ready'],
  ] as const)('IPAM %s is %s, in nine columns', (phase, text) => {
    expect(ipamWord({ phase, quorum: 3, known: 2, owned: null, share: null })).toBe(text);
    expect(text.length).toBeLessThanOrEqual(9);
  });

  it('names a bound that a look in time keeps', () => expect(inTime(2000)).toBe('<5s'));

  it('tells the local time of day', () => {
    const wall = new Date(2026, 10, 23, 4, 5, 6).getTime();
    expect(timeOfDay(wall)).toBe('04:05:06');
  });
});

const states = Object.keys(stateGlyph) as (keyof typeof stateGlyph)[];

describe('glyphs', () => {
  it('are one column, tell every state and link apart, and each has an ASCII stand-in', () => {
    for (const [glyph, ascii] of asciiFor) expect([width(glyph), ascii.length]).toEqual([1, 1]);
    for (const glyphs of [stateGlyph, linkGlyph]) {
      const signs = Object.values(glyphs);
      expect(new Set(signs).size).toBe(signs.length);
      expect(new Set(signs.map(toAscii)).size).toBe(signs.length);
      for (const sign of signs) expect(toAscii(sign)).toMatch(/^[\x21-\x7e]$/);
    }
    expect(
      ['established', 'pending', 'retrying', 'failed', 'none', 'unknown'].map((word) =>
        toAscii(linkGlyph[word as 'none']),
      ),
    ).toEqual(['#', '~', 'r', 'x', '.', '?']);
  });

  it('never give two states of a kind the same sign and word, in either set', () => {
    const signs = (glyphs: Readonly<Record<string, string>>) =>
      Object.entries(glyphs).map(([word, glyph]) => [glyph, word] as const);
    const peers = sampleModel({ peers: 1 }).view.peers.flatMap((peer) =>
      states.map((state) => [peerGlyph({ ...peer, state }), peerWord({ ...peer, state })] as const),
    );
    const [one] = sampleModel({ peers: 1 }).view.peers;
    if (one === undefined) throw new RangeError('no peer');
    const kinds: Readonly<Record<string, readonly (readonly [glyph: string, word: string])[]>> = {
      peers: [...peers, [peerGlyph({ ...one, returned: true }), peerWord({ ...one, returned: true })]],
      links: [...signs(linkGlyph), ['─', 'itself']],
      phases: signs(phaseGlyph),
      levels: signs(levelGlyph),
      severities: signs(severityGlyph),
      drift: signs(driftGlyph),
      leases: signs(leaseGlyph),
    };
    for (const [kind, all] of Object.entries(kinds)) {
      for (const set of [all, all.map(([glyph, word]) => [toAscii(glyph), word] as const)]) {
        const shown = set.map(([glyph, word]) => `${glyph} ${word}`);
        expect([kind, new Set(shown).size]).toEqual([kind, shown.length]);
        // Only a peer that is back shares a sign: with one that is silent, and its word is another one.
        const alone = kind === 'peers' ? set.filter(([, word]) => word !== 'returned') : set;
        expect([kind, new Set(alone.map(([glyph]) => glyph)).size]).toEqual([kind, alone.length]);
      }
    }
  });

  it('turns any text into ASCII of the same width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const printable = text.replaceAll(/\p{C}/gu, '');
        const ascii = toAscii(printable);
        expect(ascii).toMatch(/^[\x20-\x7e]*$/);
        expect(ascii.length).toBe(width(printable));
      }),
    );
  });

  it.each([
    [0, '    '],
    [0.001, '▏   '],
    [0.5, '██  '],
    [0.53, '██▏ '],
    [1, '████'],
    [7, '████'],
  ])('draws %d as a bar', (share, text) => expect(bar(share, 4)).toBe(text));
});

describe('lines', () => {
  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 5, 'abcd…'],
    ['宇宙船', 5, '宇宙…'],
    ['宇宙船', 4, '宇… '],
    ['e\u0301e\u0301', 3, 'e\u0301e\u0301 '],
  ])('a cell of %j in %i', (text, columns, expected) => {
    expect(cell(text, columns)).toBe(expected);
    expect(width(cell(text, columns))).toBe(columns);
  });

  it('fills on the left for figures', () => expect(cell('4/4', 5, 'right')).toBe('  4/4'));

  it('cuts between and inside pieces, always with a sign, never too wide', () => {
    const parts = [span('abc'), span('def', 'bad'), span('宇宙')];
    expect(plainText(cutLine(parts, 10))).toBe('abcdef宇宙');
    expect(plainText(cutLine(parts, 7))).toBe('abcdef…');
    expect(plainText(cutLine(parts, 6))).toBe('abcde…');
    expect(plainText(cutLine(parts, 3))).toBe('ab…');
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 40 }),
        (texts, columns) => {
          const line = texts.map((text) => span(text.replaceAll(/\p{C}/gu, '')));
          const cut = cutLine(line, columns);
          expect(lineWidth(cut)).toBeLessThanOrEqual(columns);
          if (plainText(cut) !== plainText(line)) expect(plainText(cut)).toContain('…');
        },
      ),
    );
  });

  it('paints pieces of one tone as one, and closes what it opens', () => {
    const paint = painter({ color: true, ascii: false });
    expect(paint([span('a', 'good'), span(' '), span('b', 'good'), span('c')])).toBe(
      '\u001B[32ma b\u001B[39mc',
    );
    expect(paint([span('x', 'bad')])).toBe('\u001B[1m\u001B[31mx\u001B[39m\u001B[22m');
  });

  it('keeps bold and inverse but no colour without colour', () => {
    const plain = palette(false);
    expect(plain('x', 'bad')).toBe('\u001B[1mx\u001B[22m');
    expect(plain('x', 'good')).toBe('x');
    expect(plain('x', 'selected')).toBe('\u001B[7mx\u001B[27m');
    expect(plain('x', badgeTone('red'))).toBe('\u001B[7mx\u001B[27m');
  });

  it('knows the colours of clusters, and takes no other word for one', () => {
    expect(badgeTone('red')).toBe('badge-red');
    expect(badgeTone('grey')).toBe('badge-gray');
    expect(badgeTone('constructor')).toBe('badge-none');
    expect(badgeTone(null)).toBe('badge-none');
  });
});

describe('wrapping', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
    ['', 5, ['']],
    ['宇宙船宇宙', 4, ['宇宙', '船宇', '宙']],
  ])('%j in %i', (text, columns, lines) => expect(wrap(text, columns)).toEqual(lines));

  it('loses no word and is never too wide', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const part of lines) expect(width(part)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  it('keeps the spaces of a log line', () => expect(hardWrap('a   b   c', 4)).toEqual(['a   ', 'b   ', 'c']));
});

describe('the bar of the address space', () => {
  it('gives every column to somebody, to scale', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 200 }),
        (sizes, columns) => {
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const cells = barCells(
            sizes.map((size, owner) => ({ owner, size })),
            columns,
          );
          expect(cells.reduce((sum, each) => sum + each, 0)).toBe(columns);
          for (const [index, each] of cells.entries()) {
            expect(Math.abs(each - ((sizes[index] ?? 0) / total) * columns)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('joins neighbours of one owner, in the order of their addresses', () => {
    const ring = ringOf([0, 1], [0], (index) => `h${index + 1}`);
    const [a, b] = ring.entries;
    if (a === undefined || b === undefined) throw new Error('the ring has two entries');
    const entries = [
      { ...b, token: '10.40.0.0', size: 5 },
      { ...a, token: '10.32.0.0', size: 3 },
      { ...a, token: '10.33.0.0', size: 4 },
      { ...a, token: '10.9.0.0', size: 1 },
    ];
    expect(stretches({ ...ring, entries })).toEqual([
      { owner: 0, size: 8 },
      { owner: 1, size: 5 },
    ]);
  });
});
