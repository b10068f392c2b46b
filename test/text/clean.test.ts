import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cleanLines } from '../../source/text/clean.ts';
import { width } from '../../source/text/width.ts';

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('clean', () => {
  it.each([
    ['plain text stays', 'h1 (10.0.0.1)', 'h1 (10.0.0.1)'],
    ['colour', '\x1b[31mred\x1b[0m', 'red'],
    ['colour by C1', '\x9b31mred', 'red'],
    ['window title', 'a\x1b]0;owned\x07b', 'ab'],
    ['hyperlink', '\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['device control', 'a\x1bP1$r0m\x1b\\b', 'ab'],
    ['reset and charset', '\x1bc\x1b(0x', 'x'],
    ['sequence left open', 'a\x1b]0;title', 'a�]0;title'],
    ['pieces that would join to a sequence', '\x1b\x1b[0m[2J', '�[2J'],
    ['tab and newline', 'a\tb\r\nc\u2028d\u0085e', 'a b c d e'],
    ['breaks at the ends', '\n\nh1\n', 'h1'],
    ['spaces stay', ' a  b ', ' a  b '],
    ['other spaces', 'a\u00a0b\u3000c', 'a b c'],
    ['bell and backspace', 'a\x07\x08b', 'a�b'],
    ['bidi override', 'a\u202etxt.exe', 'a�txt.exe'],
    ['bidi isolate and marks', '\u2066a\u2069\u200e\u061cb', '�a�b'],
    ['zero width space', 'h\u200b1', 'h�1'],
    ['joiner and selector', '👩\u200d🚀 ⚠\ufe0f', '👩🚀 ⚠'],
    ['tag characters', 'a\u{e0041}\u{e007f}', 'a�'],
    ['lone surrogates', '\ud800a\udc00', '�a�'],
    ['private use', 'a\ue000', 'a�'],
    ['noncharacter', 'a\uffff', 'a�'],
    ['piled marks', `e${'\u0301'.repeat(50)}x`, `e${'\u0301'.repeat(4)}x`],
    ['mark in front', '\u0301x', '◌\u0301x'],
    ['other scripts', 'héllo 日本 한국', 'héllo 日本 한국'],
  ])('%s', (_, raw, text) => {
    expect(clean(raw)).toBe(text);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['a', 0, ''],
    ['ab', 1, '…'],
    ['ab👩👩', 4, 'ab…'],
    ['abcde\u0301f', 5, 'abcd…'],
    ['\u{1f1e9}\u{1f1ea}\u{1f1e9}\u{1f1ea}', 6, '\u{1f1e9}\u{1f1ea}…'],
  ])('cuts %j to %i units', (raw, max, text) => {
    expect(clean(raw, max)).toBe(text);
  });

  it('says that there was more even where what was read fits', () => {
    expect(clean(`ab${'\u200d'.repeat(10_000)}c`, 10)).toBe('ab…');
  });

  it('lets only printable text through', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (raw, max) => {
          for (const text of [clean(raw), clean(raw, max)]) {
            expect(text).not.toMatch(UNPRINTABLE);
          }
          expect(clean(raw, max).length).toBeLessThanOrEqual(max);
          expect(clean(clean(raw))).toBe(clean(raw));
        },
      ),
    );
  });

  it('lets only printable text through when it is made of sequences', () => {
    const piece = fc.constantFrom(
      '\x1b',
      '[',
      ']',
      '8;;',
      '\x07',
      '\x9c',
      '\x1b\\',
      '\x9b',
      '0',
      'm',
      '(',
      'P',
      '\n',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(clean(pieces.join(''))).not.toMatch(UNPRINTABLE);
      }),
    );
  });

  it.each([
    ['sequences left open', '\x1b]'.repeat(1_000_000)],
    ['one long open sequence', `\x1b[${'0'.repeat(2_000_000)}`],
    ['marks', '\u0301'.repeat(2_000_000)],
    ['newlines', '\n\na'.repeat(700_000)],
    ['one endless grapheme', '\u1100'.repeat(1_000_000)],
  ])('gets through 2 MB of %s', (_, raw) => {
    expect(clean(raw)).not.toMatch(UNPRINTABLE);
    expect(clean(raw, 200).length).toBeLessThanOrEqual(200);
    expect(cleanLines(raw, 20, 80).length).toBeLessThanOrEqual(20);
  });
});

describe('cleanLines', () => {
  it.each([
    ['nothing', '', 3, []],
    ['one line', 'a', 3, ['a']],
    ['the last break begins no line', 'a\nb\n', 3, ['a', 'b']],
    ['an empty line is a line', 'a\n\nb', 3, ['a', '', 'b']],
    ['CR LF and CR', 'a\r\nb\rc', 3, ['a', 'b', 'c']],
    ['the last lines are kept', 'a\nb\r\nc\rd\n', 3, ['… 2 earlier lines left out', 'c', 'd']],
    ['exactly as many', 'a\nb\nc\n', 3, ['a', 'b', 'c']],
    ['escapes', '\x1b[1mbold\x1b[0m\tx', 3, ['bold x']],
  ])('%s', (_, raw, lines, expected) => {
    expect(cleanLines(raw, lines, 40)).toEqual(expected);
  });

  it('keeps to its bounds whatever comes', () => {
    const unit = fc.oneof(
      fc.constantFrom('\n', '\r', '日', '\x1b['),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(unit),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        (units, rows, columns) => {
          const lines = cleanLines(units.join(''), rows, columns);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) {
            expect(width(line)).toBeLessThanOrEqual(columns);
            expect(line).not.toMatch(/[\n\r]/);
          }
        },
      ),
    );
  });
});
