import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { changes } from '../../source/cluster/happenings.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { bareHost } from '../support/host-mesh.ts';
import { address, failed, live, mesh, type Over, others } from '../support/mesh.ts';
import { facts, silent, trouble, unitFacts, watch } from '../support/watches.ts';

const view = (watches: readonly PeerWatch[]) => buildView('c', watches, { now: 1000 });
const between = (before: readonly PeerWatch[], after: readonly PeerWatch[]): string[] =>
  changes(view(before), view(after)).map(({ peer, severity, text }) => `${severity} ${peer ?? '-'}: ${text}`);

const unseen = (count: number): PeerWatch[] =>
  Array.from({ length: count }, (_, index) => watch(address(index), null));

const idle: Over = { ipam: { entries: [] } };
const electing = (known: number): Over => ({
  ipam: { entries: [], paxos: { elector: true, known, quorum: 3 } },
});
const every = (count: number, over: Over) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [index, over]));

describe('changes', () => {
  it('says nothing of a first view, nor of one that is the same', () => {
    expect(changes(null, view(mesh(3)))).toEqual([]);
    expect(between(mesh(3), mesh(3))).toEqual([]);
  });

  it('says nothing when the first looks come in healthy', () => {
    expect(between(unseen(3), mesh(3))).toEqual([]);
  });

  it('tells the way from idle over an election to the ring', () => {
    const start = mesh(5, every(5, idle));
    const first = mesh(5, { ...every(5, idle), 0: electing(2) });
    const second = mesh(5, { ...every(5, idle), 0: electing(3) });
    expect(between(start, first)[0]).toBe('info -: An election began: 2 of 3 known');
    expect(between(first, second)[0]).toBe('info -: Election: 3 of 3 known');
    expect(between(second, mesh(5))[0]).toBe('good -: The ring is there: 5 owners');
    expect(between(second, mesh(5))).toContain('good 10.0.0.1: a is ready');
  });

  it('tells of a link that is lost, and of its return, once for each end that says so', () => {
    const cut: Over = { connections: [live(1), failed(2, 'refused', 'connection refused')] };
    const broken = mesh(3, { 0: cut });
    expect(between(mesh(3), broken)).toEqual([
      'warning 10.0.0.1: a is degraded: lost its link to c',
      'warning 10.0.0.3: c has no link to a',
    ]);
    expect(between(broken, mesh(3))).toEqual([
      'good 10.0.0.1: a is ready: has its link to c again',
      'good 10.0.0.3: No longer: c has no link to a',
    ]);
  });

  it('takes silence for no loss of links', () => {
    const [, ...rest] = mesh(3);
    const [first] = mesh(3);
    const quiet = [{ ...first, look: silent({ text: 'timed out' }) } as PeerWatch, ...rest];
    expect(between(mesh(3), quiet)).toEqual([
      "warning 10.0.0.1: a can't be looked at by SSH: timed out",
      "warning 10.0.0.1: a can't be looked at, but other peers see it",
    ]);
  });

  const noLink = (fault: 'timeout' | 'no-route' | 'refused', to: readonly number[], index = 0): Over => ({
    connections: others(index, 4).map((other) =>
      to.includes(other) ? failed(other, fault, `dial: ${fault}`) : live(other),
    ),
  });

  it('takes another dial error for the same missing link, and says that it is over once', () => {
    const first = mesh(4, { 0: noLink('timeout', [3]), 1: noLink('timeout', [3], 1) });
    const second = mesh(4, { 0: noLink('no-route', [3]), 1: noLink('timeout', [3], 1) });
    const third = mesh(4, { 0: noLink('no-route', [3]), 1: noLink('refused', [3], 1) });
    expect(between(first, second)).toEqual([]);
    expect(between(second, third)).toEqual([]);
    expect(between(third, mesh(4)).filter((line) => line.includes('No longer'))).toEqual([
      'good 10.0.0.4: No longer: d has no link to b',
      'good 10.0.0.4: No longer: d has no link to a',
    ]);
  });

  it('calls no fault over because whoever told of it fell silent', () => {
    const broken = mesh(4, { 0: noLink('timeout', [3]) });
    const quiet = broken.map((peer, index) => (index === 0 ? { ...peer, look: silent() } : peer));
    expect(between(broken, quiet).filter((line) => line.startsWith('good'))).toEqual([]);
    const enabled = broken.map((peer) => ({ ...peer, facts: facts() }));
    const off = enabled.map((peer, index) =>
      index === 1
        ? { ...peer, facts: facts({ unit: { known: true, value: unitFacts({ enabled: 'disabled' }) } }) }
        : peer,
    );
    const unprobed = off.map((peer, index) =>
      index === 1 ? { ...peer, facts: { kind: 'none', seq: 2, at: 2, why: trouble() } as const } : peer,
    );
    expect(between(off, unprobed).filter((line) => line.startsWith('good'))).toEqual([]);
    expect(between(off, enabled)).toEqual(['good 10.0.0.2: No longer: The weave unit is not enabled on b']);
  });

  it('takes what the first probes tell for no news, but what a later one tells', () => {
    const off = { unit: { known: true, value: unitFacts({ enabled: 'disabled' }) } } as const;
    const probed = (over: Parameters<typeof facts>[0]) =>
      mesh(3).map((peer, index) => ({ ...peer, facts: facts(index === 1 ? over : {}) }));
    expect(between(mesh(3), probed(off))).toEqual([]);
    expect(between(probed({}), probed(off))).toEqual([
      'warning 10.0.0.2: The weave unit is not enabled on b',
    ]);
  });

  it('calls no stopped weave over because it turns out that none is installed', () => {
    const [first, second] = mesh(2);
    const refusing = { ...second, look: silent({ layer: 'weave', kind: 'refused' }) } as PeerWatch;
    const told = facts(bareHost);
    expect(
      between([first as PeerWatch, refusing], [first as PeerWatch, { ...refusing, facts: told }]),
    ).toEqual([]);
  });

  it('says for whom a finding still holds', () => {
    const off = (indexes: readonly number[]) =>
      mesh(3).map((peer, index) => ({
        ...peer,
        facts: facts({
          hostname: peer.peer.address,
          unit: { known: true, value: unitFacts(indexes.includes(index) ? { enabled: 'disabled' } : {}) },
        }),
      }));
    expect(between(off([0, 1]), off([1]))).toEqual([
      'info 10.0.0.2: Now only: The weave unit is not enabled on b',
    ]);
    expect(between(off([1]), off([0, 1]))).toEqual(['warning -: The weave unit is not enabled on a and b']);
  });

  it('warns of nothing while peers come back one by one', () => {
    const away = mesh(4).map((peer) => ({ ...peer, look: silent() }));
    const steps = [0, 1, 2, 3].map((last) =>
      mesh(4).map((peer, index) => (index <= last ? peer : (away[index] ?? peer))),
    );
    let before: readonly PeerWatch[] = away;
    const said = steps.flatMap((step) => {
      const lines = between(before, step);
      before = step;
      return lines;
    });
    expect(said.filter((line) => !/^good 10\.0\.0\.\d: [a-d] is ready$/.test(line))).toEqual([
      "good 10.0.0.4: No longer: d can't be looked at, but other peers see it",
    ]);
  });

  it('takes failing SSH for no loss of the majority', () => {
    const alone: Over = { sees: [0], connections: [] };
    const one = mesh(3, { 0: alone }).map((peer, index) => (index > 0 ? { ...peer, look: silent() } : peer));
    expect(between(mesh(3), one).filter((line) => line.includes('majority'))).toEqual([]);
  });

  it('says when the majority is lost and when it is back', () => {
    const alone = (index: number): Over => ({ sees: [index], connections: [] });
    const scattered = mesh(3, { 0: alone(0), 1: alone(1), 2: alone(2) });
    expect(between(mesh(3), scattered)[0]).toBe('critical -: 1 of 3 peers see each other, majority 2');
    expect(between(scattered, mesh(3))[0]).toBe('good -: 3 of 3 peers see each other, majority 2');
  });

  it('tells of a new name and a new version', () => {
    expect(between(mesh(1), mesh(1, { 0: { name: 'Z', version: '2.9.0' } }))).toEqual([
      'warning 10.0.0.1: a changed its peer name from A to Z',
      'info 10.0.0.1: a runs weave 2.9.0 instead of 2.8.1',
    ]);
  });

  it('is short in a big cluster that falls in two', () => {
    const side = (index: number): Over => {
      const members = Array.from({ length: 20 }, (_, other) => other).filter(
        (other) => other < 12 === index < 12,
      );
      return { sees: members, connections: members.filter((to) => to !== index).map((to) => live(to)) };
    };
    const cut = mesh(20, Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, side(index)])));
    const said = between(mesh(20), cut);
    expect(said.length).toBeLessThanOrEqual(20 * 2 + 2);
    for (const line of said) expect(line.length).toBeLessThan(200);
    expect(said).toContain(`warning ${address(0)}: a is degraded: lost its link to m, n, o and 5 more`);
  });

  it('follows peers by address when the list of peers changes', () => {
    expect(
      between(mesh(3), mesh(2, { 0: { connections: others(0, 2).map((to) => live(to)) } })),
    ).not.toContainEqual(expect.stringContaining('lost'));
  });
});
