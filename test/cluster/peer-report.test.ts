import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipamPhase, type PeerReport, readReport } from '../../source/cluster/peer-report.ts';
import { reportOf, traceBytes } from '../support/watches.ts';

const healthy = traceBytes('03-primed-5of5/a-primed/h1.report.json');
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

function expectPrintable(bytes: string): void {
  const read = readReport(bytes);
  for (const text of strings(read)) {
    expect(text).not.toMatch(UNPRINTABLE);
    expect(text.length).toBeLessThanOrEqual(4096);
  }
  if (read.kind === 'garbled') {
    expect(read.why.length).toBeGreaterThan(10);
    expect(read.excerpt.length).toBeLessThanOrEqual(200);
  }
}

/** The healthy report with one value put in at a path. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const report: unknown = JSON.parse(healthy);
  let at = report as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(report);
}

describe('readReport', () => {
  it('reads a report into our words', () => {
    const report = reportOf(healthy);
    expect(report).toMatchObject({
      ready: true,
      version: '2.8.1',
      name: '12:e0:96:5c:ff:26',
      nickname: 'h1',
      encryption: false,
      discovery: true,
      protocol: { min: 1, max: 2 },
      terminations: 0,
      missing: [],
    });
    expect(report.targets).toHaveLength(5);
    expect(report.ipam).toMatchObject({
      paxos: null,
      range: '10.32.0.0/12',
      rangeSize: 1048576,
      pendingAllocates: 0,
    });
    expect(report.ipam?.entries[0]).toEqual({
      token: '10.32.0.0',
      size: 262144,
      owner: '12:e0:96:5c:ff:26',
      nickname: 'h1',
      known: true,
      version: 0,
    });
  });

  it('keeps every digit of a 64-bit UID', () => {
    const uids = reportOf(healthy).peers.map((peer) => peer.uid);
    expect(uids).toContain('16360564252988692763');
    expect(uids).toContain('827201696463653495');
  });

  it('is not led astray by a UID that stands inside a string', () => {
    const report = reportOf(changed(['Router', 'NickName'], '"UID":12345678901234567890, "UID": 1}'));
    expect(report.nickname).toBe('"UID":12345678901234567890, "UID": 1}');
  });

  it('reads the projection, without what it leaves out', () => {
    const report = reportOf(traceBytes('16-http/report-projection.out'));
    expect(report.missing).toEqual([]);
    expect(report.peers).toContainEqual({
      name: '82:93:65:46:db:ca',
      nickname: 'h5',
      uid: null,
      links: null,
    });
    expect(report.connections).toHaveLength(5);
    expect(ipamPhase(report)).toBe('ready');
  });

  it.each([
    ['Router.TerminationCount', ['Router', 'TerminationCount']],
    ['Router', ['Router']],
    ['IPAM', ['IPAM']],
    ['Ready', ['Ready']],
    ['Router.Connections[].Info', ['Router', 'Connections', 0, 'Info']],
    ['IPAM.Entries[].IsKnownPeer', ['IPAM', 'Entries', 0, 'IsKnownPeer']],
  ])('names %s when it is missing', (field, path) => {
    expect(reportOf(changed(path, undefined)).missing).toEqual([field]);
  });

  it.each([['Targets'], ['Connections'], ['Peers']])('takes a null Router.%s for empty', (field) => {
    const report = reportOf(changed(['Router', field], null));
    expect(report.missing).toEqual([]);
    expect(report[field.toLowerCase() as 'targets' | 'connections' | 'peers']).toEqual([]);
  });

  it.each([
    ['Router.Connections[2].Address', ['Router', 'Connections', 2, 'Address'], 7],
    [
      'Router.Peers[1].Connections[0].Established',
      ['Router', 'Peers', 1, 'Connections', 0, 'Established'],
      'yes',
    ],
    ['IPAM.Entries[3].Size', ['IPAM', 'Entries', 3, 'Size'], '4'],
    ['IPAM.Paxos', ['IPAM', 'Paxos'], true],
    ['Router', ['Router'], []],
  ])('says that %s has the wrong type', (field, path, value) => {
    const read = readReport(changed(path, value));
    expect(read).toMatchObject({ kind: 'garbled' });
    expect(read.kind === 'garbled' && read.why.startsWith(`${field}: `)).toBe(true);
  });

  it('does not mind what an overlay puts into Attrs', () => {
    for (const attrs of [null, 'x', [], { name: 1, mtu: 'x', encrypted: null }]) {
      const report = reportOf(changed(['Router', 'Connections', 0, 'Attrs'], attrs));
      expect(report.connections[0]).toMatchObject({ overlay: 'sleeve', mtu: null, encrypted: false });
    }
  });

  it.each([
    ['', 'the answer is empty'],
    ['404 page not found\n', 'the answer is not JSON, or was cut short'],
    ['{}', 'JSON, but without Version, Router and IPAM'],
    ['null', 'the answer: Invalid input: expected object, received null'],
  ])('says what %j is instead', (bytes, why) => {
    expect(readReport(bytes)).toMatchObject({ kind: 'garbled', why });
  });

  it('survives being cut at any byte', () => {
    for (let end = 0; end < healthy.length; end += 1) {
      const read = readReport(healthy.slice(0, end));
      if (read.kind !== 'garbled') throw new Error(`a report cut at ${end} was taken for whole`);
      expect(read.excerpt.length).toBeLessThanOrEqual(200);
    }
  });

  it('survives any JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), expectPrintable));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), expectPrintable));
  });

  it('survives any JSON in any place of a report', () => {
    const path = fc.constantFrom<(string | number)[]>(
      ['Router'],
      ['IPAM'],
      ['Version'],
      ['Router', 'Name'],
      ['Router', 'Targets'],
      ['Router', 'Peers'],
      ['Router', 'Peers', 0],
      ['Router', 'Peers', 0, 'UID'],
      ['Router', 'Connections'],
      ['Router', 'Connections', 0],
      ['Router', 'Connections', 0, 'Attrs'],
      ['IPAM', 'Paxos'],
      ['IPAM', 'RangeNumIPs'],
      ['IPAM', 'Entries'],
      ['IPAM', 'Entries', 0],
      ['IPAM', 'Entries', 0, 'Size'],
      ['IPAM', 'PendingAllocates'],
    );
    fc.assert(
      fc.property(path, fc.jsonValue({ stringUnit: 'binary' }), (at, value) =>
        expectPrintable(changed(at, value)),
      ),
    );
  });

  it('lets no escape through in any text', () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          '\x1b[2J',
          '\x1b]8;;http://x\x07',
          '\u202e',
          '\u200b',
          '\x9b1m',
          '\ud800',
          '\n',
          'h1',
          '(',
          ')',
          ', retry: ',
        ),
      )
      .map((parts) => parts.join(''));
    const path = fc.constantFrom<(string | number)[]>(
      ['Version'],
      ['Router', 'Name'],
      ['Router', 'NickName'],
      ['Router', 'Targets', 0],
      ['Router', 'Connections', 0, 'Info'],
      ['Router', 'Connections', 4, 'Info'],
      ['Router', 'Connections', 0, 'Address'],
      ['Router', 'Connections', 0, 'State'],
      ['Router', 'Connections', 0, 'Attrs', 'name'],
      ['Router', 'Peers', 0, 'NickName'],
      ['Router', 'Peers', 0, 'UID'],
      ['Router', 'Peers', 0, 'Connections', 0, 'NickName'],
      ['IPAM', 'Range'],
      ['IPAM', 'Entries', 0, 'Token'],
      ['IPAM', 'Entries', 0, 'Nickname'],
    );
    fc.assert(
      fc.property(path, hostile, (at, text) => {
        expectPrintable(changed(at, text));
        expect(readReport(changed(at, text)).kind).toBe('report');
      }),
    );
  });

  it.each([
    ['nested arrays', '['.repeat(2_000_000)],
    ['nested objects', '{"Router":'.repeat(500_000)],
    ['one string', JSON.stringify({ Version: '\x1b]8;;'.repeat(1_000_000), Router: {} })],
    [
      'many keys',
      `{"Version":"2",${Array.from({ length: 200_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
    ],
    [
      'many UIDs',
      `{"Version":"2","Router":{"Peers":[${Array(20_000).fill('{"UID":18446744073709551615}').join(',')}]}}`,
    ],
    ['noise', '\u0000"UID":'.repeat(1_000_000)],
  ])('gets through megabytes of %s', (_, bytes) => {
    expectPrintable(bytes);
  });
});

describe('ipamPhase, in the order of weave status ipam', () => {
  const ipam = reportOf(healthy).ipam;
  const entry = { token: '10.32.0.0', size: 4, owner: 'a', nickname: 'a', known: true, version: 0 };
  const paxos = { elector: true, known: 2, quorum: 3 };
  const phase = (over: Partial<NonNullable<PeerReport['ipam']>>) =>
    ipam && ipamPhase({ ...reportOf(healthy), ipam: { ...ipam, entries: [], ...over } });

  it.each([
    ['idle', {}],
    ['awaiting-consensus', { paxos }],
    ['priming', { paxos: { ...paxos, elector: false } }],
    ['ready', { entries: [entry] }],
    ['ready', { entries: [entry], paxos }],
    ['waiting-for-space', { entries: [entry], pendingAllocates: 1 }],
    ['owners-unreachable', { entries: [{ ...entry, known: false }], pendingAllocates: 1 }],
    ['owners-unreachable', { entries: [{ ...entry, size: 0 }] }],
    ['awaiting-consensus', { paxos, pendingAllocates: 1 }],
  ] as const)('%s for %j', (expected, over) => {
    expect(phase(over)).toBe(expected);
  });

  it('absent without IPAM', () => {
    expect(ipamPhase({ ...reportOf(healthy), ipam: null })).toBe('absent');
  });
});
