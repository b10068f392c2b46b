import type { PeerId } from '../../cluster/inventory.ts';
import { newPeerPreview, ownedChanges, TELLING } from '../environment-edit.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, factsOf, inspectionOf, listed, notInspected } from './seeing.ts';

/** The file of a new peer can be made, from that of a member (null: of the list alone; empty: not known), and written. */
export const newHostFile = (from: PeerId | null, id: PeerId, list: readonly string[]): Check => ({
  id: 'new-file',
  title:
    from === null || from === ''
      ? `A file for ${id} can be written`
      : `A file for ${id} can be made from that of ${from}`,
  judge: (world) => {
    const [theirs, ours] = [from === null ? null : inspectionOf(world, from), inspectionOf(world, id)];
    if (from === '') return unknown('Which file it is to be made from is not known.');
    if (from !== null && theirs === null) return notInspected(world, from);
    if (ours === null) return notInspected(world, id);
    if (from !== null && theirs !== null && theirs.file.state !== 'there')
      return block(
        `${theirs.file.path} on ${called(world, from)} is ${theirs.file.state}: choose another peer to copy from.`,
      );
    if (ours.file.state === 'unreadable')
      return unknown(`${ours.file.path} on ${called(world, id)} could not be read.`);
    for (const one of theirs === null ? [ours] : [theirs, ours])
      if (one.file.obstacle !== null)
        return block(
          `${one.file.path} on ${called(world, one.host)} ${one.file.obstacle}: write the file by hand.`,
        );
    if (!ours.file.writable)
      return block(
        `${ours.file.path} on ${called(world, id)} can't be written: is its folder there, and not read-only?`,
      );
    const whose = from === null ? 'the list' : `that of ${called(world, from)}`;
    return newPeerPreview(theirs?.file ?? null, ours.file, list).length === 0
      ? block(`A file can't be made of ${whose} by a program: write the one of ${called(world, id)} by hand.`)
      : pass(`${ours.file.path} on ${called(world, id)} can be made from ${whose}.`);
  },
});

/** By what a host may be called in its own settings. */
const namesOf = (world: World, id: PeerId): readonly string[] => {
  const hostname = factsOf(world, id)?.hostname ?? '';
  return [id, hostname].filter((name) => name !== '');
};

/** Nothing that makes a peer itself is copied or lost: two peers launched with one name break the mesh. */
export const staysItself = (
  from: PeerId | null,
  id: PeerId,
  list: readonly string[],
  exact: boolean,
): Check => ({
  id: 'stays-itself',
  title: `${id} keeps what is its own, and gets nothing that is another's`,
  judge: (world) => {
    if (from === id) return pass('It is its own file, of which only the list changes.');
    const [theirs, ours] = [from === null ? null : inspectionOf(world, from), inspectionOf(world, id)];
    if (ours === null || (from !== null && theirs === null))
      return unknown(`${listed([...(from === null ? [] : [from]), id])} must be inspected for this.`);
    const { takes, loses } = ownedChanges(
      { file: theirs?.file ?? null, names: from === null ? [] : namesOf(world, from) },
      { file: ours.file, names: namesOf(world, id) },
      list,
      exact,
    );
    const [name, path] = [called(world, id), ours.file.path];
    if (takes.length > 0)
      return block(
        `${path} on ${name} would get ${listed(takes)} from ${called(world, from ?? '')}, which is that host's own: two peers with one name or address break the cluster at the next start. Write the file by hand.`,
      );
    return loses.length > 0
      ? block(
          `${path} on ${name} would lose ${listed(loses)}, without which it comes back as another peer. Write the file by hand.`,
        )
      : pass(`What is ${name}'s own stays as it is.`);
  },
});

/** Whatever the member has set is set on the new peer, too, and its secrets are the same. */
export const otherLinesKept = (from: PeerId, id: PeerId): Check => ({
  id: 'same-variables',
  title: `${id} has every variable that ${from} has`,
  judge: (world) => {
    const [theirs, ours] = [inspectionOf(world, from)?.file, inspectionOf(world, id)?.file];
    if (theirs === undefined || ours === undefined)
      return unknown(`${from} and ${id} must both be inspected for this.`);
    const missing = theirs.names.filter((name) => !ours.names.includes(name));
    // Of all others the peer keeps its own.
    const shared = theirs.secrets.filter((name) => TELLING.test(name));
    const open = shared.filter((name) => !ours.secrets.includes(name));
    if (missing.length + open.length > 0)
      return block(
        `${ours.path} on ${called(world, id)} lacks ${listed([...new Set([...missing, ...open])])}.`,
      );
    const other = shared.filter((name) => theirs.secretDigests.get(name) !== ours.secretDigests.get(name));
    if (other.length > 0)
      return block(
        `${ours.path} on ${called(world, id)} has another ${listed(other)} than ${called(world, from)}.`,
      );
    return pass(`${ours.path} on ${called(world, id)} sets all that ${called(world, from)} sets.`);
  },
});
