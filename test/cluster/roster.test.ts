import { describe, expect, it } from 'vitest';
import type { Connection, PeerReport } from '../../source/cluster/peer-report.ts';
import { buildRoster, endpointOf } from '../../source/cluster/roster.ts';
import { facts, reportOf, silent, told, traceBytes, watch } from '../support/watches.ts';

const base = reportOf(traceBytes('01-launched-idle/h1.report.json'));

const live = (address: string, name: string, nickname: string, outbound = true): Connection => ({
  address,
  outbound,
  state: 'established',
  info: `sleeve ${name}(${nickname})`,
  peer: { name, nickname },
  overlay: 'sleeve',
  encrypted: false,
  mtu: 1438,
  fault: null,
  retry: null,
});

const report = (
  name: string,
  nickname: string,
  connections: readonly Connection[] = [],
  over: Partial<PeerReport> = {},
) => ({
  ...base,
  name,
  nickname,
  connections,
  peers: [],
  ...over,
});

const names = (...watches: Parameters<typeof buildRoster>[0][number][]) => buildRoster(watches).names;
const a = '10.0.0.1';
const b = '10.0.0.2';
const c = '10.0.0.3';

describe('who is who', () => {
  it('believes a peer about itself', () => {
    expect(names(watch(a, told(report('A', 'h1'))), watch(b, silent()))).toEqual(['A', null]);
  });

  it('takes no name from a report without one', () => {
    expect(names(watch(a, told(report('', ''))))).toEqual([null]);
  });

  it('learns the name of a silent peer from those that dialled it', () => {
    const first = told(report('A', 'h1', [live(`${b}:6783`, 'B', 'h2')]));
    expect(names(watch(a, first), watch(b, silent()))).toEqual(['A', 'B']);
  });

  it('learns it from gossip as well', () => {
    const gossip = [
      {
        name: 'C',
        nickname: 'h3',
        uid: null,
        links: [{ name: 'B', nickname: 'h2', address: `${b}:6783`, outbound: true, established: true }],
      },
    ];
    expect(names(watch(a, told(report('A', 'h1', [], { peers: gossip }))), watch(b, silent()))).toEqual([
      'A',
      'B',
    ]);
  });

  it('learns it from an inbound row of that IP when nobody dialled', () => {
    expect(
      names(watch(a, told(report('A', 'h1', [live(`${b}:43210`, 'B', 'h2', false)]))), watch(b, silent())),
    ).toEqual(['A', 'B']);
  });

  it('learns nothing where two peers come from one IP, as through a gateway', () => {
    const rows = [live(`${b}:43210`, 'B', 'h2', false), live(`${b}:43211`, 'C', 'h3', false)];
    expect(names(watch(a, told(report('A', 'h1', rows))), watch(b, silent()))).toEqual(['A', null]);
  });

  it('learns nothing where others disagree', () => {
    const first = told(report('A', 'h1', [live(`${b}:6783`, 'B', 'h2')]));
    const third = told(report('C', 'h3', [live(`${b}:6783`, 'X', 'h2')]));
    expect(names(watch(a, first), watch(b, silent()), watch(c, third))).toEqual(['A', null, 'C']);
  });

  it('gives no silent peer a name that another calls its own', () => {
    const first = told(report('A', 'h1', [live(`${b}:6783`, 'C', 'h3')]));
    expect(names(watch(a, first), watch(b, silent()), watch(c, told(report('C', 'h3'))))).toEqual([
      'A',
      null,
      'C',
    ]);
  });

  it('remembers the last report of a silent peer, unless others know better', () => {
    const last = told(report('OLD', 'h2'));
    const quiet = watch(b, silent(), { lastReport: last });
    expect(names(watch(a, told(report('A', 'h1'))), quiet)).toEqual(['A', 'OLD']);
    const first = told(report('A', 'h1', [live(`${b}:6783`, 'NEW', 'h2')]));
    expect(names(watch(a, first), quiet)).toEqual(['A', 'NEW']);
  });

  it('knows a stopped peer by its hostname when the ring has one owner of that nickname', () => {
    const ipam = base.ipam && {
      ...base.ipam,
      entries: [{ token: '10.32.0.0', size: 4, owner: 'B', nickname: 'h2', known: false, version: 0 }],
    };
    const first = watch(a, told(report('A', 'h1', [], { ipam })));
    const stopped = (hostname: string) =>
      watch(b, silent({ layer: 'weave' }), { facts: facts({ hostname }) });
    expect(names(first, stopped('h2'))).toEqual(['A', 'B']);
    expect(names(first, stopped('other'))).toEqual(['A', null]);
  });

  it('meets a peer by the address at which it meets itself, where PEERS has host names', () => {
    const self: Connection = {
      ...live('10.0.0.2:6783', '', ''),
      state: 'failed',
      peer: null,
      fault: 'ourself',
      info: 'cannot connect to ourself',
    };
    const roster = buildRoster([watch('host2.example', told(report('B', 'h2', [self])))]);
    expect(roster.byEndpoint('10.0.0.2:6783')).toBe(0);
  });

  it('does not choose between two that claim one endpoint', () => {
    const self: Connection = {
      ...live(`${a}:6783`, '', ''),
      state: 'failed',
      peer: null,
      fault: 'ourself',
      info: 'cannot connect to ourself',
    };
    const roster = buildRoster([
      watch(a, told(report('A', 'h1', [self]))),
      watch(b, told(report('B', 'h2', [self]))),
    ]);
    expect(roster.byEndpoint(`${a}:6783`)).toBeNull();
  });

  it('tells clones apart by nickname alone, and not at all without', () => {
    const roster = buildRoster([
      watch(a, told(report('X', 'h1'))),
      watch(b, told(report('X', 'h2'))),
      watch(c, told(report('C', 'h3'))),
    ]);
    expect([...roster.shared]).toEqual([['X', [0, 1]]]);
    expect(roster.byRef({ name: 'X', nickname: 'h2' })).toBe(1);
    expect(roster.byRef({ name: 'X', nickname: 'h9' })).toBeNull();
    expect(roster.byRef({ name: 'C', nickname: 'whatever' })).toBe(2);
  });

  it('stays the same object while nothing in it changes', () => {
    const first = buildRoster([watch(a, told(report('A', 'h1')))]);
    expect(buildRoster([watch(a, told(report('A', 'h1'), 2000))], first)).toBe(first);
    expect(buildRoster([watch(a, told(report('A', 'renamed')))], first)).not.toBe(first);
  });
});

it.each([
  ['10.0.0.3', '10.0.0.3:6783'],
  ['10.0.0.3:7783', '10.0.0.3:7783'],
  ['fd00::3', '[fd00::3]:6783'],
  ['host3', 'host3:6783'],
])('weave dials %s at %s', (address, endpoint) => {
  expect(endpointOf(address)).toBe(endpoint);
});
