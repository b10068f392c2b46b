import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { addMark, marksUnchanged } from '../../commands/marks.ts';
import { isPeerName, isWeaveAddress, rmpeerNotRun, weaveRmpeer } from '../../commands/weave.ts';
import { fullMesh, namesUnique, noPartition, nothingPending, sameSettings } from '../checks/cluster.ts';
import { deadName, nameTold } from '../checks/dead-name.ts';
import {
  deadThere,
  disabledOrAway,
  saidLately,
  strangersDead,
  survivorsTold,
  unseen,
} from '../checks/dead-peer.ts';
import { listTold, sameLists } from '../checks/files.ts';
import { notLast } from '../checks/leaving.ts';
import { marked } from '../checks/marks.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { earlierEnded, notInJournal, notReclaimedBefore } from '../checks/reclaimed-before.ts';
import {
  chosenExecutor,
  didNothing,
  executorFit,
  inRing,
  notedSize,
  sameTokens,
  takenOver,
  tokensOf,
} from '../checks/reclaiming.ts';
import { sameRing } from '../checks/ring.ts';
import { reportOf } from '../checks/seeing.ts';
import type { Procedure, Step } from '../step.ts';
import type { Check } from '../verdict.ts';
import type { Notes, World } from '../world.ts';
import { disableStep } from './disable-step.ts';
import { dialNotes, farewellSteps } from './farewell-steps.ts';
import { awayNow, hostOf, leftToDo, lookStep, type Plan, second, step } from './steps.ts';

/** Takes the addresses of a dead peer over: `weave rmpeer`, once, on one survivor, and what is left of it put in order. */
export const reclaimPeer = (given: Plan): Procedure => {
  const { members, target } = given;
  const survivors = members.filter(({ address }) => address !== target.address);
  const ids = survivors.map(({ address }) => address);
  return {
    kind: 'reclaim-peer',
    title: `Reclaim ${target.address}`,
    target: target.address,
    hosts: [...survivors, target],
    goesByJournals: true,
    inspect: (host) =>
      inspectCommand(hostOf([...survivors, target], host), { ask: [], attached: false, salt: given.id }),
    steps: (notes) => [
      preflight(given, ids),
      evidence(target.address, ids, notes),
      disableStep(target, {
        why: 'Only where SSH still reaches the host: a reboot would bring it back with its old data, and it would take back what was reclaimed.',
        optional: 'The host is wiped or taken away before it can start again.',
        after: [disabledOrAway(target.address)],
      }),
      ...survivors.map((peer) => mark(given, peer, notes)),
      rmpeer(given, survivors, notes),
      ...farewellSteps(given, survivors, notes),
      summary(ids, target.address),
    ],
  };
};

/** What must hold when rmpeer is sent, and so is looked at from the beginning. */
const safe = ({ id: run, target }: Plan, ids: readonly PeerId[]): readonly Check[] => {
  const id = target.address;
  return [
    nameTold(id, ids),
    deadThere(id, ids),
    unseen(id, ids),
    ...survivorsTold(id, ids),
    strangersDead(id, ids),
    { ...noPartition(ids), never: true },
    sameRing(ids, { never: true }),
    sameTokens(id, ids),
    executorFit(id, ids),
    notReclaimedBefore(id, ids, run),
    notInJournal(id, ids, run),
    nothingPending(ids),
  ];
};

const notesOf = (world: World, ids: readonly PeerId[], id: PeerId): Notes => {
  const found = deadName(world, id, ids);
  const [name, nickname] = found.kind === 'known' ? [found.ref.name, found.ref.nickname] : [null, ''];
  const executor = chosenExecutor(world, ids);
  const report = executor === null ? null : reportOf(world, executor);
  return {
    away: awayNow(world, ids),
    list: (listTold(world, ids) ?? ids).filter((one) => one !== id),
    name: name === null ? [] : [name],
    nickname: nickname === '' ? [] : [nickname],
    executor: executor === null ? [] : [executor],
    owned: name === null || report === null ? [] : tokensOf(report, name),
    ...dialNotes(world, id, ids, nickname),
  };
};

const preflight = (given: Plan, ids: readonly PeerId[]): Step => {
  const id = given.target.address;
  return lookStep({
    id: 'preflight',
    title: 'Look at the survivors and at the dead peer',
    why: 'Nothing is changed. Its peer name, what it owns and which survivor takes that over are written down now, and stay as they are.',
    inspects: [id, ...ids],
    before: [
      notLast(id, ids),
      ...safe(given, ids),
      fullMesh(ids),
      namesUnique(ids),
      ...sameSettings(ids),
      sameLists([...ids, id]),
    ],
    takesNotes: (world) => notesOf(world, ids, id),
  });
};

/** A human's own word: nothing that a machine can see tells a dead host from one that is only cut off. */
const evidence = (id: PeerId, ids: readonly PeerId[], notes: Notes): Step => {
  const hosts = [id, ...(notes.away ?? [])].join(' and of ');
  return step({
    id: 'evidence',
    title: `Make sure that weave on ${id} is dead`,
    why: 'A host that is only cut off looks the same from here. If weave lives there, rmpeer gives its addresses to a second owner, and nothing shows for minutes.',
    on: null,
    inspects: [id, ...ids],
    before: [deadThere(id, ids), unseen(id, ids), ...survivorsTold(id, ids)],
    action: {
      kind: 'human',
      instruction: `look at the console or the power of ${hosts}, not at the network. It is dead for sure if (1) weave there is stopped, or the host is off or gone; (2) it will not start again by itself: the unit is disabled, or the host stays off; (3) its weave data will be wiped before weave ever starts there again.`,
      when: 'all three are true',
    },
    undo: 'Nothing to undo.',
  });
};

const mark = ({ id: run, target }: Plan, peer: InventoryPeer, notes: Notes): Step => {
  const [on, id] = [peer.address, target.address];
  return step({
    id: `mark:${on}`,
    title: `Put it on record on ${on}`,
    why: 'Before it happens, so that it is known everywhere even if this console dies right then: nobody may do it twice, and who comes back with old data is shown in red.',
    on,
    group: 'marks',
    optional: notes.away?.includes(on) ? `${on} was away when this began.` : undefined,
    before: [hostReached(on), rootThere(on)],
    action: {
      kind: 'command',
      command: (world) => {
        const [[name], [executor]] = [world.notes.name ?? [], world.notes.executor ?? []];
        if (name === undefined || !isPeerName(name)) return null;
        if (executor === undefined || !isWeaveAddress(executor)) return null;
        const nickname = world.notes.nickname?.[0] ?? '';
        return addMark(peer, { name, address: id, nickname, run, executor });
      },
      unchanged: marksUnchanged,
    },
    after: [marked(on, run)],
    undo: `Delete its line in ${peer.stateDir}/reclaimed on ${on}, but only if weave rmpeer was not run.`,
  });
};

/** `0 IPs taken over from NAME`, as the weave script prints it with exit 0 for any name that owns nothing. */
const tookOver = (stdout: string): number | null => {
  const said = /^(\d{1,10}) IPs taken over from /m.exec(stdout);
  return said ? Number(said[1]) : null;
};

const rmpeer = (given: Plan, survivors: readonly InventoryPeer[], notes: Notes): Step => {
  const id = given.target.address;
  const ids = survivors.map(({ address }) => address);
  const on = notes.executor?.[0] ?? ids[0] ?? id;
  const executor = survivors.find(({ address }) => address === on);
  const name = notes.name?.[0] ?? '';
  const words = name === '' ? id : `${name} (${notes.nickname?.[0] ?? id})`;
  return step({
    id: 'rmpeer',
    title: `Take over what ${words} owns, on ${on}`,
    why: `weave rmpeer, once, on ${on} and on no other host, whatever comes of it. Its exit code proves nothing: what became of the addresses is read from all survivors.`,
    on,
    inspects: [id, ...ids],
    before: [
      ...safe(given, ids),
      saidLately('evidence', id),
      // Whoever took it up again may know fewer peers than who began: those would not be asked.
      sameLists([...ids, id]),
      inRing(id, ids),
      disabledOrAway(id),
      hostReached(on),
      rootThere(on),
      ...ids.filter((one) => !notes.away?.includes(one)).map((one) => marked(one, given.id)),
      earlierEnded(id, ids, given.id),
    ],
    again: [didNothing(ids)],
    action: {
      kind: 'command',
      command: (world) => {
        const [noted] = world.notes.name ?? [];
        return executor === undefined ||
          !isWeaveAddress(executor.address) ||
          noted === undefined ||
          !isPeerName(noted)
          ? null
          : weaveRmpeer(executor, { name: noted, run: given.id });
      },
      unchanged: rmpeerNotRun,
      didNothing: (stdout) =>
        tookOver(stdout) === 0 && notedSize({ notes }) > 0
          ? `${on} says “0 IPs taken over from ${name}”, and it owned ${notedSize({ notes })}: nothing was done. Look again.`
          : null,
    },
    after: [takenOver(id, ids)],
    settle: 60 * second,
    steady: 15 * second,
    confirm: { kind: 'type', word: name === '' ? id : name },
    undo: 'Can not be undone. If the host ever comes back, wipe it before weave starts there.',
  });
};

const summary = (ids: readonly PeerId[], id: PeerId): Step =>
  lookStep({
    id: 'summary',
    title: 'Look at the whole once more',
    why: `Nothing is changed. ${id} goes to the spares. If it is ever to run weave again, wipe it first: weave-console wipe ${id}.`,
    inspects: [id],
    before: [
      takenOver(id, ids),
      unseen(id, ids),
      disabledOrAway(id),
      noPartition(ids),
      sameRing(ids),
      nothingPending(ids),
      fullMesh(ids),
      leftToDo(),
    ],
  });
