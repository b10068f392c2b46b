import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { places } from '../../source/demo/machine/files.ts';
import type { ChildNews } from '../support/change-child.ts';
import { gauntlet, pointsOf, stepsOf } from '../support/change-loop.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { expectRestarted } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12', '127.77.0.13'];
const target = '127.77.0.12';
const steps = stepsOf('restart-peer', members, target);
/** Steps at which nothing is sent. */
const quiet = ['preflight', 'work'];
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;
const expects = ['will lose the weave network until', 'weave does not start with the host'];

let site: Site;
beforeEach(async () => {
  site = await openSite({ peers: members.length });
  // Weave does not start with the host, so that somebody has to start it.
  site.demo.stage.machine('h2').files.remove(places.wants);
});
afterEach(() => site.stop());

/** The host is rebooted once: while nobody is at the console, or while it is waited for. */
const rebooting = () => {
  let rebooted = false;
  return (news: ChildNews) => {
    const works = news.kind === 'dying' && ['stop', 'work', 'start'].includes(news.step);
    if (rebooted || !works || (news.step === 'stop' && news.when !== 'behind')) return;
    rebooted = true;
    void site.demo.mischief.run('reboot h2');
  };
};

const expectDone = async (): Promise<void> => {
  expect(site.done).toEqual(['stop', 'start'].map((verb) => `${target} systemctl ${verb} -- weave.service`));
  const { files } = site.demo.stage.machine('h2');
  files.link(places.wants, files.path(places.unit));
  await expectRestarted(site, members);
};

describe('restarting a peer while consoles are killed, and its host is rebooted meanwhile', () => {
  it.each([
    ['before each step and while its command runs', ['armed', 'running'], steps],
    [
      'between the intent of each step and its command, and between its outcome and its proof',
      ['intent', 'outcome'],
      ['stop', 'work', 'start'],
    ],
  ] as const)('%s', { timeout: limit }, async (_, moments, dieAt) => {
    const points = pointsOf(steps, moments, quiet).filter(({ step }) => dieAt.some((one) => one === step));
    const onNews = rebooting();
    const { killed, end } = await gauntlet(site, 'restart-peer', { target, steps, points, expects, onNews });
    expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
    expect(end.how).toBe('finished');
    await expectDone();
  });
});

describe.runIf(everyCrash)('restarting a peer after one console was killed', () => {
  for (const point of pointsOf(steps, ['armed', 'intent', 'sent', 'running', 'outcome'], quiet)) {
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      const given = { target, steps, points: [point], expects, leavesOut: '^work$' };
      const { end } = await gauntlet(site, 'restart-peer', given);
      expect(end.how).toBe('finished');
      await expectDone();
    });
  }
});

describe.runIf(everyCrash)(
  'restarting every peer while consoles are killed, and each host is rebooted',
  () => {
    it('one after the other', { timeout: limit }, async () => {
      const { files } = site.demo.stage.machine('h2');
      files.link(places.wants, files.path(places.unit));
      const turns = stepsOf('restart-all', members, '');
      // Each host starts weave by itself, so nothing is sent for that.
      const points = pointsOf(
        turns,
        ['armed', 'running'],
        turns.filter((step) => !step.startsWith('stop')),
      ).filter(({ step }) => !step.startsWith('start'));
      const onNews = (news: ChildNews) => {
        const host =
          news.kind === 'dying' && news.when === 'armed'
            ? /^work:127\.77\.0\.1(\d)$/.exec(news.step)?.[1]
            : undefined;
        if (host !== undefined) void site.demo.mischief.run(`reboot h${host}`);
      };
      const { killed, end } = await gauntlet(site, 'restart-all', {
        target: null,
        steps: turns,
        points,
        expects,
        onNews,
      });
      expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
      expect(end.how).toBe('finished');
      expect(site.done).toEqual(members.map((address) => `${address} systemctl stop -- weave.service`));
      await expectRestarted(site, members);
    });
  },
);
