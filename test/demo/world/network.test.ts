import { describe, expect, it } from 'vitest';
import { Bench, ids } from './build.ts';

const primed = (count: number): Bench => {
  const bench = new Bench(count);
  bench.up(ids(count));
  bench.prime('h1');
  bench.pass(120);
  return bench;
};

const unreachable = (bench: Bench, id: string) =>
  [
    ...new Set(
      (bench.report(id).IPAM.Entries ?? []).filter((one) => !one.IsKnownPeer).map(({ Nickname }) => Nickname),
    ),
  ].sort();

describe('a mesh', () => {
  it('connects everybody with everybody, and nobody with itself', () => {
    const bench = primed(5);
    for (const id of ids(5)) {
      expect(bench.established(id)).toBe(4);
      expect(bench.peers(id)).toEqual(ids(5));
    }
    expect(bench.row('h1', '10.77.0.11')).toEqual({
      state: 'failed',
      info: 'cannot connect to ourself, retry: never',
    });
  });

  it('finds by discovery whom nobody listed', () => {
    const bench = new Bench(3);
    bench.launch('h1', []);
    bench.launch('h2', ['10.77.0.11']);
    bench.launch('h3', ['10.77.0.11']);
    bench.pass(5);
    expect(bench.established('h3')).toBe(2);
    expect(bench.report('h1').Router.Targets).toBeNull();
  });

  it('sees a killed peer at once, and forgets it after 2 s', () => {
    const bench = primed(5);
    bench.world.exit('h5', 137);
    bench.pass(1);
    expect(bench.row('h1', '10.77.0.15')?.info).toMatch(
      /^dial tcp :0->10\.77\.0\.15:6783: connect: connection refused, retry: 2026-11-22 .* m=\+/,
    );
    expect(bench.peers('h1')).toEqual(ids(5));
    bench.pass(3);
    expect(bench.peers('h1')).toEqual(ids(4));
    expect(unreachable(bench, 'h1')).toEqual(bench.owners('h1').filter((id) => id === 'h5'));
  });

  it('finds a silent cut after 34 to 53 s, and mends by itself', () => {
    const bench = primed(5);
    bench.world.cut(ids(3), ['h4', 'h5']);
    bench.pass(33);
    for (const id of ids(5)) expect(bench.established(id)).toBe(4);
    bench.pass(25);
    expect(bench.peers('h1')).toEqual(['h1', 'h2', 'h3']);
    expect(bench.peers('h4')).toEqual(['h4', 'h5']);
    expect(unreachable(bench, 'h4')).toEqual(bench.owners('h4').filter((id) => ids(3).includes(id)));
    bench.pass(120);
    expect(bench.row('h4', '10.77.0.11')?.info).toContain(
      'dial tcp :0->10.77.0.11:6783: connect: no route to host',
    );
    bench.world.heal();
    bench.pass(400);
    for (const id of ids(5)) expect(bench.established(id)).toBe(4);
    expect(unreachable(bench, 'h4')).toEqual([]);
  });

  it('survives a cut that heals in time', () => {
    const bench = primed(3);
    bench.world.cut(['h1'], ['h2', 'h3']);
    bench.pass(20);
    bench.world.heal();
    bench.pass(100);
    for (const id of ids(3)) expect(bench.report(id).Router.TerminationCount).toBe(0);
  });

  it('leaves links pending where UDP is blocked, each replaced after a minute', () => {
    const bench = new Bench(3);
    bench.world.blockUdp('h3', true);
    bench.up(ids(3));
    const rows = () =>
      (bench.report('h3').Router.Connections ?? []).filter(({ State }) => State === 'pending');
    const before = rows().map(({ Address }) => Address);
    expect(before).toHaveLength(2);
    expect(rows()[0]?.Attrs).toEqual({ mtu: 65535, name: 'sleeve' });
    expect(bench.peers('h3')).toEqual(ids(3));
    bench.pass(70);
    expect(rows()).toHaveLength(2);
    expect(bench.report('h3').Router.TerminationCount).toBeGreaterThan(0);
    bench.world.blockUdp('h3', false);
    bench.pass(70);
    expect(bench.established('h3')).toBe(2);
  });

  it('drops a weaver that hangs, and takes it back', () => {
    const bench = primed(3);
    bench.world.hang('h3', true);
    bench.pass(70);
    expect(bench.peers('h1')).toEqual(['h1', 'h2']);
    bench.world.hang('h3', false);
    bench.pass(300);
    expect(bench.established('h3')).toBe(2);
  });

  it('takes a host that lost its power for gone without a word', () => {
    const bench = primed(3);
    bench.world.powerOff('h3');
    bench.pass(20);
    expect(bench.established('h1')).toBe(2);
    bench.pass(60);
    expect(bench.row('h1', '10.77.0.13')?.info).toContain('no route to host');
    const boot = bench.world.host('h3').bootId;
    bench.world.boot('h3');
    expect(bench.world.host('h3').bootId).not.toBe(boot);
    bench.launch('h3');
    bench.pass(10);
    expect(bench.peers('h1')).toEqual(ids(3));
    expect(bench.owners('h3')).toEqual(bench.owners('h1'));
  });

  it.each([
    [
      'range',
      ['--ipalloc-range', '10.48.0.0/12'],
      'Incompatible IP allocation ranges (received: 10.32.0.0/12, ours: 10.48.0.0/12)',
    ],
    [
      'password',
      ['--password', 'secret'],
      'password specified, but peer requested an unencrypted connection',
    ],
  ])('refuses a peer with another %s', (_what, args, text) => {
    const bench = new Bench(3);
    bench.up(['h1', 'h2']);
    bench.prime('h1');
    bench.pass(5);
    bench.launch('h3', [...args, ...bench.addresses]);
    const seen = new Set<string>();
    for (let second = 0; second < 120; second++) {
      bench.pass(1);
      seen.add(bench.row('h3', '10.77.0.11')?.info.replace(/, retry: .*/, '') ?? '');
    }
    expect([...seen]).toContain(text);
    expect(bench.established('h3')).toBe(0);
  });

  it('refuses a peer whose clock is a quarter of an hour off', () => {
    const bench = new Bench(2);
    bench.world.host('h2').clockOffset = 1_000_000;
    bench.up(['h1', 'h2']);
    const texts = ids(2).flatMap((id) => (bench.report(id).Router.Connections ?? []).map(({ Info }) => Info));
    expect(texts.join('\n')).toContain('host clock skew of 1000s exceeds 900s limit');
  });

  it('never connects two peers with one name', () => {
    const bench = new Bench(4);
    bench.world.host('h4').machineId = bench.world.host('h3').machineId;
    bench.up(ids(4));
    bench.pass(60);
    expect(bench.row('h3', '10.77.0.14')?.info).toMatch(
      /^local ".*\(h3\)" and remote ".*\(h4\)" peer names collision, retry: never$/,
    );
    expect(bench.peers('h1')).toHaveLength(3);
  });

  it('refuses a peer that was seeded apart', () => {
    const bench = new Bench(4);
    bench.up(['h4'], ['10.77.0.14']);
    bench.prime('h4');
    bench.pass(1);
    bench.world.exit('h4', 0);
    bench.up(ids(3), bench.addresses.slice(0, 3));
    bench.prime('h1');
    bench.pass(5);
    bench.launch('h4');
    bench.pass(60);
    const infos = (bench.report('h4').Router.Connections ?? []).map(({ Info }) => Info).join('\n');
    expect(infos).toMatch(
      /IP allocation was seeded by different peers \(received: \[.*\], ours: \[.*\(h4\)\]\)/,
    );
    expect(bench.established('h4')).toBe(0);
    expect(bench.ring('h4')).toEqual(['10.32.0.0/1048576 h4 v0']);
    expect(
      (bench.report('h1').Router.Connections ?? []).filter(({ Address }) => Address.startsWith('10.77.0.14')),
    ).toEqual([]);
  });
});
