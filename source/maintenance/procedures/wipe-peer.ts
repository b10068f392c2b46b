import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { marksUnchanged, removeMarks } from '../../commands/marks.ts';
import { unitDisable, unitEnableNow, unitName, unitStop } from '../../commands/unit.ts';
import { isPeerName, weaveRunsThere, weaveWipe } from '../../commands/weave.ts';
import {
  answers,
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { outOfSight, restartNotes, stoppedThere } from '../checks/coming-back.ts';
import { samePassword } from '../checks/files.ts';
import { lockedThere, underUnit } from '../checks/going-down.ts';
import { joined, sameAsMembers, unitLoaded, unitRuns } from '../checks/joining.ts';
import { containersTold, nothingLeft, staysDown, unitDisabled } from '../checks/leaving.ts';
import { markedNames, unmarked } from '../checks/marks.ts';
import { dockerRuns, hostReached, rootThere } from '../checks/new-host.ts';
import { listComplete, listsOthers, ownListResolves } from '../checks/own-list.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import { reportOf } from '../checks/seeing.ts';
import {
  downToWipe,
  inMinority,
  nothingOrphaned,
  notLargerPart,
  othersAgree,
  othersInSight,
  othersMajority,
  type Wiped,
} from '../checks/wiping.ts';
import type { Procedure, Step } from '../step.ts';
import type { Check } from '../verdict.ts';
import type { Notes } from '../world.ts';
import { retireStep } from './file-steps.ts';
import { awayNow, type Plan, second, step } from './steps.ts';

/** What wiping a peer is told: all members; the host that is wiped is one of them, or none. */
export type WipePeer = Plan;

/**
 * Wipes the ring data of a host that has the wrong ring, without handing anything over. A member joins anew; a host that
 * was removed and came back stays out.
 */
export const wipePeer = (given: WipePeer): Procedure => {
  const { id: run, members, target } = given;
  const id = target.address;
  const others = members.filter(({ address }) => address !== id);
  const hosts = [...others, target];
  const all = hosts.map(({ address }) => address);
  const wiped: Wiped = {
    id,
    others: others.map(({ address }) => address),
    member: others.length < members.length,
  };
  return {
    kind: 'wipe-peer',
    title: `Wipe ${id}`,
    target: id,
    hosts,
    inspect: (host, at) => {
      const peer = hosts.find(({ address }) => address === host);
      if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
      return inspectCommand(peer, {
        ask: host === id && wiped.member ? all : [],
        attached: host === id && (at === undefined || at === 'preflight'),
        salt: run,
      });
    },
    steps: (notes) => [
      preflight(wiped),
      stop(target, wiped),
      ...(wiped.member ? [] : [disable(target)]),
      wipe(target, wiped, notes),
      ...(wiped.member ? [start(target, wiped)] : [retireStep(given)]),
      ...others.map((peer) => unmark(peer, id)),
      wiped.member ? summaryOfMember(wiped) : summaryOfStranger(wiped),
    ],
  };
};

/** What must be true of the others as long as something is still to be wiped, or to join them. */
const othersWhole = (wiped: Wiped): readonly Check[] => [
  notLargerPart(wiped),
  othersAgree(wiped),
  othersInSight(wiped),
];

/** What must be so on the host that joins anew, so that it finds the others and not itself alone. */
const canJoin = ({ id, others }: Wiped): readonly Check[] => [
  unitLoaded(id),
  listsOthers(id, others),
  listComplete(id, [...others, id]),
  ownListResolves(id),
];

const preflight = (wiped: Wiped): Step => {
  const { id, others, member } = wiped;
  const all = [...others, id];
  return step({
    id: 'preflight',
    title: 'Look at the cluster and at the peer that is wiped',
    why: `Nothing is changed. The others must be the larger part and tell one ring; ${id} must tell another one, or be of no part in theirs.`,
    on: null,
    inspects: all,
    before: [
      ...othersWhole(wiped),
      othersMajority(wiped),
      inMinority(wiped),
      nothingOrphaned(wiped),
      ...everyoneSeen(others, 'Going on wipes by the word of those who are there.'),
      hostReached(id),
      rootThere(id),
      dockerRuns(id),
      underUnit(id),
      lockedThere(id),
      ...(member
        ? [...canJoin(wiped), namesUnique(all), ...sameSettings(all), samePassword(all)]
        : [staysDown(id)]),
      containersTold(id),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
    takesNotes: (world) => {
      const nickname = reportOf(world, id)?.nickname ?? '';
      return {
        away: awayNow(world, others),
        nickname: nickname === '' ? [] : [nickname],
        ...restartNotes(world, id, others),
      };
    },
  });
};

const stop = (target: InventoryPeer, wiped: Wiped): Step => {
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

const disable = (target: InventoryPeer): Step =>
  step({
    id: 'disable',
    title: `Keep weave from starting with ${target.address}`,
    why: 'It is no member: after a reboot its unit would bring it back once more.',
    on: target.address,
    before: [hostReached(target.address), rootThere(target.address), lockedThere(target.address)],
    action: { kind: 'command', command: () => unitDisable(target) },
    after: [unitDisabled(target.address)],
    undo: `systemctl enable ${unitName(target.unit)} on ${target.address}.`,
  });

const wipe = (target: InventoryPeer, wiped: Wiped, notes: Notes): Step => {
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

const start = (target: InventoryPeer, wiped: Wiped): Step => {
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

const unmark = (peer: InventoryPeer, id: PeerId): Step => {
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

const summaryOfMember = ({ id, others }: Wiped): Step => {
  const all = [...others, id];
  return step({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed. It owns what the ring says of its name, or nothing until its first container asks for an address: both are as they should be.',
    on: null,
    inspects: [id],
    before: [
      unitRuns(id),
      joined(id, others),
      sameRing(all, { byTokens: true }),
      ownersInSight(all),
      noPartition(all),
      fullMesh(all),
      nothingPending(all),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
  });
};

const summaryOfStranger = (wiped: Wiped): Step => {
  const { id, others } = wiped;
  return step({
    id: 'summary',
    title: 'Look at the whole once more',
    why: `Nothing is changed. Nobody may see ${id} any more, and nothing of weave is left there.`,
    on: null,
    inspects: [id],
    before: [
      nothingLeft(id),
      unitDisabled(id),
      outOfSight(id, others),
      othersAgree(wiped),
      noPartition(others),
      fullMesh(others),
      nothingPending(others),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
  });
};
