import { isIpv4 } from '../../cluster/cidr.ts';
import { bareEntry } from '../../cluster/environment-file.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import { block, type Check, pass, unknown, type Verdict } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, calledAll, inspectionOf, listed, notInspected, watchOf } from './seeing.ts';

/** What the file of this host lists now, or what to say where that isn't known. */
const ownList = (world: World, id: PeerId): readonly string[] | Verdict => {
  const file = inspectionOf(world, id)?.file;
  const name = called(world, id);
  if (file === undefined) return notInspected(world, id);
  if (file.state === 'unreadable') return unknown(`${file.path} on ${name} could not be read.`);
  if (file.state === 'missing' || file.peers === null)
    return block(
      `${name} has no list of peers in ${file.path}: weave would start without one and make a cluster of its own. Write the list first.`,
    );
  return file.peers.map(bareEntry);
};

const isVerdict = (list: readonly string[] | Verdict): list is Verdict => 'level' in list;

/** By what this host may stand in its own list. */
const ownNames = (world: World, id: PeerId): readonly string[] => {
  const watch = watchOf(world, id);
  const hostname = inspectionOf(world, id)?.facts.hostname;
  return [id, hostname ?? id, watch?.lastReport?.report.nickname ?? id, watch?.peer.host ?? id];
};

/** Weave started with no list, or with only itself in it, has quorum 1 and makes a cluster of its own at once. */
export const listsOthers = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: 'own-list',
  title: `The file of ${id} lists other peers`,
  never: true,
  judge: (world) => {
    if (others.length === 0)
      return pass(`${called(world, id)} is the only peer: it needs no list of others.`);
    const list = ownList(world, id);
    if (isVerdict(list)) return list;
    const names = ownNames(world, id);
    const theirs = list.filter(
      (entry) => !names.includes(entry) && !/^(?:localhost|127\.0\.0\.1)$/.test(entry),
    );
    return theirs.length > 0
      ? pass(
          `The file of ${called(world, id)} lists ${theirs.length} other ${theirs.length > 1 ? 'peers' : 'peer'}.`,
        )
      : block(
          `The file of ${called(world, id)} lists no other peer: weave would make a cluster of its own. Correct the list first.`,
        );
  },
});

/** The list that the next start reads is the whole one: every member, nobody else, none twice. */
export const listComplete = (id: PeerId, members: readonly PeerId[]): Check => ({
  id: 'whole-list',
  title: `The file of ${id} lists all peers`,
  judge: (world) => {
    const others = members.filter((one) => one !== id);
    const list = others.length === 0 ? [id] : ownList(world, id);
    if (isVerdict(list)) return list;
    const name = called(world, id);
    const lacks = members.filter((one) => !list.includes(one));
    if (lacks.length > 0)
      return block(`The file of ${name} lacks ${calledAll(world, lacks)}: align the files first.`);
    const more = list.filter((entry) => !members.includes(entry));
    if (more.length > 0)
      return block(
        `The file of ${name} lists ${listed(more)}, which this console does not look at: add it to the cluster's config, or align the files, first.`,
      );
    const twice = list.find((entry, at) => list.indexOf(entry) !== at);
    if (twice !== undefined) return block(`The file of ${name} lists ${twice} twice: align the files first.`);
    return pass(`The file of ${name} lists all ${members.length} peers.`);
  },
});

/** Every entry resolves there now: weave dies at launch over a single one that doesn't. */
export const ownListResolves = (id: PeerId): Check => ({
  id: 'resolves',
  title: `Every entry of the list resolves on ${id}`,
  judge: (world) => {
    const list = ownList(world, id);
    if (isVerdict(list))
      return list.level === 'block' ? pass(`${called(world, id)} has no list to resolve.`) : list;
    const said = inspectionOf(world, id)?.resolves;
    const not = list.filter((entry) => said?.get(entry) === false);
    if (not.length > 0)
      return block(
        `${listed(not)} ${not.length > 1 ? 'do' : 'does'} not resolve on ${called(world, id)}: weave would die at its start. Mend the names, or write addresses into the list.`,
      );
    const open = list.filter((entry) => said?.get(entry) !== true && !isIpv4(entry));
    return open.length > 0
      ? unknown(`Whether ${listed(open)} resolves on ${called(world, id)} is not known.`)
      : pass(`Every entry of the list resolves on ${called(world, id)}.`);
  },
});
