import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadJournal } from '../../source/disk/journal.ts';
import type { JournalEntry } from '../../source/journal/entry.ts';
import type { ChangeRequest } from '../../source/session/maintenance/model.ts';
import { type ConsoleParts, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectAdded, expectRemoved } from '../support/change-state.ts';

const five = [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`);

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

const change = async (
  { workshop }: TestConsole,
  request: ChangeRequest,
  human: Human = {},
): Promise<Driven> => {
  const begun = await workshop.begin(request);
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return drive(begun.maintenance, human);
};

/** The journals of a person, read back. */
const journalsOf = (who: string): readonly (readonly JournalEntry[])[] => {
  const folder = join(at().folder, who);
  return readdirSync(folder).map((name) => {
    const read = loadJournal(folder, name.replace(/\.jsonl$/, ''));
    expect(read).toMatchObject({ problems: [], torn: false });
    return read?.entries ?? [];
  });
};

/** What stands in a journal of each step, in order. */
const told = (entries: readonly JournalEntry[]): Record<string, string> => {
  const steps = new Map<string, string[]>();
  for (const entry of entries) {
    if (!('step' in entry)) continue;
    const word =
      entry.kind === 'outcome'
        ? `${entry.how} ${entry.code}`
        : entry.kind === 'verified' && entry.already
          ? 'already'
          : entry.kind;
    steps.set(entry.step, [...(steps.get(entry.step) ?? []), word]);
  }
  return Object.fromEntries([...steps].map(([step, words]) => [step, words.join(', ')]));
};

const ran = 'arrived, intent, exited 0, verified';
const looked = 'arrived, verified';
const each = (what: string, addresses: readonly string[]) =>
  Object.fromEntries(addresses.map((address) => [`${what}:${address}`, ran]));

/** Drops the links to a host each time that a command has begun there; the command goes on. */
const dropWhileRunning = (): readonly string[] => {
  const { demo, onCommand } = at();
  const dropped: string[] = [];
  onCommand.add((on, line) => {
    const command = /fenced-([a-z-]+)/.exec(line)?.[1];
    if (command === undefined) return;
    const running = join(demo.rootOf(on), 'var/lib/weave-console/lock.running');
    const watcher = watch(running, () => {
      if (readFileSync(running, 'utf8') === '') return;
      watcher.close();
      dropped.push(`${on} ${command}`);
      const host = [...demo.stage.peers, ...demo.stage.spares].find((one) => one.host.address === on)?.host
        .id;
      void demo.mischief.run(`drop ${host}`);
    });
  });
  return dropped;
};

describe('a change, from the first look to the last', () => {
  it('adds the sixth peer', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 5 });
    const anna = consoleOf('anna');
    const target = '127.77.0.16';
    const added = await change(anna, { kind: 'add-peer', target, reason: 'T-1' });
    expect(added).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: ['prime'] });
    await expectAdded(site, five, target);
    expect(site.done).toEqual([
      `${target} systemctl enable --now -- weave.service`,
      ...five.map((address) => `${address} weave connect ${target}`),
    ]);
    const [first] = journalsOf('anna');
    expect(told(first ?? [])).toEqual({
      preflight: looked,
      'write-file': ran,
      unit: ran,
      launch: ran,
      prime: 'arrived, already',
      ...each('list', five),
      ...each('connect', five),
      summary: looked,
    });
    expect(first?.at(0)).toMatchObject({ kind: 'opened', how: 'new', target, reason: 'T-1' });
    expect(first?.at(-1)).toMatchObject({ kind: 'closed', how: 'finished' });
  });

  it('removes a peer', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 5 });
    const anna = consoleOf('anna');
    const target = '127.77.0.12';
    const removed = await change(anna, { kind: 'remove-peer', target, reason: 'T-2' });
    expect(removed).toMatchObject({ how: 'finished', uncertain: [], retried: [], already: [] });
    await expectRemoved(site, five, target);
    const others = five.filter((address) => address !== target);
    expect(site.done).toEqual([
      `${target} systemctl disable -- weave.service`,
      `${target} weave reset`,
      ...others.map((address) => `${address} weave forget ${target}`),
    ]);
    const [journal] = journalsOf('anna');
    expect(told(journal ?? [])).toEqual({
      preflight: looked,
      disable: ran,
      reset: ran,
      ...each('list', others),
      ...each('forget', others),
      'retire-file': ran,
      summary: looked,
    });
  });
});

describe('links that break while a command runs', () => {
  const three = five.slice(0, 3);
  const patient = { lookFor: 8_000 };

  it('leave every step of an addition to be looked at, and none is done twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const target = '127.77.0.14';
    const dropped = dropWhileRunning();
    const anna = consoleOf('anna', { pace: quickPace });
    const added = await change(anna, { kind: 'add-peer', target, reason: 'T-3' }, patient);
    expect(added).toMatchObject({ how: 'finished' });
    expect([...new Set(dropped)]).toEqual([
      `${target} write-environment`,
      `${target} install-unit`,
      `${target} unit-enable-now`,
      ...three.map((address) => `${address} set-peers`),
      ...three.map((address) => `${address} weave-connect`),
    ]);
    await expectAdded(site, three, target);
    expect(site.done).toEqual([
      `${target} systemctl enable --now -- weave.service`,
      ...three.map((address) => `${address} weave connect ${target}`),
    ]);
    const [journal] = journalsOf('anna');
    const lost = Object.entries(told(journal ?? [])).filter(([, words]) => words.includes('lost'));
    expect(lost.map(([step]) => step)).toEqual([
      'write-file',
      'unit',
      'launch',
      ...three.map((address) => `list:${address}`),
      ...three.map((address) => `connect:${address}`),
    ]);
  });

  it('leave every step of a removal to be looked at, and none is done twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const target = '127.77.0.12';
    const dropped = dropWhileRunning();
    const anna = consoleOf('anna', { pace: quickPace });
    const removed = await change(anna, { kind: 'remove-peer', target, reason: 'T-4' }, patient);
    expect(removed).toMatchObject({ how: 'finished' });
    const others = three.filter((address) => address !== target);
    expect([...new Set(dropped)]).toEqual([
      `${target} unit-disable`,
      `${target} weave-reset`,
      ...others.map((address) => `${address} set-peers`),
      ...others.map((address) => `${address} weave-forget`),
      `${target} retire-environment`,
    ]);
    await expectRemoved(site, three, target);
    expect(site.done).toEqual([
      `${target} systemctl disable -- weave.service`,
      `${target} weave reset`,
      ...others.map((address) => `${address} weave forget ${target}`),
    ]);
  });
});
