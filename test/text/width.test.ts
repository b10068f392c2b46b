import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit as toFit, width } from '../../source/text/width.ts';

describe('width', () => {
  it.each([
    ['', 0],
    ['h1', 2],
    ['héllo', 5],
    ['e\u0301', 1],
    ['日本', 4],
    ['ｱｲ', 2],
    ['Ａ', 2],
    ['한', 2],
    ['\u1112\u1161\u11ab', 2],
    ['👩', 2],
    ['👩\u200d🚀', 2],
    ['⚠', 1],
    ['⚠\ufe0f', 2],
    ['\u{1f1e9}\u{1f1ea}', 2],
    ['\u{1f1e9}', 1],
    ['●○✓✗…│█░', 8],
    ['\u200b', 0],
    ['�', 1],
  ])('%j is %i columns wide', (text, columns) => {
    expect(width(text)).toBe(columns);
  });
});

describe('fit', () => {
  it.each([
    ['abc', 3, '…', 'abc'],
    ['abcd', 3, '…', 'ab…'],
    ['abcdef', 5, '...', 'ab...'],
    ['日本語', 6, '…', '日本語'],
    ['日本語', 5, '…', '日本…'],
    ['日本語', 4, '…', '日…'],
    ['e\u0301e\u0301e\u0301', 2, '…', 'e\u0301…'],
    ['ab', 1, '…', '…'],
    ['ab', 0, '…', ''],
    ['abcd', 2, '...', '..'],
  ])('%j into %i', (text, columns, ellipsis, fitted) => {
    expect(toFit(text, columns, ellipsis)).toBe(fitted);
  });

  it('never is wider than asked, and only cuts with a sign', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
        const fitted = toFit(text, columns);
        expect(width(fitted)).toBeLessThanOrEqual(columns);
        if (fitted !== text) expect(fitted.endsWith('…')).toBe(true);
        if (width(text) <= columns) expect(fitted).toBe(text);
      }),
    );
  });
});
