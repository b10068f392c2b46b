import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quote } from '../../source/commands/quote.ts';

it.each([
  ['weave.service', 'weave.service'],
  ['127.0.0.1:6782', '127.0.0.1:6782'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", `'it'\\''s'`],
  ['a\\nb', "'a\\nb'"],
  ['a\\\\nb', `'a'\\\\'\\nb'`],
  ["\\'", `''\\\\''\\'''`],
  ['end\\', `'end'\\\\''`],
  ['$(id)', "'$(id)'"],
  ['~root', "'~root'"],
])('writes %j as %s', (text, word) => {
  expect(quote(text)).toBe(word);
});

it('refuses what no argument can hold', () => {
  expect(() => quote('a\0b')).toThrow(RangeError);
});

it('is undone by a real sh, byte for byte', () => {
  const text = fc.string({ unit: 'binary' }).filter((made) => !/[\0\p{Cs}]/u.test(made));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (words) => {
      const script = `printf '%s\\0' ${words.map(quote).join(' ')}`;
      const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(said.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});
