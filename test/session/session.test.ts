import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import { readReport } from '../../source/cluster/peer-report.ts';
import { noRecords, type RemovalRecords } from '../../source/cluster/removed.ts';
import type { FactsSighting, Sighting } from '../../source/cluster/sighting.ts';
import { parseConfig } from '../../source/disk/config.ts';
import { inventoryOf } from '../../source/disk/inventory.ts';
import { lookOnce } from '../../source/session/look-once.ts';
import { openSession, type PeerEye } from '../../source/session/session.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { bareHost } from '../support/host-mesh.ts';
import { facts, known, trouble, unitFacts } from '../support/watches.ts';

const { clusters } = parseConfig(
  JSON.stringify({
    schema: 1,
    clusters: { test: { peers: [1, 2].map((n) => ({ address: `10.77.0.1${n}` })) } },
  }),
  'test',
);
const inventory = inventoryOf('test', clusters.test as NonNullable<(typeof clusters)['test']>);

const read = readReport(
  readFileSync(new URL('../fixtures/traces/03-primed-5of5/a-primed/h1.report.json', import.meta.url), 'utf8'),
);
if (read.kind !== 'report') throw new Error('the fixture does not read');
const { report } = read;

/** An eye whose answers the test gives by hand. A call that the test leaves open stays open. */
const handEye = () => {
  const looks: { seq: number; answer: (sighting: Sighting) => void }[] = [];
  const probes: { seq: number; answer: (sighting: FactsSighting) => void }[] = [];
  const eye: PeerEye = {
    look: (seq) => new Promise((answer) => looks.push({ seq, answer })),
    probe: (seq) => new Promise((answer) => probes.push({ seq, answer })),
    log: async () => ({ kind: 'there', at: 1000, lines: ['one', 'two'] }),
  };
  return { eye, looks, probes };
};

const open = (records?: () => RemovalRecords) => {
  const time = fakeClock();
  const hands = new Map(inventory.peers.map((peer) => [peer.address, handEye()]));
  const retried: unknown[] = [];
  let closed = 0;
  const session = openSession({
    inventory,
    clock: time.clock,
    eyeOf: (peer: InventoryPeer) => hands.get(peer.address)?.eye as PeerEye,
    retryNow: (ids) => retried.push(ids),
    close: async () => {
      closed += 1;
    },
    ...(records && { records }),
  });
  const [one, two] = [...hands.values()] as [ReturnType<typeof handEye>, ReturnType<typeof handEye>];
  const good = (seq: number): Sighting => ({
    kind: 'report',
    seq,
    at: time.clock.now(),
    took: 1,
    via: 'status-port',
    report,
  });
  const silent = (seq: number): Sighting => ({
    kind: 'silent',
    seq,
    at: time.clock.now(),
    why: { kind: 'timeout', layer: 'ssh', text: 'no answer' },
  });
  const reachOf = (index: number) => session.snapshot().view.peers[index]?.watch.look?.kind ?? null;
  return { ...time, session, one, two, good, silent, reachOf, retried, closed: () => closed };
};

describe('a session', () => {
  it('looks more often where somebody waits, for as long as they do', async () => {
    const { session, one, two, good, advance } = open();
    /** Answers every look that is open, and says how many each peer was given in so many ms. */
    const looksIn = async (ms: number) => {
      const before = [one.looks.length, two.looks.length];
      for (let passed = 0; passed < ms; passed += 100) {
        for (const { looks } of [one, two]) for (const { seq, answer } of looks) answer(good(seq));
        await advance(100);
      }
      return [one, two].map(({ looks }, index) => looks.length - (before[index] ?? 0));
    };
    await looksIn(2000);
    expect(await looksIn(4000)).toEqual([2, 2]);
    const haste = session.hasten(400);
    haste.set(['10.77.0.11']);
    expect(await looksIn(4000)).toEqual([11, 2]);
    haste.end();
    await looksIn(2000);
    expect(await looksIn(4000)).toEqual([2, 2]);
    await session.stop();
  });

  it('looks at once at who joins those that somebody waits for, and at nobody else', async () => {
    const { session, one, two, good, advance } = open();
    for (const { looks } of [one, two]) looks[0]?.answer(good(1));
    await advance(500);
    const haste = session.hasten(400);
    haste.set(['10.77.0.11']);
    await advance(1);
    expect([one.looks.length, two.looks.length]).toEqual([2, 1]);
    haste.set(['10.77.0.11', '10.77.0.12']);
    await advance(1);
    expect([one.looks.length, two.looks.length]).toEqual([2, 2]);
    await session.stop();
  });

  it('looks at everybody at once, and shows a quick peer without waiting for a slow one', async () => {
    const { session, one, two, good, reachOf, advance } = open();
    expect([one.looks.length, two.looks.length]).toEqual([1, 1]);
    one.looks[0]?.answer(good(1));
    await advance(50);
    expect([reachOf(0), reachOf(1)]).toEqual(['report', null]);
    expect(session.snapshot().view.peers[1]?.watch.lookingSince).toBe(1000);
  });

  it('keeps each peer at its own pace while another one hangs', async () => {
    const { one, two, good, advance } = open();
    for (let round = 0; round < 5; round += 1) {
      const look = one.looks[round];
      look?.answer(good(look.seq));
      await advance(2000);
    }
    expect(one.looks.length).toBe(6);
    expect(two.looks.length).toBe(1);
  });

  it('drops an answer that a newer one has overtaken', async () => {
    const { session, one, good, silent, advance, reachOf } = open();
    one.looks[0]?.answer(good(7));
    await advance(2000);
    one.looks[1]?.answer(silent(3));
    await advance(50);
    expect(reachOf(0)).toBe('report');
    expect(session.snapshot().view.peers[0]?.watch.look?.seq).toBe(7);
  });

  it('keeps the last report, with its time, of a peer that falls silent', async () => {
    const { session, one, good, silent, advance } = open();
    one.looks[0]?.answer(good(1));
    await advance(2000);
    one.looks[1]?.answer(silent(9));
    await advance(50);
    const watch = session.snapshot().view.peers[0]?.watch;
    expect(watch?.look?.kind).toBe('silent');
    expect(watch?.lastReport?.at).toBe(1000);
  });

  it('makes one change for a burst of answers', async () => {
    const { session, one, two, good, advance } = open();
    let changes = 0;
    session.subscribe(() => {
      changes += 1;
    });
    one.looks[0]?.answer(good(1));
    two.looks[0]?.answer(good(1));
    await advance(50);
    expect(changes).toBe(1);
  });

  it('leaves time for keys where a change is hard work', async () => {
    const { session, one, two, good, advance, skip } = open();
    let changes = 0;
    session.subscribe(() => {
      changes += 1;
      skip(100);
    });
    for (let round = 0; round < 40; round += 1) {
      session.lookNow();
      for (const { looks } of [one, two]) for (const look of looks) look.answer(good(look.seq));
      await advance(50);
    }
    // Of 40 times 50 ms, which the work itself makes longer, no more than a quarter.
    expect(changes).toBeGreaterThan(3);
    expect(changes).toBeLessThan(12);
    await session.stop();
  });

  it('probes when a peer first answers and again when its answer changes its kind, not at each look', async () => {
    const { one, good, silent, advance, clock } = open();
    const none = (seq: number): FactsSighting => ({
      kind: 'none',
      seq,
      at: clock.now(),
      why: { kind: 'no-shell', layer: 'ssh', text: 'no shell' },
    });
    one.looks[0]?.answer(good(1));
    await advance(2000);
    expect(one.probes.length).toBe(1);
    one.probes[0]?.answer(none(2));
    one.looks[1]?.answer(good(3));
    await advance(2000);
    expect(one.probes.length).toBe(1);
    const stopped = silent(4) as Extract<Sighting, { kind: 'silent' }>;
    one.looks[2]?.answer({ ...stopped, why: { ...stopped.why, layer: 'weave' } });
    await advance(50);
    expect(one.probes.length).toBe(2);
  });

  it('probes once more where the answer changed its kind while a probe was under way', async () => {
    const { one, good, silent, advance } = open();
    const weave = (seq: number, kind: 'timeout' | 'refused'): Sighting => {
      const mute = silent(seq) as Extract<Sighting, { kind: 'silent' }>;
      return { ...mute, why: { ...mute.why, layer: 'weave', kind } };
    };
    one.looks[0]?.answer(good(1));
    await advance(2000);
    one.looks[1]?.answer(weave(3, 'timeout'));
    await advance(2000);
    expect(one.probes.length).toBe(1);
    one.probes[0]?.answer({ ...facts(), seq: 2 });
    await advance(50);
    expect(one.probes.length).toBe(2);
    one.probes[1]?.answer({ ...facts(), seq: 4 });
    // It hung, and now nothing listens there any more: that is another thing to ask the host about.
    one.looks[2]?.answer(weave(5, 'refused'));
    await advance(50);
    expect(one.probes.length).toBe(3);
  });

  it('calls a weave stopped as soon as its port refuses, whatever a probe said right before that', async () => {
    const { session, one, two, good, silent, advance } = open();
    for (const { looks } of [one, two]) looks[0]?.answer(good(1));
    await advance(100);
    one.probes[0]?.answer({ ...facts({}, 1100), seq: 2 });
    await advance(2000);
    const mute = silent(3) as Extract<Sighting, { kind: 'silent' }>;
    one.looks[1]?.answer({ ...mute, why: { ...mute.why, layer: 'weave', kind: 'refused' } });
    await advance(50);
    const state = () => session.snapshot().view.peers[0]?.state;
    expect(state()).toBe('stopped');
    // The next probe finds it running all the same: it listens elsewhere, or not at all.
    one.probes[1]?.answer({ ...facts({}, 3200), seq: 4 });
    await advance(50);
    expect(state()).toBe('hung');
  });

  it('probes a host soon again whose unit was on its way to stop or to start', async () => {
    const { one, two, good, advance } = open();
    for (const { looks } of [one, two]) looks[0]?.answer(good(1));
    await advance(100);
    one.probes[0]?.answer({ ...facts({ unit: known(unitFacts({ active: 'deactivating' })) }), seq: 2 });
    two.probes[0]?.answer({ ...facts(), seq: 2 });
    await advance(3000);
    expect([one.probes.length, two.probes.length]).toEqual([2, 1]);
    // One that never comes to rest is no reason to start processes there for ever.
    for (let turn = 1; turn < 8; turn += 1) {
      one.probes[turn]?.answer({
        ...facts({ unit: known(unitFacts({ active: 'activating' })) }),
        seq: 2 + turn,
      });
      await advance(3000);
    }
    expect(one.probes.length).toBe(6);
  });

  it('looks now when asked: ends the back-off, and once more after a look that is under way', async () => {
    const { session, one, good, advance, retried } = open();
    session.lookNow(['10.77.0.11']);
    expect(retried).toEqual([['10.77.0.11']]);
    one.looks[0]?.answer(good(1));
    await advance(1);
    expect(one.looks.length).toBe(2);
  });

  it('moves its time at least once a second while nobody answers', async () => {
    const { session, advance } = open();
    const before = session.snapshot().now;
    await advance(1000);
    expect(session.snapshot().now - before).toBeGreaterThanOrEqual(1000);
  });

  it('reads a log once while it is being read', async () => {
    const { session, settle } = open();
    session.readLog('10.77.0.11');
    expect(session.snapshot().logs.get('10.77.0.11')?.kind).toBe('asking');
    await settle();
    expect(session.snapshot().logs.get('10.77.0.11')).toMatchObject({ kind: 'there', lines: ['one', 'two'] });
  });

  it('leaves no timer behind and closes the connections', async () => {
    const { session, one, good, pending, closed, settle } = open();
    await session.stop();
    one.looks[0]?.answer(good(1));
    await settle();
    expect([pending(), closed()]).toEqual([0, 1]);
  });
});

describe('events', () => {
  it('begin when everybody was asked once: what was there before us is no news', async () => {
    const { session, one, two, good, silent, advance } = open();
    one.looks[0]?.answer(good(1));
    await advance(50);
    two.looks[0]?.answer(silent(1));
    await advance(50);
    expect(session.snapshot().events).toEqual([]);
    await advance(2000);
    one.looks[1]?.answer(silent(9));
    await advance(50);
    expect(session.snapshot().events.map(({ peer }) => peer)).toContain('10.77.0.11');
  });

  it('do not wait for ever for a peer that never answers', async () => {
    const { session, one, good, silent, advance } = open();
    one.looks[0]?.answer(good(1));
    await advance(6000);
    one.looks[1]?.answer(silent(9));
    await advance(50);
    expect(session.snapshot().events.length).toBeGreaterThan(0);
  });
});

describe('spares', () => {
  const probe = (seq: number, leftovers: HostFacts['leftovers']): FactsSighting => ({
    ...facts({ hostname: 'h3', ...bareHost, leftovers }),
    seq,
  });
  const [peer, another] = inventory.peers as [InventoryPeer, InventoryPeer];
  const spare = { ...peer, address: '10.77.0.13' };
  const none = { container: false, volume: false, bridge: false };

  const openWith = (spares: readonly InventoryPeer[]) => {
    const time = fakeClock();
    const hands = new Map([peer, another, spare].map((one) => [one.address, handEye()]));
    const session = openSession({
      inventory: { ...inventory, spares },
      clock: time.clock,
      eyeOf: (one) => hands.get(one.address)?.eye as PeerEye,
      retryNow: () => {},
      close: async () => {},
    });
    const hand = hands.get(spare.address) as ReturnType<typeof handEye>;
    const leftovers = () => session.snapshot().view.findings.filter(({ id }) => id === 'leftover');
    return { ...time, session, hand, leftovers };
  };

  it('are probed at a slow pace, after the members, and never looked at', async () => {
    const { hand, advance, leftovers, session } = openWith([spare]);
    await advance(4000);
    expect(hand.probes).toHaveLength(0);
    await advance(2000);
    expect(hand.probes).toHaveLength(1);
    hand.probes[0]?.answer(probe(1, { ...none, volume: true }));
    await advance(100);
    expect(leftovers().map(({ severity, peers }) => [severity, peers])).toEqual([['info', ['10.77.0.13']]]);
    await advance(20_000);
    expect(hand.probes).toHaveLength(1);
    await advance(15_000);
    hand.probes[1]?.answer(probe(2, none));
    await advance(100);
    expect(leftovers()).toEqual([]);
    expect(hand.looks).toEqual([]);
    await session.stop();
    await advance(100_000);
    expect(hand.probes).toHaveLength(2);
  });

  it('are no finding when nobody can reach them', async () => {
    const { hand, advance, session } = openWith([spare]);
    await advance(6000);
    hand.probes[0]?.answer({ kind: 'none', seq: 1, at: 6000, why: trouble() });
    await advance(100);
    expect(session.snapshot().view.findings.flatMap(({ peers }) => peers)).not.toContain('10.77.0.13');
  });

  it('follow the inventory', async () => {
    const { hand, advance, session } = openWith([]);
    await advance(60_000);
    expect(hand.probes).toHaveLength(0);
    session.adopt({ ...inventory, spares: [spare] });
    await advance(6000);
    expect(hand.probes).toHaveLength(1);
    expect(session.snapshot().view.spares?.map((one) => one.peer.address)).toEqual(['10.77.0.13']);
    session.adopt(inventory);
    hand.probes[0]?.answer(probe(1, { ...none, bridge: true }));
    await advance(60_000);
    expect(hand.probes).toHaveLength(1);
    expect(session.snapshot().view.spares).toEqual([]);
  });

  it('hold up a look of `status` only for a moment', async () => {
    const time = fakeClock();
    const hands = new Map([peer, spare].map((one) => [one.address, handEye()]));
    const looked = lookOnce(
      { ...inventory, peers: [peer], spares: [spare] },
      (one) => hands.get(one.address)?.eye as PeerEye,
      time.clock,
    );
    const member = hands.get(peer.address);
    member?.looks[0]?.answer({ kind: 'report', seq: 1, at: 1000, took: 1, via: 'status-port', report });
    member?.probes[0]?.answer(facts());
    await time.advance(1600);
    const view = await looked;
    expect(view.peers[0]?.watch.look?.kind).toBe('report');
    expect(view.spares?.[0]?.facts).toBe(null);
    expect(time.pending()).toBe(0);
  });
});

describe('what this machine has on record of removed peers', () => {
  it('is in the view from the beginning, and read anew when a change has ended', async () => {
    const removed = (run: string) => ({
      name: '82:93:65:46:db:ca',
      address: '10.0.0.99',
      nickname: 'h9',
      how: 'rmpeer' as const,
      at: 1,
      run,
    });
    let on = [removed('r1')];
    const { session, advance } = open(() => ({ ...noRecords, removed: on }));
    const runs = () => session.snapshot().view.removed.map(({ run }) => run);
    expect(runs()).toEqual(['r1']);
    on = [...on, removed('r2')];
    await advance(2000);
    expect(runs()).toEqual(['r1']);
    session.recall();
    await advance(100);
    expect(runs()).toEqual(['r1', 'r2']);
  });
});
