import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { places } from '../../source/demo/machine/files.ts';
import type { ChangeRequest } from '../../source/session/maintenance/model.ts';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { dropWhileRunning, openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectRestarted } from '../support/change-state.ts';

let site: Site | null = null;
const consoles: TestConsole[] = [];
afterEach(async () => {
  for (const one of consoles.splice(0)) await one.close();
  await site?.stop();
});

const at = (): Site => {
  if (site === null) throw new Error('no demo');
  return site;
};

const addresses = (count: number) => Array.from({ length: count }, (_, at) => `127.77.0.${11 + at}`);

const consoleOf = (who: string, given: Partial<ConsoleParts> = {}): TestConsole => {
  const journal = join(at().folder, who);
  mkdirSync(journal, { recursive: true });
  const one = openConsole({
    config: at().demo.configFile,
    journal,
    who,
    speed: 4,
    ...given,
  });
  consoles.push(one);
  return one;
};

/** A change as one console saw it: the lock of the run, and of one peer, each time it was another one. */
type Told = Driven & { readonly locks: readonly string[]; readonly there: readonly string[] };

const change = async (
  { workshop }: TestConsole,
  request: ChangeRequest,
  human: Human = {},
): Promise<Told> => {
  const begun = await workshop.begin(request);
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  const [locks, there]: string[][] = [[], []];
  const last = <T>(words: T[] | undefined, word: T | undefined) => {
    if (word !== undefined && words?.at(-1) !== word) words?.push(word);
  };
  begun.maintenance.subscribe(() => {
    const { run, lock } = begun.maintenance.snapshot();
    if (run.ended !== null) return;
    last(locks, run.lock.kind);
    const voter = lock.voters.find(({ peer }) => peer === request.target);
    last(there, voter === undefined ? undefined : voter.word === 'ours' ? 'held' : 'not held');
  });
  const driven = await drive(begun.maintenance, human);
  return { ...driven, locks: locks ?? [], there: there ?? [] };
};

const target = '127.77.0.12';
const restart: ChangeRequest = { kind: 'restart-peer', target, reason: 'T-1' };
const restartAll: ChangeRequest = { kind: 'restart-all', target: null, reason: 'T-2' };
const containers = /-web.* will lose the weave network until weave is up again there/;

/** Reboots h2 once the person has said that the reboot was started. */
const reboots = (step: string) => {
  if (step.startsWith('work')) void at().demo.mischief.run('reboot h2');
};

/** Whether weave starts with h2. */
const enable = (enabled: boolean) => {
  const { files } = at().demo.stage.machine('h2');
  if (enabled) files.link(places.wants, files.path(places.unit));
  else files.remove(places.wants);
};

const systemctl = (...words: readonly string[]) =>
  words.map((word) => `${target} systemctl ${word} -- weave.service`);

describe('restarting a peer', () => {
  it('starts it after a reboot of its host: the lock holds by the others, and is taken there again before', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const { host } = site.demo.stage.machine('h2');
    const { bootId } = host;
    enable(false);
    const told = await change(consoleOf('anna'), restart, {
      expects: [containers, /The unit of h2 .* is disabled: weave does not start with the host/],
      onVerifying: reboots,
    });
    expect(told).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    expect(told).toMatchObject({ locks: ['held'], there: ['held', 'not held', 'held'] });
    expect(host.bootId).not.toBe(bootId);
    expect(site.done).toEqual(systemctl('stop', 'start'));
    enable(true);
    await expectRestarted(site, addresses(3));
  });

  it.each([1, 2])(
    'of %i is suspended while its host is down, and goes on when it is back',
    {
      timeout: 200_000,
    },
    async (peers) => {
      site = await openSite({ peers });
      const host = peers === 1 ? 'h1' : 'h2';
      const told = await change(
        consoleOf('anna'),
        { ...restart, target: addresses(peers).at(-1) ?? '' },
        {
          expects: [
            containers,
            /is the only peer: there is no weave network|Of two peers only h1 .* is left/,
          ],
          onVerifying: (step) => {
            if (step === 'work') void at().demo.mischief.run(`reboot ${host}`);
          },
        },
      );
      expect(told).toMatchObject({ how: 'finished', uncertain: [], retried: [] });
      expect(told).toMatchObject({
        locks: ['held', 'suspended', 'held'],
        there: ['held', 'not held', 'held'],
      });
      await expectRestarted(site, addresses(peers));
    },
  );

  it('leaves each command whose link breaks to be looked at, and does none twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const dropped = dropWhileRunning(site);
    const told = await change(consoleOf('anna', { pace: quickPace }), restart, {
      expects: [containers],
      leavesOut: /^work$/,
      lookFor: 60_000,
    });
    expect(told).toMatchObject({ how: 'finished' });
    expect([...new Set(dropped)]).toEqual([`${target} unit-stop`, `${target} unit-start`]);
    expect(told.uncertain).toHaveLength(2);
    expect(site.done).toEqual(systemctl('stop', 'start'));
    await expectRestarted(site, addresses(3));
  });
});

describe('restarting every peer', () => {
  it('takes one after the other', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 3 });
    const told = await change(consoleOf('anna'), restartAll, { expects: [containers], leavesOut: /^work:/ });
    expect(told).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [], locks: ['held'] });
    expect(site.done).toEqual(
      addresses(3).flatMap((address) =>
        ['stop', 'start'].map((verb) => `${address} systemctl ${verb} -- weave.service`),
      ),
    );
    await expectRestarted(site, addresses(3));
  });

  it('stops at the first doubt', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 3 });
    const { mischief } = site.demo;
    const next = `stop:${target}`;
    const told = await change(consoleOf('anna'), restartAll, {
      expects: [containers],
      leavesOut: /^work:/,
      waits: (step) => step === next,
      onArmed: (step) => {
        if (step === next) void mischief.run('kill h3');
      },
      pausesAt: /^h3 \(127\.77\.0\.13\) told no report just now\. /,
    });
    expect(told).toMatchObject({ how: 'paused', uncertain: [], retried: [] });
    expect(told.last.run.phases.map(({ phase }) => phase)).toEqual([
      'done',
      'done',
      'skipped',
      'done',
      'blocked',
      ...Array(6).fill('waiting'),
    ]);
    expect(site.done).toEqual(
      ['stop', 'start'].map((verb) => `127.77.0.11 systemctl ${verb} -- weave.service`),
    );
  });
});
