import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Moment } from '../support/change-child.ts';
import { gauntlet, type Point, pointsOf } from '../support/change-loop.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { expectBootstrapped } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12'];
const each = (what: string) => members.map((address) => `${what}:${address}`);
const looks = ['preflight', 'linked'];
const steps = ['preflight', ...each('file'), ...each('unit'), ...each('start'), 'linked', 'prime', 'summary'];
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;

let site: Site;
beforeEach(async () => {
  site = await openSite({ scenario: 'fresh-hosts', peers: members.length });
});
afterEach(() => site.stop());

/** What must have been run on the hosts in all, however many consoles died over it. */
const once = [
  ...members.map((address) => `${address} systemctl enable --now -- weave.service`),
  `${members[0]} weave prime`,
];

const survives = async (points: readonly Point[]): Promise<void> => {
  const { killed, end } = await gauntlet(site, 'bootstrap', { target: null, steps, points });
  expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
  expect(end.how).toBe('finished');
  expect(site.done).toEqual(once);
  await expectBootstrapped(site, members);
};

describe('making a cluster while consoles are killed', () => {
  it('at each moment of each kind of step, and before each step that only looks', {
    timeout: limit,
  }, async () => {
    // The first host's steps die before and while their command runs, the second's before it is sent and after its end.
    const dies: Readonly<Record<string, readonly Moment[]>> = {
      '127.77.0.11': ['armed', 'running'],
      '127.77.0.12': ['intent', 'outcome'],
      prime: ['armed', 'intent', 'running'],
    };
    const points = pointsOf(steps, ['armed', 'intent', 'running', 'outcome'], looks).filter(
      ({ step, when }) => dies[step.split(':').at(-1) ?? '']?.includes(when) ?? true,
    );
    await survives(points);
  });
});

describe.runIf(everyCrash)('making a cluster while many consoles are killed', () => {
  for (const moments of [
    ['armed', 'running'],
    ['intent', 'outcome'],
  ] as const)
    it(`at each step: ${moments.join(', ')}`, { timeout: limit }, () =>
      survives(pointsOf(steps, moments, looks)),
    );
});

describe.runIf(everyCrash)('making a cluster after one console was killed', () => {
  for (const point of pointsOf(steps, ['armed', 'intent', 'sent', 'running', 'outcome'], looks)) {
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      await survives([point]);
    });
  }
});
