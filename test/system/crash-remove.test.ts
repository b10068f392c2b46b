import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gauntlet, pointsOf, stepsOf } from '../support/change-loop.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { expectRemoved } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12', '127.77.0.13'];
const target = '127.77.0.12';
const steps = stepsOf('remove-peer', members, target);
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;

let site: Site;
beforeEach(async () => {
  site = await openSite({ peers: members.length });
});
afterEach(() => site.stop());

/** What must have been run on the hosts in all, however many consoles died over it. */
const once = [
  '127.77.0.12 systemctl disable -- weave.service',
  '127.77.0.12 weave reset',
  '127.77.0.11 weave forget 127.77.0.12',
  '127.77.0.13 weave forget 127.77.0.12',
];

describe('removing a peer while consoles are killed', () => {
  it('before each step and while its command runs', {
    timeout: limit,
  }, async () => {
    const points = pointsOf(steps, ['armed', 'running']);
    const { killed, end } = await gauntlet(site, 'remove-peer', { target, steps, points });
    expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
    expect(end.how).toBe('finished');
    expect(site.done).toEqual(once);
    await expectRemoved(site, members, target);
  });

  it('between the intent of each step and its command, and between its outcome and its proof', {
    timeout: limit,
  }, async () => {
    const points = pointsOf(steps, ['intent', 'outcome']);
    const { end } = await gauntlet(site, 'remove-peer', { target, steps, points });
    expect(end.how).toBe('finished');
    expect(site.done).toEqual(once);
    await expectRemoved(site, members, target);
  });
});

describe.runIf(everyCrash)('removing a peer after one console was killed', () => {
  for (const point of pointsOf(steps, ['armed', 'intent', 'sent', 'running', 'outcome'])) {
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      const { end } = await gauntlet(site, 'remove-peer', { target, steps, points: [point] });
      expect(end.how).toBe('finished');
      expect(site.done).toEqual(once);
      await expectRemoved(site, members, target);
    });
  }
});
