import type { PeerId } from '../../cluster/inventory.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { nothingPending } from './cluster.ts';
import { ownedBy } from './ring.ts';
import { called, calledAll, inspectionOf, isDown, reporting, reportOf, whyNotInspected } from './seeing.ts';

/** Our lock is held on this very host, so that a command sent there is not held back by its fence. A reboot ends it there. */
export const lockedThere = (id: PeerId): Check => ({
  id: 'locked',
  title: `The maintenance lock is held on ${id}`,
  never: true,
  judge: (world) => {
    if (world.unlocked === undefined) return pass('The lock is taken when the change is begun.');
    const why = world.unlocked.get(id);
    return why === undefined
      ? pass(`The lock is held on ${called(world, id)}.`)
      : block(`The lock is not held on ${called(world, id)} (${why}). It is taken there again by itself.`);
  },
});

/** What runs there is the unit's: systemctl stop would not stop a weave that was launched by hand. */
export const underUnit = (id: PeerId): Check => ({
  id: 'under-unit',
  title: `Weave on ${id} is run by its unit`,
  judge: (world) => {
    const facts = inspectionOf(world, id)?.facts;
    const name = called(world, id);
    if (facts === undefined) return unknown(`${name} could not be inspected: ${whyNotInspected(world, id)}`);
    if (!facts.unit.known || !facts.container.known)
      return unknown(`Whether the unit runs weave on ${name} could not be told.`);
    const { active } = facts.unit.value;
    const { status } = facts.container.value;
    if (isDown(world, id)) return pass(`Weave on ${name} is down: the unit is ${active || 'inactive'}.`);
    if (active === 'active') return pass(`The unit of ${name} is active.`);
    if (status === 'running' && (active === 'inactive' || active === 'failed'))
      return block(
        `The unit of ${name} is ${active} and weave runs all the same: it was launched by hand, and systemctl would not stop it. Run weave stop there first.`,
      );
    return block(`The unit of ${name} is ${active}, the container ${status}: wait until that has ended.`);
  },
});

/** Without this peer the others are still a majority of the mesh. Two peers or one can't be: that is only to be known. */
export const majorityWithout = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: 'majority',
  title: `The others are a majority without ${id}`,
  judge: (world) => {
    const name = called(world, id);
    if (isDown(world, id)) return pass(`Weave on ${name} is down already: the others lose nothing by this.`);
    if (others.length === 0)
      return warn(
        `${name} is the only peer: there is no weave network until it is up again. While its host is down nobody holds the lock.`,
      );
    const there = reporting(world, others).length;
    if (others.length === 1)
      return there === 1
        ? warn(
            `Of two peers only ${calledAll(world, others)} is left meanwhile. It goes on with the addresses that it owns; while the host of ${name} is down the lock is not held by enough, so this waits until it is back.`,
          )
        : block(`${name} is the only peer that answers: mend or reclaim the other one first.`);
    const need = Math.floor((others.length + 1) / 2) + 1;
    return there >= need
      ? pass(`${there} others answer; ${need} of ${others.length + 1} are a majority.`)
      : block(
          `Only ${there} others answer, and ${need} of ${others.length + 1} would be a majority: bring back the missing ones first.`,
        );
  },
});

/** Somebody else owns address space, too: else no other peer could give out an address meanwhile. */
export const othersOwn = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: 'others-own',
  title: `${id} is not the only owner of the address space`,
  judge: (world) => {
    const name = called(world, id);
    const own = reportOf(world, id);
    if (others.length === 0 || isDown(world, id) || own === null)
      return pass(`${name} takes nothing from the others by this.`);
    const entries = own.ipam?.entries ?? [];
    if (entries.length === 0) return pass('Nobody owns address space yet.');
    return entries.some(({ owner, size }) => owner !== own.name && size > 0)
      ? pass(`Others own address space, too.`)
      : block(
          `${name} owns all of the address space: while it is away no other peer can give out an address. Start a container on another peer first, which gives that one a share.`,
        );
  },
});

/** What the ring of the others says that this host owns, found by its peer name or else by its host name. */
export const ownedThere = (
  world: World,
  id: PeerId,
  others: readonly PeerId[],
  name: string | null,
): number => {
  const own = reportOf(world, id);
  if (own !== null) return ownedBy(own, own.name);
  const [other] = reporting(world, others);
  if (other === undefined) return 0;
  if (name !== null) return ownedBy(other.report, name);
  const hostname = inspectionOf(world, id)?.facts.hostname ?? '';
  return (other.report.ipam?.entries ?? [])
    .filter(({ nickname }) => nickname === hostname && hostname !== '')
    .reduce((sum, { size }) => sum + size, 0);
};

/** Its ring data is kept there, so that it comes back as the owner of what it owns and knows what it has given out. */
export const ringKept = (
  id: PeerId,
  others: readonly PeerId[],
  nameOf: (world: World) => string | null,
): Check => ({
  id: 'ring-kept',
  title: `${id} keeps its ring data`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    const name = called(world, id);
    if (inspection === null) return unknown(`${name} could not be inspected: ${whyNotInspected(world, id)}`);
    const { volume } = inspection.leftovers;
    if (volume === null) return unknown(`Whether ${name} has ring data (weavedb) could not be told.`);
    if (volume) return pass(`${name} has its ring data (weavedb).`);
    const owned = ownedThere(world, id, others, nameOf(world));
    return owned === 0
      ? pass(`${name} has no ring data and owns nothing: it loses nothing by a start.`)
      : block(
          `${name} owns ${owned} addresses and has no ring data (weavedb) any more: it would come back without knowing which it gave out.`,
        );
  },
});

/** A host that is rebooted has weave again only if the unit is enabled, or when this starts it. */
export const startsWithHost = (id: PeerId, unit: string): Check => ({
  id: `enabled:${id}`,
  title: `Weave starts with ${id}`,
  judge: (world) => {
    const facts = inspectionOf(world, id)?.facts.unit;
    const name = called(world, id);
    if (facts === undefined) return unknown(`${name} could not be inspected: ${whyNotInspected(world, id)}`);
    if (!facts.known) return unknown(`The unit of ${name} is not known: ${facts.because}.`);
    const { enabled, load } = facts.value;
    if (load !== 'loaded' || enabled.startsWith('enabled'))
      return pass(`The unit of ${name} is ${enabled || load}.`);
    return warn(
      `The unit of ${name} is ${enabled || 'not enabled'}: weave does not start with the host. This will start it once; to have it start at every boot: systemctl enable ${unit} there.`,
    );
  },
});

/** It comes back with the version it has: an upgrade by way of a restart should be meant. */
export const versionStays = (id: PeerId): Check => ({
  id: `version:${id}`,
  title: `${id} comes back with the same version`,
  judge: (world) => {
    const [report, script] = [reportOf(world, id), inspectionOf(world, id)?.facts.scriptVersion];
    const name = called(world, id);
    if (report === null || script === undefined || !script.known)
      return pass(`Nothing is known of another version on ${name}.`);
    return report.version === script.value
      ? pass(`${name} runs and has version ${script.value}.`)
      : warn(
          `${name} runs version ${report.version}, and version ${script.value} is installed there: it comes back with that one.`,
        );
  },
});

/** No election or allocation is cut short by this. What is down already may be just what an election waits for. */
export const nothingCutShort = (id: PeerId, ids: readonly PeerId[]): Check => {
  const strict = nothingPending(ids);
  return {
    ...strict,
    judge: (world) => {
      const said = strict.judge(world);
      const voting = reporting(world, ids).some(
        ({ report }) => report.ipam?.paxos && report.ipam.entries.length === 0,
      );
      if (!voting) return said;
      return isDown(world, id)
        ? pass(`An election waits for peers, and ${called(world, id)} may be one of them.`)
        : warn(
            `An election waits for peers. ${called(world, id)} would come back as one more of them and be counted twice until it ends; if it was asked to prime itself, ask again.`,
          );
    },
  };
};

/** Nobody is missing, not even one whose absence was acknowledged: nobody else goes down before all are back. */
export const allThere = (ids: readonly PeerId[]): Check => ({
  id: 'all-there',
  title: 'All peers tell a report now',
  judge: (world) => {
    const missing = ids.filter((id) => reportOf(world, id) === null);
    return missing.length === 0
      ? pass(`All ${ids.length} told a report just now.`)
      : block(`${calledAll(world, missing)} told no report just now. Wait for it, or find out why, first.`);
  },
});

/** The same check where any warning is a doubt, and so stands in the way. */
export const strictly = (check: Check): Check => ({
  ...check,
  judge: (world) => {
    const said = check.judge(world);
    return said.level === 'warn' ? block(said.because) : said;
  },
});

/** The same check where its warnings were read and acknowledged a step before. */
export const asTold = (check: Check): Check => ({
  ...check,
  judge: (world) => {
    const said = check.judge(world);
    return said.level === 'warn' ? pass(said.because) : said;
  },
});
