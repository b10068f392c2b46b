import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { marksUnchanged, removeMarks } from '../../commands/marks.ts';
import { unitEnableNow, unitName, unitStop } from '../../commands/unit.ts';
import { isPeerName, weaveRunsThere, weaveWipe } from '../../commands/weave.ts';
import { answers, namesUnique } from '../checks/cluster.ts';
import { outOfSight, stoppedThere } from '../checks/coming-back.ts';
import { lockedThere, underUnit } from '../checks/going-down.ts';
import { joined, sameAsMembers, unitLoaded, unitRuns } from '../checks/joining.ts';
import { nothingLeft, unitDisabled } from '../checks/leaving.ts';
import { markedNames, unmarked } from '../checks/marks.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { listComplete, listsOthers, ownListResolves } from '../checks/own-list.ts';
import { sameRing } from '../checks/ring.ts';
import {
  downToWipe,
  nothingOrphaned,
  notLargerPart,
  othersAgree,
  othersInSight,
  type Wiped,
} from '../checks/wiping.ts';
import type { Step } from '../step.ts';
import type { Check } from '../verdict.ts';
import type { Notes } from '../world.ts';
import { second, step } from './steps.ts';

/** What must be true of the others as long as something is still to be wiped, or to join them. */
export const othersWhole = (wiped: Wiped): readonly Check[] => [
  notLargerPart(wiped),
  othersAgree(wiped),
  othersInSight(wiped),
];

/** What must be so on the host that joins anew, so that it finds the others and not itself alone. */
export const canJoin = ({ id, others }: Wiped): readonly Check[] => [
  unitLoaded(id),
  listsOthers(id, others),
  listComplete(id, [...others, id]),
  ownListResolves(id),
];

/** Stops weave, so that it gives out no more by its own ring. */
export const stopStep = (target: InventoryPeer, wiped: Wiped): Step => {
  const { id, others } = wiped;
  return step({
    id: 'stop',
    title: `Stop weave on ${id}`,
    why: 'So that it gives out no more addresses by its own ring, and so that nothing of that ring is handed to the others when it is wiped.',
    on: id,
    before: [...othersWhole(wiped), nothingOrphaned(wiped), underUnit(id), lockedThere(id)],
    action: { kind: 'command', command: () => unitStop(target) },
    after: [stoppedThere(id), outOfSight(id, others)],
    settle: 90 * second,
    undo: `systemctl start ${unitName(target.unit)} on ${id}: it comes back with the ring that it had.`,
  });
};

/** Resets weave while it is down. */
export const wipeStep = (target: InventoryPeer, wiped: Wiped, notes: Notes): Step => {
  const { id, member } = wiped;
  return step({
    id: 'wipe',
    title: `Wipe the ring data of ${id}`,
    why: `It removes weave's container, its ring data (weavedb) and its bridge there, and hands nothing over: the others own what they own already. Containers there are cut off from the weave network${member ? ', and must be attached or started again afterwards' : ''}.`,
    on: id,
    before: [
      ...othersWhole(wiped),
      nothingOrphaned(wiped),
      downToWipe(id),
      ...(member ? [] : [unitDisabled(id)]),
      lockedThere(id),
    ],
    action: { kind: 'command', command: () => weaveWipe(target), unchanged: [weaveRunsThere] },
    after: [nothingLeft(id)],
    settle: 60 * second,
    confirm: { kind: 'type', word: notes.nickname?.[0] || id },
    undo: `Can not be undone: which addresses its containers had is forgotten there.`,
  });
};

/** Lets a member join anew. */
export const startStep = (target: InventoryPeer, wiped: Wiped): Step => {
  const { id, others } = wiped;
  const all = [...others, id];
  return step({
    id: 'start',
    title: `Start weave on ${id}`,
    why: 'It joins anew by its list and learns the ring from the others. It counts as joined when both sides of every link say so and its ring is theirs, token for token.',
    on: id,
    before: [...othersWhole(wiped), nothingLeft(id), ...canJoin(wiped), lockedThere(id)],
    action: { kind: 'command', command: () => unitEnableNow(target) },
    after: [
      unitRuns(id),
      answers(id),
      joined(id, others),
      sameAsMembers(id, others, { version: false }),
      sameRing(all, { byTokens: true }),
      namesUnique(all),
    ],
    settle: 120 * second,
    steady: 5 * second,
    undo: `systemctl stop ${unitName(target.unit)} on ${id}.`,
  });
};

/** Takes the host off the record of reclaimed peers that another host keeps. */
export const unmarkStep = (peer: InventoryPeer, id: PeerId): Step => {
  const on = peer.address;
  return step({
    id: `unmark:${on}`,
    title: `Take ${id} off the record of reclaimed peers on ${on}`,
    why: 'The old data is gone, so that it may be there again without an alarm. Where it was not on that record there is nothing to do.',
    on,
    group: 'unmarks',
    optional: `${on} goes on to warn of ${id}, and nothing else.`,
    before: [hostReached(on), rootThere(on), lockedThere(on)],
    action: {
      kind: 'command',
      command: (world) => {
        const noted = (world.notes[`name:${id}`] ?? []).filter(isPeerName);
        const names = [...new Set([...markedNames(world, on, id), ...noted])];
        return names.length === 0 ? null : removeMarks(peer, names);
      },
      unchanged: marksUnchanged,
    },
    after: [unmarked(on, id)],
    undo: 'Nothing to undo: the record is only a warning.',
  });
};
