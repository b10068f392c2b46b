import { describe, expect, it } from 'vitest';
import type { StatusDocument } from '../../source/cluster/status-schema.ts';
import { startDemo } from '../../source/demo/cluster.ts';
import { type ScenarioName, scenarioNames } from '../../source/demo/scenario-names.ts';
import { runCli } from '../support/cli.ts';
import { byPeer, found, mends, readStatus } from '../support/status.ts';

type Expected = {
  readonly code: number;
  readonly ipam: StatusDocument['quorum']['ipam'];
  /** Peers of the largest group. */
  readonly connected: number;
  /** By the last numbers of the addresses; null where the dice decide who is on which side. */
  readonly groups: readonly string[] | null;
  /** State and IPAM phase of each peer from .11 on. */
  readonly states: readonly string[];
  readonly findings: readonly string[];
  /** The procedures that mend them, in their order, with the last number of the target's address. */
  readonly mends?: readonly string[];
  /** Words that the titles of the findings have to hold. */
  readonly named?: readonly string[];
};

const phase = (name: Expected['ipam']['phase']): Expected['ipam'] => ({
  phase: name,
  quorum: null,
  known: null,
});
const five = (state: string) => Array<string>(5).fill(state);
const all = ['11 12 13 14 15'];
const ready = phase('ready');
const missed = ['11 12 13 14'];

/** What facts about Weave Net imply for each scenario of the demo with five peers. */
const table: Readonly<Record<Exclude<ScenarioName, 'big'>, Expected>> = {
  healthy: { code: 0, ipam: ready, connected: 5, groups: all, states: five('ready ready'), findings: [] },
  'slow-links': {
    code: 0,
    ipam: ready,
    connected: 5,
    groups: all,
    states: five('ready ready'),
    findings: [],
  },
  idle: {
    code: 3,
    ipam: phase('idle'),
    connected: 5,
    groups: all,
    states: five('idle idle'),
    findings: ['warning not-primed: 11 12 13 14 15'],
    mends: ['prime 11'],
  },
  'waiting-for-quorum': {
    code: 4,
    ipam: { phase: 'awaiting-consensus', quorum: 3, known: 2 },
    connected: 2,
    groups: ['11 12'],
    states: ['waiting awaiting-consensus', 'idle idle', ...five('stopped unknown').slice(2)],
    findings: ['warning awaiting-consensus: 11', 'warning tcp-refused: 13 14 15'],
    mends: ['restart-peer 13', 'restart-peer 13'],
    named: ['2 of the 3 peers'],
  },
  partition: {
    code: 3,
    ipam: ready,
    connected: 3,
    groups: ['11 12 13', '14 15'],
    states: five('degraded ready'),
    findings: ['warning owner-unreachable: 14 15', 'warning tcp-no-route: 14 15'],
    mends: [],
    named: ['h1, h2, h3 | h4, h5'],
  },
  'dead-peer': {
    code: 3,
    ipam: ready,
    connected: 4,
    groups: missed,
    states: [...five('degraded ready').slice(1), 'silent unknown'],
    findings: ['warning owner-unreachable: 15', 'warning tcp-no-route: 15'],
    mends: ['reclaim-peer 15'],
    named: ['h5', 'can’t be reached'],
  },
  'stopped-peer': {
    code: 3,
    ipam: ready,
    connected: 4,
    groups: missed,
    states: [...five('degraded ready').slice(1), 'stopped unknown'],
    findings: ['warning owner-unreachable: 15', 'warning tcp-refused: 15'],
    mends: ['restart-peer 15', 'restart-peer 15'],
    named: ['Weave is stopped on h5'],
  },
  drift: {
    code: 3,
    ipam: ready,
    connected: 5,
    groups: all,
    states: five('ready ready'),
    findings: [
      'warning unit-not-enabled: 12',
      'warning list-drift: 13',
      'info restart-policy: 14',
      'info list-drift: 14',
    ],
    mends: ['align', 'align', 'align', 'align'],
    named: ['PEERS differs on h3', 'not enabled on h2', 'The unit file of h4 differs'],
  },
  'seeded-apart': {
    code: 3,
    ipam: phase('split'),
    connected: 3,
    groups: ['11 12 13', '14 15'],
    states: five('degraded ready'),
    findings: ['critical seeded-apart: 11 12 13 14 15'],
    mends: ['wipe-peer 14'],
    named: ['h1, h2 and h3 against h4 and h5'],
  },
  clones: {
    code: 3,
    ipam: ready,
    connected: expect.any(Number) as number,
    groups: null,
    states: five('degraded ready'),
    findings: expect.arrayContaining(['critical name-collision: 14 15']) as string[],
    named: ['h4 (127.77.0.14) and h5 (127.77.0.15)'],
  },
  'fresh-hosts': {
    code: 4,
    ipam: phase('unknown'),
    connected: 0,
    groups: [],
    states: five('stopped unknown'),
    findings: ['warning not-primed: 11 12 13 14 15'],
    mends: ['bootstrap'],
    named: ['Weave is not installed on any of the 5 hosts'],
  },
  'returned-peer': {
    code: 3,
    ipam: ready,
    connected: expect.any(Number) as number,
    groups: null,
    states: expect.any(Array) as string[],
    findings: expect.arrayContaining([
      'critical ring-divergence: 11 15',
      expect.stringMatching(/^critical removed-came-back: 15\b/),
    ]) as string[],
    mends: expect.arrayContaining(['wipe-peer 15']) as string[],
    named: ['The rings diverge', 'h5 was reclaimed on'],
  },
};

const last = (address: string) => address.slice(address.lastIndexOf('.') + 1);

/** `status --once --json` on a demo of its own. */
const look = async (
  scenario: ScenarioName,
): Promise<{ readonly code: number | null; readonly document: StatusDocument }> => {
  const demo = await startDemo({ scenario, seed: 1 });
  try {
    const { code, stdout, stderr } = await runCli([
      'status',
      '--once',
      '--json',
      '--config',
      demo.configFile,
    ]);
    expect(stderr).toBe('');
    return { code, document: readStatus(stdout) };
  } finally {
    await demo.stop();
  }
};

describe('status --once --json', () => {
  it('is tried on every scenario', () => {
    expect([...Object.keys(table), 'big'].sort()).toEqual([...scenarioNames].sort());
  });

  it.each(Object.entries(table))('%s', async (scenario, expected) => {
    const { code, document } = await look(scenario as ScenarioName);
    const { quorum, findings } = document;
    expect({
      code,
      ipam: quorum.ipam,
      connected: quorum.mesh.connected,
      states: Object.values(byPeer(document, ({ state, ipam }) => `${state} ${ipam.phase}`)),
      findings: found(document),
    }).toEqual({
      code: expected.code,
      ipam: expected.ipam,
      connected: expected.connected,
      states: expected.states,
      findings: expected.findings,
    });
    expect(quorum.mesh).toMatchObject({ configured: 5, majority: 3 });
    if (expected.groups !== null)
      expect(quorum.mesh.cliques.map((group) => group.map(last).join(' '))).toEqual(expected.groups);
    expect(mends(document)).toEqual(expected.mends ?? []);
    const titles = findings.map(({ title }) => title.replaceAll("'", '’')).join('\n');
    for (const words of expected.named ?? []) expect(titles).toContain(words);
    for (const { because, remedy } of findings) expect(because && remedy).not.toBe('');
    expect(document.cluster).toBe(`demo-${scenario}`);
  });

  it('clones: says the name that both have', async () => {
    const { document } = await look('clones');
    const [fourth, fifth] = document.peers.slice(3);
    expect(fourth?.name).toMatch(/^[0-9a-f:]{17}$/);
    expect(fifth?.name).toBe(fourth?.name);
    const collision = document.findings.find(({ id }) => id === 'name-collision');
    expect(collision?.title).toContain(fourth?.name);
  });

  it('healthy: the range is shared out, and every figure of a peer is there', async () => {
    const { document } = await look('healthy');
    expect(document.peers.reduce((sum, { ipam }) => sum + (ipam.owned ?? 0), 0)).toBe(2 ** 20);
    expect(document.peers[0]).toMatchObject({
      address: '127.77.0.11',
      nickname: 'h1',
      hostname: 'h1',
      reach: 'report',
      trouble: null,
      via: 'status-port',
      version: '2.8.1',
      unit: { active: 'active', enabled: 'enabled' },
      container: 'running',
      links: { established: 4, expected: 4 },
      drift: [],
    });
  });

  it('big: a hundred peers, all ready', async () => {
    const { code, document } = await look('big');
    expect(code).toBe(0);
    expect(document.quorum.mesh).toMatchObject({ configured: 100, connected: 100, majority: 51 });
    expect(new Set(Object.values(byPeer(document, ({ state }) => state)))).toEqual(new Set(['ready']));
    expect(document.findings).toEqual([]);
  });
});
