import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { runCli } from '../support/cli.ts';
import { fits, gaveBack, keys } from '../support/journey.ts';
import { openScreen, type Screen } from '../support/pty.ts';

/** Numbers of all SGR sequences in what was written. */
const styles = (raw: string): readonly number[] =>
  [...raw.matchAll(/\u001b\[([\d;:]*)m/g)].flatMap(([, list = '']) => list.split(/[;:]/).map(Number));

/** Colours, and going back from them: 30 to 49 and 90 to 107. */
const isColor = (style: number) => (style >= 30 && style <= 49) || (style >= 90 && style <= 107);

describe('the console and the terminal it finds', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'partition', seed: 1, interval: 500 });
  });
  afterAll(() => demo.stop());

  /** Opens it, looks at grid and matrix, leaves by `q`; all that it wrote. */
  const visit = async (
    args: readonly string[],
    env: Record<string, string>,
    also: (screen: Screen) => void | Promise<void> = () => {},
  ): Promise<string> => {
    const screen = openScreen(['--config', demo.configFile, ...args], { columns: 100, rows: 24 }, env);
    try {
      await screen.until(/owner-unreachable|cut into 2 parts/);
      screen.type('m');
      await screen.until(/each row: what that peer says/);
      await also(screen);
      screen.type('q');
      expect(await screen.ended).toBe(0);
      expect(gaveBack(screen.raw())).toBe(true);
      return screen.raw();
    } finally {
      screen.kill();
    }
  };

  it('draws in colour, with glyphs, in the alternate screen', async () => {
    const raw = await visit([], {}, (screen) => {
      expect(screen.terminal.buffer.active.type).toBe('alternate');
      expect(screen.text()).toMatch(/1 h1 +─ ● ● │ ✖ ✖/);
    });
    expect(styles(raw).some(isColor)).toBe(true);
  });

  it('NO_COLOR: no colour, all the glyphs', async () => {
    const raw = await visit([], { NO_COLOR: '1', FORCE_COLOR: '3', COLORTERM: 'truecolor' }, (screen) =>
      expect(screen.text()).toMatch(/1 h1 +─ ● ● │ ✖ ✖/),
    );
    expect(styles(raw).filter(isColor)).toEqual([]);
  });

  it.each([
    ['--ascii --no-color', ['--ascii', '--no-color'], {}, false],
    ['a C locale', [], { LANG: 'C' }, true],
  ] as const)('%s: 7-bit characters only', async (_, args, env, colored) => {
    const raw = await visit(args, env, (screen) => expect(screen.text()).toMatch(/1 h1 +- # # \| x x/));
    expect(raw).toMatch(/^[\u0000-\u007f]*$/);
    expect(styles(raw).some(isColor)).toBe(colored);
  });

  it('CI=true on a terminal: interactive all the same, at any size', async () => {
    const raw = await visit([], { CI: 'true', CONTINUOUS_INTEGRATION: '1' }, async (screen) => {
      for (const [columns, rows] of [
        [30, 6],
        [1, 1],
        [100, 24],
      ] as const)
        screen.resize(columns, rows);
      await screen.until((text) => /each row: what that peer says/.test(text) && fits(screen) === 'fits');
      screen.type(keys.esc);
      await screen.until(/Enter open/);
    });
    expect(styles(raw).some(isColor)).toBe(true);
  });

  it.each([['the console'], ['the demo']] as const)('TERM=dumb: %s refuses in one line', async (what) => {
    const args = what === 'the demo' ? ['demo'] : ['--config', demo.configFile];
    const screen = openScreen(args, { columns: 200, rows: 24 }, { TERM: 'dumb' });
    expect(await screen.ended).toBe(2);
    expect(screen.raw()).toMatch(/^weave-console: [^\u001b\r\n]*terminal[^\u001b\r\n]*status\r\n$/);
  });

  it.each([['the console'], ['the demo']] as const)('a pipe: %s refuses in one line', async (what) => {
    const args = what === 'the demo' ? ['demo'] : ['--config', demo.configFile];
    const { code, stdout, stderr } = await runCli(args, { TERM: 'xterm-256color' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^weave-console: .*terminal.*status\n$/);
  });
});
