import type { PeerId } from '../../cluster/inventory.ts';
import { startsAtBoot } from '../../cluster/unit-files.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { ownedBy, ringOf } from './ring.ts';
import { called, inspectionOf, isDown, notInspected, reporting, reportOf } from './seeing.ts';

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
    if (facts === undefined) return notInspected(world, id);
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

/**
 * The most that any ring told just now, its own or one of the others', says that this host owns: found by its peer name,
 * else by its host name. A peer that lost its ring data tells of nothing, and the others still know. Null: nobody told a ring.
 */
export const ownedThere = (
  world: World,
  id: PeerId,
  others: readonly PeerId[],
  name: string | null,
): number | null => {
  const rings = reporting(world, [id, ...others]).map(({ report }) => report);
  if (rings.length === 0) return null;
  const known = reportOf(world, id)?.name ?? name;
  const hostname = inspectionOf(world, id)?.facts.hostname ?? '';
  const sums = rings.map((report) =>
    known !== null
      ? ownedBy(report, known)
      : ringOf(report)
          .filter(({ nickname }) => nickname === hostname && hostname !== '')
          .reduce((sum, { size }) => sum + size, 0),
  );
  return Math.max(...sums);
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
    if (inspection === null) return notInspected(world, id);
    const { volume } = inspection.leftovers;
    if (volume === null) return unknown(`Whether ${name} has ring data (weavedb) could not be told.`);
    if (volume) return pass(`${name} has its ring data (weavedb).`);
    const owned = ownedThere(world, id, others, nameOf(world));
    if (owned === null)
      return unknown(
        `${name} has no ring data (weavedb), and no peer told a ring just now: whether it owns addresses is not known.`,
      );
    return owned === 0
      ? pass(`${name} has no ring data and owns nothing: it loses nothing by a start.`)
      : block(
          `${name} owns ${owned} addresses and has no ring data (weavedb) any more: it would come back without knowing which it gave out.`,
        );
  },
});

/** It was not reclaimed: with its old ring data it would take back what belongs to others now. */
export const notReclaimed = (id: PeerId): Check => ({
  id: 'not-reclaimed',
  title: `${id} was not reclaimed`,
  judge: (world) => {
    const name = called(world, id);
    const mark = world.view.removed.find(({ address, how }) => address === id && how === 'rmpeer');
    if (mark === undefined) return pass(`Nobody has it on record that ${name} was reclaimed.`);
    return inspectionOf(world, id)?.leftovers.volume === false
      ? pass(`${name} was reclaimed (${mark.run}), and its old ring data is gone.`)
      : block(
          `${name} was reclaimed (${mark.run}): with its old ring data it takes back what belongs to others now. Wipe it first: weave-console wipe ${id}.`,
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
    if (facts === undefined) return notInspected(world, id);
    if (!facts.known) return unknown(`The unit of ${name} is not known: ${facts.because}.`);
    const { enabled, load } = facts.value;
    if (load !== 'loaded' || startsAtBoot(enabled)) return pass(`The unit of ${name} is ${enabled || load}.`);
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
