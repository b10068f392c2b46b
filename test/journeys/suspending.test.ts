import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startDemo } from '../../source/demo/cluster.ts';
import { fits, gaveBack } from '../support/journey.ts';
import { openScreen } from '../support/pty.ts';

const bash = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));

it.skipIf(bash === undefined)(
  'Ctrl-Z gives the terminal to the shell, fg comes back at the size of then',
  async () => {
    const demo = await startDemo({ scenario: 'healthy', peers: 2, seed: 1, interval: 500 });
    const screen = openScreen(
      ['--norc', '--noprofile', '--noediting', '-i'],
      { columns: 100, rows: 30 },
      { PS1: 'shell> ' },
      [bash ?? ''],
    );
    try {
      await screen.until(/shell>$/);
      screen.type(`${process.execPath} --import tsx cli.tsx --config ${demo.configFile}\r`);
      await screen.until(/mesh 2\/2 connected/);

      screen.type('\u001a');
      await screen.until(/Stopped/);
      expect(screen.terminal.buffer.active.type).toBe('normal');
      expect(gaveBack(screen.raw())).toBe(true);
      screen.type('echo "it is $((40 + 2)), $(stty -a | grep -o -- "-*icanon")"\r');
      await screen.until(/^it is 42, icanon$/m);
      screen.resize(80, 24);

      screen.type('fg\r');
      await screen.until((text) => /mesh 2\/2 connected/.test(text) && fits(screen) === 'fits');
      expect(screen.terminal.buffer.active.type).toBe('alternate');
      // It reads keys again.
      screen.type('j');
      await screen.until(/▸ ● ready +127\.77\.0\.12/);
      screen.type('q');
      await screen.until(/Stopped[\s\S]*it is 42[\s\S]*shell>$/);
      screen.type('exit $?\r');
      expect(await screen.ended).toBe(0);
    } finally {
      screen.kill();
      await demo.stop();
    }
  },
);
