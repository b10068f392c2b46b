import { afterEach, describe, expect, it } from 'vitest';
import { type Journey, openJourney, statusAfter, wholeRange } from '../support/change-journey.ts';
import { home, keys, row } from '../support/journey.ts';
import type { Screen } from '../support/pty.ts';

let journey: Journey | null = null;
afterEach(() => journey?.end());

const limit = 120_000;
const ended = (text: string): boolean => /Finished\. The lock was given back/.test(text);
const failed = (text: string): boolean => /▸\S? ?(failed|uncertain)/.test(text);
/** What `y` would let go now: its number, and whether it is a person's own work. */
const armed = (text: string) => /^ y ([^#\n]*) #(\d+)/m.exec(text);
const warned = (text: string): boolean => /^ k acknowledge a warning/m.test(text);

/** Goes through the checklist as a person does who only wants weave started: no host is rebooted. */
const restart = async (screen: Screen): Promise<void> => {
  let before = '';
  for (;;) {
    const fresh = (now: string) => armed(now) !== null && armed(now)?.[2] !== before;
    const text = await screen.until((now) => ended(now) || failed(now) || warned(now) || fresh(now), limit);
    if (failed(text)) throw new Error(`a step does not go on:\n${text}`);
    if (ended(text)) return;
    if (warned(text)) {
      screen.type('k');
      await screen.until(/Acknowledge this warning\?/);
      screen.type('y');
      await screen.until((now) => !/Acknowledge this warning\?/.test(now), limit);
      continue;
    }
    const [, does, number = ''] = armed(text) ?? [];
    before = number;
    if (does !== 'the reboot has begun') {
      screen.type('y');
      continue;
    }
    screen.type('s');
    await screen.until(/Leave out/i);
    screen.type('it was only stopped');
    await screen.until(/it was only stopped/);
    screen.type(keys.enter);
  }
};

const under = (screen: Screen, address: string) => screen.until((text) => row(text, address).startsWith('▸'));

describe('peers that an election waits for', () => {
  it('are started by R, one after the other, until the cluster is healthy', {
    timeout: 300_000,
  }, async () => {
    journey = await openJourney({ scenario: 'waiting-for-quorum' });
    const { demo, screen } = journey;
    await screen.until(/waiting: 2 of 3 known/);
    for (const last of [12, 13, 14, 15]) {
      const address = `127.77.0.${last}`;
      screen.type(keys.down);
      await under(screen, address);
      if (last === 12) continue;
      screen.type('R');
      await screen.until(/Reason/i);
      screen.type(keys.enter);
      await screen.until(/y takes the lock/);
      screen.type('y');
      await restart(screen);
      await home(screen);
    }
    await screen.until(/5\/5 connected/);
    expect(await statusAfter(demo)).toEqual({
      members: [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`),
      states: ['ready'],
      phases: ['ready'],
      owned: wholeRange,
      mesh: expect.objectContaining({ configured: 5, connected: 5 }),
      findings: [],
    });
  });
});
