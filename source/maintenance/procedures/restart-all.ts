import type { PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { unitName } from '../../commands/unit.ts';
import { fullMesh, namesUnique, noPartition, nothingPending, sameSettings } from '../checks/cluster.ts';
import { restartNotes, shareSame } from '../checks/coming-back.ts';
import { encryptsAsOthers } from '../checks/encryption.ts';
import { samePassword } from '../checks/files.ts';
import { startsWithHost, underUnit, versionStays } from '../checks/going-down.ts';
import { containersTold } from '../checks/leaving.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import { allThere, asTold, majorityWithout, othersOwn, strictly } from '../checks/staying.ts';
import type { Procedure } from '../step.ts';
import type { Check } from '../verdict.ts';
import { type Restart, startStep, stopStep, workStep } from './restart-steps.ts';
import { awayNow, type ClusterPlan, hostOf, lookStep } from './steps.ts';

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
    lookStep({
      id: 'preflight',
      title: 'Look at the whole cluster',
      why: 'Nothing is changed. All peers must be there and agree: with less than that no peer is taken down. Names and shares are written down now.',
      inspects: all,
      before: [
        ...sound,
        ...sameSettings(all),
        samePassword(all),
        ...turns.map(({ peer, others }) => encryptsAsOthers(peer.address, others)),
        ...members.flatMap(({ address, unit }) => [
          startsWithHost(address, unitName(unit)),
          versionStays(address),
          containersTold(address, 'meanwhile'),
        ]),
        ...turns.slice(0, 1).map(({ peer, others }) => majorityWithout(peer.address, others)),
      ],
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
    lookStep({
      id: 'summary',
      title: 'Look at the whole once more',
      why: 'Nothing is changed.',
      inspects: all,
      before: [...sound, ...sameSettings(all), ...all.flatMap((address) => [shareSame(address)])],
    }),
  ];
  return {
    kind: 'restart-all',
    title: 'Restart all peers',
    target: null,
    hosts: members,
    inspect: (host, at) =>
      inspectCommand(hostOf(members, host), {
        ask: at === undefined || /^(?:stop|start):/.test(at) ? all : [],
        attached: at === undefined || at === 'preflight',
        salt: id,
      }),
    steps: () => steps,
  };
};
