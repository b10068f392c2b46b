import { describe, expect, it } from 'vitest';
import { connectTo, forget } from '../../../source/demo/api.ts';
import { allocate, handOver, takeOver } from '../../../source/demo/world/ipam.ts';
import { Bench, ids } from './build.ts';

const primed = (count: number, use: readonly string[] = ids(count)): Bench => {
  const bench = new Bench(count);
  bench.up(ids(count));
  bench.prime('h1');
  bench.pass(5);
  for (const id of use) {
    allocate(bench.world, bench.weaver(id), 'c1');
    bench.pass(1);
  }
  bench.pass(30);
  return bench;
};

const size = (bench: Bench, on: string, of: string) =>
  (bench.report(on).IPAM.Entries ?? [])
    .filter(({ Nickname }) => Nickname === of)
    .reduce((sum, { Size }) => sum + Size, 0);

const versions = (bench: Bench, on: string, of: string) =>
  (bench.report(on).IPAM.Entries ?? [])
    .filter(({ Nickname }) => Nickname === of)
    .map(({ Version }) => Version);

describe('space', () => {
  it('is given away by a neighbour at the first allocation', () => {
    const bench = primed(5, []);
    const poor = ids(5).find((id) => size(bench, 'h1', id) === 0) as string;
    expect(allocate(bench.world, bench.weaver(poor), 'c1')).toMatchObject({
      address: expect.stringMatching(/\/12$/),
    });
    bench.pass(10);
    for (const id of ids(5)) expect(size(bench, id, poor)).toBe(131072);
    expect(bench.report(poor).IPAM.ActiveIPs).toBe(1);
  });

  it('starts with the second address of the range', () => {
    const bench = primed(1, []);
    expect(allocate(bench.world, bench.weaver('h1'), 'a')).toEqual({ address: '10.32.0.1/12' });
    expect(allocate(bench.world, bench.weaver('h1'), 'a')).toEqual({ address: '10.32.0.2/12' });
  });
});

describe('reset', () => {
  it('hands all to one heir, whose entry is 102 versions on', () => {
    const bench = primed(5);
    const [before] = versions(bench, 'h1', 'h5');
    const had = size(bench, 'h1', 'h5');
    const others = new Map(ids(4).map((id) => [id, size(bench, 'h1', id)]));
    expect(handOver(bench.world, bench.weaver('h5'))).toBe(true);
    bench.pass(1);
    bench.world.exit('h5', 0);
    bench.world.wipe('h5');
    bench.pass(20);
    expect(bench.peers('h1')).toEqual(ids(4));
    for (const id of ids(4)) expect(bench.ring(id)).toEqual(bench.ring('h1'));
    const grown = ids(4).filter((id) => size(bench, 'h1', id) !== others.get(id));
    expect(grown).toHaveLength(1);
    expect(size(bench, 'h1', grown[0] as string)).toBe((others.get(grown[0] as string) ?? 0) + had);
    expect(versions(bench, 'h1', grown[0] as string)).toContain((before ?? 0) + 102);
  });

  it('hands nothing over behind a partition, and says nothing of it', () => {
    const bench = primed(3);
    bench.world.cut(['h3'], ['h1', 'h2']);
    bench.pass(70);
    expect(handOver(bench.world, bench.weaver('h3'))).toBe(false);
    bench.world.wipe('h3');
    bench.pass(10);
    expect(size(bench, 'h1', 'h3')).toBeGreaterThan(0);
    expect(bench.report('h1').IPAM.Entries?.find(({ Nickname }) => Nickname === 'h3')?.IsKnownPeer).toBe(
      false,
    );
  });

  it('leaves a host that comes back as a newcomer', () => {
    const bench = primed(3);
    handOver(bench.world, bench.weaver('h3'));
    bench.pass(1);
    bench.world.wipe('h3');
    bench.pass(5);
    bench.launch('h3');
    bench.pass(10);
    expect(bench.owners('h3')).toEqual(['h1', 'h2']);
    expect(bench.established('h3')).toBe(2);
  });
});

describe('rmpeer', () => {
  it('takes over from a dead peer, by name or nickname, once', () => {
    const bench = primed(3);
    const had = size(bench, 'h1', 'h3');
    bench.world.exit('h3', 137);
    bench.pass(5);
    expect(takeOver(bench.world, bench.weaver('h1'), 'h3')).toBe(had);
    bench.pass(2);
    expect(size(bench, 'h2', 'h3')).toBe(0);
    for (const id of ['h1', 'h2']) expect(takeOver(bench.world, bench.weaver(id), 'h3')).toBe(0);
  });

  it.each(['nonesuch', '10.77.0.13', 'h1', 'aa:bb:cc:dd:ee:ff'])('takes nothing from %s', (id) => {
    expect(takeOver(primed(3).world, primed(3).weaver('h1'), id)).toBe(0);
  });

  it('does not refuse a live peer: the rings part and its links drop again and again', () => {
    const bench = primed(4);
    const had = size(bench, 'h1', 'h3');
    expect(takeOver(bench.world, bench.weaver('h1'), 'h3')).toBe(had);
    bench.pass(10);
    expect(size(bench, 'h2', 'h3')).toBe(0);
    expect(size(bench, 'h3', 'h3')).toBe(had);
    const before = bench.report('h3').Router.TerminationCount;
    bench.pass(100);
    expect(bench.report('h3').Router.TerminationCount).toBeGreaterThan(before + 3);
    const log = bench.world
      .host('h3')
      .log.map(({ text }) => text)
      .join('\n');
    expect(log).toMatch(
      /Received update for IP range I own at \S+ v\d+: incoming message says owner \S+ v1\d\d/,
    );
  });

  it('is undone for a removed peer that returns with its old data, in its own eyes', () => {
    const bench = primed(3);
    bench.world.exit('h3', 137);
    bench.pass(5);
    takeOver(bench.world, bench.weaver('h1'), 'h3');
    bench.pass(5);
    bench.launch('h3');
    bench.pass(10);
    expect(bench.owners('h3')).toContain('h3');
    expect(bench.owners('h1')).not.toContain('h3');
  });
});

describe('targets', () => {
  it('are forgotten only by the very string, and the link lives on', () => {
    const bench = primed(3);
    const weaver = bench.weaver('h1');
    for (const wrong of ['h3', '10.77.0.13:6783', '10.77.0.99', '10.77.0.1'])
      forget(bench.world, weaver, [wrong]);
    expect(bench.report('h1').Router.Targets).toHaveLength(3);
    forget(bench.world, weaver, ['10.77.0.13']);
    expect(bench.report('h1').Router.Targets?.toSorted()).toEqual(['10.77.0.11', '10.77.0.12']);
    bench.pass(5);
    expect(bench.established('h1')).toBe(2);
  });

  it('grow by connect, which also tries a dead one at once', () => {
    const bench = primed(3);
    bench.world.exit('h3', 137);
    bench.pass(120);
    bench.launch('h3', []);
    expect(connectTo(bench.world, bench.weaver('h1'), ['10.77.0.13'], false)).toEqual([]);
    bench.pass(1);
    expect(bench.established('h1')).toBe(2);
    expect(connectTo(bench.world, bench.weaver('h1'), ['nowhere.example'], false)).toEqual([
      'nowhere.example',
    ]);
  });

  it('are back after a restart with the old list', () => {
    const bench = primed(3);
    forget(bench.world, bench.weaver('h1'), ['10.77.0.13']);
    bench.world.exit('h1', 0);
    bench.pass(1);
    bench.launch('h1');
    expect(bench.report('h1').Router.Targets).toContain('10.77.0.13');
  });
});
