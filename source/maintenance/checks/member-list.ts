import { bareEntry } from '../../cluster/environment-file.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import { BLANK } from '../../commands/inspect-script.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { listOf } from './files.ts';
import { called, calledAll, factsOf, listed, reporting, watchOf } from './seeing.ts';

/** The list of this host's file; null without one, or where it holds a password and so was not told. */
const listIn = (world: World, id: PeerId): readonly string[] | null => {
  const list = listOf(world, id) ?? null;
  return list?.includes(BLANK) ? null : list;
};

/** The lists that the hosts' files have, the most common first; files without a list have no say. */
const listsOf = (
  world: World,
  ids: readonly PeerId[],
): readonly { readonly list: readonly string[]; readonly ids: readonly PeerId[] }[] => {
  const groups = new Map<string, { list: readonly string[]; ids: PeerId[] }>();
  for (const id of ids) {
    const list = listIn(world, id);
    if (list === null || list.length === 0) continue;
    const key = list.join(' ');
    groups.set(key, { list, ids: [...(groups.get(key)?.ids ?? []), id] });
  }
  return [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
};

/**
 * The list that every file should have: exactly the members, as the most common file orders and writes them, and behind
 * them whoever it lacks.
 */
export const wantedList = (world: World, members: readonly PeerId[]): readonly string[] => {
  const usual = listsOf(world, members)[0]?.list ?? [];
  const kept = usual.filter(
    (entry, at) =>
      members.includes(bareEntry(entry)) &&
      usual.findIndex((other) => bareEntry(other) === bareEntry(entry)) === at,
  );
  return [...kept, ...members.filter((id) => !kept.some((entry) => bareEntry(entry) === id))];
};

/** Entries of the files that are no member's address, each with who lists it. */
const strangersOf = (world: World, members: readonly PeerId[]): ReadonlyMap<string, readonly PeerId[]> => {
  const strangers = new Map<string, PeerId[]>();
  for (const id of members)
    for (const entry of new Set(listIn(world, id) ?? []))
      if (!members.includes(bareEntry(entry))) strangers.set(entry, [...(strangers.get(entry) ?? []), id]);
  return strangers;
};

/** The member that this entry is another name of, if it is. */
const aliasOf = (world: World, entry: string, members: readonly PeerId[]): PeerId | undefined =>
  members.find((id) => {
    const watch = watchOf(world, id);
    const names = [watch?.lastReport?.report.nickname, watch?.peer.host, factsOf(world, id)?.hostname];
    return names.includes(bareEntry(entry));
  });

/** The members that have a peer with this address or nickname in sight. */
const seersOf = (world: World, entry: string, members: readonly PeerId[]): readonly PeerId[] =>
  reporting(world, members)
    .filter(({ report: { connections, peers } }) => {
      const from = (address: string) => address.replace(/:\d+$/, '') === bareEntry(entry);
      return (
        connections.some(({ address, peer }) => peer !== null && from(address)) ||
        peers.some(
          ({ nickname, links }) =>
            nickname === bareEntry(entry) ||
            links?.some(({ address, outbound }) => outbound && from(address)),
        )
      );
    })
    .map(({ id }) => id);

/** Nobody is dropped from the lists who is a peer: whoever the files list beyond the members is in nobody's sight. */
export const noStrangers = (members: readonly PeerId[]): Check => ({
  id: 'strangers',
  title: 'The files list nobody who is no member here',
  judge: (world): Verdict => {
    const strangers = [...strangersOf(world, members)];
    for (const [entry, ids] of strangers) {
      const alias = aliasOf(world, entry, members);
      if (alias !== undefined)
        return block(
          `${calledAll(world, ids)} ${ids.length > 1 ? 'list' : 'lists'} ${entry}, another name of ${called(world, alias)}: give the members the same names in the cluster's config as in the files.`,
        );
      const seers = seersOf(world, entry, members);
      if (seers.length > 0)
        return block(
          `${calledAll(world, ids)} ${ids.length > 1 ? 'list' : 'lists'} ${entry}, which is no member here but in sight of ${calledAll(world, seers)}: add it to the peers in the cluster's config, or remove it from the cluster, first.`,
        );
    }
    if (strangers.length === 0) return pass('The files list members only.');
    if (reporting(world, members).length === 0)
      return unknown(
        `${strangers.map(([entry, ids]) => `${entry} (listed by ${calledAll(world, ids)})`).join(', ')} ${strangers.length > 1 ? 'are no members' : 'is no member'} here, and no peer tells whether it sees ${strangers.length > 1 ? 'them' : 'it'}: if that is a peer, add it to the cluster's config first.`,
      );
    return warn(
      `${strangers.map(([entry, ids]) => `${entry} (listed by ${calledAll(world, ids)})`).join(', ')} ${strangers.length > 1 ? 'are no members' : 'is no member'} here and in nobody's sight: it is taken off the lists. If it is a peer, add it to the cluster's config first.`,
    );
  },
});

/** The members are whom most files list. One that they do not list may be one that was about to go. */
export const membersListed = (members: readonly PeerId[]): Check => ({
  id: 'members-listed',
  title: 'Most files list all members',
  judge: (world) => {
    const [usual] = listsOf(world, members);
    if (usual === undefined)
      return warn(
        `No file has a list of peers. ${listed(members)} will be written to all, as configured here.`,
      );
    const unlisted = members.filter((id) => !usual.list.some((entry) => bareEntry(entry) === id));
    if (unlisted.length === 0)
      return pass(`${calledAll(world, usual.ids)} ${usual.ids.length > 1 ? 'list' : 'lists'} all members.`);
    return warn(
      `Most files do not list ${calledAll(world, unlisted)}: was a change of the cluster left half done? It is put on every list, as it is a member here.`,
    );
  },
});
