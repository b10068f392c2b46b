import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { majorityOf } from '../../cluster/quorum.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { unitEnableNow, unitName } from '../../commands/unit.ts';
import {
  answers,
  fullMesh,
  namesUnique,
  noPartition,
  nothingPending,
  sameSettings,
} from '../checks/cluster.ts';
import { fileLists } from '../checks/files.ts';
import {
  allIdle,
  allReport,
  allRun,
  enoughElectors,
  knowItself,
  noRing,
  startedWith,
  wholeRange,
} from '../checks/first-ring.ts';
import {
  allReached,
  dockerEverywhere,
  hostsUnique,
  noOldParts,
  noRingData,
  noRingDataSince,
  notAloneByMistake,
  nothingRuns,
  oneWeave,
  rootEverywhere,
} from '../checks/fresh-hosts.ts';
import { allResolve, clocksNear, portsPass, rangeFreeEverywhere } from '../checks/fresh-network.ts';
import { sameUnits, unitsFit } from '../checks/fresh-units.ts';
import { unitLoaded, unitRuns } from '../checks/joining.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { sameRing } from '../checks/ring.ts';
import {
  allSayTheSame,
  fileFits,
  filesFit,
  fullestFile,
  nobodyDropped,
  rangeIn,
  saysTheSame,
} from '../checks/same-files.ts';
import { reachable } from '../checks/seeing.ts';
import { unitReadsList } from '../checks/units.ts';
import type { Procedure, Step } from '../step.ts';
import { block, type Check } from '../verdict.ts';
import type { Notes, World } from '../world.ts';
import { fileStep, unitStep } from './file-steps.ts';
import { primeStep } from './prime-step.ts';
import { addressPlain, type ClusterPlan, hostOf, leftToDo, lookStep, second, step } from './steps.ts';

/**
 * Makes a cluster of hosts that run nothing yet: the same files everywhere, started with the complete list, and primed
 * once when every peer is linked with every other and knows itself.
 */
export const bootstrap = (plan: ClusterPlan): Procedure => {
  const { members } = plan;
  const ids = members.map(({ address }) => address);
  return {
    kind: 'bootstrap',
    title: 'Bootstrap the cluster',
    target: null,
    hosts: members,
    inspect: (host, at) =>
      inspectCommand(hostOf(members, host), {
        // Of N hosts each asks about N: only where it is looked at who reaches whom.
        ask: at === undefined || at === 'preflight' ? ids : [],
        attached: false,
        salt: plan.id,
      }),
    steps: (notes) => [
      preflight(ids),
      ...members.map((peer) => write(plan, peer, ids, notes)),
      ...members.map((peer) =>
        unitStep(peer, { id: `unit:${peer.address}`, group: 'units', ...leaveOut(peer.address, ids, notes) }),
      ),
      ...members.map((peer) => start(peer, ids, notes)),
      linked(ids, notes),
      ...prime(members, ids, notes),
      summary(ids),
    ],
  };
};

/**
 * The host whose file the others are made from, as it was noted; null: nobody had one. Empty: it is not on record, or not
 * in the config any more.
 */
const templateOf = (notes: Notes, ids: readonly PeerId[]): PeerId | null => {
  const [noted] = notes.template ?? [''];
  return noted === undefined ? null : ids.includes(noted) ? noted : '';
};

const leftOutLater =
  'Left out, it is on the lists of the others, and must be given the same files before weave starts there.';

/**
 * A host that could not be reached when this began, or was left out of a step since, may be left out of the others, too. One
 * that gets out of reach now may be left out as long as the rest is a majority; it counts as away from then on.
 */
const leaveOut = (
  id: PeerId,
  ids: readonly PeerId[],
  notes: Notes,
): Pick<Step, 'optional' | 'optionalNow' | 'takesNotes'> => {
  const away = notes.away ?? [];
  if (away.includes(id)) return { optional: `${id} was found out of reach. ${leftOutLater}` };
  const lost = (world: World) => world.inspections.get(id)?.kind === 'failed';
  const rest = ids.filter((one) => one !== id && !away.includes(one)).length;
  return {
    optionalNow: (world) =>
      lost(world) && rest >= majorityOf(ids.length)
        ? `${id} can't be reached any more, and the other ${rest} are a majority. ${leftOutLater}`
        : null,
    takesNotes: (world): Notes => (lost(world) ? { away: [...away, id] } : {}),
  };
};

/** The same once all files are written: where the template is away, any other one says the same. */
const writtenTemplate = (notes: Notes, ids: readonly PeerId[]): PeerId | null => {
  const template = templateOf(notes, ids);
  const away = notes.away ?? [];
  return template !== null && away.includes(template)
    ? (ids.find((id) => !away.includes(id)) ?? template)
    : template;
};

const preflight = (ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'preflight',
    title: 'Look at all hosts',
    why: 'Nothing is changed. Weave asks that all peers of such a cluster are set up alike; what runs somewhere already, or is left of an earlier weave, would make a second ring.',
    inspects: ids,
    before: [
      notAloneByMistake(ids),
      addressPlain(() => ids),
      allReached(ids),
      nothingRuns(ids),
      noRingData(ids),
      noOldParts(ids),
      rootEverywhere(ids),
      dockerEverywhere(ids),
      oneWeave(ids),
      hostsUnique(ids),
      filesFit(ids),
      nobodyDropped(ids),
      rangeFreeEverywhere(ids, (world) => rangeIn(world, fullestFile(world, ids))),
      allResolve(ids),
      clocksNear(ids),
      portsPass(ids),
      unitsFit(ids),
    ],
    takesNotes: (world) => {
      const template = fullestFile(world, ids);
      return {
        away: ids.filter((id) => world.inspections.get(id)?.kind === 'failed'),
        list: ids,
        template: template === null ? [] : [template],
      };
    },
  });

const write = (plan: ClusterPlan, host: InventoryPeer, ids: readonly PeerId[], notes: Notes): Step => {
  const id = host.address;
  const template = templateOf(notes, ids);
  const others =
    !template || template === id ? '' : `; what ${template} sets there is taken over, its secrets unseen`;
  return fileStep(plan.id, {
    host,
    from: template === null ? 'nobody' : (plan.members.find(({ address }) => address === template) ?? null),
    list: ids,
    exact: true,
    words: {
      id: `file:${id}`,
      title: `Write the environment file of ${id}`,
      why: `${host.environmentFile} gets the list of all ${ids.length} peers, itself too, the same on each${others}.`,
      group: 'files',
      ...leaveOut(id, ids, notes),
    },
    before: [fileFits(template, id)],
    after: template === null ? [saysTheSame(null, id)] : [],
  });
};

const start = (host: InventoryPeer, ids: readonly PeerId[], notes: Notes): Step => {
  const id = host.address;
  const template = writtenTemplate(notes, ids);
  return step({
    id: `start:${id}`,
    title: `Start weave on ${id}`,
    why: 'It dials the others by its list, and owns nothing yet. It is primed only when all run.',
    on: id,
    group: 'starts',
    ...leaveOut(id, ids, notes),
    inspects: [id, ...(!template || template === id ? [] : [template])],
    before: [
      hostReached(id),
      rootThere(id),
      wholeListWritten(id, ids),
      saysTheSame(template, id),
      unitLoaded(id),
      unitReadsList(host),
      noRingDataSince(id),
      noRing(ids),
    ],
    action: { kind: 'command', command: () => unitEnableNow(host) },
    after: [unitRuns(id), answers(id)],
    settle: 90 * second,
    undo: `systemctl disable --now ${unitName(host.unit)} and weave reset --force on ${id}.`,
  });
};

/** With a shorter list weave would count a smaller quorum, and make a cluster of its own. */
const wholeListWritten = (id: PeerId, ids: readonly PeerId[]): Check => ({
  ...fileLists(id, () => ids),
  never: true,
});

const linked = (ids: readonly PeerId[], notes: Notes): Step =>
  lookStep({
    id: 'linked',
    title: 'Wait until all are linked',
    why: 'Nothing is changed. What the quorum is counted from is fixed when prime asks for it: so every link must be up both ways, and every peer must have recognised its own address, first.',
    inspects: ids.filter((id) => !notes.away?.includes(id)),
    before: [
      allReached(ids.filter((id) => !notes.away?.includes(id))),
      allRun(ids),
      // Who can't be reached is named by the check before: with a reason the rest goes on, if it is a majority.
      { ...allReport(ids), judge: (world) => allReport(reachable(world, ids)).judge(world) },
      startedWith(ids),
      noRing(ids),
      allIdle(ids),
      fullMesh(ids, block),
      knowItself(ids),
      enoughElectors(ids),
      namesUnique(ids),
      ...sameSettings(ids),
      allSayTheSame(writtenTemplate(notes, ids), ids),
      sameUnits(ids),
    ],
    takesNotes: (world) => ({
      away: ids.filter((id) => notes.away?.includes(id) || world.inspections.get(id)?.kind === 'failed'),
    }),
  });

/** On the first host that is not away. */
const prime = (members: readonly InventoryPeer[], ids: readonly PeerId[], notes: Notes): readonly Step[] => {
  const target = members.find(({ address }) => !notes.away?.includes(address)) ?? members[0];
  return target === undefined
    ? []
    : [
        primeStep(target, ids, {
          // What `linked` saw may be hours old when somebody comes back to it.
          before: [
            answers(target.address),
            noRing(ids),
            startedWith(ids),
            allReport(ids),
            fullMesh(ids, block),
            knowItself(ids),
            namesUnique(ids),
            ...sameSettings(ids),
          ],
        }),
      ];
};

const summary = (ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: 'Nothing is changed. From now on no quorum is needed for anything.',
    before: [
      allReport(ids),
      sameRing(ids),
      wholeRange(ids),
      noPartition(ids),
      fullMesh(ids),
      nothingPending(ids),
      leftToDo(),
    ],
  });
