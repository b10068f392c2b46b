import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runningOn } from '../../source/demo/world/weaver.ts';
import { listJournals, loadJournal } from '../../source/disk/journal.ts';
import { readRecord, recordText } from '../../source/lock/record.ts';
import type { TooFew } from '../../source/lock/votes.ts';
import type { ChangeRequest, Refusal, Survivors } from '../../source/session/maintenance/model.ts';
import { inventoryAt, openConsole, type TestConsole } from '../support/change-console.ts';
import { type Driven, drive, type Human } from '../support/change-driver.ts';
import { fileOn, folderOn, openSite, quickPace, type Site } from '../support/change-site.ts';
import { expectReclaimed } from '../support/change-state.ts';
import { runCli } from '../support/cli.ts';
import { aRecord } from '../support/lock-record.ts';

const [h1, h2] = ['127.77.0.11', '127.77.0.12'];
const reclaim: ChangeRequest = { kind: 'reclaim-peer', target: h2, reason: 'T-9' };

let site: Site;
const consoles: TestConsole[] = [];
beforeEach(async () => {
  site = await openSite({ scenario: 'dead-peer', peers: 2 });
});
afterEach(async () => {
  for (const one of consoles.splice(0)) await one.close();
  await site.stop();
});

const consoleOf = (who: string): TestConsole => {
  const journal = join(site.folder, who);
  mkdirSync(journal, { recursive: true });
  const one = openConsole({ config: site.demo.configFile, journal, who, speed: 4, pace: quickPace });
  consoles.push(one);
  return one;
};

const lockFile = 'var/lib/weave-console/lock.json';
const recordOn = (host: string) => readRecord(fileOn(site, host, lockFile));

/** The change as it is refused without a word of anybody. */
const refused = async (one: TestConsole, request = reclaim): Promise<Refusal> => {
  const begun = await one.workshop.begin(request);
  if (begun.ok) throw new Error('it was begun without a majority');
  return begun;
};
const seenBy = async (one: TestConsole): Promise<TooFew> => {
  const { shortage } = await refused(one);
  if (shortage === null) throw new Error('nothing was short');
  return shortage.seen;
};

const change = async (
  one: TestConsole,
  request: ChangeRequest,
  human: Human = {},
  survivors?: Survivors,
): Promise<Driven> => {
  const begun = await one.workshop.begin(request, survivors);
  if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
  return drive(begun.maintenance, human);
};

describe('two peers, one of them dead', () => {
  it('go on only by the name of the cluster, and the journal says so', async () => {
    const anna = consoleOf('anna');
    expect(await refused(anna)).toMatchObject({
      why: 'The maintenance lock could not be had: 1 of 2 can be locked, 2 are needed.',
      lock: { kind: 'too-few' },
      shortage: { whyNot: null, seen: { have: 1, need: 2, unknown: [] } },
    });
    const seen = await seenBy(anna);
    expect([...seen.missing.keys()]).toEqual([h2]);
    expect(await anna.workshop.begin(reclaim, { seen, typed: 'demo' })).toMatchObject({
      ok: false,
      why: "Type the cluster's name (demo-dead-peer) to go on with the survivors.",
      shortage: { whyNot: null },
    });
    expect(recordOn(h1)).toEqual({ kind: 'absent' });
    const begun = await anna.workshop.begin(reclaim, { seen, typed: 'demo-dead-peer' });
    if (!begun.ok) throw new Error(begun.why);
    expect(begun.maintenance.snapshot().lock).toMatchObject({
      kind: 'held',
      have: 1,
      need: 1,
      record: { peers: [h1, h2], survivors: [h1] },
    });
    // It dies: a change that is only looked at would give its lock back when it is paused.
    while (!/"preflight"/.test(fileOn(site, h1, lockFile) ?? ''))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await anna.close();
    consoles.length = 0;
    expect(recordOn(h1)).toMatchObject({ record: { survivors: [h1], procedure: 'reclaim-peer' } });
    const folder = join(site.folder, 'anna');
    const [run = ''] = listJournals(folder);
    expect(loadJournal(folder, run)?.entries[0]).toMatchObject({ kind: 'opened', missing: [h2] });
    // Who takes it up again must say so again.
    const ben = consoleOf('ben');
    const shown = await ben.workshop.lock();
    if (shown.kind !== 'left-behind' || shown.record === null) throw new Error(`it is ${shown.kind}`);
    const { record } = shown;
    const again = await ben.workshop.resume(record);
    expect(again).toMatchObject({ ok: false, lock: { kind: 'left-behind' }, shortage: { whyNot: null } });
    if (again.ok || again.shortage === null) return;
    const resumed = await ben.workshop.resume(record, { seen: again.shortage.seen, typed: 'demo-dead-peer' });
    if (!resumed.ok) throw new Error(resumed.why);
    expect(recordOn(h1)).toMatchObject({ record: { epoch: 2, survivors: [h1], who: 'ben@desk' } });
    resumed.maintenance.send({ kind: 'pause' });
    await resumed.maintenance.ended;
    expect(recordOn(h1)).toEqual({ kind: 'absent' });
  });

  it('become one healthy peer by reclaiming the other, which is wiped when it comes back', {
    timeout: 200_000,
  }, async () => {
    const { stage, mischief } = site.demo;
    const { host } = stage.machine('h2');
    const name = host.bridge ?? '';
    const anna = consoleOf('anna');
    const said = { seen: await seenBy(anna), typed: 'demo-dead-peer' };
    expect(await change(anna, reclaim, { expects: [/is the only owner out of sight/] }, said)).toMatchObject({
      how: 'finished',
    });
    await expectReclaimed(site, [h1, h2], h2, name);
    await anna.close();
    consoles.length = 0;
    await mischief.run('boot h2');
    while (runningOn(host) === null) await new Promise((resolve) => setTimeout(resolve, 50));
    const ben = consoleOf('ben');
    const wiping: ChangeRequest = { kind: 'wipe-peer', target: h2, reason: 'T-10' };
    expect(await change(ben, wiping)).toMatchObject({ how: 'finished' });
    expect(site.done.slice(-3)).toEqual([
      `${h2} systemctl stop -- weave.service`,
      `${h2} systemctl disable -- weave.service`,
      `${h2} weave reset --force`,
    ]);
    expect(host).toMatchObject({ weaver: null, volume: null, bridge: null });
    expect(folderOn(site, h2, 'etc/systemd/system/multi-user.target.wants')).toEqual([]);
    expect(fileOn(site, h2, 'etc/sysconfig/weave')).toBe(null);
    expect(fileOn(site, h1, 'var/lib/weave-console/reclaimed') ?? '').toBe('');
    const [left, ...more] = stage.world.weavers();
    expect(more).toEqual([]);
    expect([...(left?.known.keys() ?? [])]).toEqual([]);
    expect(inventoryAt(site.demo.configFile).peers.map(({ address }) => address)).toEqual([h1]);
  });

  it('go on for one of two consoles that are both told to', async () => {
    const two = [consoleOf('anna'), consoleOf('ben')];
    const said = { seen: await seenBy(two[0] as TestConsole), typed: 'demo-dead-peer' };
    const begun = await Promise.all(two.map(({ workshop }) => workshop.begin(reclaim, said)));
    expect(begun.filter(({ ok }) => ok)).toHaveLength(1);
    expect(begun.find(({ ok }) => !ok)).toMatchObject({ lock: { kind: 'held' } });
    for (const one of begun) {
      if (!one.ok) continue;
      one.maintenance.send({ kind: 'pause' });
      await one.maintenance.ended;
    }
  });

  it('add, align and remove nothing without a majority, whatever is typed', async () => {
    const anna = consoleOf('anna');
    const seen = await seenBy(anna);
    const why =
      /^Remove needs a majority of the peers: survivors alone may only reclaim, restart or wipe one\. Reclaim who is dead first\.$/;
    const removal: ChangeRequest = { kind: 'remove-peer', target: h1, reason: '' };
    expect(await refused(anna, removal)).toMatchObject({ shortage: { whyNot: expect.stringMatching(why) } });
    expect(await anna.workshop.begin(removal, { seen, typed: 'demo-dead-peer' })).toMatchObject({
      ok: false,
      why: expect.stringMatching(why),
    });
    expect(recordOn(h1)).toEqual({ kind: 'absent' });
  });

  it('break what was left of a change that needs a majority, and resume it never', async () => {
    const step = { index: 2, of: 8, id: 'reset' };
    const left = aRecord({
      procedure: 'remove-peer',
      target: h2,
      step,
      peers: [h1, h2],
      cluster: 'demo-dead-peer',
    });
    site.demo.stage.machine('h1').files.write('var/lib/weave-console/lock.json', recordText(left), 0o600);
    const anna = consoleOf('anna');
    const shown = await anna.workshop.lock();
    expect(shown).toMatchObject({ kind: 'left-behind', record: { id: left.id } });
    const why =
      'Remove needs a majority of the peers: survivors alone may only reclaim, restart or wipe one. Break its lock, and reclaim who is dead.';
    expect(await anna.workshop.resume(left)).toMatchObject({ ok: false, shortage: { whyNot: why } });
    const six = left.id.slice(0, 6);
    const refusal = await anna.workshop.breakLock(shown, six, 'h2 is dead');
    if (refusal.ok || refusal.shortage === null) throw new Error('it was broken without a word');
    const { seen, whyNot } = refusal.shortage;
    expect(whyNot).toBe(null);
    const said = { seen, typed: 'demo-dead-peer' };
    expect(await anna.workshop.breakLock(shown, six, 'h2 is dead', said)).toEqual({ ok: true });
    expect(recordOn(h1)).toEqual({ kind: 'absent' });
  });

  it('are shown by lock show, with the way on', async () => {
    const { stdout, code } = await runCli(['lock', 'show', '--config', site.demo.configFile]);
    expect(stdout).toContain('Too few peers can be locked');
    expect(stdout).toContain('weave-console reclaim PEER, and then g on the lock screen');
    expect(code).toBe(6);
  });
});
