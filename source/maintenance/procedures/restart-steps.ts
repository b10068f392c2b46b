import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { unitName, unitStart, unitStop } from '../../commands/unit.ts';
import { answers } from '../checks/cluster.ts';
import {
  bootNotes,
  downForWork,
  nameThen,
  outOfSight,
  rebooted,
  sameName,
  shareBack,
  stoppedThere,
  whereOthers,
} from '../checks/coming-back.ts';
import { selfRecognised } from '../checks/electing.ts';
import { encryptsAsOthers } from '../checks/encryption.ts';
import { lockedThere, notReclaimed, ringKept } from '../checks/going-down.ts';
import { joined, sameAsMembers, unitLoaded, unitRuns } from '../checks/joining.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { listComplete, listsOthers, ownListResolves } from '../checks/own-list.ts';
import { sameRing } from '../checks/ring.ts';
import { unitReadsList } from '../checks/units.ts';
import type { Step } from '../step.ts';
import type { Check } from '../verdict.ts';
import { second, step } from './steps.ts';

const minute = 60 * second;

/** What the steps of one peer's restart need to know. */
export type Restart = {
  readonly peer: InventoryPeer;
  readonly others: readonly PeerId[];
  /** `stop` as it is called among the steps: `stop`, or `stop:ADDRESS` where every peer has its turn. */
  readonly stepId: (what: 'stop' | 'work' | 'start') => string;
};

/** What the host must be like so that weave can come back there as the peer that it was. */
export const canComeBack = ({ peer, others }: Pick<Restart, 'peer' | 'others'>): readonly Check[] => {
  const id = peer.address;
  return [
    hostReached(id),
    rootThere(id),
    unitLoaded(id),
    unitReadsList(peer),
    listsOthers(id, others),
    listComplete(id, [...others, id]),
    ownListResolves(id),
    whereOthers(others, encryptsAsOthers(id, others)),
    ringKept(id, others, (world) => nameThen(world, id)),
    notReclaimed(id),
  ];
};

/** Stops weave. `before`: what must be true of the whole cluster. `optional`: why this peer may be left as it is. */
export const stopStep = (
  { peer, others, stepId }: Restart,
  { before, optional }: { readonly before: readonly Check[]; readonly optional?: string },
): Step => {
  const id = peer.address;
  return step({
    id: stepId('stop'),
    title: `Stop weave on ${id}`,
    why: 'It says goodbye to the others and keeps its name, its share and its data. Its containers are cut off from the weave network until it is up again.',
    on: id,
    ...(optional === undefined ? {} : { optional }),
    before: [...before, ...canComeBack({ peer, others }), lockedThere(id)],
    action: { kind: 'command', command: () => unitStop(peer) },
    after: [stoppedThere(id), outOfSight(id, others)],
    settle: 90 * second,
    undo: `systemctl start ${unitName(peer.unit)} on ${id}.`,
    takesNotes: (world) => bootNotes(world, id),
  });
};

/** A person patches or reboots the host; it is waited for until it is there again with another boot id. */
export const workStep = ({ peer, stepId }: Restart): Step => {
  const id = peer.address;
  return step({
    id: stepId('work'),
    title: `Patch or reboot ${id}`,
    why: 'This is yours to do: weave is down there, and the others go on. The lock ends on the host when it goes down; it holds by the others, and is taken there again when it is back.',
    on: id,
    optional: 'The host was only worked on, and not rebooted: weave is started when the work is done.',
    before: [downForWork(id)],
    action: {
      kind: 'human',
      instruction: `reboot ${id} now (sudo reboot). If it shall not be rebooted, leave this step out when your work there is done, or at once where there is none.`,
      when: 'the reboot has begun',
    },
    after: [rebooted(id)],
    settle: 60 * minute,
    undo: 'Nothing to undo here.',
  });
};

/** Starts weave where the host has not done so by itself, and proves that the peer is back, by the others' word, too. */
export const startStep = ({ peer, others, stepId }: Restart): Step => {
  const id = peer.address;
  const all = [...others, id];
  return step({
    id: stepId('start'),
    title: `Start weave on ${id}`,
    why: 'Where the unit started with the host it is found done. It counts as back when both sides of every link say so, it has its old name and share, and all tell the same ring.',
    on: id,
    before: [
      ...canComeBack({ peer, others }),
      whereOthers(others, sameRing(others, { orNone: true })),
      lockedThere(id),
    ],
    action: { kind: 'command', command: () => unitStart(peer) },
    after: [
      unitRuns(id, { enabled: false }),
      answers(id),
      whereOthers(others, joined(id, others)),
      whereOthers(others, sameAsMembers(id, others, { version: false })),
      sameName(id),
      // Without a ring its next election would count it twice until then.
      selfRecognised(id),
      sameRing(all, { orNone: true }),
      shareBack(id),
    ],
    settle: 2 * minute,
    steady: 5 * second,
    undo: `systemctl stop ${unitName(peer.unit)} on ${id}.`,
  });
};
