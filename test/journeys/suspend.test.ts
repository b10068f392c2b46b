import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { fits } from '../support/journey.ts';
import { openShell, programLine } from '../support/pty.ts';

describe.skipIf(!existsSync('/bin/bash'))('Ctrl-Z in a shell', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'healthy', seed: 1, peers: 3, interval: 500 });
  });
  afterAll(() => demo.stop());

  it.each([
    ['narrower', 60, 20],
    ['wider', 130, 30],
    ['as large as before', 100, 24],
  ] as const)('a terminal that comes back %s is drawn whole, at its size', async (_, columns, rows) => {
    const screen = openShell({ columns: 100, rows: 24 });
    try {
      screen.type(`${programLine} --config '${demo.configFile}'\r`);
      await screen.until(/mesh 3\/3 connected[\s\S]*Enter open/);
      screen.type('\u001a');
      await screen.until(/Stopped/);
      // The shell in front gets the signal for this, not the stopped program.
      screen.resize(columns, rows);
      screen.type('echo "at $(tput cols)"\r');
      await screen.until(new RegExp(`^at ${columns}`, 'm'));
      screen.type('fg\r');
      await screen.until(/Enter open/);
      const hints = () => screen.lines().findIndex((line) => /Enter open/.test(line));
      const rules = () => screen.lines().filter((line) => line.startsWith('── '));
      const atItsSize = () => hints() === rows - 2 && rules().every((line) => [...line].length === columns);
      await screen.until(() => fits(screen) === 'fits' && atItsSize(), 5000);
      expect(rules()).toHaveLength(1);
      screen.type('q');
      await screen.until(/\$$/);
    } finally {
      screen.kill();
    }
  });
});
