import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../source/cluster/environment-file.ts';
import {
  changedWords,
  editFor,
  editPreview,
  newPeerFile,
  newPeerPreview,
  sameList,
} from '../../source/maintenance/environment-edit.ts';
import { fileOf, noFile } from '../support/world.ts';

describe('a change of the list', () => {
  it.each([
    [['a', 'b'], { add: 'c' }, ['a', 'b', 'c']],
    [['a', 'b'], { add: 'b' }, ['a', 'b']],
    [['a', 'b', 'c'], { remove: 'b' }, ['a', 'c']],
    [['a'], { remove: 'x' }, ['a']],
    // An option's argument is no peer, even if it reads like one.
    [['--host', 'b', 'a', 'b'], { remove: 'b' }, ['--host', 'b', 'a']],
    [['--host', 'b', 'a'], { add: 'b' }, ['--host', 'b', 'a', 'b']],
    [['--ipalloc-range=10.2.0.0/16', 'a'], { add: 'c' }, ['--ipalloc-range=10.2.0.0/16', 'a', 'c']],
  ])('of %j by %j', (words, change, wanted) => {
    expect(changedWords(words, change)).toEqual(wanted);
  });

  it.each([
    [['PEERS="a b"'], { from: 1, to: 1, line: 'PEERS="a b c"' }],
    [['A=1', "PEERS='a b'"], { from: 2, to: 2, line: "PEERS='a b c'" }],
    [['PEERS=a b'], { from: 1, to: 1, line: 'PEERS="a b c"' }],
    [['PEERS="a \\', '  b"', 'B=1'], { from: 1, to: 2, line: 'PEERS="a b c"' }],
    [['A=1'], null],
    [['PEERS=a', 'PEERS=b'], null],
  ])('is one line for %j', (lines, edit) => {
    expect(editFor(fileOf(lines), { add: 'c' })).toEqual(edit);
  });

  it('is none for a file that is missing', () => {
    expect(editFor(noFile, { add: 'c' })).toBeNull();
  });

  it('is shown as what goes and what comes', () => {
    const file = fileOf(['A=1', 'PEERS="a \\', 'b"']);
    expect(editPreview(file, { from: 2, to: 3, line: 'PEERS="a b c"' })).toEqual([
      '- PEERS="a \\',
      '- b"',
      '+ PEERS="a b c"',
    ]);
  });

  it('compares lists as sets', () => {
    expect([sameList(['a', 'b'], ['b', 'a']), sameList(['a'], ['a', 'b']), sameList([], [])]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the file of a new peer', () => {
  const member = '# note\nPEERS="a b"\nWEAVE_PASSWORD="hunter2"\nWEAVE_MTU=1400';
  it.each([
    [
      'is the member’s, with the list',
      member,
      null,
      '# note\nPEERS="a b c"\nWEAVE_PASSWORD="hunter2"\nWEAVE_MTU=1400',
    ],
    ['the same where its own is empty', 'PEERS=a\n', '', 'PEERS="a b c"\n'],
    [
      'keeps its own lines, and takes what it lacks',
      member,
      '; mine\nPEERS=old\nWEAVE_MTU=9000\n',
      '; mine\nPEERS="a b c"\nWEAVE_MTU=9000\nWEAVE_PASSWORD="hunter2"\n',
    ],
    [
      'takes the secrets of the cluster for its own',
      member,
      'WEAVE_PASSWORD=other\nX=1',
      'WEAVE_PASSWORD="hunter2"\nX=1\nPEERS="a b c"\nWEAVE_MTU=1400\n',
    ],
    ['keeps CR LF', 'PEERS=a\r\nM=1\r\n', 'X=1\r\n', 'X=1\r\nPEERS="a b c"\r\nM=1\r\n'],
    [
      'takes a value of several lines as it is',
      'PEERS=a\nWEAVE_TOKEN="x\ny \\\nz"\n',
      'Q=1\n',
      'Q=1\nPEERS="a b c"\nWEAVE_TOKEN="x\ny \\\nz"\n',
    ],
    ['keeps the options of the list', 'PEERS="--no-dns a b"\n', null, 'PEERS="--no-dns a b c"\n'],
  ])('%s', (_, theirs, own, wanted) => {
    expect(newPeerFile(theirs, own, ['a', 'b', 'c'])).toBe(wanted);
  });

  it.each([
    ['an open quotation', 'PEERS=a\nX="', null],
    ['an open quotation of its own', 'PEERS=a\n', 'X="\n'],
    ['a continuation at the end', 'PEERS=a\n', 'X=1\\'],
    ['two lists', 'PEERS=a\nPEERS=b\n', null],
    ['carriage returns alone', 'PEERS=a\rX=1\n', null],
    ['an option that can not be written back', 'PEERS="a --x=$(y)"\n', null],
  ])('is not made from %s', (_, theirs, own) => {
    expect(newPeerFile(theirs, own, ['a'])).toBeNull();
  });

  it('always sets the list, and all that the member sets', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z_]{0,6}$/).filter((one) => one !== 'PEERS');
    const value = fc.stringMatching(/^[a-z0-9 .:#;-]{0,10}$/);
    const text = fc
      .array(
        fc.oneof(
          fc.tuple(name, value).map(([one, two]) => `${one}="${two}"`),
          fc.constant('# x'),
          fc.constant(''),
        ),
      )
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, fc.option(text), (theirs, own) => {
        const made = newPeerFile(`${theirs}PEERS=x\n`, own, ['a', 'b']);
        if (made === null) return;
        const file = parseEnvironmentFile(made);
        expect(file.peers).toEqual(['a', 'b']);
        const names = file.entries.map((entry) => entry.name);
        for (const { name: wanted } of parseEnvironmentFile(theirs).entries) expect(names).toContain(wanted);
        for (const line of parseEnvironmentFile(own ?? '').lines)
          if (line.startsWith('#')) expect(made).toContain(line);
      }),
    );
  });

  it('is shown with its secrets blanked out', () => {
    const theirs = fileOf(['#', 'PEERS="a b"', 'WEAVE_PASSWORD="(removed)"']);
    expect(newPeerPreview(theirs, noFile, ['a', 'b', 'c'])).toEqual([
      '+ #',
      '+ PEERS="a b c"',
      '+ WEAVE_PASSWORD="(removed)"',
    ]);
    expect(newPeerPreview(theirs, fileOf(['PEERS=old', 'X=1']), ['a', 'b', 'c'])).toEqual([
      '- PEERS=old',
      '+ PEERS="a b c"',
      '  X=1',
      '+ WEAVE_PASSWORD="(removed)"',
    ]);
  });
});
