import type { PeerId } from '../../cluster/inventory.ts';
import { editFor, type ListChange, sameList } from '../environment-edit.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import {
  called,
  calledAll,
  factsOf,
  inspectionOf,
  listed,
  notInspected,
  present,
  reportOf,
  whyNotInspected,
} from './seeing.ts';

/** PEERS as the host's file has it now; undefined when that is not known, null when it sets none. */
export const listOf = (world: World, id: PeerId): readonly string[] | null | undefined => {
  const file = inspectionOf(world, id)?.file;
  if (file) return file.state === 'unreadable' ? undefined : file.peers;
  const facts = factsOf(world, id)?.environment;
  return facts === undefined || facts.state === 'unreadable' ? undefined : facts.peers;
};

/** The first list that any of these hosts has, of those that are not away; undefined without one. */
export const listTold = (world: World, ids: readonly PeerId[]): readonly string[] | undefined =>
  present(world, ids)
    .map((id) => listOf(world, id))
    .find((list) => list) ?? undefined;

const doubles = (list: readonly string[]): readonly string[] =>
  list.filter((entry, at) => list.indexOf(entry) !== at);

/** The files of all members name the same peers, and these are the peers this console knows. */
export const sameLists = (members: readonly PeerId[]): Check => ({
  id: 'same-lists',
  title: 'All environment files have the same list of peers',
  judge: (world) => {
    const asked = present(world, members).filter((id) => world.inspections.get(id)?.kind !== 'failed');
    const first = asked.map((id) => [id, listOf(world, id)] as const).find(([, list]) => list);
    for (const id of asked) {
      const list = listOf(world, id);
      const file = inspectionOf(world, id)?.file.path ?? 'its environment file';
      if (list === undefined)
        return unknown(`The list of ${called(world, id)} is not known: ${file} could not be read.`);
      if (list === null || list.length === 0)
        return block(`${called(world, id)} has no list of peers in ${file}: align the files first.`);
      const [twice] = doubles(list);
      if (twice !== undefined)
        return block(`${called(world, id)} lists ${twice} twice: align the files first.`);
      if (first?.[1] && !sameList(list, first[1])) {
        const [more, less] = [
          list.filter((one) => !first[1]?.includes(one)),
          first[1].filter((one) => !list.includes(one)),
        ];
        const words = [
          ...(more.length > 0 ? [`has ${listed(more)} more`] : []),
          ...(less.length > 0 ? [`lacks ${listed(less)}`] : []),
        ];
        return block(
          `The list of ${called(world, id)} is not that of ${called(world, first[0])}: it ${words.join(' and ')}. Align the files first.`,
        );
      }
    }
    if (!first?.[1]) return unknown('No list of peers could be read.');
    const strangers = first[1].filter((one) => !members.includes(one));
    if (strangers.length > 0)
      return block(
        `The files list ${listed(strangers)}, which this console does not look at: add it to the cluster's config first.`,
      );
    const unlisted = members.filter((one) => !first[1]?.includes(one));
    if (unlisted.length > 0)
      return block(
        `${calledAll(world, unlisted)} ${unlisted.length > 1 ? 'are members' : 'is a member'} here and in no file: align the files, or take it out of the cluster's config, first.`,
      );
    return pass(`${asked.length} files list the same ${first[1].length} peers.`);
  },
});

/** The files of all members hold the same WEAVE_PASSWORD, or none: a peer with another can't be linked. */
export const samePassword = (members: readonly PeerId[]): Check => ({
  id: 'same-password',
  title: 'All environment files have the same password, or none',
  judge: (world) => {
    // Who is there and whose file isn't known may have any password; who is silent, too, is named by another check.
    const open = members.filter((id) =>
      inspectionOf(world, id) === null
        ? reportOf(world, id) !== null
        : inspectionOf(world, id)?.file.state === 'unreadable',
    );
    if (open.length > 0)
      return unknown(`The password of ${calledAll(world, open)} is not known: no file could be read there.`);
    const files = members.flatMap((id) => {
      const file = inspectionOf(world, id)?.file;
      return file?.state === 'there' ? [{ id, digest: file.secretDigests.get('WEAVE_PASSWORD') }] : [];
    });
    const [first] = files;
    if (first === undefined) return unknown('No environment file could be read.');
    const other = files.find(({ digest }) => digest !== first.digest);
    return other === undefined
      ? pass(
          `${files.length} files have ${first.digest === undefined ? 'no WEAVE_PASSWORD' : 'the same WEAVE_PASSWORD'}.`,
        )
      : block(
          `WEAVE_PASSWORD of ${called(world, other.id)} is not that of ${called(world, first.id)}: align the files first.`,
        );
  },
});

/** This host's file is one that the console can edit without harm. */
export const fileEditable = (id: PeerId, change: ListChange): Check => ({
  id: `file:${id}`,
  title: `The environment file of ${id} can be edited`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    if (inspection === null)
      return block(
        `${called(world, id)} could not be inspected: ${whyNotInspected(world, id)} If it stays away, skip this step and correct its list before weave starts there again.`,
      );
    const { file } = inspection;
    if (file.state === 'missing')
      return block(`${called(world, id)} has no ${file.path}: was weave launched by hand there?`);
    if (file.state === 'unreadable')
      return unknown(`${file.path} on ${called(world, id)} could not be read: does this account need sudo?`);
    if (file.obstacle !== null)
      return block(`${file.path} on ${called(world, id)} ${file.obstacle}: edit it by hand.`);
    if (file.assignment === null)
      return block(`${file.path} on ${called(world, id)} sets no PEERS: edit it by hand.`);
    if (!file.writable)
      return block(`${file.path} on ${called(world, id)} may not be written by this account.`);
    const edit = editFor(file, change);
    if (edit === null) return unknown(`What to write on ${called(world, id)} could not be worked out.`);
    return pass(`${file.path} on ${called(world, id)} can be edited (line ${edit.from}).`);
  },
});

/** After a list was written: the file read back says exactly these peers. Running peers have not read it. */
export const fileLists = (id: PeerId, wanted: (world: World) => readonly string[]): Check => ({
  id: `listed:${id}`,
  title: `The file of ${id} lists exactly the peers it should`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    if (inspection === null) return notInspected(world, id);
    const { file } = inspection;
    const list = wanted(world);
    if (file.state !== 'there') return block(`${file.path} on ${called(world, id)} is ${file.state}.`);
    if (file.peers === null || !sameList(file.peers, list))
      return block(
        `${file.path} on ${called(world, id)} lists ${listed(file.peers ?? ['nobody'])}, and should list ${listed(list)}.`,
      );
    return pass(`${file.path} on ${called(world, id)} lists ${listed(list)}.`);
  },
});
