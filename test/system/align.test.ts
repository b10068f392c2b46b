import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { drive } from '../support/change-driver.ts';
import { openSite, type Site } from '../support/change-site.ts';

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

const consoleOf = (who: string, quick: Partial<ConsoleParts> = {}): TestConsole => {
  const journal = join(at().folder, who);
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: at().demo.configFile, journal, who, speed: 4, ...quick });
  consoles.push(one);
  return one;
};

describe('aligning', () => {
  it('mends what differs', { timeout: 200_000 }, async () => {
    site = await openSite({ scenario: 'drift' });
    const anna = consoleOf('anna');
    const begun = await anna.workshop.begin({ kind: 'align', target: null, reason: 'T-1' });
    if (!begun.ok) throw new Error(begun.why);
    const driven = await drive(begun.maintenance);
    expect(driven.how).toBe('finished');
    expect(site.done).toEqual(['127.77.0.12 systemctl enable -- weave.service']);
  });
});
