import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChangeRequest, Maintenance } from '../../source/session/maintenance/model.ts';
import { type ConsoleParts, openConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { dropWhileRunning, openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectWiped } from '../support/change-state.ts';

const five = [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`);
const [, , , fourth = '', fifth = ''] = five;

let site: Site | null = null;
let close = async () => {};
afterEach(async () => {
  await close();
  await site?.stop();
});

const begin = async (request: ChangeRequest, parts: Partial<ConsoleParts> = {}): Promise<Maintenance> => {
  if (site === null) throw new Error('no demo');
  await close();
  const journal = join(site.folder, 'anna');
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: site.demo.configFile, journal, who: 'anna', speed: 4, ...parts });
  close = one.close;
  const begun = await one.workshop.begin(request);
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return begun.maintenance;
};

const change = async (
  request: ChangeRequest,
  human: Human = {},
  parts: Partial<ConsoleParts> = {},
): Promise<Driven> => drive(await begin(request, parts), human);

/** The sentences of what blocks the first step, once it is judged. */
const blocked = (maintenance: Maintenance): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const look = () => {
      const [phase] = maintenance.snapshot().run.phases;
      if (phase?.phase !== 'blocked') return;
      stop();
      resolve(phase.judged.filter(({ level }) => level === 'block').map(({ because }) => because));
    };
    const stop = maintenance.subscribe(look);
  });

const wiping = (target: string): ChangeRequest => ({ kind: 'wipe-peer', target, reason: 'T-8' });

describe('wiping a peer that has the wrong ring', () => {
  it('mends a cluster that was seeded apart, one wipe after the other, while the other of them is stopped', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ scenario: 'seeded-apart' });
    const { mischief } = site.demo;
    const first = await begin(wiping(fourth));
    expect(await blocked(first)).toEqual([
      expect.stringMatching(
        /do not tell the same ring: .* If h5 \(127\.77\.0\.15\) has the wrong ring, too: stop weave there first .* wipe h5 \(127\.77\.0\.15\) after h4 \(127\.77\.0\.14\)\.$/,
      ),
    ]);
    await mischief.run('stop h5');
    expect(await drive(first, { expects: [/^h5 \(127\.77\.0\.15\) is not there/] })).toMatchObject({
      how: 'finished',
    });
    expect(await change(wiping(fifth))).toMatchObject({ how: 'finished' });
    expect(site.done).toEqual([
      `${fourth} systemctl stop -- weave.service`,
      `${fourth} weave reset --force`,
      `${fourth} systemctl enable --now -- weave.service`,
      `${fifth} weave reset --force`,
      `${fifth} systemctl enable --now -- weave.service`,
    ]);
    await expectWiped(site, five, fifth);
  });

  it('is looked at where links break while its commands run, and nothing is done twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ scenario: 'returned-peer', peers: 3 });
    const [, , third = ''] = five;
    const dropped = dropWhileRunning(site);
    const wiped = await change(wiping(third), { lookFor: 60_000 }, { pace: quickPace });
    expect(wiped).toMatchObject({ how: 'finished', retried: [] });
    expect([...new Set(dropped)]).toEqual([
      `${third} unit-stop`,
      `${third} weave-wipe`,
      `${third} unit-enable-now`,
      ...five.slice(0, 2).map((address) => `${address} unmark-reclaimed`),
    ]);
    expect(site.done).toEqual([
      `${third} systemctl stop -- weave.service`,
      `${third} weave reset --force`,
      `${third} systemctl enable --now -- weave.service`,
    ]);
    await expectWiped(site, five.slice(0, 3), third);
  });
});
