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
import { listTold, sameLists } from '../checks/files.ts';
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
import { inspectionOf, reportOf } from '../checks/seeing.ts';
import type { Procedure, Step } from '../step.ts';
import type { Notes, World } from '../world.ts';
import { disableStep } from './disable-step.ts';
import { dialNotes, farewellSteps } from './farewell-steps.ts';
import { retireStep } from './file-steps.ts';
import { awayNow, hostOf, leftToDo, lookStep, type Plan, second, step } from './steps.ts';

/**
 * Removes a live peer, one of the members: the guide's *Removing a Peer*, proven by what the survivors tell.
 */
export const removePeer = (given: Plan): Procedure => {
  const { members, target } = given;
  const survivors = members.filter(({ address }) => address !== target.address);
  const ids = survivors.map(({ address }) => address);
  return {
    kind: 'remove-peer',
    title: `Remove ${target.address}`,
    target: target.address,
    hosts: [...survivors, target],
    inspect: (host) =>
      inspectCommand(hostOf([...survivors, target], host), {
        ask: [],
        attached: host === target.address,
        salt: given.id,
      }),
    steps: (notes) => [
      preflight(given, ids),
      disableStep(target, {
        why: 'Nothing else fences a removed host: after a reboot its unit would bring it back as a cluster of its own. Weave runs on for now.',
        before: [staysDown(target.address)],
      }),
      reset(target, ids, notes),
      ...farewellSteps(given, survivors, notes),
      retireStep(given),
      summary(ids, target.address),
    ],
  };
};

/** Notes of what only shows while the peer is there. */
const notesOf = (world: World, ids: readonly PeerId[], id: PeerId): Notes => {
  const report = reportOf(world, id);
  const owned = report?.ipam?.entries.filter(({ owner }) => owner === report.name) ?? [];
  const attached = inspectionOf(world, id)?.attached;
  return {
    away: awayNow(world, ids),
    list: (listTold(world, [...ids, id]) ?? ids).filter((one) => one !== id),
    name: report === null ? [] : [report.name],
    nickname: report === null ? [] : [report.nickname],
    owned: owned.map(({ token, size, version }) => `${token} ${size} v${version}`),
    containers: attached?.known ? attached.value : [],
    ...dialNotes(world, id, ids),
  };
};

const preflight = ({ target }: Plan, ids: readonly PeerId[]): Step => {
  const id = target.address;
  return lookStep({
    id: 'preflight',
    title: 'Look at the cluster and at the peer that goes',
    why: 'Nothing is changed. What it owns, by which strings the others dial it and which containers it has is written down now: later it does not show any more.',
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
  lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed.',
    before: [
      handedOver(id, ids),
      gone(id, ids),
      noPartition(ids),
      sameRing(ids),
      nothingPending(ids),
      fullMesh(ids),
      leftToDo(),
    ],
  });
