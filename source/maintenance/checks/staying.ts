import type { PeerId } from '../../cluster/inventory.ts';
import { majorityOf } from '../../cluster/quorum.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import { nothingPending } from './cluster.ts';
import { nameThen } from './coming-back.ts';
import { ringOf } from './ring.ts';
import { called, calledAll, isDown, reporting, reportOf } from './seeing.ts';

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
    const need = majorityOf(others.length + 1);
    return there >= need
      ? pass(`${there} others answer; ${need} of ${others.length + 1} are a majority.`)
      : block(
          `Only ${there} others answer, and ${need} of ${others.length + 1} would be a majority: bring back the missing ones first.`,
        );
  },
});

/**
 * Somebody else owns address space, too: else no other peer could give out an address meanwhile. A weave that hangs tells
 * no ring itself, so the others' count as well.
 */
export const othersOwn = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: 'others-own',
  title: `${id} is not the only owner of the address space`,
  judge: (world) => {
    const name = called(world, id);
    if (others.length === 0 || isDown(world, id))
      return pass(`${name} takes nothing from the others by this.`);
    const own = nameThen(world, id);
    const rings = reporting(world, [id, ...others]).map(({ report }) => ringOf(report));
    const told = rings.filter((ring) => ring.length > 0);
    if (rings.length === 0) return unknown('No peer told a report just now.');
    if (told.length === 0) return pass('Nobody owns address space yet.');
    if (own === null) return unknown(`The peer name of ${name} is not known, so neither is what it owns.`);
    return told.every((ring) => ring.some(({ owner, size }) => owner !== own && size > 0))
      ? pass(`Others own address space, too.`)
      : block(
          `${name} owns all of the address space: while it is away no other peer can give out an address. Start a container on another peer first, which gives that one a share.`,
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
