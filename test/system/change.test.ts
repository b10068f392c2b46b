import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { moveHost } from '../../source/disk/config.ts';
import { loadJournal } from '../../source/disk/journal.ts';
import type { JournalEntry } from '../../source/journal/entry.ts';
import type { LockRecord } from '../../source/lock/record.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import type { ChangeRequest } from '../../source/session/maintenance/model.ts';
import { type ConsoleParts, inventoryAt, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import {
  dropWhileRunning,
  fileOn,
  folderOn,
  openSite,
  quickPace,
  runConsole,
  type Site,
} from '../support/change-site.ts';
import { environmentOf, expectAdded, expectRemoved } from '../support/change-state.ts';
import { runCli } from '../support/cli.ts';

const five = [11, 12, 13, 14, 15].map((last) => `127.77.0.${last}`);

let site: Site | null = null;
const consoles: TestConsole[] = [];
/** A console of its own process, which a failed test must not leave asleep. */
let laptop: ChildProcess | null = null;
afterEach(async () => {
  laptop?.kill('SIGKILL');
  laptop = null;
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
  const patient = { lookFor: 60_000 };

  it('leave every step of an addition to be looked at, and none is done twice', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const target = '127.77.0.14';
    const dropped = dropWhileRunning(site);
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
    const dropped = dropWhileRunning(site);
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

const left = async ({ workshop }: TestConsole): Promise<LockRecord> => {
  for (;;) {
    const shown = await workshop.lock();
    if (shown.kind === 'left-behind' && shown.record !== null) return shown.record;
    if (shown.kind === 'free') throw new Error('The lock was given back: there is nothing to resume.');
  }
};

const resumed = async (one: TestConsole, human: Human = {}): Promise<Driven> => {
  for (;;) {
    const got = await one.workshop.resume(await left(one));
    if (got.ok) return drive(got.maintenance, human);
  }
};

describe('two consoles', () => {
  const three = five.slice(0, 3);
  const target = '127.77.0.12';
  const removal: ChangeRequest = { kind: 'remove-peer', target, reason: 'T-5' };

  it("keep out of each other's way: the second names the first, and can do nothing", async () => {
    site = await openSite({ peers: 3 });
    const anna = consoleOf('anna');
    const begun = await anna.workshop.begin(removal);
    if (!begun.ok) throw new Error(begun.why);
    const ben = consoleOf('ben');
    const holder = {
      kind: 'held',
      record: {
        who: 'anna@desk',
        procedure: 'remove-peer',
        target,
        step: { index: 1, of: 9, id: 'preflight' },
      },
    };
    let shown = await ben.workshop.lock();
    while (shown.kind === 'held' && shown.record?.step === null) shown = await ben.workshop.lock();
    expect(shown).toMatchObject(holder);
    expect(await ben.workshop.begin({ kind: 'add-peer', target: '127.77.0.14', reason: '' })).toMatchObject({
      ok: false,
      why: 'The maintenance lock could not be had.',
      lock: holder,
    });
    // Before anything was changed the lock would be given back, and nothing left to resume.
    const pauses = (step: string) => {
      if (step === 'reset') begun.maintenance.send({ kind: 'pause' });
    };
    expect(await drive(begun.maintenance, { onArmed: pauses })).toMatchObject({ how: 'paused' });
    // A config with one more member is no config to go on with: nobody has looked there.
    const config = join(site.folder, 'more.yaml');
    copyFileSync(site.demo.configFile, config);
    moveHost(config, inventoryAt(config).cluster, '127.77.0.14', 'peers');
    const more = consoleOf('carl', { config });
    expect(await more.workshop.resume(await left(more))).toMatchObject({
      ok: false,
      why: expect.stringMatching(
        /^127\.77\.0\.14 is a member in the config here, and was none where anna@desk began this/,
      ),
    });
    expect(site.done).toEqual([`${target} systemctl disable -- weave.service`]);
  });

  it('one that slept through its lease changes nothing when it wakes, and says so', {
    timeout: 200_000,
  }, async () => {
    site = await openSite({ peers: 3 });
    const { demo, folder, done } = site;
    let asleep = () => {};
    const sleeps = new Promise<void>((resolve) => {
      asleep = resolve;
    });
    const ended = runConsole(
      site,
      {
        config: demo.configFile,
        journal: join(folder, 'anna'),
        who: 'anna',
        speed: 6,
        pace: LOCK_PACE,
        change: removal,
        mode: 'begin',
        die: { step: 'reset', when: 'intent', by: 'SIGSTOP' },
        steps: [],
        expects: [],
      },
      (news, child) => {
        laptop = child;
        if (news.kind === 'dying') asleep();
      },
    );
    await sleeps;
    expect(done).toEqual([`${target} systemctl disable -- weave.service`]);
    const ben = await resumed(consoleOf('ben'));
    expect(ben).toMatchObject({ how: 'finished', retried: ['reset'] });
    // What was unsure is said as it is, and then what is true now.
    expect(ben.uncertain).toEqual([
      expect.stringMatching(
        /^anna@desk began this step; whether its command was sent is not on record here\. .* still say that h2 \(127\.77\.0\.12\) owns 262144 addresses: nothing was handed over\. .* The unit of h2 \(127\.77\.0\.12\) is disabled\.$/,
      ),
    ]);
    const sofar = [...done];
    laptop?.kill('SIGCONT');
    const woken = await ended;
    expect(woken).toMatchObject({ kind: 'ended', how: 'lost-lock' });
    expect(done).toEqual(sofar);
    const [journal] = journalsOf('anna');
    expect(journal?.slice(-6)).toMatchObject([
      { kind: 'intent', step: 'reset' },
      { kind: 'lock', state: 'suspended' },
      { kind: 'outcome', step: 'reset', how: 'exited', code: 73 },
      {
        kind: 'not-verified',
        why: `The lease on ${target} had ended when the command came, so it did not run there.`,
      },
      { kind: 'lock', state: 'lost', why: 'it is gone from the peers' },
      { kind: 'closed', how: 'lost-lock' },
    ]);
    await expectRemoved(site, three, target);
  });
});

/** Everything in a value as text, Maps too. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    one instanceof Map ? [...one] : typeof one === 'bigint' ? String(one) : one,
  );

describe('the password of a cluster', () => {
  const password = 'correct-horse-battery';

  it('goes from file to file, and nowhere else', { timeout: 200_000 }, async () => {
    site = await openSite({ peers: 3 });
    const three = five.slice(0, 3);
    const target = '127.77.0.14';
    const { stage } = site.demo;
    const line = `WEAVE_PASSWORD="${password}"\n`;
    for (const machine of stage.peers)
      machine.files.write('etc/sysconfig/weave', environmentOf(three, line), 0o600);
    await Promise.all(stage.peers.map((machine) => machine.stop()));
    await Promise.all(stage.peers.map((machine) => machine.start()));
    const anna = consoleOf('anna');
    const linked = () =>
      stage.world
        .weavers()
        .every((weaver) => [...weaver.ends].filter(({ link }) => link.established).length === 2);
    while (!linked()) await new Promise((resolve) => setTimeout(resolve, 50));
    const begun = await anna.workshop.begin({ kind: 'add-peer', target, reason: 'T-6' });
    if (!begun.ok) throw new Error(begun.why);
    const shown: string[] = [];
    begun.maintenance.subscribe(() => shown.push(textOf(begun.maintenance.snapshot())));
    const added = await drive(begun.maintenance);
    expect(added).toMatchObject({ how: 'finished' });
    await expectAdded(site, three, target, line);
    // What looks for it would find it.
    expect(fileOn(site, target, 'etc/sysconfig/weave')).toContain(password);
    expect(shown.length).toBeGreaterThan(20);
    expect(site.heard.length).toBeGreaterThan(20);
    for (const text of shown) expect(text.includes(password)).toBe(false);
    for (const { line: command } of site.heard) expect(command.includes(password)).toBe(false);
    const folder = join(site.folder, 'anna');
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'utf8').includes(password)).toBe(false);
    for (const address of [...three, target])
      for (const name of folderOn(site, address, 'var/lib/weave-console'))
        expect(fileOn(site, address, `var/lib/weave-console/${name}`)?.includes(password)).toBe(false);
    const { stdout } = await runCli(['status', '--once', '--json', '--config', site.demo.configFile]);
    expect(stdout).toContain(target);
    expect(stdout.includes(password)).toBe(false);
  });
});
