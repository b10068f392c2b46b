import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { exitCode, statusDocument } from '../../source/cluster/status-document.ts';
import { statusSchema } from '../../source/cluster/status-schema.ts';
import {
  facts,
  reportOf,
  silent,
  told,
  traceBytes,
  traceFolders,
  traceReports,
  traceWatches,
  watch,
} from '../support/watches.ts';

const at = '2026-11-22T12:00:00.000Z';
const healthy = traceWatches('03-primed-5of5/a-primed', ['h1', 'h2', 'h3', 'h4', 'h5']);

describe('statusDocument', () => {
  it('is the contract, field by field', () => {
    const watches = healthy.map((peer, index) => (index === 0 ? { ...peer, facts: facts() } : peer));
    const document = statusDocument(buildView('prod', watches, { now: 1000 }), { at, now: 1120 });
    expect(document).toMatchObject({
      schema: 1,
      cluster: 'prod',
      at,
      quorum: {
        ipam: { phase: 'ready', quorum: null, known: null },
        mesh: {
          configured: 5,
          connected: 5,
          majority: 3,
          cliques: [['10.77.0.11', '10.77.0.12', '10.77.0.13', '10.77.0.14', '10.77.0.15']],
        },
      },
      lock: { state: 'unknown' },
      findings: [],
    });
    expect(document.peers[0]).toEqual({
      address: '10.77.0.11',
      nickname: 'h1',
      name: '12:e0:96:5c:ff:26',
      state: 'ready',
      hostname: 'h1',
      reach: 'report',
      facts: 'read',
      trouble: null,
      via: 'status-port',
      ageMs: 120,
      version: '2.8.1',
      unit: { active: 'active', enabled: 'enabled' },
      container: 'running',
      links: { established: 4, expected: 4 },
      ipam: { phase: 'ready', quorum: null, known: null, owned: 262144, share: 0.25 },
      drift: [],
      seenBy: ['10.77.0.12', '10.77.0.13', '10.77.0.14', '10.77.0.15'],
    });
    expect(document.peers[1]).toMatchObject({ unit: null, container: null, hostname: null });
  });

  it('tells trouble, and reports nothing by any way, where a peer is silent', () => {
    const [first, ...rest] = healthy;
    const watches = [
      { ...first, look: silent({ kind: 'auth', text: 'no key fits' }, 900) },
      ...rest,
    ] as typeof healthy;
    const [peer] = statusDocument(buildView('c', watches, { now: 1000 }), { at, now: 1000 }).peers;
    expect(peer).toMatchObject({
      reach: 'silent',
      trouble: { kind: 'auth', text: 'no key fits', layer: 'ssh' },
      via: 'none',
      ageMs: 100,
      nickname: 'h1',
      links: { established: 4, expected: 4 },
      ipam: { phase: 'unknown', owned: 262144 },
    });
  });

  it('is silent without trouble or age before the first look', () => {
    const [peer] = statusDocument(buildView('c', [watch('10.0.0.1', null)], { now: 1 }), {
      at,
      now: 1,
    }).peers;
    expect(peer).toMatchObject({ state: 'unseen', reach: 'silent', trouble: null, via: 'none', ageMs: null });
  });

  it('never has an age below zero', () => {
    const [peer] = statusDocument(buildView('c', healthy, { now: 1000 }), { at, now: 10 }).peers;
    expect(peer?.ageMs).toBe(0);
  });

  it('passes the lock on', () => {
    const view = buildView('c', healthy, { now: 1000 });
    expect(statusDocument(view, { at, now: 1, lock: { state: 'held' } }).lock).toEqual({ state: 'held' });
  });

  it.each(traceFolders.filter((folder) => folder !== '16-http'))('of %s keeps to the schema', (folder) => {
    const hosts = [...traceReports(folder).keys(), 'h9'];
    const view = buildView('c', traceWatches(folder, hosts), { now: 1000 });
    expect(() => statusSchema.parse(statusDocument(view, { at, now: 1000 }))).not.toThrow();
  });

  it('keeps to the schema whatever the numbers in a report are', () => {
    const report: unknown = JSON.parse(traceBytes('02-prime-2of5/b-blocked/h1.report.json'));
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(numbers, numbers, numbers, fc.boolean(), (first, second, third, ring) => {
        const copy = structuredClone(report) as { IPAM: Record<string, unknown> };
        copy.IPAM.RangeNumIPs = first;
        copy.IPAM.Paxos = { Elector: true, KnownNodes: second, Quorum: third };
        if (ring)
          copy.IPAM.Entries = [{ Token: 'x', Size: second, Peer: '12:e0:96:5c:ff:26', Version: third }];
        const view = buildView('c', [watch('10.77.0.11', told(reportOf(JSON.stringify(copy))))], { now: 1 });
        expect(() => statusSchema.parse(statusDocument(view, { at, now: 1 }))).not.toThrow();
      }),
    );
  });

  it('has a JSON Schema that ships with the package', async () => {
    const schema = z.toJSONSchema(statusSchema, { target: 'draft-2020-12', io: 'input' });
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../schema/status.schema.json',
    );
  });
});

describe('exitCode', () => {
  const of = (watches: typeof healthy) => exitCode(buildView('c', watches, { now: 1000 }));

  it.each([
    [0, 'all is well', healthy],
    [5, 'nobody was looked at', healthy.map((peer) => ({ ...peer, look: null, lastReport: null }))],
    [5, 'SSH failed everywhere', healthy.map((peer) => ({ ...peer, look: silent() }))],
    [
      4,
      'SSH answers, weave nowhere',
      healthy.map((peer) => ({ ...peer, look: silent({ layer: 'weave', kind: 'refused' }) })),
    ],
    [4, 'weave nowhere, and one probe', healthy.map((peer) => ({ ...peer, look: silent(), facts: facts() }))],
    [
      4,
      'a minority',
      healthy.map((peer, index) =>
        index < 3 ? watch(peer.peer.address, silent({ layer: 'weave', kind: 'refused' })) : peer,
      ),
    ],
    [
      3,
      'one peer that only others see',
      healthy.map((peer, index) => (index === 0 ? { ...peer, look: silent() } : peer)),
    ],
    [
      3,
      'a garbled peer that others see as well',
      healthy.map((peer, index) =>
        index === 0
          ? watch(
              peer.peer.address,
              { kind: 'garbled', seq: 1, at: 1, via: 'curl', why: 'not JSON', excerpt: '' },
              { facts: facts({ unit: { known: true, value: { ...unitFailed } } }) },
            )
          : peer,
      ),
    ],
  ] as const)('%i: %s', (code, _, watches) => {
    expect(of([...watches])).toBe(code);
  });
});

const unitFailed = {
  load: 'loaded',
  active: 'failed',
  sub: 'failed',
  enabled: 'disabled',
  result: 'exit-code',
  mainStatus: 137,
  restart: 'no',
  fragment: '',
  digest: null,
};
