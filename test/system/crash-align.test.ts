import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentedUnit } from '../../source/demo/machine/files.ts';
import { gauntlet, pointsOf } from '../support/change-loop.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { environmentOf, expectAligned, unitPlace } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12', '127.77.0.13'];
const [h1 = '', h2 = '', h3 = ''] = members;
const steps = [
  'preflight',
  ...['file', 'unit', 'enable'].flatMap((what) => members.map((address) => `${what}:${address}`)),
  'summary',
];
/** The steps that find something to do; consoles die nowhere else. */
const busy = ['preflight', `file:${h2}`, `unit:${h3}`, `enable:${h1}`, 'summary'];
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;

let site: Site;
beforeEach(async () => {
  site = await openSite({ peers: 3 });
  const [first, second, third] = site.demo.stage.peers;
  first?.files.remove('etc/systemd/system/multi-user.target.wants/weave.service');
  second?.files.write('etc/sysconfig/weave', environmentOf([h1, h2]));
  third?.files.write(unitPlace, documentedUnit.replace('[Install]', 'Restart=always\n[Install]'));
});
afterEach(() => site.stop());

const expectOnce = async (): Promise<void> => {
  expect(site.done).toEqual([`${h1} systemctl enable -- weave.service`]);
  await expectAligned(site, members, { files: [h2], units: [h3] });
};

const given = { target: null, steps };

describe('aligning while consoles are killed', () => {
  it('before each step and while its command runs', { timeout: limit }, async () => {
    const points = pointsOf(busy, ['armed', 'running']);
    const { killed, end } = await gauntlet(site, 'align', { ...given, points });
    expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
    expect(end.how).toBe('finished');
    await expectOnce();
  });

  it('between the intent of each step and its command, and between its outcome and its proof', {
    timeout: limit,
  }, async () => {
    const points = pointsOf(busy, ['intent', 'outcome']);
    const { end } = await gauntlet(site, 'align', { ...given, points });
    expect(end.how).toBe('finished');
    await expectOnce();
  });
});

describe.runIf(everyCrash)('aligning after one console was killed', () => {
  for (const point of pointsOf(busy, ['armed', 'intent', 'sent', 'running', 'outcome'])) {
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      const { end } = await gauntlet(site, 'align', { ...given, points: [point] });
      expect(end.how).toBe('finished');
      await expectOnce();
    });
  }
});
