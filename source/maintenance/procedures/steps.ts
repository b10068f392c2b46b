import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { editUnchanged, setPeersLine } from '../../commands/edit-file.ts';
import { thenRemoveMarks } from '../../commands/marks.ts';
import { isWeaveAddress } from '../../commands/weave.ts';
import { fileEditable, fileLists, listOf } from '../checks/files.ts';
import { markedNames, unmarked } from '../checks/marks.ts';
import { away, calledAll, inspectionOf, seen } from '../checks/seeing.ts';
import { changedWords, editFor, editPreview, type ListChange, sameList } from '../environment-edit.ts';
import type { Step } from '../step.ts';
import { block, type Check, pass, warn } from '../verdict.ts';
import type { Notes, World } from '../world.ts';

/** What a change of the whole cluster needs to know. */
export type ClusterPlan = Omit<Plan, 'target'>;

/** What every step of one kind of change needs to know. */
export type Plan = {
  /** Names what is kept of files that are replaced: the id of the run. */
  readonly id: string;
  readonly members: readonly InventoryPeer[];
  readonly target: InventoryPeer;
};

/** In ms, as `settle` and `steady` are. */
export const second = 1_000;

/** What most steps are like; each names what differs. */
export const step = (
  given: Pick<Step, 'id' | 'title' | 'why' | 'on' | 'action' | 'undo'> & Partial<Step>,
): Step => ({
  inspects: given.on === null ? [] : [given.on],
  before: [],
  after: [],
  settle: 20 * second,
  steady: 0,
  confirm: { kind: 'key' },
  ...given,
});

/** A step that changes nothing: it looks, judges and takes notes. */
export const lookStep = (
  given: Pick<Step, 'id' | 'title' | 'why' | 'before'> & Partial<Pick<Step, 'inspects' | 'takesNotes'>>,
): Step => step({ on: null, action: { kind: 'look' }, undo: 'Nothing to undo.', ...given });

/** The inventory's entry of a host that plays a part. Throws RangeError for any other. */
export const hostOf = (hosts: readonly InventoryPeer[], host: PeerId): InventoryPeer => {
  const peer = hosts.find(({ address }) => address === host);
  if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
  return peer;
};

/** Members that don't answer now: their absence is acknowledged with the step that notes this. */
export const awayNow = (world: World, ids: readonly PeerId[]): readonly PeerId[] =>
  ids.filter((id) => seen(world, id).kind === 'none');

/** The change of the list on one member. A peer that is added is no reclaimed one any more, so its marks go with this. */
export const listStep = (
  { id, target }: Plan,
  peer: InventoryPeer,
  change: ListChange,
  notes: Notes,
  words: Pick<Step, 'title' | 'why'>,
): Step => {
  const on = peer.address;
  const base = (world: World) => inspectionOf(world, on)?.file.digest ?? null;
  const edit = (world: World) => {
    const file = inspectionOf(world, on)?.file;
    return file === undefined ? null : editFor(file, change);
  };
  const wanted = (world: World): readonly string[] => {
    if (notes.list) return notes.list;
    return changedWords(listOf(world, on) ?? [], change);
  };
  return step({
    ...words,
    id: `list:${on}`,
    on,
    group: 'lists',
    optional: notes.away?.includes(on)
      ? `${on} was away when this began. Left out, it stays on the list of things to do: correct the file there before weave starts again.`
      : undefined,
    before: [fileEditable(on, change)],
    action: {
      kind: 'command',
      command: (world) => {
        const [digest, lines] = [base(world), edit(world)];
        if (digest === null || lines === null) return null;
        const set = setPeersLine(peer, digest, lines, id);
        const marked = 'add' in change ? markedNames(world, on, change.add) : [];
        return marked.length === 0 ? set : thenRemoveMarks(set, peer, marked);
      },
      unchanged: editUnchanged,
    },
    after: [fileLists(on, wanted), ...('add' in change ? [unmarked(on, change.add)] : [])],
    undo: `mv ${peer.environmentFile}.weave-console-${id} ${peer.environmentFile} on ${on}. Weave reads it at its next start only (${target.address} is not touched by this).`,
    preview: (world) => {
      const file = inspectionOf(world, on)?.file;
      const lines = edit(world);
      return file === undefined || lines === null ? [] : editPreview(file, lines);
    },
  });
};

/** The address can be handed to weave as it is. */
export const addressPlain = (texts: (world: World) => readonly string[]): Check => ({
  id: 'plain-address',
  title: 'Weave takes the address as it is written',
  never: true,
  judge: (world) => {
    const strange = texts(world).find((text) => !isWeaveAddress(text));
    return strange === undefined
      ? pass('The address is a plain name or number.')
      : block(`The weave script can't be given ${JSON.stringify(strange)}: it is no plain name or number.`);
  },
});

/** What is left to do by hand where a member was away: its list, unless that was seen to be right by now. */
export const leftToDo = (): Check => ({
  id: 'left-to-do',
  title: 'Nothing is left to do by hand',
  judge: (world) => {
    const wanted = world.notes.list ?? [];
    const open = away(world).filter((id) => !sameList(listOf(world, id) ?? [], wanted));
    return open.length === 0
      ? pass('Nothing is left to do by hand.')
      : warn(`Left to do before weave starts there again: correct PEERS on ${calledAll(world, open)}.`);
  },
});
