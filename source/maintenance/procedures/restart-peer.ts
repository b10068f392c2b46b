import { inspectCommand } from '../../commands/inspect.ts';
import { unitName } from '../../commands/unit.ts';
import { everyoneSeen, fullMesh, namesUnique, noPartition, sameSettings } from '../checks/cluster.ts';
import { restartNotes, shareSame, whereOthers } from '../checks/coming-back.ts';
import { samePassword } from '../checks/files.ts';
import { lockedThere, startsWithHost, underUnit, versionStays } from '../checks/going-down.ts';
import { joined, unitRuns } from '../checks/joining.ts';
import { containersTold } from '../checks/leaving.ts';
import { clockNear } from '../checks/new-host.ts';
import { sameRing } from '../checks/ring.ts';
import { asTold, majorityWithout, nothingCutShort, othersOwn } from '../checks/staying.ts';
import type { Procedure, Step } from '../step.ts';
import { canComeBack, type Restart, startStep, stopStep, workStep } from './restart-steps.ts';
import { awayNow, hostOf, lookStep, type Plan } from './steps.ts';

const WITHOUT = 'Going on does without it, and without its word on what comes.';

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
        othersOwn(target.address, others),
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
      inspectCommand(hostOf(members, host), {
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
  return lookStep({
    id: 'preflight',
    title: 'Look at the cluster and the peer',
    why: 'Nothing is changed. The others must stay whole without it, and it must be able to come back as it was. Its name and its share are written down now.',
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
    takesNotes: (world) => ({ away: awayNow(world, others), ...restartNotes(world, id, others) }),
  });
};

const summary = ({ peer, others }: Restart): Step => {
  const id = peer.address;
  const all = [...others, id];
  return lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed.',
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
  });
};
