import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { keys } from '../support/journey.ts';
import { openScreen } from '../support/pty.ts';

describe('Esc twice in one chunk', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'healthy', seed: 1, peers: 3, interval: 500 });
  });
  afterAll(() => demo.stop());

  it('goes back two screens', async () => {
    const screen = openScreen(['--config', demo.configFile], { columns: 100, rows: 24 });
    try {
      await screen.until(/mesh 3\/3 connected/);
      screen.type(keys.enter);
      await screen.until(/its connections/);
      screen.type('m');
      await screen.until(/each row: what that peer says/);
      screen.type(keys.esc + keys.esc);
      await screen.until(/Enter open/);
      screen.type('q');
      expect(await screen.ended).toBe(0);
    } finally {
      screen.kill();
    }
  });
});
