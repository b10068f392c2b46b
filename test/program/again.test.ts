import { describe, expect, it } from 'vitest';
import { again } from '../../source/program/again.ts';

describe('the command line with who is absent', () => {
  it.each<readonly [readonly string[], string]>([
    [['prime', 'h1'], 'weave-console prime h1 --absent a,b'],
    [
      ['prime', 'h1', '--absent', 'x', '--reason', 'T 1'],
      "weave-console prime h1 --reason 'T 1' --absent a,b",
    ],
    [
      ['prime', '--absent=x,y', 'h1', '--config', '/a b'],
      "weave-console prime h1 --config '/a b' --absent a,b",
    ],
  ])('of %j', (argv, line) => {
    expect(again(argv, ['a', 'b'])).toBe(line);
  });
});
