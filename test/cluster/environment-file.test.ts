import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile, wordsOf } from '../../source/cluster/environment-file.ts';

const entries = (text: string) => parseEnvironmentFile(text).entries.map(({ name, value }) => [name, value]);

describe('what systemd reads', () => {
  it.each<[string, string, string[][]]>([
    ['the documented file', 'PEERS="10.0.0.1 10.0.0.2"\n', [['PEERS', '10.0.0.1 10.0.0.2']]],
    ['no final newline', 'A=1', [['A', '1']]],
    ['both kinds of comment', '# A=1\n; B=2\n  #C=3\nD=4\n', [['D', '4']]],
    ['a # inside a value is no comment', 'A=1 # one\n', [['A', '1 # one']]],
    ['blanks around', '  A = 1  \n', [['A', '1']]],
    ['single quotes, escapes kept', `A='a\\n"$b'\n`, [['A', 'a\\n"$b']]],
    ['double quotes, only some escapes', 'A="a\\"b\\\\c\\$d\\ne"\n', [['A', 'a"b\\c$d\\ne']]],
    [
      'quotes over two lines',
      'A="a\nb"\nB=1\n',
      [
        ['A', 'a\nb'],
        ['B', '1'],
      ],
    ],
    ['a line that goes on', 'A=a \\\n b\n', [['A', 'a  b']]],
    ['a quoted line that goes on', 'A="a \\\nb"\n', [['A', 'a b']]],
    ['pieces that stand together', `A="a"'b'c\n`, [['A', 'abc']]],
    ['quotes in the middle of a bare value stay', 'A=a"b"\n', [['A', 'a"b"']]],
    ['an escape outside of quotes', 'A=a\\ b\\#\n', [['A', 'a b#']]],
    [
      'CRLF',
      'A=1\r\nB="2"\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'a lone carriage return ends a line',
      'A=1\rB=2\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['lines without = are ignored', 'A\nexport\nB=2\n', [['B', '2']]],
    // The first letter of a name is taken as it is, so this line has a name that begins with `=` and no `=` after it.
    ['a line that begins with =', '=x\nB=2\n', [['B', '2']]],
    [
      'doubles',
      'A=1\nA=2\n',
      [
        ['A', '1'],
        ['A', '2'],
      ],
    ],
    ['empty', '', []],
    ['an open quote takes all the rest', 'A="a\nB=2\n', [['A', 'a\nB=2\n']]],
    ['a comment that ends in a backslash ends there', '# x \\\nA=1\n', [['A', '1']]],
  ])('%s', (_, text, expected) => {
    expect(entries(text)).toEqual(expected);
  });

  it('says where each entry stands', () => {
    const { entries: found } = parseEnvironmentFile('# one\nA=1\n\nB="2\n3"\nC=4 \\\n5');
    expect(found.map(({ name, firstLine, lastLine }) => [name, firstLine, lastLine])).toEqual([
      ['A', 1, 1],
      ['B', 3, 4],
      ['C', 5, 6],
    ]);
  });
});

describe('PEERS', () => {
  it.each<[string, string, string[] | null]>([
    ['none', 'A=1\n', null],
    ['empty', 'PEERS=\n', []],
    ['the last line counts', 'PEERS=a\nPEERS="b c"\n', ['b', 'c']],
    [
      'over several lines',
      'PEERS="10.0.0.1 \\\n  10.0.0.2\n10.0.0.3"\n',
      ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
    ],
    [
      'names, ports and IPv6',
      "PEERS='host1 10.0.0.2:6783 [fd00::1]:6783'\n",
      ['host1', '10.0.0.2:6783', '[fd00::1]:6783'],
    ],
    [
      'options are no peers',
      'PEERS="--no-dns --ipalloc-range 10.2.0.0/16 --mtu=1400 a --nickname x b"\n',
      ['a', 'b'],
    ],
  ])('%s', (_, text, peers) => {
    expect(parseEnvironmentFile(text).peers).toEqual(peers);
  });

  it('splits words as systemd does for $PEERS', () => {
    expect(wordsOf(` a  'b c'd "e" f"`)).toEqual(['a', 'b cd', 'e', 'f"']);
  });
});

it('keeps every byte of any text, and never throws', () => {
  const text = fc
    .array(fc.constantFrom('A', '=', '"', "'", '\\', '\n', '\r', ' ', '#', ';', 'PEERS=', 'x'))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, (made) => {
      const file = parseEnvironmentFile(made);
      expect(file.lines.join('')).toBe(made);
      for (const { firstLine, lastLine } of file.entries) {
        expect(firstLine).toBeLessThanOrEqual(lastLine);
        expect(lastLine).toBeLessThanOrEqual(file.lines.length);
      }
    }),
  );
});

it('reads back what a careful writer quotes', () => {
  const value = fc.string().filter((made) => !/[\0\r]/.test(made));
  fc.assert(
    fc.property(value, (made) => {
      const line = `A="${made.replace(/["\\`$]/g, '\\$&')}"\n`;
      expect(entries(line)).toEqual([['A', made]]);
    }),
  );
});
