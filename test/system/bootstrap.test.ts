import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { dropWhileRunning, fileOn, openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectBootstrapped } from '../support/change-state.ts';

let site: Site | null = null;
let anna: TestConsole | null = null;
afterEach(async () => {
  await anna?.close();
  await site?.stop();
  site = anna = null;
});

const bootstrapped = async (
  of: Site,
  human: Human = {},
  parts: Partial<ConsoleParts> = {},
): Promise<Driven> => {
  const journal = join(of.folder, 'anna');
  mkdirSync(journal, { recursive: true });
  anna = openConsole({ config: of.demo.configFile, journal, who: 'anna', speed: 4, ...parts });
  const begun = await anna.workshop.begin({ kind: 'bootstrap', target: null, reason: 'T-1' });
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return drive(begun.maintenance, human);
};

const fresh = async (peers: number): Promise<readonly [Site, readonly string[]]> => {
  site = await openSite({ scenario: 'fresh-hosts', peers });
  return [site, site.demo.peers.map(({ address }) => address)];
};

const started = (addresses: readonly string[]) => [
  ...addresses.map((address) => `${address} systemctl enable --now -- weave.service`),
  `${addresses[0]} weave prime`,
];

describe('a cluster is made', () => {
  it.each([1, 3])('of %i fresh hosts', { timeout: 200_000 }, async (peers) => {
    const [at, addresses] = await fresh(peers);
    const done = await bootstrapped(at, { expects: [/is the only peer in the config/] });
    expect(done).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    expect(at.done).toEqual(started(addresses));
    await expectBootstrapped(at, addresses);
  });

  it('like the host that has a file and a unit already, its password and its range unseen', {
    timeout: 200_000,
  }, async () => {
    const [at, addresses] = await fresh(2);
    const { stage } = at.demo;
    const [, second] = stage.peers;
    const rest = 'WEAVE_PASSWORD="correct-horse-battery"\nWEAVE_MTU=1350\n';
    second?.files.write('etc/sysconfig/weave', `PEERS="--ipalloc-range 10.40.0.0/16"\n${rest}`, 0o600);
    const done = await bootstrapped(at);
    expect(done).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    for (const address of addresses)
      expect(fileOn(at, address, 'etc/sysconfig/weave')).toBe(
        `PEERS="--ipalloc-range 10.40.0.0/16 ${addresses.join(' ')}"\n${rest}`,
      );
    expect(stage.world.weavers().map(({ options }) => [options.range, options.password])).toEqual(
      addresses.map(() => ['10.40.0.0/16', 'correct-horse-battery']),
    );
    expect(at.heard.filter(({ line }) => line.includes('correct-horse'))).toEqual([]);
  });

  it('without a host that is out of reach, by a reason and as long as the rest is a majority', {
    timeout: 200_000,
  }, async () => {
    const [at, addresses] = await fresh(3);
    const { world, peers } = at.demo.stage;
    const [, , third] = peers;
    if (third === undefined) throw new Error('no host');
    world.powerOff(third.host.id);
    const done = await bootstrapped(at, {
      overrides: [/^127\.77\.0\.13 can't be reached: /],
      leavesOut: /:127\.77\.0\.13$/,
      expects: [/^Left to do before weave starts there again: correct PEERS on 127\.77\.0\.13\.$/],
    });
    expect(done).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    expect(at.done).toEqual(started(addresses.slice(0, 2)));
    for (const { direct, ring } of world.weavers()) {
      expect(direct).toEqual(addresses);
      expect(ring.tokens.length).toBeGreaterThan(0);
    }
  });

  it.each(['file', 'start'])(
    'without a host that dies before its %s, by a reason',
    {
      timeout: 200_000,
    },
    async (what) => {
      const [at, addresses] = await fresh(3);
      const { world, peers } = at.demo.stage;
      const [, , third] = peers;
      if (third === undefined) throw new Error('no host');
      const done = await bootstrapped(at, {
        onArmed: (step) => {
          if (step === `${what}:127.77.0.12`) world.powerOff(third.host.id);
        },
        leavesOut: /:127\.77\.0\.13$/,
        expects: [/^Left to do before weave starts there again: correct PEERS on 127\.77\.0\.13\.$/],
      });
      expect(done).toMatchObject({ how: 'finished', already: [] });
      expect(at.done).toEqual(started(addresses.slice(0, 2)));
      expect(done.last.run.notes.away).toEqual(['127.77.0.13']);
      for (const { direct } of world.weavers()) expect(direct).toEqual(addresses);
    },
  );

  it('although every link breaks while its command runs, and nothing is done twice', {
    timeout: 200_000,
  }, async () => {
    const [at, addresses] = await fresh(2);
    const dropped = dropWhileRunning(at);
    const done = await bootstrapped(at, { lookFor: 60_000 }, { pace: quickPace });
    expect(done).toMatchObject({ how: 'finished', retried: [] });
    const each = (what: string) => addresses.map((address) => `${address} ${what}`);
    expect([...new Set(dropped)]).toEqual([
      ...each('write-environment'),
      ...each('install-unit'),
      ...each('unit-enable-now'),
      `${addresses[0]} weave-prime`,
    ]);
    expect(at.done).toEqual(started(addresses));
    await expectBootstrapped(at, addresses);
  });
});

describe('no cluster is made', () => {
  it('where a host runs weave and another has ring data: both are named, and nothing is begun', {
    timeout: 200_000,
  }, async () => {
    const [at] = await fresh(3);
    const { stage } = at.demo;
    const [, second, third] = stage.peers;
    if (second === undefined || third === undefined) throw new Error('no hosts');
    for (const machine of [second, third]) {
      stage.install(machine);
      await machine.start();
    }
    await third.stop();
    await expect(bootstrapped(at, { givesUpAt: /Weave runs on h2 .* h3 .* has ring data/ })).rejects.toThrow(
      /block nothing-runs: Weave runs on h2 \(127\.77\.0\.12\) already, without a ring.*\n.*block no-ring-data: h3 \(127\.77\.0\.13\) has ring data \(weavedb\)/,
    );
    expect(at.done).toEqual([]);
    expect(at.heard.filter(({ line }) => line.includes('fenced-'))).toEqual([]);
  });
});
