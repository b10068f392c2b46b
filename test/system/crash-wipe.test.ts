import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gauntlet, type Point, pointsOf, stepsOf } from '../support/change-loop.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { expectWiped } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12', '127.77.0.13'];
const target = '127.77.0.13';
const steps = stepsOf('wipe-peer', members, target);
/** Nobody has the target on record, so nothing is sent for that. */
const quiet = ['preflight', ...steps.filter((step) => step.startsWith('unmark:'))];
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;

let site: Site;
beforeEach(async () => {
  site = await openSite({ scenario: 'returned-peer', peers: members.length });
});
afterEach(() => site.stop());

/** What must have been run on the hosts in all, however many consoles died over it. */
const once = [
  `${target} systemctl stop -- weave.service`,
  `${target} weave reset --force`,
  `${target} systemctl enable --now -- weave.service`,
];

describe('wiping a peer while consoles are killed', () => {
  it('before its commands, between intent and command, while they run, and before their proof', {
    timeout: limit,
  }, async () => {
    const points: readonly Point[] = [
      { step: 'preflight', when: 'armed' },
      { step: 'stop', when: 'running' },
      { step: 'wipe', when: 'intent' },
      { step: 'wipe', when: 'running' },
      { step: 'wipe', when: 'outcome' },
      { step: 'start', when: 'running' },
      { step: 'summary', when: 'release' },
    ];
    const { killed, end } = await gauntlet(site, 'wipe-peer', { target, steps, points });
    expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
    expect(end.how).toBe('finished');
    expect(site.done).toEqual(once);
    await expectWiped(site, members, target);
  });
});

describe.runIf(everyCrash)('wiping a peer after one console was killed', () => {
  for (const point of pointsOf(steps, ['armed', 'intent', 'sent', 'running', 'outcome'], quiet)) {
    if (point.step.startsWith('unmark:')) continue;
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      const { end } = await gauntlet(site, 'wipe-peer', { target, steps, points: [point] });
      expect(end.how).toBe('finished');
      expect(site.done).toEqual(once);
      await expectWiped(site, members, target);
    });
  }
});
