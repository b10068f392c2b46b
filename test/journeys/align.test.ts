import { afterEach, describe, expect, it } from 'vitest';
import {
  beginWith,
  environmentFile,
  healthy,
  type Journey,
  openJourney,
  statusAfter,
  walk,
} from '../support/change-journey.ts';

let journey: Journey | null = null;
afterEach(() => journey?.end());

const list = [1, 2, 3, 4, 5].map((n) => `127.77.0.1${n}`);

describe('drift, from the keyboard', () => {
  it('is shown peer by peer, and mended to a healthy cluster', { timeout: 300_000 }, async () => {
    journey = await openJourney({ scenario: 'drift' });
    const { demo, screen } = journey;
    const pids = () => demo.stage.world.weavers().map(({ pid }) => pid);
    const before = pids();
    await screen.until(/PEERS differs on h3/);
    screen.type('A');
    const drift = await screen.until(/3 of 5 peers differ/);
    expect(drift).toMatch(/^ h2 +● same .*▲ disabled/m);
    expect(drift).toMatch(/^ h3 +▲ differs +● none/m);
    expect(drift).toMatch(/^ h4 +● same +● none +● same +▲ differs +● enabled/m);
    expect(drift).toContain('PEERS in the files: h3 lacks 127.77.0.15.');
    screen.type('A');
    await beginWith(screen, 'T-1');
    await walk(screen);
    expect(screen.text()).toMatch(/done already 2 Align the file of 127\.77\.0\.11/);
    for (const address of list)
      expect(environmentFile(demo, address)).toBe(
        `PEERS="${list.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
      );
    // Nothing was restarted.
    expect(pids()).toEqual(before);
    expect(await statusAfter(demo)).toMatchObject(healthy(list));
  });

  it('is only shown in a session that looks only', { timeout: 120_000 }, async () => {
    journey = await openJourney({ scenario: 'drift' }, ['--read-only']);
    const { screen } = journey;
    await screen.until(/PEERS differs on h3/);
    screen.type('A');
    await screen.until(/This session only looks/);
    screen.type('r');
    await screen.until(/looking at every peer now/);
    // A key that does nothing only takes the notice away.
    screen.type('A');
    const after = await screen.until((text) => !text.includes('looking at every peer now'));
    expect(after).toContain('3 of 5 peers differ');
    expect(after).not.toMatch(/Reason/);
  });
});
