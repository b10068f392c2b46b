import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { weaveReset } from '../../commands/weave.ts';
import {
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { listOf, sameLists } from '../checks/files.ts';
import {
  containersTold,
  gone,
  handedOver,
  hasHeir,
  nothingLeft,
  notLast,
  runsThere,
  staysDown,
  unitDisabled,
} from '../checks/leaving.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import { inspectionOf, present, reportOf } from '../checks/seeing.ts';
import type { Procedure, Step } from '../step.ts';
import type { Notes, World } from '../world.ts';
import { disableStep } from './disable-step.ts';
import { retireStep } from './file-steps.ts';
import { dialNotes, forgetStep } from './forget-step.ts';
import { awayNow, leftToDo, listStep, type Plan, second, step } from './steps.ts';

/** What removing a peer is told: all members, the one that goes among them. */
export type RemovePeer = Plan;

/** Removes a live peer: the guide's *Removing a Peer*, proven by what the survivors tell. */
export const removePeer = (given: RemovePeer): Procedure => {
  const { members, target } = given;
  const survivors = members.filter(({ address }) => address !== target.address);
  const ids = survivors.map(({ address }) => address);
  return {
    kind: 'remove-peer',
    title: `Remove ${target.address}`,
    target: target.address,
    hosts: [...survivors, target],
    inspect: (host) => {
      const peer = [...survivors, target].find(({ address }) => address === host);
      if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
      return inspectCommand(peer, { ask: [], attached: host === target.address, salt: given.id });
    },
    steps: (notes) => [
      preflight(given, ids),
      disableStep(target, {
        why: 'Nothing else fences a removed host: after a reboot its unit would bring it back as a cluster of its own. Weave runs on for now.',
        before: [staysDown(target.address)],
      }),
      reset(target, ids, notes),
      ...survivors.map((peer) =>
        listStep(given, peer, { remove: target.address }, notes, {
          title: `Take ${target.address} off the list of ${peer.address}`,
          why: `Before it is forgotten: what is still on the list is dialled again after the next start of ${peer.address}.`,
        }),
      ),
      ...survivors.map((peer) => forgetStep(peer, target.address, notes)),
      retireStep(given),
      summary(ids, target.address),
    ],
  };
};

/** Notes of what only shows while the peer is there. */
const notesOf = (world: World, ids: readonly PeerId[], id: PeerId): Notes => {
  const report = reportOf(world, id);
  const list = present(world, [...ids, id])
    .map((one) => listOf(world, one))
    .find((one) => one);
  const owned = report?.ipam?.entries.filter(({ owner }) => owner === report.name) ?? [];
  const attached = inspectionOf(world, id)?.attached;
  return {
    away: awayNow(world, ids),
    list: (list ?? [...ids]).filter((one) => one !== id),
    name: report === null ? [] : [report.name],
    nickname: report === null ? [] : [report.nickname],
    owned: owned.map(({ token, size, version }) => `${token} ${size} v${version}`),
    containers: attached?.known ? attached.value : [],
    ...dialNotes(world, id, ids),
  };
};

const preflight = ({ target }: RemovePeer, ids: readonly PeerId[]): Step => {
  const id = target.address;
  return step({
    id: 'preflight',
    title: 'Look at the cluster and at the peer that goes',
    why: 'Nothing is changed. What it owns, by which strings the others dial it and which containers it has is written down now: later it does not show any more.',
    on: null,
    inspects: [id, ...ids],
    before: [
      notLast(id, ids),
      runsThere(id),
      hasHeir(id, ids),
      ...everyoneSeen(ids),
      noPartition([...ids, id]),
      sameRing([...ids, id]),
      nothingPending([...ids, id]),
      ownersInSight([...ids, id]),
      fullMesh([...ids, id]),
      namesUnique([...ids, id]),
      ...sameSettings([...ids, id]),
      sameLists([...ids, id]),
      hostReached(id),
      rootThere(id),
      staysDown(id),
      containersTold(id),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
    takesNotes: (world) => notesOf(world, ids, id),
  });
};

const reset = (target: InventoryPeer, ids: readonly PeerId[], notes: Notes): Step => {
  const id = target.address;
  return step({
    id: 'reset',
    title: `Reset weave on ${id}`,
    why: 'It hands all its addresses to one survivor, leaves the network and removes its containers and data. Its exit code says nothing of the hand-over: that is read from the survivors, for half a minute.',
    on: id,
    before: [
      notLast(id, ids),
      runsThere(id),
      hasHeir(id, ids),
      noPartition([...ids, id]),
      sameRing([...ids, id]),
      nothingPending([...ids, id]),
      unitDisabled(id),
      staysDown(id),
    ],
    action: { kind: 'command', command: () => weaveReset(target) },
    after: [handedOver(id, ids), gone(id, ids), nothingLeft(id), unitDisabled(id)],
    settle: 60 * second,
    steady: 30 * second,
    confirm: { kind: 'type', word: notes.nickname?.[0] || id },
    undo: 'Can not be undone. To have the peer back, add it again.',
  });
};

const summary = (ids: readonly PeerId[], id: PeerId): Step =>
  step({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed.',
    on: null,
    before: [
      handedOver(id, ids),
      gone(id, ids),
      noPartition(ids),
      sameRing(ids),
      nothingPending(ids),
      fullMesh(ids),
      leftToDo(),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
  });
