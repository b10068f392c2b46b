import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { inspectCommand } from '../../commands/inspect.ts';
import { unitEnable, unitName } from '../../commands/unit.ts';
import {
  everyHostReached,
  filesOf,
  filesRead,
  listsTold,
  outOfReach,
  referenceAsNoted,
  referenceFound,
  secretsDecided,
  settingsDecided,
} from '../checks/agreement.ts';
import { canBeEnabled, unitEnabled } from '../checks/enabling.ts';
import { encryptionKept } from '../checks/encryption.ts';
import { membersListed, noStrangers, wantedList } from '../checks/member-list.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { inspectionOf } from '../checks/seeing.ts';
import {
  clocksAlike,
  encryptionAsFiles,
  filesAlike,
  runningAlike,
  targetsAlike,
  unitsAlike,
} from '../checks/still-differs.ts';
import { unitReference, unitsDecided } from '../checks/units.ts';
import { referenceOf } from '../settings.ts';
import type { Procedure, Step } from '../step.ts';
import type { Notes, World } from '../world.ts';
import { fileStep } from './file-steps.ts';
import { type ClusterPlan, hostOf, lookStep, step } from './steps.ts';
import { copyUnitStep } from './unit-steps.ts';

/**
 * Makes lists, settings and units the same again, one host after the other, by what most have. Nothing is started, stopped
 * or restarted: a running weave reads none of it before its next start.
 */
export const alignConfig = (given: ClusterPlan): Procedure => {
  const { id, members } = given;
  const ids = members.map(({ address }) => address);
  return {
    kind: 'align',
    title: 'Align all peers',
    target: null,
    hosts: members,
    inspect: (host) => inspectCommand(hostOf(members, host), { ask: [], attached: false, salt: id }),
    steps: (notes) => [
      preflight(ids),
      ...members.map((peer) => file(given, peer, notes)),
      ...members.map((host) =>
        copyUnitStep(id, { host, members, noted: notes.unit, optional: mayStay(host.address, notes) }),
      ),
      ...members.map((peer) => enable(peer, notes)),
      summary(ids),
    ],
  };
};

/** A host with the stamp of its file, as a note, which says nothing of what the file holds; nothing where there is none. */
const noteOf = (world: World, id: PeerId | null): readonly string[] => {
  const file = id === null ? null : inspectionOf(world, id)?.file;
  return id === null || !file?.digest ? [] : [id, file.stamp ?? ''];
};

const unitNote = (world: World, id: PeerId | null): readonly string[] => {
  const unit = id === null ? null : inspectionOf(world, id)?.unitFile;
  return id === null || !unit?.digest ? [] : [id, unit.stamp ?? ''];
};

const preflight = (ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'preflight',
    title: 'Look at all hosts',
    why: 'Nothing is changed. Right is what most of them have; what differs from that is shown, and written one host after the other. What is the same already costs no key.',
    inspects: ids,
    before: [
      ...everyHostReached(ids),
      filesRead(ids),
      listsTold(ids),
      noStrangers(ids),
      membersListed(ids),
      secretsDecided(ids),
      encryptionKept(ids),
      settingsDecided(ids),
      referenceFound(ids),
      unitsDecided(ids),
    ],
    takesNotes: (world) => ({
      away: outOfReach(world, ids),
      list: wantedList(world, ids),
      reference: noteOf(world, referenceOf(filesOf(world, ids))),
      unit: unitNote(world, unitReference(world, ids)),
    }),
  });

/** Why a host may be left as it is. */
const mayStay = (id: PeerId, notes: Notes): string =>
  notes.away?.includes(id)
    ? `${id} was away when this began. Left out, it stays as it is: align again before weave starts there.`
    : `The other hosts do not need it. Left out, ${id} stays as it is.`;

const file = ({ id: run, members }: ClusterPlan, host: InventoryPeer, notes: Notes): Step => {
  const id = host.address;
  const [from = ''] = notes.reference ?? [];
  const made = fileStep(run, {
    host,
    from: members.find(({ address }) => address === from) ?? null,
    list: notes.list ?? members.map(({ address }) => address),
    exact: true,
    words: {
      id: `file:${id}`,
      title: `Align the file of ${id}`,
      why: `${host.environmentFile} gets the list of all members, and what ${from || 'the file that most agree with'} sets, its secrets unseen; comments stay. Weave on ${id} runs on with what it was started with: it reads the file at its next start only.`,
      optional: mayStay(id, notes),
    },
  });
  return {
    ...made,
    before: [referenceAsNoted(notes.reference, id), ...made.before],
    // The list of the file that is copied from may change, too; from then on it is the new file that counts.
    ...(from === id ? { takesNotes: (world: World) => ({ reference: noteOf(world, id) }) } : {}),
  };
};

const enable = (host: InventoryPeer, notes: Notes): Step => {
  const id = host.address;
  return step({
    id: `enable:${id}`,
    title: `Enable weave on ${id}`,
    why: `Its unit is not enabled, so after a reboot of ${id} weave would stay down. This starts nothing now.`,
    on: id,
    group: 'enables',
    optional: mayStay(id, notes),
    before: [hostReached(id), rootThere(id), canBeEnabled(id)],
    action: { kind: 'command', command: () => unitEnable(host) },
    after: [unitEnabled(id)],
    undo: `systemctl disable ${unitName(host.unit)} on ${id}.`,
  });
};

const summary = (ids: readonly PeerId[]): Step =>
  lookStep({
    id: 'summary',
    title: 'Look at what still differs',
    why: 'Nothing is changed, and nothing was restarted: what the running peers were started with may still differ.',
    inspects: ids,
    before: [
      filesAlike(ids),
      unitsAlike(ids),
      runningAlike(ids),
      targetsAlike(ids),
      encryptionAsFiles(ids),
      clocksAlike(ids),
    ],
  });
