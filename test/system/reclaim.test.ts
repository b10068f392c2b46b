import { mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeRequest } from '../../source/session/maintenance/model.ts';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { gauntlet, type Point, pointsOf, stepsOf } from '../support/change-loop.ts';
import { fileOn, openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectReclaimed } from '../support/change-state.ts';

const members = ['127.77.0.11', '127.77.0.12', '127.77.0.13'];
/** Powered off before anybody looked. */
const target = '127.77.0.13';
const survivors = members.filter((address) => address !== target);
const steps = stepsOf('reclaim-peer', members, target);
/** Nothing is sent in these; `disable` is found done, since SSH does not reach the host. */
const nothingSent = ['preflight', 'evidence'];
const crashSteps = steps.filter((step) => step !== 'disable');
/** Nobody told the console the address that goes with the dead owner's name. */
const inferred = 'It is taken for 127\\.77\\.0\\.13, because it is the only owner out of sight';
/** Whoever takes it up again has not looked at the host yet. */
const saidBefore = 'Somebody may have switched the host on since';
const everyCrash = process.env.EVERY_CRASH === '1';
const limit = 400_000;

let site: Site;
let name = '';
const consoles: TestConsole[] = [];
beforeEach(async () => {
  site = await openSite({ scenario: 'dead-peer', peers: members.length });
  name = site.demo.stage.peers.at(-1)?.host.bridge ?? '';
  expect(name).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
});
afterEach(async () => {
  for (const one of consoles.splice(0)) await one.close();
  await site.stop();
});

const consoleOf = (who: string, parts: Partial<ConsoleParts> = {}): TestConsole => {
  const journal = join(site.folder, who);
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: site.demo.configFile, journal, who, speed: 4, ...parts });
  consoles.push(one);
  return one;
};

const request: ChangeRequest = { kind: 'reclaim-peer', target, reason: 'T-1' };
const change = async ({ workshop }: TestConsole, human: Human = {}): Promise<Driven> => {
  const begun = await workshop.begin(request);
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return drive(begun.maintenance, { expects: [new RegExp(inferred)], ...human });
};

/** Gives up what another console left: nobody resumes it any more. */
const giveUp = async ({ workshop }: TestConsole) => {
  for (;;) {
    const shown = await workshop.lock();
    if (shown.kind !== 'left-behind' || shown.record === null) continue;
    const broken = await workshop.breakLock(shown, shown.record.id.slice(0, 6), 'given up');
    if (broken.ok) return;
  }
};
/** Leaves a reclaim when a step is armed. */
const leaveAt = async ({ workshop }: TestConsole, step: string) => {
  const begun = await workshop.begin(request);
  if (!begun.ok) throw new Error(begun.why);
  await drive(begun.maintenance, {
    expects: [new RegExp(inferred)],
    onArmed: (at) => {
      if (at === step) begun.maintenance.send({ kind: 'pause' });
    },
  });
};

/** What must have been run on the hosts in all: rmpeer once, on one host. */
const once = () => [
  `127.77.0.11 weave rmpeer ${name}`,
  ...survivors.map((address) => `${address} weave forget ${target}`),
];

describe('reclaiming a dead peer', () => {
  it('takes its addresses over on one survivor, and leaves a record on all', { timeout: limit }, async () => {
    const driven = await change(consoleOf('anna'));
    expect(driven).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: ['disable'] });
    expect(site.done).toEqual(once());
    await expectReclaimed(site, members, target, name);
  });

  it('is looked at where the link breaks while rmpeer runs, and never sent twice', {
    timeout: limit,
  }, async () => {
    site.onCommand.add((on, line) => {
      if (!line.includes('fenced-weave-rmpeer')) return;
      const running = join(site.demo.rootOf(on), 'var/lib/weave-console/lock.running');
      const watcher = watch(running, () => {
        if (readFileSync(running, 'utf8') === '') return;
        watcher.close();
        void site.demo.mischief.run('drop h1');
      });
    });
    const driven = await change(consoleOf('anna', { pace: quickPace }), { lookFor: 60_000 });
    expect(driven).toMatchObject({ how: 'finished', retried: [] });
    expect(driven.uncertain).toHaveLength(1);
    expect(site.done).toEqual(once());
    await expectReclaimed(site, members, target, name);
  });

  it('can be begun anew after one was given up whose rmpeer was never begun', {
    timeout: limit,
  }, async () => {
    await leaveAt(consoleOf('anna'), 'rmpeer');
    const ben = consoleOf('ben');
    await giveUp(ben);
    expect(site.done).toEqual([]);
    expect(await change(ben)).toMatchObject({ how: 'finished', uncertain: [], retried: [] });
    expect(site.done).toEqual(once());
    for (const host of survivors)
      expect(
        (fileOn(site, host, 'var/lib/weave-console/reclaimed') ?? '').replace(/ \S+ \d+ \S+ /g, ' '),
      ).toBe(
        [
          `${name} ${target} ${survivors[0]} marked`,
          `${name} ${target} ${survivors[0]} ${host === survivors[0] ? 'begun' : 'marked'}`,
          '',
        ].join('\n'),
      );
  });

  it('is begun by nobody a second time', { timeout: limit }, async () => {
    await leaveAt(consoleOf('anna'), `list:${survivors[0]}`);
    const ben = consoleOf('ben');
    await giveUp(ben);
    await expect(change(ben, { givesUpAt: /rmpeer is never run twice/ })).rejects.toThrow(
      /block not-before: h1 \(127\.77\.0\.11\) and h2 \(127\.77\.0\.12\) have it on record that \S+ was reclaimed on .*: rmpeer is never run twice\. It was begun on h1 \(127\.77\.0\.11\)\./,
    );
    expect(site.done).toEqual(once().slice(0, 1));
  });
});

describe('what the journals of this machine tell', () => {
  it('counts as it is now for a console that was opened before it was written', {
    timeout: limit,
  }, async () => {
    const anna = consoleOf('anna');
    const ben = consoleOf('ben', { journal: join(site.folder, 'anna') });
    await leaveAt(anna, `list:${survivors[0]}`);
    await giveUp(ben);
    for (const host of survivors) rmSync(join(site.demo.rootOf(host), 'var/lib/weave-console/reclaimed'));
    await expect(change(ben, { givesUpAt: /The journal here says/ })).rejects.toThrow(
      /block not-in-journal: The journal here says that \S+ was reclaimed on /,
    );
    expect(site.done).toEqual(once().slice(0, 1));
  });
});

describe('reclaiming a dead peer while consoles are killed', () => {
  const story = async (points: readonly Point[]) => {
    const { killed, end } = await gauntlet(site, 'reclaim-peer', {
      target,
      steps,
      points,
      expects: [inferred, saidBefore],
    });
    expect(killed).toEqual(points.map(({ step, when }) => `${step} ${when}`));
    expect(end.how).toBe('finished');
    expect(site.done).toEqual(once());
    await expectReclaimed(site, members, target, name);
  };

  it('sends rmpeer once, whatever is lost between its intent and its proof', { timeout: limit }, () =>
    story([
      { step: 'preflight', when: 'armed' },
      { step: `mark:${survivors[0]}`, when: 'running' },
      { step: 'rmpeer', when: 'intent' },
      { step: 'rmpeer', when: 'running' },
      { step: 'summary', when: 'release' },
    ]),
  );

  it.runIf(everyCrash)('before each step and while its command runs', { timeout: limit }, () =>
    story(pointsOf(crashSteps, ['armed', 'running'], nothingSent)),
  );
});

describe.runIf(everyCrash)('reclaiming a dead peer after one console was killed', () => {
  for (const point of pointsOf(crashSteps, ['armed', 'intent', 'sent', 'running', 'outcome'], nothingSent)) {
    it(`${point.step} ${point.when}`, { timeout: limit }, async () => {
      const { end } = await gauntlet(site, 'reclaim-peer', {
        target,
        steps,
        points: [point],
        expects: [inferred, saidBefore],
      });
      expect(end.how).toBe('finished');
      expect(site.done).toEqual(once());
      await expectReclaimed(site, members, target, name);
    });
  }
});
