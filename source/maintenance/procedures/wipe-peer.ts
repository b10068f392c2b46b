import { inspectCommand } from '../../commands/inspect.ts';
import {
  everyoneSeen,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { outOfSight, restartNotes } from '../checks/coming-back.ts';
import { samePassword } from '../checks/files.ts';
import { lockedThere, underUnit } from '../checks/going-down.ts';
import { joined, unitRuns } from '../checks/joining.ts';
import { containersTold, nothingLeft, staysDown, unitDisabled } from '../checks/leaving.ts';
import { liftNotes } from '../checks/marks.ts';
import { dockerRuns, hostReached, rootThere } from '../checks/new-host.ts';
import { ownersInSight, sameRing } from '../checks/ring.ts';
import { reportOf } from '../checks/seeing.ts';
import { inMinority, nothingOrphaned, othersAgree, othersMajority, type Wiped } from '../checks/wiping.ts';
import type { Procedure, Step } from '../step.ts';
import { disableStep } from './disable-step.ts';
import { retireStep } from './file-steps.ts';
import { awayNow, hostOf, lookStep, type Plan } from './steps.ts';
import { canJoin, othersWhole, startStep, stopStep, unmarkStep, wipeStep } from './wipe-steps.ts';

/**
 * Wipes the ring data of a host that has the wrong ring, without handing anything over. A member joins anew; a host that
 * is none, because it was removed and came back, stays out.
 */
export const wipePeer = (given: Plan): Procedure => {
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
    inspect: (host, at) =>
      inspectCommand(hostOf(hosts, host), {
        ask: host === id && wiped.member ? all : [],
        attached: host === id && (at === undefined || at === 'preflight'),
        salt: run,
      }),
    steps: (notes) => [
      preflight(wiped),
      stopStep(target, wiped),
      ...(wiped.member
        ? []
        : [
            disableStep(target, {
              why: 'It is no member: after a reboot its unit would bring it back once more.',
              before: [lockedThere(id)],
            }),
          ]),
      wipeStep(target, wiped, notes),
      ...(wiped.member ? [startStep(target, wiped)] : [retireStep(given)]),
      ...others.map((peer) => unmarkStep(peer, id)),
      wiped.member ? summaryOfMember(wiped) : summaryOfStranger(wiped),
    ],
  };
};

const preflight = (wiped: Wiped): Step => {
  const { id, others, member } = wiped;
  const all = [...others, id];
  return lookStep({
    id: 'preflight',
    title: 'Look at the cluster and at the peer that is wiped',
    why: `Nothing is changed. The others must be the larger part and tell one ring; ${id} must tell another one, or be of no part in theirs.`,
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
    takesNotes: (world) => {
      const nickname = reportOf(world, id)?.nickname ?? '';
      return {
        away: awayNow(world, others),
        ...liftNotes(world, id),
        nickname: nickname === '' ? [] : [nickname],
        ...restartNotes(world, id, others),
      };
    },
  });
};

const summaryOfMember = ({ id, others }: Wiped): Step => {
  const all = [...others, id];
  return lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed. It owns what the ring says of its name, or nothing until its first container asks for an address: both are as they should be.',
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
  });
};

const summaryOfStranger = (wiped: Wiped): Step => {
  const { id, others } = wiped;
  return lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: `Nothing is changed. Nobody may see ${id} any more, and nothing of weave is left there.`,
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
  });
};
