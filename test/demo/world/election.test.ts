import { describe, expect, it } from 'vitest';
import { ipamStatus } from '../../../source/demo/world/status-text.ts';
import { Bench, ids } from './build.ts';

const phase = (bench: Bench, id: string) => ipamStatus(bench.report(id) as never);

describe('the quorum', () => {
  // Measured: list length, quorum with the own address in it and without.
  it.each([
    [1, 1, 2],
    [2, 2, 2],
    [3, 2, 3],
    [4, 3, 3],
    [5, 3, 4],
    [6, 4, 4],
    [7, 4, 5],
  ])('of a list of %i is %i with the own address and %i without', (length, inside, outside) => {
    for (const [own, quorum] of [
      [true, inside],
      [false, outside],
    ] as const) {
      const bench = new Bench(8);
      const list = bench.addresses.slice(own ? 0 : 1, own ? length : length + 1);
      bench.launch('h1', list);
      bench.pass(2);
      bench.prime('h1');
      bench.pass(1);
      expect(phase(bench, 'h1')).toBe(
        quorum === 1 ? 'ready' : `awaiting consensus (quorum: ${quorum}, known: 1)`,
      );
    }
  });

  it('counts the own address as long as it is not recognised', () => {
    const bench = new Bench(5);
    bench.launch('h1');
    bench.prime('h1');
    bench.pass(2);
    expect(phase(bench, 'h1')).toBe('awaiting consensus (quorum: 4, known: 1)');
  });

  it('is that of consensus=N where N was given', () => {
    const bench = new Bench(5);
    bench.launch('h1', ['--ipalloc-init', 'consensus=9', ...bench.addresses]);
    bench.pass(2);
    bench.prime('h1');
    expect(bench.report('h1').IPAM.Paxos).toEqual({ Elector: true, KnownNodes: 1, Quorum: 5 });
  });

  it('stays as it was when the list grows', () => {
    const bench = new Bench(7);
    bench.launch('h1', bench.addresses.slice(0, 3));
    bench.pass(2);
    bench.prime('h1');
    bench.weaver('h1').direct.push(...bench.addresses.slice(3));
    bench.pass(5);
    expect(bench.report('h1').IPAM.Paxos?.Quorum).toBe(2);
  });
});

describe('an election', () => {
  it('shows only on the peer that was asked, and ends when the third comes', () => {
    const bench = new Bench(5);
    bench.up(['h1', 'h2']);
    expect([phase(bench, 'h1'), phase(bench, 'h2')]).toEqual(['idle', 'idle']);
    bench.prime('h1');
    bench.pass(30);
    expect(phase(bench, 'h1')).toBe('awaiting consensus (quorum: 3, known: 2)');
    expect(phase(bench, 'h2')).toBe('idle');
    expect(bench.report('h2').IPAM.Paxos).toBeNull();
    bench.launch('h3');
    bench.pass(2);
    for (const id of ids(3)) expect(bench.owners(id)).toEqual(['h1', 'h2', 'h3']);
    expect(bench.report('h1').IPAM.Paxos).toBeNull();
  });

  it('divides the range among four of five, the same on all', () => {
    const bench = new Bench(5);
    bench.up(ids(5));
    bench.prime('h2');
    bench.pass(2);
    expect(bench.report('h1').IPAM.Entries?.map(({ Size }) => Size)).toEqual([
      262144, 262144, 262144, 262144,
    ]);
    for (const id of ids(5)) expect(bench.ring(id)).toEqual(bench.ring('h1'));
  });

  it('counts a restarted peer twice', () => {
    const bench = new Bench(5);
    bench.up(['h1', 'h2']);
    bench.prime('h1');
    bench.pass(1);
    bench.world.exit('h2', 0);
    bench.pass(5);
    bench.launch('h2');
    bench.pass(5);
    expect(phase(bench, 'h1')).toBe('awaiting consensus (quorum: 3, known: 3)');
  });

  it('gives a peer with only itself in its list a cluster of its own', () => {
    const bench = new Bench(1);
    bench.up(['h1']);
    expect(phase(bench, 'h1')).toBe('idle');
    bench.prime('h1');
    bench.pass(1);
    expect(bench.ring('h1')).toEqual(['10.32.0.0/1048576 h1 v0']);
  });

  it('is not needed by a peer that joins', () => {
    const bench = new Bench(6);
    bench.up(ids(5), bench.addresses.slice(0, 5));
    bench.prime('h1');
    bench.pass(2);
    bench.launch('h6');
    bench.pass(1);
    expect(phase(bench, 'h6')).toBe('ready');
    expect(bench.owners('h6')).not.toContain('h6');
    expect(bench.report('h1').Router.Targets).not.toContain('10.77.0.16');
    expect(bench.peers('h1')).toContain('h6');
  });
});
