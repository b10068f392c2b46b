import { afterEach, describe, expect, it } from 'vitest';
import {
  healthy,
  type Journey,
  openJourney,
  statusAfter,
  typeOut,
  walk,
  wholeRange,
} from '../support/change-journey.ts';

let journey: Journey | null = null;
afterEach(() => journey?.end());

describe('peers that are dead or back, from the keyboard', () => {
  it('wipes one that was reclaimed and came back, into a healthy cluster', { timeout: 300_000 }, async () => {
    journey = await openJourney({ scenario: 'returned-peer' }, ['wipe', 'h5']);
    const { demo, screen } = journey;
    await screen.until(/Begin to wipe 127\.77\.0\.15\?/);
    screen.type('y');
    await screen.until(/The ring of 127\.77\.0\.15 is the wrong one: h5/);
    await walk(screen, 'h5');
    await screen.until(/5\/5 connected/);
    expect(await statusAfter(demo)).toMatchObject(healthy([1, 2, 3, 4, 5].map((n) => `127.77.0.1${n}`)));
  });

  it('goes on with the survivor of two peers, by the name of the cluster, and reclaims the other', {
    timeout: 300_000,
  }, async () => {
    journey = await openJourney({ scenario: 'dead-peer', peers: 2 });
    const { demo, screen } = journey;
    await screen.until(/1\/2 connected/);
    screen.type('j');
    await screen.until(/▸.*127\.77\.0\.12/);
    screen.type('D');
    await screen.until(/reason:/);
    screen.type('\r');
    await screen.until(/Begin to reclaim 127\.77\.0\.12\?/);
    screen.type('y');
    await screen.until(/g: go on with the survivors, to reclaim 127\.77\.0\.12/);
    screen.type('g');
    await screen.until(/type the cluster's name, demo-dead-peer, to go on without them/);
    await typeOut(screen, 'to go on without them', 'demo-dead-peer');
    screen.type('\r');
    await screen.until(/lock 1 of 2 peers, 1 needed: survivors only/);
    const name = demo.stage.peers[1]?.host.bridge ?? '';
    await walk(screen, name, true, /is the only owner out of sight/);
    expect(screen.text()).toMatch(/It went on with the survivors only: 127\.77\.0\.12 could not be locked/);
    expect(await statusAfter(demo)).toMatchObject({
      members: ['127.77.0.11'],
      states: ['ready'],
      phases: ['ready'],
      owned: wholeRange,
      mesh: { configured: 1, connected: 1 },
      findings: [],
    });
  });
});
