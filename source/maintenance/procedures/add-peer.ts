import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { unitEnableNow, unitName } from '../../commands/unit.ts';
import { isWeaveAddress, weaveConnect } from '../../commands/weave.ts';
import {
  answers,
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { listTold, sameLists, samePassword } from '../checks/files.ts';
import { inTargets, joined, sameAsMembers, unitLoaded, unitRuns } from '../checks/joining.ts';
import { liftNotes } from '../checks/marks.ts';
import {
  clockNear,
  dockerRuns,
  hostReached,
  listResolves,
  noLeftovers,
  notMember,
  portsOpen,
  rangeFree,
  rootThere,
  sameWeave,
  uniqueHost,
  unitFits,
} from '../checks/new-host.ts';
import { listsOthers } from '../checks/own-list.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import { inspectionOf } from '../checks/seeing.ts';
import type { Procedure, Step } from '../step.ts';
import type { Notes, World } from '../world.ts';
import { fileStep, unitStep } from './file-steps.ts';
import { primeStep } from './prime-step.ts';
import {
  addressPlain,
  awayNow,
  hostOf,
  leftToDo,
  listStep,
  lookStep,
  type Plan,
  second,
  step,
} from './steps.ts';

const listNow = (world: World, members: readonly PeerId[], target: PeerId): readonly string[] => [
  ...new Set([...(listTold(world, members) ?? members), ...members, target]),
];

/** Adds a peer to a running cluster: the guide's *Adding a Peer*, every step proven before the next. */
export const addPeer = (given: Plan): Procedure => {
  const { members, target } = given;
  const ids = members.map(({ address }) => address);
  const all = [...ids, target.address];
  return {
    kind: 'add-peer',
    title: `Add ${target.address}`,
    target: target.address,
    hosts: [...members, target],
    inspect: (host) =>
      inspectCommand(hostOf([...members, target], host), {
        ask: host === target.address ? all : [target.address],
        attached: false,
        salt: given.id,
      }),
    steps: (notes) => [
      preflight(given, ids),
      write(given, ids, notes),
      unitStep(target, { id: 'unit' }),
      launch(given, ids),
      prime(given, ids),
      ...members.map((peer) =>
        listStep(given, peer, { add: target.address }, notes, {
          title: `Put ${target.address} on the list of ${peer.address}`,
          why: `So that ${peer.address} dials the new peer after its next start. Weave there goes on with the list it was started with.`,
        }),
      ),
      ...members.map((peer) => connect(peer, target.address)),
      summary(ids, target.address),
    ],
  };
};

const preflight = ({ target }: Plan, ids: readonly PeerId[]): Step => {
  const id = target.address;
  return lookStep({
    id: 'preflight',
    title: 'Look at the cluster and at the new host',
    why: 'Nothing is changed. A peer is added only to a cluster that is whole, and only on a host that is clean, unique and in reach of all others.',
    inspects: [...ids, id],
    before: [
      notMember(id, ids),
      addressPlain(() => [id]),
      ...everyoneSeen(ids),
      sameRing(ids, { never: true }),
      nothingPending(ids),
      noPartition(ids),
      fullMesh(ids),
      ownersInSight(ids),
      namesUnique(ids),
      ...sameSettings(ids),
      sameLists(ids),
      samePassword(ids),
      hostReached(id),
      rootThere(id),
      dockerRuns(id),
      sameWeave(id, ids),
      noLeftovers(id),
      uniqueHost(id, ids),
      rangeFree(id, ids),
      listResolves(id, ids),
      clockNear(id, ids),
      portsOpen(id, ids),
      unitFits(id, ids),
    ],
    takesNotes: (world) => {
      const absent = awayNow(world, ids);
      const chosen = ids.find(
        (one) => !absent.includes(one) && inspectionOf(world, one)?.file.state === 'there',
      );
      return {
        away: absent,
        list: listNow(world, ids, id),
        template: chosen === undefined ? [] : [chosen],
        ...liftNotes(world, id),
      };
    },
  });
};

const write = (given: Plan, ids: readonly PeerId[], notes: Notes): Step => {
  const { target, members } = given;
  const id = target.address;
  const from = notes.template?.[0] ?? ids[0] ?? '';
  return fileStep(given.id, {
    host: target,
    from: members.find(({ address }) => address === from) ?? null,
    list: notes.list ?? [...ids, id],
    words: {
      id: 'write-file',
      title: `Write ${target.environmentFile} on ${id}`,
      why: `The list of all peers, itself and those that are away too; what else ${from} has set there is taken over, its secrets unseen. With a shorter list weave would make a cluster of its own.`,
    },
  });
};

const launch = ({ target }: Plan, ids: readonly PeerId[]): Step => {
  const id = target.address;
  return step({
    id: 'launch',
    title: `Start weave on ${id}`,
    why: 'It joins by its list; the members learn of it by the links. It counts as joined only when both sides of every link say so and it tells the same ring.',
    on: id,
    before: [
      hostReached(id),
      sameRing(ids, { never: true }),
      nothingPending(ids),
      noPartition(ids),
      listsOthers(id, ids),
      unitLoaded(id),
    ],
    action: { kind: 'command', command: () => unitEnableNow(target) },
    after: [
      unitRuns(id),
      joined(id, ids),
      sameAsMembers(id, ids),
      sameRing([...ids, id]),
      namesUnique([...ids, id]),
    ],
    settle: 90 * second,
    steady: 5 * second,
    undo: `systemctl disable ${unitName(target.unit)} and weave reset on ${id}, while it is linked.`,
  });
};

const prime = ({ target }: Plan, ids: readonly PeerId[]): Step => {
  const id = target.address;
  return primeStep(target, [...ids, id], {
    why: 'Makes sure that the new peer takes part in the ring before containers start on it. Where it tells the same ring as the members already, there is nothing left to do.',
    inspects: [id],
    before: [unitRuns(id), joined(id, ids), sameRing(ids, { never: true })],
    after: [sameRing([...ids, id]), joined(id, ids), unitRuns(id)],
    // The ring is there, so there is nobody to wait for.
    settle: 60 * second,
  });
};

const connect = (peer: InventoryPeer, address: string): Step =>
  step({
    id: `connect:${peer.address}`,
    title: `Have ${peer.address} keep a link to ${address} up`,
    why: `Weave on ${peer.address} reads the new list at its next start only. Until then it would wait for the new peer to dial after a break; with this it dials, too.`,
    on: peer.address,
    group: 'connect',
    optional: 'The new peer dials by itself, and the new list holds from the next start on.',
    inspects: [],
    before: [answers(peer.address)],
    action: {
      kind: 'command',
      command: () => (isWeaveAddress(address) ? weaveConnect(peer, address) : null),
    },
    after: [inTargets(peer.address, address)],
    undo: `weave forget ${address} on ${peer.address}.`,
  });

const summary = (ids: readonly PeerId[], id: PeerId): Step =>
  lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed. A new peer owns no addresses until its first container asks for one: that is as it should be.',
    inspects: [id],
    before: [
      unitRuns(id),
      joined(id, ids),
      sameRing([...ids, id]),
      noPartition([...ids, id]),
      fullMesh([...ids, id]),
      nothingPending([...ids, id]),
      leftToDo(),
    ],
  });
