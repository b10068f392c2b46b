import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { documentedUnit } from '../../source/demo/machine/files.ts';
import { inventoryAt } from './change-console.ts';
import { fileOn, folderOn, type Site } from './change-site.ts';
import { runCli } from './cli.ts';
import { readStatus } from './status.ts';

/** The environment file of the demo with this list in it, byte for byte. */
export const environmentOf = (addresses: readonly string[], extra = ''): string =>
  `PEERS="${addresses.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n${extra}`;

const rangeSize = 2 ** 20;

/** What the program's own `status --json` says, held against what a healthy cluster of these members is. */
const expectHealthy = async (site: Site, members: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await runCli([
    'status',
    '--once',
    '--json',
    '--config',
    site.demo.configFile,
  ]);
  expect(stderr).toBe('');
  const status = readStatus(stdout);
  expect(status.findings).toEqual([]);
  expect(code).toBe(0);
  expect(status.peers.map(({ address }) => address).sort()).toEqual([...members].sort());
  for (const peer of status.peers) {
    expect(peer).toMatchObject({
      reach: 'report',
      unit: { active: 'active', enabled: 'enabled' },
      container: 'running',
      links: { established: members.length - 1, expected: members.length - 1 },
      ipam: { phase: 'ready' },
      drift: [],
    });
  }
  expect(status.peers.reduce((sum, { ipam }) => sum + (ipam?.owned ?? 0), 0)).toBe(rangeSize);
};

/** Nothing of the lock is left on any host, and no half-written file. */
const expectNoLock = (site: Site, hosts: readonly string[]): void => {
  for (const host of hosts) {
    expect(
      folderOn(site, host, 'var/lib/weave-console').filter((name) => /^lock\.(json|new)$/.test(name)),
    ).toEqual([]);
    expect(folderOn(site, host, 'etc/sysconfig').filter((name) => name.startsWith('.'))).toEqual([]);
  }
};

const allHosts = (site: Site): string[] =>
  [...site.demo.peers, ...site.demo.spares].map(({ address }) => address);

const expectConfig = (site: Site, members: readonly string[], spares: readonly string[]): void => {
  const { peers, spares: others } = inventoryAt(site.demo.configFile);
  expect(peers.map(({ address }) => address).sort()).toEqual([...members].sort());
  expect(others.map(({ address }) => address).sort()).toEqual([...spares].sort());
};

/** A healthy cluster of these members, in the config, too, with no lock left on any host that can be looked at. */
const expectCluster = async (
  site: Site,
  members: readonly string[],
  hosts: readonly string[] = allHosts(site),
): Promise<void> => {
  expectConfig(
    site,
    members,
    allHosts(site).filter((host) => !members.includes(host)),
  );
  expectNoLock(site, hosts);
  await expectHealthy(site, members);
};

/** The one state in which adding `target` to `before` must end, whatever happened on the way. */
export const expectAdded = async (
  site: Site,
  before: readonly string[],
  target: string,
  extra = '',
): Promise<void> => {
  const members = [...before, target];
  for (const host of members)
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members, extra));
  // What was there before is kept beside it, once.
  for (const host of before) expect(folderOn(site, host, 'etc/sysconfig')).toHaveLength(2);
  expect(folderOn(site, target, 'etc/sysconfig')).toEqual(['weave']);
  expect(
    existsSync(join(site.demo.rootOf(target), 'etc/systemd/system/multi-user.target.wants/weave.service')),
  ).toBe(true);
  const { world } = site.demo.stage;
  for (const weaver of world.weavers().filter(({ host }) => before.includes(host.address)))
    expect(weaver.direct).toContain(target);
  await expectCluster(site, members);
};

/** Nobody dials, sees or calls an owner who is no member. */
const expectForgotten = (site: Site, target: string): void => {
  const { world } = site.demo.stage;
  for (const weaver of world.weavers()) {
    expect(weaver.direct.filter((one) => one.includes(target))).toEqual([]);
    expect([...weaver.targets.keys()].filter((one) => one.includes(target))).toEqual([]);
    expect([...weaver.known.keys()].map(({ host }) => host.address)).not.toContain(target);
    const owners = weaver.ring.tokens.map(({ owner }) => owner);
    const names = world.weavers().map(({ name }) => name);
    expect(owners.filter((owner) => !names.includes(owner))).toEqual([]);
  }
};

/** The one state in which reclaiming the dead `target`, whose peer name is `name`, must end. */
export const expectReclaimed = async (
  site: Site,
  before: readonly string[],
  target: string,
  name: string,
): Promise<void> => {
  const members = before.filter((address) => address !== target);
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members));
    expect(folderOn(site, host, 'etc/sysconfig')).toHaveLength(2);
    const [mark, ...more] = (fileOn(site, host, 'var/lib/weave-console/reclaimed') ?? '').split('\n');
    const state = host === members[0] ? 'begun' : 'marked';
    expect(mark).toMatch(new RegExp(`^${name} ${target} \\S+ \\d+ \\S+ ${members[0]} ${state}$`));
    expect(more).toEqual(['']);
  }
  expectForgotten(site, target);
  await expectCluster(site, members, members);
};

/** The one state in which wiping a member must end: it is there again, with the ring of all, and nothing else was touched. */
export const expectWiped = async (site: Site, members: readonly string[], target: string): Promise<void> => {
  const { world } = site.demo.stage;
  const rings = world
    .weavers()
    .map(({ ring }) => ring.tokens.map(({ start, owner, version }) => `${start} ${owner} ${version}`).join());
  expect(rings).toHaveLength(members.length);
  expect(new Set(rings).size).toBe(1);
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members));
    expect(folderOn(site, host, 'etc/sysconfig')).toEqual(['weave']);
    expect(fileOn(site, host, 'var/lib/weave-console/reclaimed') ?? '').not.toContain(target);
  }
  await expectCluster(site, members);
};

/** The one state in which removing `target` from `before` must end. */
export const expectRemoved = async (site: Site, before: readonly string[], target: string): Promise<void> => {
  const members = before.filter((address) => address !== target);
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members));
    expect(folderOn(site, host, 'etc/sysconfig')).toHaveLength(2);
  }
  expect(fileOn(site, target, 'etc/sysconfig/weave')).toBe(null);
  const [kept, ...more] = folderOn(site, target, 'etc/sysconfig');
  expect(more).toEqual([]);
  expect(readFileSync(join(site.demo.rootOf(target), 'etc/sysconfig', kept ?? ''), 'utf8')).toBe(
    environmentOf(before),
  );
  expect(folderOn(site, target, 'etc/systemd/system/multi-user.target.wants')).toEqual([]);
  const { peers, spares } = site.demo.stage;
  const gone = [...peers, ...spares].find(({ host }) => host.address === target);
  expect(gone?.unit.active).toBe('inactive');
  expect(gone?.host).toMatchObject({ weaver: null, volume: null, bridge: null });
  expectForgotten(site, target);
  await expectCluster(site, members);
};

/** The one state in which a bootstrap of these hosts must end. `extra`: what their file says besides the list. */
export const expectBootstrapped = async (
  site: Site,
  members: readonly string[],
  extra = '',
): Promise<void> => {
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(`PEERS="${members.join(' ')}"\n${extra}`);
    expect(fileOn(site, host, 'etc/systemd/system/weave.service')).toContain('launch --no-restart $PEERS');
  }
  for (const { direct } of site.demo.stage.world.weavers()) expect(direct).toEqual(members);
  await expectCluster(site, members);
};

/** The one state in which a restart must end: nothing differs from before but that weave was started anew. */
export const expectRestarted = async (site: Site, members: readonly string[]): Promise<void> => {
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members));
    expect(folderOn(site, host, 'etc/sysconfig')).toEqual(['weave']);
  }
  await expectCluster(site, members);
};

/** Where the unit lies on a host, below its sandbox. */
export const unitPlace = 'etc/systemd/system/weave.service';

/**
 * The one state in which an alignment must end. `kept`: the hosts whose file, and whose unit, was replaced and so is kept
 * beside it.
 */
export const expectAligned = async (
  site: Site,
  members: readonly string[],
  kept: { readonly files: readonly string[]; readonly units: readonly string[] },
): Promise<void> => {
  for (const host of members) {
    expect(fileOn(site, host, 'etc/sysconfig/weave')).toBe(environmentOf(members));
    expect(fileOn(site, host, unitPlace)).toBe(documentedUnit);
    expect(folderOn(site, host, 'etc/sysconfig')).toHaveLength(kept.files.includes(host) ? 2 : 1);
    expect(folderOn(site, host, 'etc/systemd/system')).toEqual([
      'multi-user.target.wants',
      'weave.service',
      ...(kept.units.includes(host) ? [expect.stringMatching(/^weave\.service\.weave-console-/)] : []),
    ]);
  }
  expectNoLock(site, allHosts(site));
  await expectHealthy(site, members);
};
