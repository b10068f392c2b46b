import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readElection } from '../../source/cluster/election.ts';
import { electionSayings } from '../../source/cluster/election-words.ts';
import type { Machine } from '../../source/demo/machine/machine.ts';
import { prime } from '../../source/demo/world/ipam.ts';
import { isEmpty } from '../../source/demo/world/ring.ts';
import { runningOn } from '../../source/demo/world/weaver.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import { watchElection } from '../../source/session/haste.ts';
import { openConsole, type TestConsole } from '../support/change-console.ts';
import { drive } from '../support/change-driver.ts';
import { gauntlet, pointsOf, stepsOf } from '../support/change-loop.ts';
import { dropWhileRunning, folderOn, openSite, quickPace, type Site } from '../support/change-site.ts';
import { fromSource, startCli } from '../support/cli.ts';

const everyCrash = process.env.EVERY_CRASH === '1';
const five = [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`);
const [h1 = '', h2 = '', h3 = '', h4 = '', h5 = ''] = five;

let site: Site;
const consoles: TestConsole[] = [];
afterEach(async () => {
  for (const one of consoles.splice(0)) await one.close();
  await site.stop();
});

const open = (speed = 1, pace = quickPace): TestConsole => {
  const journal = join(site.folder, 'anna');
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: site.demo.configFile, journal, who: 'anna', speed, pace });
  consoles.push(one);
  return one;
};

/** The story of a peer's election as the console tells it now. */
const story = ({ session }: TestConsole, peer: string): string => {
  const { view } = session.snapshot();
  const election = readElection(view, peer);
  return election === null
    ? ''
    : electionSayings(view, election)
        .map(({ text }) => text)
        .join('\n');
};

/** How long a state and a whole test may take, in ms: that ends a hang, and judges no speed. */
const patience = 150_000;
const limit = 600_000;

/** Waits until the story of a peer says all of this. */
const tells = (one: TestConsole, peer: string, ...said: readonly RegExp[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const calm = watchElection(one.session, peer);
    const end = (act: () => void) => {
      clearTimeout(late);
      calm();
      unsubscribe();
      act();
    };
    const late = setTimeout(
      () => end(() => reject(new Error(`${story(one, peer)}\ndoes not say ${said.join(', ')}`))),
      patience,
    );
    const look = () => {
      const text = story(one, peer);
      if (said.every((pattern) => pattern.test(text))) end(() => resolve(text));
    };
    const unsubscribe = one.session.subscribe(look);
    look();
  });

const machine = (name: string): Machine => site.demo.stage.machine(name);
const start = (name: string) => site.demo.mischief.run(`start ${name}`);
const done = /^The ring is there, and the same on all/;

/** Starts weave anew on a host, with this list, and asks it for the ring. */
const again = async (name: string, list: readonly string[]): Promise<void> => {
  await machine(name).stop();
  site.demo.stage.writeList(machine(name), list);
  await machine(name).start();
};

const primeOn = (name: string): void => {
  const weaver = runningOn(machine(name).host);
  if (weaver === null) throw new Error(`no weave on ${name}`);
  prime(site.demo.stage.world, weaver, () => {});
};

/** Waits until the world of the demo is so. */
const worldIs = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; !holds(); turn++) {
    if (turn * 20 > patience) throw new Error('the simulated world does not come so far');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const metItself = (name: string): boolean =>
  [...(runningOn(machine(name).host)?.targets.values() ?? [])].some(
    ({ lastError }) => lastError === 'cannot connect to ourself',
  );

/** Whether weave there knows so many peers, itself included. */
const sees = (name: string, count: number): boolean =>
  runningOn(machine(name).host)?.known.size === count - 1;

describe('what a prime waits for', () => {
  it('is three of five that are stopped or out of reach; a third ends it', {
    timeout: limit,
  }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    await site.demo.mischief.run('off h5');
    const one = open();
    await tells(
      one,
      h1,
      /^h1 \(127\.77\.0\.11\) waits for consensus: it needs 3 and counts 2, itself included\.$/m,
      /^Missing: \S*h3\S* \(127\.77\.0\.13\) has its weave stopped \(the unit is inactive.*connection refused/m,
      /^Missing: \S*h4\S* \(127\.77\.0\.14\) has its weave stopped/m,
      /^Missing: 127\.77\.0\.15 can't be reached by SSH \(/m,
    );
    await start('h3');
    await tells(one, h1, done, /127\.77\.0\.15 .* It gets the ring when it comes\./);
  });

  it('is the other part of a network that is cut', { timeout: limit }, async () => {
    site = await openSite({ peers: 5, scenario: 'idle' });
    await site.demo.mischief.run('cut');
    await worldIs(() => sees('h4', 2));
    primeOn('h4');
    const one = open();
    const text = await tells(
      one,
      h4,
      /needs 3 and counts/,
      /^Missing: h1 .* runs, and the connection to it fails, while it sees h2 \(127\.77\.0\.12\) and h3 \(127\.77\.0\.13\)\. h4 \(127\.77\.0\.14\) says of it: /m,
    );
    expect(text.match(/^Missing: /gm)).toHaveLength(3);
    await site.demo.mischief.run('heal');
    await tells(one, h4, done);
  });

  it('is not UDP, but that is said', { timeout: limit }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    await site.demo.mischief.run('udp h2');
    await again('h2', five);
    const one = open();
    await tells(
      one,
      h1,
      /^h2 \(127\.77\.0\.12\): the link is only pending, so UDP \(6783 and 6784\) does not pass/m,
    );
    await start('h3');
    await tells(one, h1, done, /UDP/);
  });

  it('is one peer more than the cluster has a majority of, by a list that is too long', {
    timeout: limit,
  }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    await again('h1', [...five, '127.77.0.16', '127.77.0.17']);
    await worldIs(() => metItself('h1'));
    primeOn('h1');
    const one = open();
    const wrong =
      /asks for 4, and 3 is right for 5 configured peers\. The list that weave on h1 \(127\.77\.0\.11\) was started with has 7 entries; 127\.77\.0\.16 and 127\.77\.0\.17 are no configured peers/;
    await tells(one, h1, wrong, /No list that is corrected later mends this/);
    site.demo.stage.writeList(machine('h1'), five);
    await start('h3');
    await tells(one, h1, wrong, /sees 3 peers, itself included: 1 more must come/);
    await start('h4');
    await tells(one, h1, done);
  });

  it('is a peer whose name another one has', { timeout: limit }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    machine('h3').host.machineId = machine('h2').host.machineId;
    machine('h3').writeIds();
    await start('h3');
    const one = open();
    await tells(
      one,
      h1,
      /^Missing: h3 \(127\.77\.0\.13\) has the peer name \S+ of h2 \(127\.77\.0\.12\), so weave lets only one of them in/m,
    );
    await start('h4');
    // A clone may get in by the fourth and have the ring too, which makes it the same on all.
    await tells(one, h1, /^The ring is there.*h1 .*h4 /);
  });

  it('is an incarnation that is gone, and counted', { timeout: limit }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    await again('h2', five);
    await worldIs(() => sees('h1', 2));
    const one = open();
    await tells(
      one,
      h1,
      /counts 3 and sees 2: 1 that it counts is gone, .* So 3 of 3 is no quorum: what it sees must reach 3\./,
    );
  });
});

const noLock = (): void => {
  for (const { address } of site.demo.peers)
    expect(
      folderOn(site, address, 'var/lib/weave-console').filter((name) => /^lock\.(json|new)$/.test(name)),
    ).toEqual([]);
};

describe('prime without a terminal', () => {
  const cli = (...args: readonly string[]) => ['prime', ...args, '--config', site.demo.configFile];
  const begin = (args: readonly string[]) =>
    startCli(args, { XDG_STATE_HOME: site.folder }, { ...fromSource, limit: patience });
  const run = (args: readonly string[]) => begin(args).ended;
  const attaches = `Stopped waiting; weave prime on h1 (${h1}) goes on by itself: \`weave-console prime\` watches it again.`;

  it('names who is missing and how to acknowledge them, waits, is stopped, and is watched to the end', {
    timeout: limit,
  }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    const refused = await run(cli('h1', '--absent', 'h3'));
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(refused.stdout).toContain(
      `warn: ${h4} tells a report now: h4 (${h4}) is not there (connection refused).`,
    );
    expect(refused.stdout).not.toContain(`warn: ${h3}`);
    expect(refused.stdout).toContain(
      `Nothing was changed.\nIf these are known to be away, name them:\n  weave-console prime h1 --config ${site.demo.configFile} --absent ${h3},${h4},${h5}\n`,
    );
    expect(site.done).toEqual([]);
    noLock();

    const primed = begin(cli('h1', '--absent', 'h3,h4,h5'));
    await primed.said(/^\S+Z Missing: .*127\.77\.0\.15/m);
    await primed.said(/goes on by itself on this host/);
    primed.child.kill('SIGINT');
    const stopped = await primed.ended;
    expect([stopped.code, stopped.stdout.trim().split('\n').at(-1)]).toEqual([7, attaches]);
    expect(site.done).toEqual([`${h1} weave prime`]);
    noLock();

    const watched = begin(cli('--read-only'));
    await watched.said(/^\S+Z h1 \(127\.77\.0\.11\) waits for consensus: it needs 3 and counts 2/m);
    await start('h3');
    const ended = await watched.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/Z h3 \(127\.77\.0\.13\) came\.\n/);
    // Whether weave on h3 answers by then is a matter of milliseconds.
    expect(ended.stdout).toMatch(
      /Z The ring is there, and the same on all [23] peers that answer: h1 .* h2 .*\.\n/,
    );
    expect(site.done).toEqual([`${h1} weave prime`]);
  });

  it('primes what is whole, and finds it primed', { timeout: limit }, async () => {
    site = await openSite({ peers: 3, scenario: 'idle' });
    expect(await run(cli())).toMatchObject({
      code: 4,
      stdout: 'Nothing is being primed, and there is no ring: `weave-console prime PEER` begins.\n',
    });
    const primed = await run(cli('h2'));
    expect(primed).toMatchObject({ code: 0, stderr: '' });
    expect(primed.stdout).toMatch(/^weave prime runs on h2 \(127\.77\.0\.12\)\.\n/);
    expect(primed.stdout).toMatch(/Z The ring is there, and the same on all 3 peers that answer/);
    noLock();
    expect(await run(cli('h2'))).toMatchObject({ code: 0 });
    // Somebody else is at it, with a lease that a slow machine does not let go.
    const begun = await open(1, LOCK_PACE).workshop.begin({ kind: 'remove-peer', target: h3, reason: 'T-9' });
    if (!begun.ok) throw new Error(begun.why);
    const held = await run(cli('h2'));
    expect([held.code, held.stdout]).toEqual([
      6,
      expect.stringMatching(
        /could not be had\. Nothing was changed\.\nThe lock is held by a live session:\n.*T-9/s,
      ),
    ]);
    expect(await run(['prime', '--peers', '127.77.9.9', '--port', '1'])).toMatchObject({
      code: 5,
      stdout: 'No peer tells a report, so nothing is known of a prime.\n',
    });
    expect(site.done).toEqual([`${h2} weave prime`]);
  });
});

describe('a prime whose link breaks, or whose console dies', () => {
  it('is uncertain, and is found done when the ring is there', {
    timeout: limit,
  }, async () => {
    site = await openSite({ peers: 3, scenario: 'waiting-for-quorum' });
    const dropped = dropWhileRunning(site);
    const anna = open(4);
    const request = { kind: 'prime', target: h1, reason: 'T-1' } as const;
    const begun = await anna.workshop.begin(request);
    if (!begun.ok) throw new Error(begun.why);
    let uncertain = false;
    begun.maintenance.subscribe(() => {
      const { run } = begun.maintenance.snapshot();
      if (uncertain || run.phases[run.at]?.phase !== 'uncertain') return;
      uncertain = true;
      void start('h2');
    });
    const driven = await drive(begun.maintenance, {
      expects: [/is not there/],
      // It waits for a peer that comes: nothing is to be tried again.
      uncertain: 'stop',
    });
    expect(driven).toMatchObject({ how: 'finished', retried: [] });
    expect(uncertain).toBe(true);
    expect(dropped).toEqual([`${h1} weave-prime`]);
    expect(site.done).toEqual([`${h1} weave prime`]);
    noLock();
  });

  it('leaves no record when it is paused while it waits', { timeout: limit }, async () => {
    site = await openSite({ peers: 5, scenario: 'waiting-for-quorum' });
    const anna = open(4);
    const begun = await anna.workshop.begin({ kind: 'prime', target: h1, reason: '' });
    if (!begun.ok) throw new Error(begun.why);
    const driven = await drive(begun.maintenance, {
      expects: [/is not there/],
      onVerifying: (step) => {
        if (step === 'prime') setImmediate(() => begun.maintenance.send({ kind: 'pause' }));
      },
    });
    expect(driven.how).toBe('paused');
    noLock();
    expect(await anna.workshop.lock()).toEqual({ kind: 'free' });
  });

  const members = five.slice(0, 2);
  const steps = stepsOf('prime', members, h1);
  const moments = everyCrash
    ? (['armed', 'intent', 'sent', 'running', 'outcome'] as const)
    : (['intent', 'running'] as const);

  it('goes on with the next console, wherever one was killed', { timeout: limit }, async () => {
    site = await openSite({ peers: 2, scenario: 'idle' });
    const points = pointsOf(steps, moments, ['preflight']);
    const { killed, end } = await gauntlet(site, 'prime', { target: h1, steps, points });
    expect(killed).toHaveLength(points.length);
    expect(end.how).toBe('finished');
    expect(new Set(site.done)).toEqual(new Set([`${h1} weave prime`]));
    for (const { host } of site.demo.stage.peers) {
      const weaver = runningOn(host);
      expect(weaver !== null && isEmpty(weaver.ring)).toBe(false);
    }
    noLock();
  });
});
