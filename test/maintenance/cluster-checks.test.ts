import { describe, expect, it } from 'vitest';
import type { PeerReport, RingEntry } from '../../source/cluster/peer-report.ts';
import {
  answers,
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../../source/maintenance/checks/cluster.ts';
import { fileEditable, fileLists, sameLists, samePassword } from '../../source/maintenance/checks/files.ts';
import { ownersInSight, sameRing } from '../../source/maintenance/checks/ring.ts';
import type { Check } from '../../source/maintenance/verdict.ts';
import type { World } from '../../source/maintenance/world.ts';
import {
  fileOf,
  host,
  inspectionOf,
  type Look,
  noFile,
  notInspected,
  peersLine,
  traced,
  tracedAll,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const ids = five.map(host);
const healthy = tracedAll('18-golden-add/0-before', ...five);

/** The healthy cluster, with what some peers say changed. */
const but = (changes: Record<string, Look | ((report: PeerReport) => PeerReport)> = {}): World => {
  const looks: Record<string, Look> = { ...healthy };
  const last: Record<string, PeerReport> = {};
  for (const [name, change] of Object.entries(changes)) {
    const report = healthy[host(name)] as PeerReport;
    looks[host(name)] = typeof change === 'function' ? change(report) : change;
    last[host(name)] = report;
  }
  return worldOf({ looks, last });
};

const ipam = (report: PeerReport, change: Partial<NonNullable<PeerReport['ipam']>>): PeerReport =>
  report.ipam ? { ...report, ipam: { ...report.ipam, ...change } } : report;
const ring = (report: PeerReport, change: (entry: RingEntry) => RingEntry): PeerReport =>
  ipam(report, { entries: (report.ipam?.entries ?? []).map(change) });
const fault = (report: PeerReport, kind: 'seeded-apart' | 'name-collision'): PeerReport => ({
  ...report,
  connections: report.connections.map((row, at) => (at === 0 ? { ...row, fault: kind } : row)),
});
const without = (report: PeerReport, name: string): PeerReport => {
  const { name: gone } = healthy[host(name)] as PeerReport;
  return {
    ...report,
    peers: report.peers.filter((peer) => peer.name !== gone),
    connections: report.connections.filter(({ peer }) => peer?.name !== gone),
  };
};

const asks = (check: Check | undefined, world: World) => {
  if (check === undefined) throw new Error('no such check');
  const { level, because } = check.judge(world);
  return `${level}: ${because}`;
};

describe('everybody is seen', () => {
  const of = (world: World) => asks(everyoneSeen(ids)[4], world);
  it.each([
    ['a report', but(), 'pass: h5 (10.77.0.15) told a report just now.'],
    [
      'silence',
      but({ h5: 'timeout' }),
      'warn: h5 (10.77.0.15) is not there (no answer in time). Going on leaves its list as it is: bring it in line when it is back, before weave starts there.',
    ],
    ['no look yet', but({ h5: null }), 'unknown: h5 (10.77.0.15): it was not looked at yet.'],
    [
      'an old look',
      worldOf({ looks: healthy, age: 15_001 }),
      'unknown: h5 (10.77.0.15): the last look at it is too old.',
    ],
    [
      'one that was acknowledged',
      { ...but({ h5: 'timeout' }), notes: { away: [host('h5')] } },
      'pass: h5 (10.77.0.15) is away, as was acknowledged.',
    ],
  ])('%s', (_, world, said) => {
    expect(of(world)).toBe(said);
  });

  it('names each by a check of its own', () => {
    expect(everyoneSeen(ids).map(({ id }) => id)).toEqual(ids.map((id) => `seen:${id}`));
  });

  it('asks nothing of a peer that does not answer', () => {
    expect(asks(answers(host('h5')), but())).toBe('pass: Weave on h5 (10.77.0.15) answers.');
    expect(asks(answers(host('h5')), but({ h5: 'refused' }))).toBe(
      'block: Weave on h5 (10.77.0.15) does not answer: connection refused.',
    );
  });
});

describe('the settings are the same', () => {
  const [version, range, encryption] = sameSettings(ids);
  it.each([
    [version, but(), 'pass: All 5 that answer say version 2.8.1.'],
    [
      version,
      but({ h2: (report) => ({ ...report, version: '2.6.0' }) }),
      'warn: h1 (10.77.0.11), h3 (10.77.0.13), h4 (10.77.0.14) and h5 (10.77.0.15) say version 2.8.1; h2 (10.77.0.12) says version 2.6.0. Finish the upgrade first, one peer at a time.',
    ],
    [range, but(), 'pass: All 5 that answer say range 10.32.0.0/12, default subnet 10.32.0.0/12.'],
    [
      range,
      but({ h1: (report) => ipam(report, { range: '10.2.0.0/16' }) }),
      'block: h2 (10.77.0.12), h3 (10.77.0.13), h4 (10.77.0.14) and h5 (10.77.0.15) say range 10.32.0.0/12, default subnet 10.32.0.0/12; h1 (10.77.0.11) says range 10.2.0.0/16, default subnet 10.32.0.0/12. Give every peer the same --ipalloc-range first.',
    ],
    [encryption, but(), 'pass: All 5 that answer say encryption off.'],
    [
      encryption,
      but({ h1: (report) => ({ ...report, encryption: true }) }),
      'block: h2 (10.77.0.12), h3 (10.77.0.13), h4 (10.77.0.14) and h5 (10.77.0.15) say encryption off; h1 (10.77.0.11) says encryption on. Align WEAVE_PASSWORD first.',
    ],
    [version, worldOf({}), 'unknown: No peer told a report just now.'],
  ])('%#', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });
});

describe('names, elections, partitions, links', () => {
  it.each([
    [namesUnique(ids), but(), 'pass: No two peers share a name.'],
    [
      namesUnique(ids),
      but({ h2: (report) => ({ ...report, name: healthy[host('h1')]?.name ?? '' }) }),
      'block: h1 (10.77.0.11) and h2 (10.77.0.12) have the same peer name 12:e0:96:5c:ff:26: one is a clone of the other. Give it a machine id of its own and reset it there first.',
    ],
    [
      namesUnique(ids),
      but({ h3: (report) => fault(report, 'name-collision') }),
      'block: h3 (10.77.0.13) refuses a peer because its name is taken: some host is a clone. Find and mend it first.',
    ],
    [
      namesUnique(ids),
      but({ h2: (report) => ({ ...report, nickname: 'h1' }) }),
      'warn: 10.77.0.11 and 10.77.0.12 have the same nickname h1.',
    ],
    [nothingPending(ids), but(), 'pass: Nobody waits for consensus or for an address.'],
    [
      nothingPending(ids),
      but({ h1: () => traced('02-prime-2of5/b-blocked', 'h1') }),
      'block: h1 (10.77.0.11) waits for consensus (2 of 3 known). Start or reconnect the missing peers and let it end first.',
    ],
    [
      nothingPending(ids),
      but({ h1: (report) => ipam(report, { pendingAllocates: 1 }) }),
      'warn: h1 (10.77.0.11) has containers that wait for an address.',
    ],
    [nothingPending(ids), worldOf({}), 'unknown: No peer told a report just now.'],
    [noPartition(ids), but(), 'pass: All 5 peers that answer see each other.'],
    [
      noPartition(ids),
      worldOf({
        looks: tracedAll('04-partition/b-85s-after', ...five),
      }),
      'block: h1 (10.77.0.11) does not see h4 (10.77.0.14): the cluster is partitioned. Mend the network and wait until all see each other again.',
    ],
    [fullMesh(ids), but(), 'pass: All 5 peers that answer are linked with each other.'],
    [
      fullMesh(ids),
      but({ h2: (report) => ({ ...report, connections: without(report, 'h4').connections }) }),
      'warn: No established link from h2 (10.77.0.12) to h4 (10.77.0.14): traffic takes a detour or none.',
    ],
    [fullMesh(ids), worldOf({}), 'unknown: No peer told a report just now.'],
    [noPartition(ids), worldOf({}), 'unknown: No peer told a report just now.'],
  ])('%#', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });
});

describe('the ring', () => {
  it.each([
    ['is whole', but(), 'pass: All 5 peers that answer tell the same ring.'],
    [
      'lags in versions only',
      but({ h3: (report) => ring(report, (entry) => ({ ...entry, version: entry.version + 1 })) }),
      'pass: All 5 peers that answer tell the same ring.',
    ],
    [
      'is not there',
      worldOf({ looks: tracedAll('01-launched-idle', ...five) }),
      'block: No peer has a ring yet: run weave prime on one of them first.',
    ],
    [
      'is not everywhere',
      but({ h5: (report) => ipam(report, { entries: [] }) }),
      'block: h5 (10.77.0.15) has no ring, while others have: wait, and if it stays, find out why.',
    ],
    [
      'is told in two ways',
      but({
        h4: (report) =>
          ring(report, (entry) =>
            entry.token === '10.38.0.0' ? { ...entry, owner: 'x', nickname: 'h4' } : entry,
          ),
      }),
      'block: h1 (10.77.0.11) and h4 (10.77.0.14) do not tell the same ring: 10.38.0.0 belongs to h3 by one and to h4 by the other. Gossip may lag for some seconds; if it stays, the ring broke and must be mended first.',
    ],
    [
      'was made twice',
      but({ h2: (report) => fault(report, 'seeded-apart') }),
      'block: h2 (10.77.0.12) meets a peer whose ring was made apart from its own: there are two rings. Reset the smaller part before anything else.',
    ],
    ['is not told', worldOf({}), 'unknown: No peer told a report just now.'],
  ])('%s', (_, world, said) => {
    expect(asks(sameRing(ids), world)).toBe(said);
  });

  it('may be marked as what no reason overrides', () => {
    expect([sameRing(ids, { never: true }).never, sameRing(ids).never]).toEqual([true, undefined]);
  });

  const unseen = (owner: string) => (report: PeerReport) =>
    ring(report, (entry) => (entry.nickname === owner ? { ...entry, known: false } : entry));
  const stranger = (report: PeerReport) =>
    ring(report, (entry) =>
      entry.nickname === 'h5' ? { ...entry, owner: 'zz', nickname: 'old', known: false } : entry,
    );
  it.each([
    ['all are', but(), 'pass: Every owner of address space is in sight, or acknowledged as away.'],
    ['a member is not', but({ h1: unseen('h5') }), 'warn: h5 owns address space and is out of sight.'],
    [
      'a member is away, as acknowledged',
      { ...but({ h1: unseen('h5'), h5: 'timeout' }), notes: { away: [host('h5')] } },
      'pass: Every owner of address space is in sight, or acknowledged as away.',
    ],
    [
      'a stranger is not',
      but({ h1: stranger }),
      'block: old owns address space and is no member here and out of sight: if dead for good, reclaim the ranges first (weave rmpeer, on one peer).',
    ],
    ['nobody tells', worldOf({}), 'unknown: No peer told a report just now.'],
  ])('owners in sight: %s', (_, world, said) => {
    expect(asks(ownersInSight(ids), world)).toBe(said);
  });
});

describe('the lists', () => {
  const lists = (
    changes: Record<string, ReturnType<typeof inspectionOf> | ReturnType<typeof notInspected>> = {},
  ) => worldOf({ looks: healthy, inspections: five.map((name) => changes[name] ?? inspectionOf(name)) });
  const listing = (...lines: string[]) => inspectionOf('h2', { file: fileOf(lines) });

  it.each([
    ['are the same', lists(), 'pass: 5 files list the same 5 peers.'],
    [
      'are in another order',
      lists({ h2: listing(peersLine('h5', 'h4', 'h3', 'h2', 'h1')) }),
      'pass: 5 files list the same 5 peers.',
    ],
    [
      'can not be asked of one that is down',
      lists({ h2: notInspected('h2') }),
      'pass: 4 files list the same 5 peers.',
    ],
    [
      'differ',
      lists({ h2: listing(peersLine('h1', 'h2', 'h3', 'h4', 'h7')) }),
      'block: The list of h2 (10.77.0.12) is not that of h1 (10.77.0.11): it has 10.77.0.17 more and lacks 10.77.0.15. Align the files first.',
    ],
    [
      'have a double',
      lists({ h2: listing(peersLine('h1', 'h2', 'h3', 'h4', 'h5', 'h1')) }),
      'block: h2 (10.77.0.12) lists 10.77.0.11 twice: align the files first.',
    ],
    [
      'are empty',
      lists({ h2: listing('PEERS=""') }),
      'block: h2 (10.77.0.12) has no list of peers in /etc/sysconfig/weave: align the files first.',
    ],
    [
      'are missing',
      lists({ h2: inspectionOf('h2', { file: noFile }) }),
      'block: h2 (10.77.0.12) has no list of peers in /etc/sysconfig/weave: align the files first.',
    ],
    [
      'can not be read',
      lists({ h2: inspectionOf('h2', { file: { ...noFile, state: 'unreadable' } }) }),
      'unknown: The list of h2 (10.77.0.12) is not known: /etc/sysconfig/weave could not be read.',
    ],
    [
      'are not known',
      worldOf({ looks: healthy }),
      'unknown: The list of h1 (10.77.0.11) is not known: its environment file could not be read.',
    ],
  ])('%s', (_, world, said) => {
    expect(asks(sameLists(ids), world)).toBe(said);
  });

  it('are held against what this console knows', () => {
    expect(asks(sameLists(ids.slice(0, 4)), lists())).toBe(
      "block: The files list 10.77.0.15, which this console does not look at: add it to the cluster's config first.",
    );
    expect(
      asks(sameLists([...ids, host('h6')]), { ...lists(), inspections: new Map([...lists().inspections]) }),
    ).toBe('unknown: The list of 10.77.0.16 is not known: its environment file could not be read.');
    const six = worldOf({
      looks: healthy,
      inspections: [...five.map((name) => inspectionOf(name)), notInspected('h6')],
    });
    expect(asks(sameLists([...ids, host('h6')]), six)).toBe(
      "block: 10.77.0.16 is a member here and in no file: align the files, or take it out of the cluster's config, first.",
    );
  });

  it('go with one password', () => {
    const secret = (name: string, digest: string) =>
      inspectionOf(name, { file: fileOf([], { secretDigests: new Map([['WEAVE_PASSWORD', digest]]) }) });
    const all = Object.fromEntries(five.map((name) => [name, secret(name, 'x')]));
    expect(asks(samePassword(ids), lists())).toBe('pass: 5 files have no WEAVE_PASSWORD.');
    expect(asks(samePassword(ids), lists(all))).toBe('pass: 5 files have the same WEAVE_PASSWORD.');
    expect(asks(samePassword(ids), lists({ ...all, h4: secret('h4', 'y') }))).toBe(
      'block: WEAVE_PASSWORD of h4 (10.77.0.14) is not that of h1 (10.77.0.11): align the files first.',
    );
    expect(asks(samePassword(ids), lists({ ...all, h4: inspectionOf('h4') }))).toMatch(
      /^block: WEAVE_PASSWORD of h4/,
    );
    expect(asks(samePassword(ids), worldOf({}))).toBe('unknown: No environment file could be read.');
  });

  const change = { add: host('h6') };
  const file = (given: Parameters<typeof fileOf>[1], lines = ['A=1', peersLine('h1')]) =>
    lists({ h2: inspectionOf('h2', { file: fileOf(lines, given) }) });
  it.each([
    ['can be', file({}), 'pass: /etc/sysconfig/weave on h2 (10.77.0.12) can be edited (line 2).'],
    [
      'not reached',
      lists({ h2: notInspected('h2') }),
      'block: 10.77.0.12 could not be inspected: 10.77.0.12: timed out. If it stays away, skip this step and correct its list before weave starts there again.',
    ],
    [
      'missing',
      lists({ h2: inspectionOf('h2', { file: noFile }) }),
      'block: h2 (10.77.0.12) has no /etc/sysconfig/weave: was weave launched by hand there?',
    ],
    [
      'unreadable',
      file({ state: 'unreadable' }),
      'unknown: /etc/sysconfig/weave on h2 (10.77.0.12) could not be read: does this account need sudo?',
    ],
    [
      'odd',
      file({ obstacle: 'sets PEERS more than once' }),
      'block: /etc/sysconfig/weave on h2 (10.77.0.12) sets PEERS more than once: edit it by hand.',
    ],
    [
      'without a list',
      file({}, ['A=1']),
      'block: /etc/sysconfig/weave on h2 (10.77.0.12) sets no PEERS: edit it by hand.',
    ],
    [
      'not writable',
      file({ writable: false }),
      'block: /etc/sysconfig/weave on h2 (10.77.0.12) may not be written by this account.',
    ],
  ])('a file that is edited: %s', (_, world, said) => {
    const named = { ...world, view: worldOf({ looks: said.includes('block: 10.77') ? {} : healthy }).view };
    expect(asks(fileEditable(host('h2'), change), named)).toBe(said);
  });

  const wanted = () => [host('h1'), host('h6')];
  it.each([
    [
      'says it',
      lists({ h2: listing(peersLine('h6', 'h1')) }),
      'pass: /etc/sysconfig/weave on h2 (10.77.0.12) lists 10.77.0.11 and 10.77.0.16.',
    ],
    [
      'says another',
      lists({ h2: listing(peersLine('h1')) }),
      'block: /etc/sysconfig/weave on h2 (10.77.0.12) lists 10.77.0.11, and should list 10.77.0.11 and 10.77.0.16.',
    ],
    [
      'is gone',
      lists({ h2: inspectionOf('h2', { file: noFile }) }),
      'block: /etc/sysconfig/weave on h2 (10.77.0.12) is missing.',
    ],
    [
      'was not read',
      lists({ h2: notInspected('h2') }),
      'unknown: h2 (10.77.0.12) could not be inspected: 10.77.0.12: timed out.',
    ],
  ])('a file that was written: %s', (_, world, said) => {
    expect(asks(fileLists(host('h2'), wanted), world)).toBe(said);
  });
});
