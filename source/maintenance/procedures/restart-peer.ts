import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { unitName } from '../../commands/unit.ts';
import {
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { restartNotes, shareSame, whereOthers } from '../checks/coming-back.ts';
import { samePassword } from '../checks/files.ts';
import {
  allThere,
  asTold,
  lockedThere,
  majorityWithout,
  nothingCutShort,
  othersOwn,
  startsWithHost,
  strictly,
  underUnit,
  versionStays,
} from '../checks/going-down.ts';
import { joined, unitRuns } from '../checks/joining.ts';
import { containersTold } from '../checks/leaving.ts';
import { clockNear } from '../checks/new-host.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import type { Procedure, Step } from '../step.ts';
import type { Check } from '../verdict.ts';
import { canComeBack, type Restart, startStep, stopStep, workStep } from './restart-steps.ts';
import { awayNow, type ClusterPlan, type Plan, step } from './steps.ts';

const WITHOUT = 'Going on does without it, and without its word on what comes.';

const find = (members: readonly InventoryPeer[], host: PeerId): InventoryPeer => {
  const peer = members.find(({ address }) => address === host);
  if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
  return peer;
};

/** Restarts one peer: stop, a person's work on the host, start. Also starts one that is stopped. */
export const restartPeer = ({ id, members, target }: Plan): Procedure => {
  const all = members.map(({ address }) => address);
  const others = all.filter((address) => address !== target.address);
  const restart: Restart = { peer: target, others, stepId: (what) => what };
  const steps = [
    preflight(restart),
    stopStep(restart, {
      before: [
        ...everyoneSeen(others, WITHOUT),
        ...(others.length === 0 ? [] : [noPartition(all)]),
        sameRing(all, { orNone: true }),
        asTold(majorityWithout(target.address, others)),
        underUnit(target.address),
      ],
    }),
    workStep(restart),
    startStep(restart),
    summary(restart),
  ];
  return {
    kind: 'restart-peer',
    title: `Restart ${target.address}`,
    target: target.address,
    hosts: members,
    inspect: (host, at) =>
      inspectCommand(find(members, host), {
        // Nothing but its boot id is asked of a host that is worked on: it may be for an hour.
        ask: host === target.address && at !== 'work' ? all : [],
        attached: host === target.address && (at === undefined || at === 'preflight'),
        salt: id,
      }),
    steps: () => steps,
  };
};

const preflight = ({ peer, others }: Restart): Step => {
  const id = peer.address;
  const all = [...others, id];
  return step({
    id: 'preflight',
    title: 'Look at the cluster and the peer',
    why: 'Nothing is changed. The others must stay whole without it, and it must be able to come back as it was. Its name and its share are written down now.',
    on: null,
    inspects: all,
    before: [
      ...canComeBack({ peer, others }),
      underUnit(id),
      lockedThere(id),
      ...everyoneSeen(others, WITHOUT),
      whereOthers(others, noPartition(all)),
      sameRing(all, { orNone: true }),
      nothingCutShort(id, all),
      majorityWithout(id, others),
      othersOwn(id, others),
      whereOthers(others, fullMesh(all)),
      namesUnique(all),
      ...sameSettings(all),
      samePassword(all),
      whereOthers(others, clockNear(id, others)),
      startsWithHost(id, unitName(peer.unit)),
      versionStays(id),
      containersTold(id, 'meanwhile'),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
    takesNotes: (world) => ({ away: awayNow(world, others), ...restartNotes(world, id, others) }),
  });
};

const summary = ({ peer, others }: Restart): Step => {
  const id = peer.address;
  const all = [...others, id];
  return step({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed.',
    on: null,
    inspects: [id],
    before: [
      unitRuns(id, { enabled: false }),
      whereOthers(others, joined(id, others)),
      whereOthers(others, noPartition(all)),
      sameRing(all, { orNone: true }),
      whereOthers(others, fullMesh(all)),
      nothingCutShort(id, all),
      ...sameSettings(all),
      shareSame(id),
      startsWithHost(id, unitName(peer.unit)),
    ],
    action: { kind: 'look' },
    undo: 'Nothing to undo.',
  });
};

/** What must be true of all peers before the next one goes down: any doubt stands in the way. */
const whole = (all: readonly PeerId[]): readonly Check[] =>
  [
    allThere(all),
    ...(all.length === 1 ? [] : [noPartition(all), fullMesh(all)]),
    sameRing(all, { orNone: true }),
    nothingPending(all),
    ownersInSight(all),
    namesUnique(all),
  ].map(strictly);

/** Restarts every peer, one after the other; each is back and the whole is whole before the next one goes down. */
export const restartAll = ({ id, members }: ClusterPlan): Procedure => {
  const all = members.map(({ address }) => address);
  const turns = members.map(
    (peer): Restart => ({
      peer,
      others: all.filter((address) => address !== peer.address),
      stepId: (what) => `${what}:${peer.address}`,
    }),
  );
  const sound = whole(all);
  const steps = [
    step({
      id: 'preflight',
      title: 'Look at the whole cluster',
      why: 'Nothing is changed. All peers must be there and agree: with less than that no peer is taken down. Names and shares are written down now.',
      on: null,
      inspects: all,
      before: [
        ...sound,
        ...sameSettings(all),
        samePassword(all),
        ...members.flatMap(({ address, unit }) => [
          startsWithHost(address, unitName(unit)),
          versionStays(address),
          containersTold(address, 'meanwhile'),
        ]),
        ...turns.slice(0, 1).map(({ peer, others }) => majorityWithout(peer.address, others)),
      ],
      action: { kind: 'look' },
      undo: 'Nothing to undo.',
      takesNotes: (world) =>
        Object.assign(
          { away: awayNow(world, all) },
          ...turns.map(({ peer, others }) => restartNotes(world, peer.address, others)),
        ),
    }),
    ...turns.flatMap((turn) => [
      stopStep(turn, {
        optional: 'This peer is left as it is; leave out its next step, too.',
        before: [
          ...sound,
          asTold(majorityWithout(turn.peer.address, turn.others)),
          othersOwn(turn.peer.address, turn.others),
          underUnit(turn.peer.address),
        ],
      }),
      workStep(turn),
      startStep(turn),
    ]),
    step({
      id: 'summary',
      title: 'Look at the whole once more',
      why: 'Nothing is changed.',
      on: null,
      inspects: all,
      before: [...sound, ...sameSettings(all), ...all.flatMap((address) => [shareSame(address)])],
      action: { kind: 'look' },
      undo: 'Nothing to undo.',
    }),
  ];
  return {
    kind: 'restart-all',
    title: 'Restart all peers',
    target: null,
    hosts: members,
    inspect: (host, at) =>
      inspectCommand(find(members, host), {
        ask: at === undefined || /^(?:stop|start):/.test(at) ? all : [],
        attached: at === undefined || at === 'preflight',
        salt: id,
      }),
    steps: () => steps,
  };
};
