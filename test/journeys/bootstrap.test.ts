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

describe('a bootstrap from the keyboard', () => {
  it('makes a healthy cluster of five fresh hosts', { timeout: 300_000 }, async () => {
    journey = await openJourney({ scenario: 'fresh-hosts' });
    const { demo, screen } = journey;
    await screen.until(/no cluster yet/);
    screen.type('B');
    await beginWith(screen, 'T-1');
    await walk(screen, '', true);
    const list = [1, 2, 3, 4, 5].map((n) => `127.77.0.1${n}`);
    for (const address of list) expect(environmentFile(demo, address)).toBe(`PEERS="${list.join(' ')}"\n`);
    await screen.until(/IPAM ready +mesh 5\/5 connected/);
    expect(await statusAfter(demo)).toMatchObject(healthy(list));
  });
});
