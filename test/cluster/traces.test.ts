import { describe, expect, it } from 'vitest';
import { buildView, type ClusterView } from '../../source/cluster/cluster-view.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { exitCode } from '../../source/cluster/status-document.ts';
import { silent, traceAddress, traceFolders, traceReports, traceWatches, watch } from '../support/watches.ts';

const FIVE = 'h1 h2 h3 h4 h5';
const SIX = 'h1 h2 h3 h4 h5 h6';

/** What the notes beside each trace say, as the view must have it. Hosts without a report are silent by SSH. */
type Row = {
  readonly folder: string;
  readonly hosts: string;
  readonly exit: 0 | 3 | 4 | 5;
  readonly ipam: string;
  readonly cliques: string;
  readonly states: string;
  readonly shares: string;
  readonly findings: string;
};

const idleFive = 'idle idle idle idle idle';
const readyFive = 'ready ready ready ready ready';
const quarters = '1/4 1/4 1/4 1/4 0';

const rows: readonly Row[] = [
  row('01-launched-idle', FIVE, 3, 'idle', 'h1 h2 h3 h4 h5', idleFive, '- - - - -', 'not-primed'),
  row(
    '02-prime-2of5/a-before-prime',
    FIVE,
    4,
    'idle',
    'h1 h2',
    'idle idle silent silent silent',
    '- - - - -',
    'not-primed tcp-refused',
  ),
  row(
    '02-prime-2of5/b-blocked',
    FIVE,
    4,
    'awaiting-consensus 2/3',
    'h1 h2',
    'waiting idle silent silent silent',
    '- - - - -',
    'awaiting-consensus tcp-refused',
  ),
  row(
    '02-prime-2of5/c-client-killed',
    FIVE,
    4,
    'awaiting-consensus 2/3',
    'h1 h2',
    'waiting idle silent silent silent',
    '- - - - -',
    'awaiting-consensus tcp-refused',
  ),
  row(
    '02-prime-2of5/e-three-primes-waiting',
    FIVE,
    4,
    'awaiting-consensus 2/3',
    'h1 h2',
    'waiting waiting silent silent silent',
    '- - - - -',
    'awaiting-consensus tcp-refused',
  ),
  row(
    '02-prime-2of5/g-after',
    FIVE,
    3,
    'ready',
    'h1 h2 h3',
    'degraded degraded degraded silent silent',
    '1/2 1/4 1/4 - -',
    'tcp-refused',
  ),
  row('03-primed-5of5/a-primed', FIVE, 0, 'ready', 'h1 h2 h3 h4 h5', readyFive, quarters, ''),
  row(
    '03-primed-5of5/b-with-ips',
    FIVE,
    0,
    'ready',
    'h1 h2 h3 h4 h5',
    readyFive,
    '1/4 1/4 1/4 3/16 1/16',
    '',
  ),
  row(
    '04-partition/a-8s-after',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h5|h4',
    'ready ready ready degraded ready',
    '1/4 1/4 1/4 3/16 1/16',
    'owner-unreachable',
  ),
  row(
    '04-partition/b-85s-after',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h5|h4',
    'degraded degraded degraded degraded degraded',
    '1/4 1/4 1/4 3/16 1/16',
    'owner-unreachable tcp-refused',
  ),
  row(
    '04-partition/c-later',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h5|h4',
    'degraded silent degraded degraded silent',
    '1/4 1/4 1/4 3/16 1/16',
    'unseen owner-unreachable tcp-refused',
  ),
  row(
    '04-partition/p2-a-8s',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4 h5',
    'ready silent silent ready silent',
    '1/4 1/4 1/4 3/16 1/16',
    'unseen',
  ),
  row(
    '04-partition/p2-b-70s',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h5|h4',
    'degraded degraded degraded degraded degraded',
    '1/4 1/4 1/4 3/16 1/16',
    'owner-unreachable tcp-no-route',
  ),
  row(
    '04-partition/p2-c-165s',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h5|h4',
    'degraded silent silent degraded silent',
    '1/4 1/4 1/4 3/16 1/16',
    'unseen owner-unreachable tcp-no-route',
  ),
  row(
    '06-add-peer/a-joined-before-prime',
    SIX,
    3,
    'ready',
    SIX,
    'ready silent silent silent silent ready',
    '1/2 1/8 1/8 3/16 1/16 0',
    'unseen list-drift(info)',
  ),
  row(
    '06-add-peer/b-after-prime',
    SIX,
    3,
    'ready',
    SIX,
    'silent silent silent silent silent ready',
    '1/2 1/8 1/8 3/16 1/16 0',
    'unseen',
  ),
  row(
    '06-add-peer/c-after-alloc',
    SIX,
    3,
    'ready',
    SIX,
    'ready silent silent silent silent ready',
    '3/8 1/8 1/8 3/16 1/16 1/8',
    'unseen list-drift(info)',
  ),
  row(
    '07-stale/a',
    `${SIX} h7`,
    3,
    'split',
    `${SIX}|h7`,
    'degraded silent silent silent silent silent degraded',
    '3/8 1/8 1/8 3/16 1/16 1/8 1',
    'seeded-apart(critical) unseen list-drift',
  ),
  row(
    '10-remove/a-before',
    FIVE,
    3,
    'ready',
    FIVE,
    'ready silent silent silent ready',
    '3/8 1/8 1/8 3/16 1/16',
    'unseen',
  ),
  row(
    '10-remove/b-after-reset-before-forget',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4',
    'degraded degraded silent silent silent',
    '7/16 1/8 1/8 3/16 -',
    'unseen tcp-refused',
  ),
  row(
    '10-remove/c-after-forget',
    'h1 h2 h3 h4',
    3,
    'ready',
    'h1 h2 h3 h4',
    'ready ready silent silent',
    '7/16 1/8 1/8 3/16',
    'unseen',
  ),
  row('10-remove/d-names-launched', 'h7 h8', 3, 'idle', 'h7 h8', 'idle idle', '- -', 'not-primed'),
  row(
    '11-rmpeer/a-h5-dead',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4',
    'degraded degraded silent silent silent',
    '1/4 1/4 1/4 3/16 -',
    'unseen owner-unreachable tcp-refused',
  ),
  row(
    '11-rmpeer/b-after',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4',
    'degraded degraded degraded degraded silent',
    '9/16 1/4 0 3/16 -',
    'ring-divergence owner-unreachable tcp-refused',
  ),
  row(
    '11-rmpeer/c-removed-peer-returned',
    FIVE,
    3,
    'ready',
    FIVE,
    'ready silent silent silent ready',
    '9/16 1/4 0 3/16 0',
    'ring-divergence unseen',
  ),
  row(
    '11-rmpeer/d-concurrent',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4',
    'degraded degraded degraded degraded silent',
    '3/8 1/8 1/4 1/4 -',
    'tcp-refused',
  ),
  row(
    '11-rmpeer/e-concurrent-30s',
    FIVE,
    3,
    'ready',
    'h1 h2 h3 h4',
    'degraded degraded degraded silent silent',
    '3/8 1/8 1/4 1/4 -',
    'unseen tcp-refused',
  ),
  row('18-golden-add/0-before', FIVE, 0, 'ready', FIVE, readyFive, '1/4 1/4 1/8 1/4 1/8', ''),
  row(
    '18-golden-add/3-after-launch',
    SIX,
    0,
    'ready',
    SIX,
    `${readyFive} ready`,
    '1/4 1/4 1/8 1/4 1/8 0',
    'list-drift(info)',
  ),
  row('18-golden-add/7-after', SIX, 0, 'ready', SIX, `${readyFive} ready`, '1/4 1/4 1/8 1/4 1/8 0', ''),
  row('19-golden-remove/1-before', SIX, 0, 'ready', SIX, `${readyFive} ready`, '1/4 1/4 1/8 1/4 1/8 0', ''),
  row(
    '19-golden-remove/5-after-reset',
    SIX,
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'degraded degraded silent degraded degraded degraded',
    '3/8 1/4 - 1/4 1/8 0',
    'tcp-refused',
  ),
  row(
    '19-golden-remove/9-after',
    'h1 h2 h4 h5 h6',
    0,
    'ready',
    'h1 h2 h4 h5 h6',
    readyFive,
    '3/8 1/4 1/4 1/8 0',
    '',
  ),
  row(
    '20-restart/2-stopped',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h4 h5 h6',
    'degraded silent degraded silent silent',
    '3/8 - 1/4 1/8 0',
    'unseen owner-unreachable tcp-refused',
  ),
  row(
    '20-restart/4-started',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'ready ready silent silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row(
    '20-restart/6-host-down',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h4 h5 h6',
    'degraded silent silent silent silent',
    '3/8 - 1/4 1/8 0',
    'unseen owner-unreachable tcp-refused',
  ),
  row(
    '20-restart/8-back',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'ready ready silent silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row(
    '21-udp-blocked/a-5s',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'degraded silent degraded silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row(
    '21-udp-blocked/b-30s',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'degraded silent degraded silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row(
    '21-udp-blocked/c-65s',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'degraded silent degraded silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row(
    '21-udp-blocked/d-85s',
    'h1 h2 h4 h5 h6',
    3,
    'ready',
    'h1 h2 h4 h5 h6',
    'degraded silent degraded silent silent',
    '3/8 1/4 1/4 1/8 0',
    'unseen',
  ),
  row('22-encrypted/2-primed', 'h1 h2 h3', 0, 'ready', 'h1 h2 h3', 'ready ready ready', '1/2 1/2 0', ''),
  row('23-one-peer/a-idle', 'h7', 3, 'idle', 'h7', 'idle', '-', 'not-primed'),
  row('23-one-peer/c-primed', 'h7', 0, 'ready', 'h7', 'ready', '1', ''),
];

function row(
  folder: string,
  hosts: string,
  exit: Row['exit'],
  ipam: string,
  cliques: string,
  states: string,
  shares: string,
  findings: string,
): Row {
  return { folder, hosts, exit, ipam, cliques, states, shares, findings };
}

function hostOf(id: string): string {
  return `h${id.slice(-1)}`;
}

/** 0.1875 -> 3/16. */
function fraction(share: number | null): string {
  if (share === null) return '-';
  let [top, bottom] = [share * 16, 16];
  while (top > 0 && top % 2 === 0 && bottom > 1) [top, bottom] = [top / 2, bottom / 2];
  return top === 0 || bottom === 1 ? String(top) : `${top}/${bottom}`;
}

function summary(view: ClusterView): Omit<Row, 'folder' | 'hosts'> {
  const { ipam, mesh } = view.quorum;
  return {
    exit: exitCode(view),
    ipam: ipam.quorum === null ? ipam.phase : `${ipam.phase} ${ipam.known}/${ipam.quorum}`,
    cliques: mesh.cliques.map((clique) => clique.map(hostOf).join(' ')).join('|'),
    states: view.peers.map((peer) => peer.state).join(' '),
    shares: view.peers.map((peer) => fraction(peer.ipam.share)).join(' '),
    findings: view.findings
      .map((finding) => (finding.severity === 'warning' ? finding.id : `${finding.id}(${finding.severity})`))
      .join(' '),
  };
}

describe('each trace is seen as its notes tell', () => {
  it('has a row for every folder', () => {
    expect(rows.map(({ folder }) => folder)).toEqual(traceFolders.filter((folder) => folder !== '16-http'));
  });

  it.each(rows)('$folder', ({ folder, hosts, ...expected }) => {
    const view = buildView('traces', traceWatches(folder, hosts.split(' ')), { now: 1000 });
    expect(summary(view)).toEqual(expected);
  });

  it.each(rows)(
    '$folder: every finding says who, why and what to do, in plain sentences',
    ({ folder, hosts }) => {
      const view = buildView('traces', traceWatches(folder, hosts.split(' ')), { now: 1000 });
      for (const finding of view.findings) {
        expect(finding.title.length).toBeGreaterThan(10);
        expect(finding.because).toMatch(/[.”]$/);
        expect(finding.remedy).toMatch(/\.$/);
        expect(`${finding.title} ${finding.because} ${finding.remedy}`).not.toMatch(
          /undefined|null|NaN|\?| {2}| [.,;]/,
        );
      }
    },
  );

  it.each(rows)('$folder: names and nicknames are those of the hosts, or unknown', ({ folder, hosts }) => {
    const view = buildView('traces', traceWatches(folder, hosts.split(' ')), { now: 1000 });
    for (const peer of view.peers) expect([hostOf(peer.id), null]).toContain(peer.nickname);
  });
});

it.each(rows)('$folder: whoever of them falls silent, nothing else is alarmed about', ({ folder, hosts }) => {
  const all = traceWatches(folder, hosts.split(' '));
  const seen = (watches: PeerWatch[]) => buildView('traces', watches, { now: 1000 }).findings;
  const allowed = new Set([...seen(all).map(({ id }) => id), 'unseen']);
  // Who was not asked to prime says idle while others wait: one that only such peers answer is called that.
  if (allowed.has('awaiting-consensus')) allowed.add('not-primed');
  for (let answer = 1; answer < 1 << all.length; answer += 1) {
    const some = all.map((one, index) =>
      answer & (1 << index) ? one : watch(one.peer.address, silent({}, 1000)),
    );
    const odd = seen(some).filter(({ id }) => !allowed.has(id));
    expect(odd.map(({ id, title }) => `${id}: ${title}`)).toEqual([]);
  }
});

describe('what the traces say in words', () => {
  const finding = (folder: string, hosts: string, id: string) => {
    const view = buildView('traces', traceWatches(folder, hosts.split(' ')), { now: 1000 });
    return view.findings.find((item) => item.id === id);
  };

  it('names both sides of a partition', () => {
    const cut = finding('04-partition/b-85s-after', FIVE, 'owner-unreachable');
    expect(cut?.title).toBe("The mesh is cut into 2 parts that don't see each other: h1, h2, h3, h5 | h4");
    expect(cut?.peers).toEqual([traceAddress('h4')]);
  });

  it('names the peers of both rings', () => {
    const apart = finding('07-stale/a', `${SIX} h7`, 'seeded-apart');
    expect(apart?.title).toBe("Two rings that can't merge: h1, h2, h3, h4, h5 and h6 against h7");
    expect(apart?.peers).toEqual([...SIX.split(' '), 'h7'].map(traceAddress));
  });

  it('says who is missing in an election, and why', () => {
    const waiting = finding('02-prime-2of5/b-blocked', FIVE, 'awaiting-consensus');
    expect(waiting?.title).toBe('IPAM waits for consensus: 2 of the 3 peers it needs are known');
    expect(waiting?.because).toContain("h1 can't see 10.77.0.13, 10.77.0.14 and 10.77.0.15");
    expect(waiting?.because).toContain('connection refused');
  });

  it('points at the configured peer that a dead owner can only be, without calling it that', () => {
    const dead = finding('11-rmpeer/a-h5-dead', FIVE, 'owner-unreachable');
    expect(dead?.title).toBe("h5 (82:93:65:46:db:ca) owns 6.3% of the range and can't be reached");
    expect(dead?.peers).toEqual([traceAddress('h5')]);
    expect(dead?.because).toContain('10.77.0.15 is the configured peer that nobody has a name for');
  });
});

describe('one side alone', () => {
  it('a refused peer is enough to name both rings', () => {
    const [h7] = traceWatches('07-stale/a', ['h7']);
    const others = SIX.split(' ').map((host) => traceWatches('07-stale/a', [host])[0]);
    const silentOthers = others.flatMap((peer) => (peer ? [{ ...peer, look: null, lastReport: null }] : []));
    const view = buildView('traces', [...silentOthers, ...(h7 ? [h7] : [])], { now: 1000 });
    expect(view.quorum.ipam.phase).toBe('split');
    const apart = view.findings.find(({ id }) => id === 'seeded-apart');
    expect(apart?.title).toBe(
      "Two rings that can't merge: 10.77.0.11, 10.77.0.12, 10.77.0.13 and 10.77.0.16 against h7",
    );
    expect(apart?.because).toContain(
      'The other ring was seeded by h1 (12:e0:96:5c:ff:26), h3 (3a:60:92:67:c7:4d)',
    );
  });
});

it('reads every report of the traces whole', () => {
  for (const folder of traceFolders) {
    for (const report of traceReports(folder).values()) expect(report.missing).toEqual([]);
  }
});
