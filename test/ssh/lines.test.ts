import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineReader } from '../../source/ssh/lines.ts';

const read = (pieces: readonly Buffer[], most: number): string[] => {
  const lines: string[] = [];
  const reader = lineReader((line) => lines.push(line), most);
  for (const piece of pieces) reader.add(piece);
  reader.end();
  return lines;
};

it('gives the same lines however the bytes are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '𝛑', '\n', '\r'), maxLength: 60 });
  const cuts = fc.array(fc.nat({ max: 200 }));
  fc.assert(
    fc.property(text, cuts, (whole, at) => {
      const bytes = Buffer.from(whole);
      const places = [...at.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const pieces = places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place));
      const wanted = whole.split('\n');
      if (wanted.at(-1) === '') wanted.pop();
      expect(read(pieces, 1000)).toEqual(wanted);
    }),
  );
});

it('cuts each line that is too long, in one piece or in many', () => {
  const text = 'abcdefgh\nab\n\nabcdefghi';
  const wanted = ['abcd', 'ab', '', 'abcd'];
  expect(read([Buffer.from(text)], 4)).toEqual(wanted);
  expect(
    read(
      [...text].map((letter) => Buffer.from(letter)),
      4,
    ),
  ).toEqual(wanted);
});
