import type { PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { answers, everyoneSeen, namesUnique, sameSettings } from '../checks/cluster.ts';
import { atMostOneRing, noSmallQuorum, quorumFits, selfRecognised } from '../checks/electing.ts';
import { sameLists, samePassword } from '../checks/files.ts';
import type { Procedure, Step } from '../step.ts';
import { primeStep, ringThere } from './prime-step.ts';
import { awayNow, hostOf, lookStep, type Plan } from './steps.ts';

/** Runs `weave prime` on a member and watches until the ring is there, the same on all that answer. */
export const primePeer = ({ id, members, target }: Plan): Procedure => {
  const ids = members.map(({ address }) => address);
  return {
    kind: 'prime',
    title: `Prime ${target.address}`,
    target: target.address,
    hosts: members,
    leavesNothing: true,
    inspect: (host) => inspectCommand(hostOf(members, host), { ask: [], attached: false, salt: id }),
    steps: () => [preflight(target.address, ids), prime(target, ids), summary(target.address, ids)],
  };
};

const preflight = (id: PeerId, ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'preflight',
    title: 'Look at the cluster',
    why: 'Nothing is changed. The first ring is made once, by the peers that are there, and by the list that each was started with: a list that is wrong now makes two rings, which never merge.',
    inspects: ids,
    before: [
      answers(id),
      atMostOneRing(ids),
      ...everyoneSeen(
        ids.filter((one) => one !== id),
        'It does not count for the quorum; it gets the ring when it comes.',
      ),
      sameLists(ids),
      namesUnique(ids),
      ...sameSettings(ids),
      samePassword(ids),
      selfRecognised(id),
      quorumFits(id, ids),
      noSmallQuorum(
        id,
        ids,
        ids.filter((one) => one !== id),
      ),
    ],
    takesNotes: (world) => ({ away: awayNow(world, ids) }),
  });

const prime = (target: Plan['target'], ids: readonly PeerId[]): Step =>
  primeStep(target, ids, {
    // Weave may have been started anew since the first look, with another list.
    before: [
      answers(target.address),
      atMostOneRing(ids),
      selfRecognised(target.address),
      noSmallQuorum(target.address, ids, ids),
    ],
  });

const summary = (id: PeerId, ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed. Who was away gets the ring when it comes; a peer may own no addresses until its first container asks for one.',
    inspects: [],
    before: [answers(id), ringThere(ids), namesUnique(ids)],
  });
