import { afterEach, describe, expect, it } from 'vitest';
import { places } from '../../source/demo/machine/files.ts';
import { type ScenarioName, scenarioNames } from '../../source/demo/scenario-names.ts';
import { reportOf } from '../../source/demo/world/report.ts';
import { ipamStatus } from '../../source/demo/world/status-text.ts';
import { runningOn } from '../../source/demo/world/weaver.ts';
import { type Theatre, theatre } from './support.ts';

let demo: Theatre | null = null;
afterEach(() => demo?.close());

const open = async (name: ScenarioName, peers = 5): Promise<Theatre> => {
  demo = await theatre(name, peers);
  return demo;
};

/** What each peer says: its IPAM status and whom it sees; null where nothing runs. */
const look = ({ stage }: Theatre) =>
  stage.peers.map(({ host }) => {
    const weaver = runningOn(host);
    if (weaver === null) return null;
    const report = reportOf(stage.world, weaver);
    return {
      status: ipamStatus(report as never),
      sees: report.Router.Peers.map(({ NickName }) => NickName)
        .sort()
        .join(' '),
      owners: [...new Set((report.IPAM.Entries ?? []).map(({ Nickname }) => Nickname))].sort().join(' '),
      infos: (report.Router.Connections ?? []).map(({ Info }) => Info).join('\n'),
    };
  });

const all = 'h1 h2 h3 h4 h5';

describe('scenarios', () => {
  it.each(scenarioNames)('%s plays with one peer, two and seven, to the same age', async (name) => {
    for (const peers of [1, 2, 7]) {
      const { stage, close } = await open(name, peers);
      expect(stage.world.now).toBe(600_000);
      expect(stage.spares.map(({ host }) => host.weaver)).toEqual([null, null]);
      close();
    }
  });

  it('healthy: all see all, and each owns a share', async () => {
    for (const peer of look(await open('healthy')))
      expect(peer).toMatchObject({ status: 'ready', sees: all, owners: all });
  });

  it('idle: all see all, no ring', async () => {
    for (const peer of look(await open('idle')))
      expect(peer).toMatchObject({ status: 'idle', sees: all, owners: '' });
  });

  it('waiting-for-quorum: two run, one waits', async () => {
    const peers = look(await open('waiting-for-quorum'));
    expect(peers.map((peer) => peer?.status)).toEqual([
      'awaiting consensus (quorum: 3, known: 2)',
      'idle',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('partition: three see three, two see two, for minutes', async () => {
    const peers = look(await open('partition'));
    expect(peers.map((peer) => peer?.sees)).toEqual(['h1 h2 h3', 'h1 h2 h3', 'h1 h2 h3', 'h4 h5', 'h4 h5']);
    expect(peers[0]?.infos).toContain('127.77.0.14:6783: connect: no route to host');
  });

  it('dead-peer and stopped-peer: four see four, one is missed', async () => {
    const dead = look(await open('dead-peer'));
    expect(dead.map((peer) => peer?.sees)).toEqual([...Array(4).fill('h1 h2 h3 h4'), undefined]);
    expect(dead[0]?.infos).toContain('no route to host');
    demo?.close();
    const stopped = look(await open('stopped-peer'));
    expect(stopped.map((peer) => peer?.sees)).toEqual([...Array(4).fill('h1 h2 h3 h4'), undefined]);
    expect(stopped[0]?.infos).toContain('connection refused');
    expect(demo?.stage.machine('h5').unit).toMatchObject({ active: 'inactive', result: 'success' });
  });

  it('drift: lists, units and enablement differ, weave does not mind', async () => {
    const { stage } = await open('drift');
    const read = (place: string) => stage.peers.map(({ files }) => files.read(place));
    const differing = (values: readonly (string | null)[]) => values.map((value) => value !== values[0]);
    expect(differing(read(places.environmentFile))).toEqual([false, false, true, false, false]);
    expect(differing(read(places.unit))).toEqual([false, false, false, true, false]);
    expect(stage.peers.map(({ enabled }) => enabled)).toEqual([true, false, true, true, true]);
  });

  it('seeded-apart: two rings that refuse each other', async () => {
    const peers = look(await open('seeded-apart'));
    expect(peers.map((peer) => peer?.owners)).toEqual(['h1 h2 h3', 'h1 h2 h3', 'h1 h2 h3', 'h4 h5', 'h4 h5']);
    expect(peers[4]?.infos).toContain('IP allocation was seeded by different peers');
  });

  it('clones: two hosts, one name', async () => {
    const { stage } = await open('clones');
    expect(stage.machine('h5').files.read(places.machineId)).toBe(
      stage.machine('h4').files.read(places.machineId),
    );
    expect(runningOn(stage.world.host('h5'))?.name).toBe(runningOn(stage.world.host('h4'))?.name);
    expect(look(demo as Theatre)[3]?.infos).toContain('peer names collision, retry: never');
  });

  it('returned-peer: the others gave its share to another, it has not heard of that', async () => {
    const peers = look(await open('returned-peer'));
    expect(peers.map((peer) => peer?.owners.includes('h5'))).toEqual([false, false, false, false, true]);
  });

  it('fresh-hosts: nothing runs and nothing is configured', async () => {
    const { stage } = await open('fresh-hosts');
    for (const { host, files } of stage.peers) {
      expect(host.weaver).toBeNull();
      expect(files.has(places.unit) || files.has(places.environmentFile)).toBe(false);
    }
  });

  it('slow-links: each host has its own delay', async () => {
    const { stage } = await open('slow-links');
    const delays = [...stage.delays.values()];
    expect(delays).toHaveLength(7);
    for (const delay of delays) expect(2 * delay).toBeGreaterThanOrEqual(150);
    for (const delay of delays) expect(2 * delay).toBeLessThanOrEqual(600);
  });
});
