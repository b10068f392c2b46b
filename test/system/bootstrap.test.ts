import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { openSite, type Site } from '../support/change-site.ts';
import { expectBootstrapped } from '../support/change-state.ts';

let site: Site | null = null;
let anna: TestConsole | null = null;
afterEach(async () => {
  await anna?.close();
  await site?.stop();
  site = anna = null;
});

const bootstrapped = async (of: Site, human: Human = {}): Promise<Driven> => {
  const journal = join(of.folder, 'anna');
  mkdirSync(journal, { recursive: true });
  anna = openConsole({ config: of.demo.configFile, journal, who: 'anna', speed: 4 });
  const begun = await anna.workshop.begin({ kind: 'bootstrap', target: null, reason: 'T-1' });
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return drive(begun.maintenance, human);
};

const started = (addresses: readonly string[]) => [
  ...addresses.map((address) => `${address} systemctl enable --now -- weave.service`),
  `${addresses[0]} weave prime`,
];

describe('a cluster is made', () => {
  it.each([1, 3])('of %i fresh hosts', { timeout: 200_000 }, async (peers) => {
    site = await openSite({ scenario: 'fresh-hosts', peers });
    const addresses = site.demo.peers.map(({ address }) => address);
    const done = await bootstrapped(site, { expects: [/is the only peer in the config/] });
    expect(done).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    expect(site.done).toEqual(started(addresses));
    await expectBootstrapped(site, addresses);
  });
});
