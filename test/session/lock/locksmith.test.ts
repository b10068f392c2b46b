import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../source/commands/command.ts';
import { consentToSurvivors, consentToTakeover } from '../../../source/lock/consent.ts';
import { leaseToken, readRecord, recordText } from '../../../source/lock/record.ts';
import type { HeldLock, LockNews } from '../../../source/session/lock/held-lock.ts';
import { type LockRequest, type Locksmith, locksmith } from '../../../source/session/lock/locksmith.ts';
import { wakeful } from '../../../source/session/lock/wakeful.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { aRecord } from '../../support/lock-record.ts';
import { names, request } from '../../support/lock-request.ts';
import { LockShell } from '../../support/lock-shell.ts';

const peers = ['p1', 'p2', 'p3'];
const step = { index: 1, of: 4, id: 'write-list' };
const command: Command<'changes'> = {
  name: 'touch',
  script: 'touch "$1"',
  args: ['x'],
  effect: 'changes',
  timeout: 1_000,
  privileged: true,
};

let time: ReturnType<typeof fakeClock>;
let shells: Map<string, LockShell>;
let smith: Locksmith;
const newName = { make: names() };

const at = (peer: string): LockShell => {
  const shell = shells.get(peer);
  if (shell === undefined) throw new Error(peer);
  return shell;
};
const portsOf = () => new Map([...shells].map(([peer, shell]) => [peer, shell.ports]));
const recordAt = (peer: string) => readRecord(at(peer).peer.record);

beforeEach(() => {
  time = fakeClock();
  newName.make = names();
  shells = new Map(peers.map((peer) => [peer, new LockShell(time.clock)]));
  smith = locksmith(portsOf(), time.clock, () => newName.make());
});

const take = async (more: Partial<LockRequest> = {}, by = smith): Promise<HeldLock> => {
  const taken = await by.acquire(request(peers, more));
  if (!taken.ok) throw new Error(JSON.stringify(taken.result));
  return taken.lock;
};

describe('taking the lock', () => {
  it('leases the first peer alone, then looks at and takes the rest', async () => {
    const order: string[] = [];
    for (const [peer, shell] of shells) shell.onRun = (name) => order.push(`${name} ${peer}`);
    const lock = await take();
    expect(order.slice(0, 6)).toEqual([
      'lock-look p1',
      'lock-lease p1',
      'lock-look p2',
      'lock-look p3',
      'lock-lease p2',
      'lock-lease p3',
    ]);
    expect(at('p1').ran).toEqual(['lock-look', 'lock-lease', 'lock-record']);
    expect(at('p3').ran).toEqual(['lock-look', 'lock-lease', 'lock-record']);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 3, need: 2, foreign: null, goodFor: 8_000 });
    for (const peer of peers) {
      expect(recordAt(peer)).toMatchObject({
        record: {
          id: 'lock-000001',
          epoch: 1,
          session: 'lock-000002',
          who: 'anna@laptop',
          peers,
          step: null,
        },
      });
      expect(JSON.parse(at(peer).peer.log[0] ?? '')).toMatchObject({ did: 'taken', reason: 'OPS-7' });
    }
  });

  it('holds a one-peer cluster by its one peer', async () => {
    const lock = await take({ peers: ['p2'] });
    expect(lock.report()).toMatchObject({ kind: 'held', have: 1, need: 1 });
    expect(at('p1').ran).toEqual([]);
  });

  it('is refused with the holder’s record, and leaves nothing', async () => {
    await take();
    const before = recordText(aRecord());
    const second = await smith.acquire(request(peers, { who: 'ben@desk' }));
    expect(second).toMatchObject({
      ok: false,
      result: {
        kind: 'refused',
        why: { kind: 'held', by: { who: 'anna@laptop' }, peers: ['p1'] },
        leftOn: [],
      },
    });
    expect(recordAt('p3')).toMatchObject({ record: { who: 'anna@laptop' } });
    expect(before).not.toBe(at('p1').peer.record);
  });

  it('gives back what it took when a majority can’t be had', async () => {
    at('p2').cut();
    at('p3').peer.lease = { token: 'x', channel: {} };
    at('p3').peer.file = { token: 'x', beat: 'x', at: 0 };
    const refused = await smith.acquire(request(peers));
    expect(refused).toMatchObject({ result: { why: { kind: 'held', by: null, peers: ['p3'] } } });
    expect(at('p1').peer).toMatchObject({ lease: null, record: null });
    at('p3').cut();
    expect(await smith.acquire(request(peers))).toMatchObject({
      result: { why: { kind: 'too-few', have: 1, need: 2 } },
    });
    expect(at('p1').peer).toMatchObject({ lease: null, record: null });
  });

  it('is refused where commands of an earlier holder still run on too many', async () => {
    for (const peer of ['p2', 'p3']) at(peer).peer.running = 'prime';
    const refused = await smith.acquire(request(peers));
    const why = 'a command of an earlier holder still runs there';
    expect(refused).toMatchObject({
      result: {
        why: {
          kind: 'too-few',
          missing: new Map([
            ['p2', why],
            ['p3', why],
          ]),
        },
      },
    });
    for (const peer of peers) expect(at(peer).peer).toMatchObject({ lease: null, record: null });
    expect((await take({ evenIfRunning: true })).report()).toMatchObject({ have: 3 });
  });

  it('gives up when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await smith.acquire(request(peers, { signal: stop.signal }))).toMatchObject({
      ok: false,
      result: { kind: 'released' },
    });
    for (const peer of peers) expect(at(peer).peer).toMatchObject({ lease: null, record: null });
  });

  it('shows what the peers show', async () => {
    at('p3').cut();
    expect(await smith.status([...peers, 'p9'])).toMatchObject({
      decision: {
        kind: 'too-few',
        missing: new Map([
          ['p3', 'the link was cut'],
          ['p9', 'it is not in the config'],
        ]),
      },
      takeover: null,
    });
    await take();
    const status = await smith.status(peers);
    expect(status.decision).toMatchObject({ kind: 'held', by: { who: 'anna@laptop' }, peers: ['p1', 'p2'] });
    expect(status.evidence.map(({ lease }) => lease?.kind ?? null)).toEqual(['busy', 'busy', null]);
  });
});

describe('the only peer of a cluster', () => {
  const alone = async () => {
    const taken = await smith.acquire(request(['p1']));
    if (!taken.ok) throw new Error(JSON.stringify(taken.result));
    const news: string[] = [];
    taken.lock.subscribe(({ kind }) => news.push(kind));
    await taken.lock.announce(step);
    at('p1').cut();
    at('p1').reboot();
    await time.advance(120_000);
    expect(taken.lock.report()).toMatchObject({ kind: 'suspended', have: 0, need: 1 });
    return { lock: taken.lock, news };
  };

  it('is locked again when its host is back, unless somebody took over', async () => {
    const { lock, news } = await alone();
    at('p1').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 1 });
    expect(lock.fenceOf('p1').ok).toBe(true);
    expect(news).toEqual(['suspended', 'held']);
  });

  it('is lost to whoever took it over when it was back', async () => {
    const { lock, news } = await alone();
    const text = recordText({ ...lock.report().record, epoch: 2, session: 'another', who: 'ben@desk' });
    at('p1').peer.record = text;
    at('p1').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ kind: 'over', result: { kind: 'lost', to: { who: 'ben@desk' } } });
    expect(news.at(-1)).toBe('over');
  });
});

describe('holding the lock', () => {
  let lock: HeldLock;
  let news: string[];
  beforeEach(async () => {
    lock = await take();
    news = [];
    lock.subscribe((one: LockNews) => news.push(one.kind));
  });

  it('lets no command through before its step stands on a majority', async () => {
    expect(lock.fenceOf('p1')).toEqual({
      ok: false,
      why: 'no step was announced to the peers; nothing was sent',
    });
    expect(await lock.announce(step)).toBe(true);
    const fence = lock.fenceOf('p1');
    const { record } = lock.report();
    expect(fence.ok && fence.wrap(command).args).toEqual([
      '/run/lock',
      '/var/lib/weave-console',
      leaseToken(record),
      '{"schema":1,"id":"lock-000001","epoch":1,"session":"lock-000002",',
      'touch',
      'touch "$1"',
      'x',
    ]);
    expect(lock.fenceOf('p9')).toMatchObject({ ok: false });
    for (const peer of peers) expect(recordAt(peer)).toMatchObject({ record: { step } });
  });

  it('is held as long as beats are answered', async () => {
    await time.advance(600_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 3 });
    expect(news).toEqual([]);
    expect(Number(at('p1').peer.file?.beat)).toBeGreaterThan(200);
  });

  it('stays held without a minority, and locks it again when it comes back', async () => {
    at('p3').cut();
    await lock.announce(step);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 2 });
    expect(lock.fenceOf('p3')).toMatchObject({ ok: false, why: expect.stringContaining('p3 is not locked') });
    expect(lock.fenceOf('p1').ok).toBe(true);
    at('p3').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ have: 3 });
    expect(lock.fenceOf('p3').ok).toBe(true);
    expect(recordAt('p3')).toMatchObject({ record: { step } });
    expect(news).toEqual([]);
  });

  it('takes a peer again after its reboot', async () => {
    await lock.announce(step);
    at('p2').reboot();
    await time.advance(0);
    expect(at('p2').peer.lease).not.toBeNull();
    expect(lock.report()).toMatchObject({ have: 3 });
  });

  it('sends nothing to a host that went down until it is locked there again, with the step of now', async () => {
    await lock.announce(step);
    at('p2').cut();
    at('p2').reboot();
    await time.advance(300_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 2 });
    const later = { ...step, index: 2, id: 'start' };
    expect(await lock.announce(later)).toBe(true);
    expect(lock.fenceOf('p2')).toMatchObject({ ok: false, why: expect.stringContaining('p2 is not locked') });
    at('p2').up = true;
    await time.advance(11_000);
    expect(at('p2').peer.isMine(leaseToken(lock.report().record))).toBe(true);
    expect(recordAt('p2')).toMatchObject({ record: { step: later } });
    expect(lock.fenceOf('p2').ok).toBe(true);
    expect(news).toEqual([]);
  });

  it('is suspended without a majority, and held again with one', async () => {
    await lock.announce(step);
    at('p2').cut();
    at('p3').cut();
    await time.advance(0);
    expect(lock.report()).toMatchObject({ kind: 'suspended', have: 1, need: 2, goodFor: 0 });
    expect(lock.fenceOf('p1')).toEqual({
      ok: false,
      why: 'the lock answers on 1 of the 2 peers that are needed; nothing was sent',
    });
    expect(await lock.announce({ ...step, index: 2 })).toBe(false);
    at('p2').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 2 });
    expect(news).toEqual(['suspended', 'held']);
  });

  it('counts itself out before any peer does, and by the time that the machine slept', async () => {
    await lock.announce(step);
    let slept = 0;
    const asleep = { ...time.clock, wall: () => time.clock.wall() + slept };
    const other = await take(
      { peers: ['p9'] },
      locksmith(new Map([['p9', new LockShell(asleep).ports]]), asleep, names()),
    );
    await other.announce(step);
    expect(other.fenceOf('p9').ok).toBe(true);
    slept = 8_001;
    expect(other.fenceOf('p9')).toMatchObject({ ok: false });
  });

  it('is lost when somebody else has a majority', async () => {
    await lock.announce(step);
    for (const peer of ['p2', 'p3']) at(peer).cut();
    const thief = aRecord({ id: 'lock-000001', epoch: 2, session: 'thief-1', who: 'ben@desk', peers });
    for (const peer of ['p2', 'p3']) {
      at(peer).up = true;
      at(peer).peer.open('thief', {}, 0);
      at(peer).peer.record = recordText(thief);
    }
    await time.advance(6_000);
    expect(lock.report()).toMatchObject({ kind: 'over', result: { kind: 'lost', to: { who: 'ben@desk' } } });
    expect(news.at(-1)).toBe('over');
    expect(news).toContain('suspended');
    expect(at('p1').peer.lease).toBeNull();
    expect(recordAt('p1')).toMatchObject({ record: { who: 'anna@laptop' } });
    expect(at('p2').peer.record).toBe(recordText(thief));
    expect(lock.fenceOf('p1')).toEqual({ ok: false, why: 'the lock is no longer held; nothing was sent' });
  });

  it('overwrites no record of another while it does not hold the lock itself', async () => {
    for (const peer of ['p2', 'p3']) at(peer).cut();
    const other = recordText(aRecord({ who: 'ben@desk', peers }));
    at('p2').up = true;
    at('p2').peer.record = other;
    await time.advance(30_000);
    expect(at('p2').peer.record).toBe(other);
    expect(lock.report()).toMatchObject({ kind: 'suspended', have: 1 });
    at('p3').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 3 });
    expect(recordAt('p2')).toMatchObject({ record: { who: 'anna@laptop' } });
  });

  it('is suspended while somebody else lives on one peer', async () => {
    await lock.announce(step);
    at('p3').cut();
    at('p3').up = true;
    at('p3').peer.open('thief', {}, 0);
    at('p3').peer.record = recordText(aRecord({ who: 'ben@desk' }));
    await time.advance(0);
    expect(lock.report()).toMatchObject({ kind: 'suspended', have: 2, foreign: { who: 'ben@desk' } });
    expect(lock.fenceOf('p1')).toMatchObject({ ok: false, why: expect.stringContaining('ben@desk') });
    expect(news).toContain('foreign');
    at('p3').peer.lease = null;
    await time.advance(10_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 3, foreign: null });
  });

  it('never overwrites a record that it can’t read', async () => {
    at('p3').cut();
    at('p3').up = true;
    at('p3').peer.record = 'garbage';
    await time.advance(30_000);
    expect(at('p3').peer.record).toBe('garbage');
    expect(lock.report()).toMatchObject({ kind: 'held', have: 2 });
    expect(lock.report().voters[2]).toMatchObject({ trouble: 'its record is broken: it is not JSON' });
  });

  it('leaves a peer alone while a command of an earlier holder runs there', async () => {
    at('p3').cut();
    at('p3').up = true;
    at('p3').peer.record = null;
    at('p3').peer.running = 'prime';
    await time.advance(6_000);
    expect(lock.report().voters[2]).toMatchObject({
      trouble: 'a command of an earlier holder still runs there',
    });
    at('p3').peer.running = null;
    await time.advance(10_000);
    expect(lock.report()).toMatchObject({ have: 3 });
  });
});

describe('going on with the survivors', () => {
  const two = ['p1', 'p2'];
  const consent = { survivors: { missing: ['p2'] } };

  it('is had by one of two consoles that were both told to', async () => {
    at('p2').cut();
    const others = new Map([...shells].map(([peer, shell]) => [peer, new LockShell(time.clock, shell.peer)]));
    others.get('p2')?.cut();
    const ben = locksmith(
      new Map([...others].map(([peer, shell]) => [peer, shell.ports])),
      time.clock,
      names('other'),
    );
    expect(await smith.acquire(request(two))).toMatchObject({
      result: { why: { kind: 'too-few', unknown: [] } },
    });
    const got = await Promise.all([
      smith.acquire(request(two, consent)),
      ben.acquire(request(two, { ...consent, who: 'ben@desk' })),
    ]);
    expect(got.filter(({ ok }) => ok)).toHaveLength(1);
    expect(got.find(({ ok }) => !ok)).toMatchObject({ result: { kind: 'refused', why: { kind: 'held' } } });
  });

  it('holds, says so in the record, and locks who comes back before anything is changed there', async () => {
    at('p2').cut();
    const lock = await take({ peers: two, ...consent });
    await lock.announce(step);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 1, need: 1 });
    expect(recordAt('p1')).toMatchObject({ record: { peers: two, survivors: ['p1'] } });
    expect(JSON.parse(at('p1').peer.log[0] ?? '')).toMatchObject({ did: 'taken', survivors: ['p1'] });
    expect(lock.fenceOf('p1').ok).toBe(true);
    expect(lock.fenceOf('p2')).toMatchObject({ ok: false, why: expect.stringContaining('p2 is not locked') });
    at('p2').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ kind: 'held', have: 2 });
    expect(recordAt('p2')).toMatchObject({ record: { step, survivors: ['p1'] } });
    expect(lock.fenceOf('p2').ok).toBe(true);
  });

  it('stops where who comes back has a console of its own on it', async () => {
    at('p2').cut();
    const lock = await take({ peers: two, ...consent });
    await lock.announce(step);
    at('p2').up = true;
    at('p2').peer.open('thief', {}, 0);
    at('p2').peer.record = recordText(aRecord({ who: 'ben@desk', peers: two, survivors: ['p2'] }));
    await time.advance(6_000);
    expect(lock.report()).toMatchObject({ kind: 'suspended', foreign: { who: 'ben@desk' } });
    expect(lock.fenceOf('p1')).toMatchObject({ ok: false, why: expect.stringContaining('ben@desk') });
  });

  describe('writes nothing over what a dead session left on a peer that comes back, and stops', () => {
    const left = (more: Parameters<typeof aRecord>[0]) =>
      recordText(aRecord({ who: 'ben@desk', procedure: 'remove-peer', target: '10.0.0.16', step, ...more }));

    it('where survivors of the other side had begun it', async () => {
      at('p2').cut();
      const lock = await take({ peers: two, ...consent });
      await lock.announce(step);
      const news: string[] = [];
      lock.subscribe(({ kind }) => news.push(kind));
      const record = left({ peers: two, survivors: ['p2'] });
      at('p2').up = true;
      at('p2').peer.record = record;
      await time.advance(11_000);
      expect(at('p2').peer.record).toBe(record);
      expect(news).toEqual(['suspended']);
      const why =
        'p2 came back with a change that ben@desk left half done there (remove-peer of 10.0.0.16, step 1 of 4)';
      expect(lock.report()).toMatchObject({ kind: 'suspended', left: why });
      for (const peer of two) expect(lock.fenceOf(peer)).toMatchObject({ ok: false });
      expect(lock.fenceOf('p1')).toMatchObject({ why: expect.stringContaining(why) });
      // Whoever decides about it sees both.
      expect(await lock.leave('keep')).toEqual({ kind: 'left' });
      const { takeover } = await smith.status(two);
      expect(takeover?.locks).toHaveLength(2);
    });

    it('where a majority had it that was missing, and goes on when it is gone', async () => {
      for (const peer of ['p2', 'p3']) at(peer).cut();
      const lock = await take({ survivors: { missing: ['p2', 'p3'] } });
      await lock.announce(step);
      at('p3').up = true;
      at('p3').peer.record = left({ peers });
      await time.advance(11_000);
      expect(lock.report().kind).toBe('suspended');
      at('p3').peer.record = null;
      await time.advance(11_000);
      expect(lock.report()).toMatchObject({ kind: 'held', have: 2, left: null });
      expect(recordAt('p3')).toMatchObject({ record: { step, survivors: ['p1'] } });
    });

    it('where it can not be read', async () => {
      at('p2').cut();
      const lock = await take({ peers: two, ...consent });
      await lock.announce(step);
      at('p2').up = true;
      at('p2').peer.record = '{ half';
      await time.advance(11_000);
      expect(at('p2').peer.record).toBe('{ half');
      expect(lock.report()).toMatchObject({
        kind: 'suspended',
        left: expect.stringContaining("can't be read"),
      });
    });

    it('and not where it changed nothing, as its majority shows', async () => {
      for (const peer of ['p2', 'p3']) at(peer).cut();
      const lock = await take({ survivors: { missing: ['p2', 'p3'] } });
      await lock.announce(step);
      for (const peer of ['p2', 'p3']) {
        at(peer).up = true;
        at(peer).peer.record = left({ peers, step: null });
      }
      await time.advance(25_000);
      expect(lock.report()).toMatchObject({ kind: 'held', have: 3, left: null });
    });
  });

  it('counts nobody as dead who stands in a list of the peers and not in the config', async () => {
    const refused = await smith.acquire(request([...two, 'p9'], { survivors: { missing: ['p9'] } }));
    expect(refused).toMatchObject({ result: { why: { kind: 'too-few', unknown: ['p9'] } } });
    expect((await smith.acquire(request([...two, 'p9']))).ok).toBe(true);
  });

  it('is refused where who was missing answers, and can not be locked', async () => {
    at('p2').peer.running = 'prime';
    expect(await smith.acquire(request(two, consent))).toMatchObject({
      result: { why: { kind: 'too-few', have: 1, need: 2, unknown: ['p2'] } },
    });
    for (const peer of two) expect(at(peer).peer).toMatchObject({ lease: null, record: null });
  });
});

describe('ending', () => {
  it('removes the records, then the leases, and says where it could not', async () => {
    const lock = await take();
    await lock.announce(step);
    at('p3').cut();
    expect(await lock.leave('release')).toEqual({ kind: 'released', leftOn: ['p3'] });
    for (const peer of ['p1', 'p2']) expect(at(peer).peer).toMatchObject({ lease: null, record: null });
    expect(JSON.parse(at('p1').peer.log.at(-1) ?? '')).toMatchObject({ did: 'released' });
    // The rest of a lock that was released counts for nothing.
    at('p3').up = true;
    await take();
    expect(recordAt('p3')).toMatchObject({ record: { id: 'lock-000003' } });
  });

  it('keeps the record of a change that is to be resumed, and none of one that never began', async () => {
    const idle = await take();
    expect(await idle.leave('keep')).toEqual({ kind: 'released', leftOn: [] });
    const lock = await take();
    await lock.announce(step);
    expect(await lock.leave('keep')).toEqual({ kind: 'left' });
    const status = await smith.status(peers);
    expect(status.decision).toMatchObject({ kind: 'left-behind', record: { step } });
  });

  it('is resumed with the same id and the next epoch', async () => {
    await (await take()).announce(step);
    const first = await smith.status(peers);
    expect(first.takeover).toBeNull();
    // The first session dies; the second has links of its own to the same peers.
    const before = [...shells];
    for (const [, shell] of before) shell.cut();
    shells = new Map(before.map(([peer, shell]) => [peer, new LockShell(time.clock, shell.peer)]));
    const other = locksmith(portsOf(), time.clock, names('other'));
    await time.advance(11_000);
    const status = await other.status(peers);
    if (status.takeover === null || status.decision.kind !== 'left-behind')
      throw new Error('nothing was left');
    const said = { typed: 'lock-0', reason: 'she went home', cluster: 'prod' };
    const agreed = consentToTakeover(status.takeover, said);
    if (!agreed.ok) throw new Error(agreed.why);
    const takeover = { consent: agreed.consent, step: status.decision.record.step };
    const lock = await take({ who: 'ben@desk', reason: said.reason, takeover }, other);
    expect(lock.report().record).toMatchObject({ id: 'lock-000001', epoch: 2, step, who: 'ben@desk' });
    expect(JSON.parse(at('p2').peer.log.at(-1) ?? '')).toMatchObject({ did: 'taken over', epoch: 2 });
    expect(lock.fenceOf('p2').ok).toBe(true);
    expect(await lock.leave('release')).toEqual({ kind: 'released', leftOn: [] });
  });

  it('goes on with the survivors after a person said so, and tells the peers', async () => {
    at('p2').cut();
    at('p3').cut();
    const { decision } = await smith.status(peers);
    const agreed = consentToSurvivors(decision, { typed: 'prod', cluster: 'prod' });
    if (!agreed.ok) throw new Error(agreed.why);
    const lock = await take({ survivors: agreed.consent });
    expect(lock.report()).toMatchObject({ kind: 'held', have: 1, need: 1, record: { survivors: ['p1'] } });
    at('p2').up = true;
    await time.advance(11_000);
    expect(lock.report()).toMatchObject({ have: 2 });
  });
});

describe('a clock that counts sleep', () => {
  it('goes on by whichever clock moved more, and never back', () => {
    let [monotonic, wall] = [100, 5_000];
    const now = wakeful({ now: () => monotonic, wall: () => wall, after: () => () => {}, random: () => 0 });
    expect(now()).toBe(0);
    monotonic += 50;
    wall += 50;
    expect(now()).toBe(50);
    wall += 3_600_000;
    monotonic += 10;
    expect(now()).toBe(3_600_050);
    wall -= 7_200_000;
    monotonic += 5;
    expect(now()).toBe(3_600_055);
  });
});
