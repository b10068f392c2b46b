import { describe, expect, it } from 'vitest';
import { again, planLine, resumeLine } from '../../source/program/again.ts';

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

describe('the command line that leads to the same cluster', () => {
  it('resumes a change', () => {
    const config = { color: true, ascii: true, config: '/a b', interval: 500 };
    expect(resumeLine({ color: true }, null, null)).toBe('weave-console resume');
    expect(resumeLine(config, 'prod', null)).toBe("weave-console resume --config '/a b' --cluster prod");
    const bare = {
      color: false,
      peers: ['a', 'b'],
      user: 'ops',
      port: 22,
      jump: 'me@gate,inner:2222',
      identity: ['k', 'l'],
    };
    expect(resumeLine(bare, null, 'c')).toBe(
      'weave-console resume c --peers a,b --user ops --port 22 --jump me@gate,inner:2222 --identity k --identity l',
    );
  });

  it('prints a change', () => {
    expect(planLine({ color: true, cluster: 'prod' }, 'restart-peer', 'h1')).toBe(
      'weave-console plan restart h1 --cluster prod',
    );
    expect(planLine({ color: true }, 'restart-all', null)).toBe('weave-console plan restart --all');
    expect(planLine({ color: true }, 'align', null)).toBe('weave-console plan align');
  });
});
