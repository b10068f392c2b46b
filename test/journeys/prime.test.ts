import { afterEach, describe, expect, it } from 'vitest';
import { type Journey, openJourney, statusAfter, wholeRange } from '../support/change-journey.ts';
import { fits, home, keys } from '../support/journey.ts';

let journey: Journey | null = null;
afterEach(() => journey?.end());

const limit = 120_000;
const paragraph = (text: string): string => text.replaceAll(/\s+/g, ' ');
const onPrime = (text: string): boolean => /── prime {2}h1 \(127\.77\.0\.11\)/.test(text);

describe('a prime that waits for a quorum', () => {
  it('is watched, taken care of, let go of, and seen to end, until the cluster is healthy', {
    timeout: 300_000,
  }, async () => {
    journey = await openJourney({ scenario: 'waiting-for-quorum' });
    const { demo, screen } = journey;
    await screen.until(/waiting: 2 of 3 known/);
    screen.type(keys.down);
    screen.type('P');
    const missing = (text: string, last: number): boolean =>
      paragraph(text).includes(
        `Missing: h${last} (127.77.0.1${last}) has its weave stopped (the unit is inactive, there is no container). h1 (127.77.0.11) says of it: failed: `,
      );
    const told = paragraph(
      await screen.until((text) => onPrime(text) && [3, 4, 5].every((last) => missing(text, last)), limit),
    );
    expect(told).toContain('h1 (127.77.0.11) waits for consensus: it needs 3 and counts 2, itself included.');
    expect(told).toContain('goes on by itself, whether anybody watches or not.');
    expect(fits(screen)).toBe('fits');

    // Primed again, in a checklist: the three that are away are acknowledged one by one.
    screen.type('P');
    await screen.until(/Reason/i);
    screen.type(keys.enter);
    await screen.until(/y takes the lock/);
    screen.type('y');
    for (let left = 3; left > 0; left--) {
      await screen.until(/^ k acknowledge a warning/m, limit);
      screen.type('k');
      await screen.until(/Acknowledge this warning\?/);
      screen.type('y');
      await screen.until((text) => !/Acknowledge this warning\?/.test(text), limit);
    }
    const armed = (text: string): string | null => /^ y [^#\n]*#(\d+)/m.exec(text)?.[1] ?? null;
    await screen.until((text) => armed(text) !== null, limit);
    const first = armed(screen.text());
    screen.type('y');
    await screen.until((text) => ![null, first].includes(armed(text)) && /prime/.test(text), limit);
    screen.type('y');
    await screen.until((text) => /as long as it takes/.test(text) && /verifying/.test(text), limit);
    expect(paragraph(screen.text())).toContain('waits for consensus: it needs 3 and counts 2');
    screen.type('p');
    const asked = await screen.until(/Stop here\?/);
    expect(paragraph(asked)).toContain(
      'weave prime on 127.77.0.11 goes on by itself; prime it again to watch it again.',
    );
    screen.type('y');
    await screen.until(/Stopped\. The lock was given back/, limit);

    await home(screen);
    screen.type('P');
    await screen.until(onPrime);
    await demo.mischief.run('start h3');
    await screen.until(/The ring is there, and the same on all 3 peers that answer/, limit);
    expect(paragraph(screen.text())).toMatch(/h3 \(127\.77\.0\.13\) came\./);
    expect(paragraph(screen.text())).toMatch(/It gets the ring when it comes\./);
    await demo.mischief.run('start h4');
    await demo.mischief.run('start h5');
    await screen.until(/the same on all 5 peers that answer/, limit);
    await screen.until(/5\/5 connected/, limit);
    expect(await statusAfter(demo)).toEqual({
      members: [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`),
      states: ['ready'],
      phases: ['ready'],
      owned: wholeRange,
      mesh: expect.objectContaining({ configured: 5, connected: 5 }),
      findings: [],
    });
  });

  it('opens on its screen by `prime`, changes nothing where it may not, and leaves by Ctrl-C', {
    timeout: 200_000,
  }, async () => {
    journey = await openJourney({ scenario: 'waiting-for-quorum' }, ['prime', '--read-only']);
    const { screen } = journey;
    const text = await screen.until((now) => onPrime(now) && /Missing/.test(now), limit);
    expect(text).toContain('READ-ONLY');
    expect(text).not.toMatch(/P: /);
    screen.type('?');
    const help = await screen.until(/prime: what a peer waits for/);
    expect(help).not.toMatch(/run weave prime/);
    screen.type(keys.esc);
    await screen.until(onPrime);
    screen.type(keys.ctrlC);
    expect(await screen.ended).toBe(0);
  });
});
