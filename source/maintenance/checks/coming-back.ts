import type { PeerId } from '../../cluster/inventory.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { Notes, World } from '../world.ts';
import { ownedThere } from './going-down.ts';
import { observers, ownedBy } from './ring.ts';
import {
  called,
  calledAll,
  inspectionOf,
  isDown,
  nameOf,
  notInspected,
  present,
  reportOf,
  watchOf,
} from './seeing.ts';

/** The peer name that this host had when it began, or had when it was last heard. */
export const nameThen = (world: World, id: PeerId): string | null =>
  world.notes[`name:${id}`]?.[0] ?? nameOf(world, id);

/** What is only to be seen while the peer is there: its name and how much it owns. */
export const restartNotes = (world: World, id: PeerId, others: readonly PeerId[]): Notes => {
  const name = nameOf(world, id);
  const owned = ownedThere(world, id, others, name);
  return {
    ...(name === null ? {} : { [`name:${id}`]: [name] }),
    ...(owned === null || owned === 0 ? {} : { [`share:${id}`]: [String(owned)] }),
  };
};

/** Which boot of the host this is, to tell a reboot by. */
export const bootNotes = (world: World, id: PeerId): Notes => {
  const boot = inspectionOf(world, id)?.facts.bootId;
  return boot?.known ? { [`boot:${id}`]: [boot.value] } : {};
};

/** A check on what the others tell, which says nothing where nobody else was there when it began. */
export const whereOthers = (others: readonly PeerId[], check: Check): Check => ({
  ...check,
  judge: (world) =>
    present(world, others).length === 0 ? pass('Nobody else was there when this began.') : check.judge(world),
});

/** Weave is down on the host, as the host itself says. */
export const stoppedThere = (id: PeerId): Check => ({
  id: 'stopped',
  title: `Weave is stopped on ${id}`,
  judge: (world) => {
    const facts = inspectionOf(world, id)?.facts;
    const name = called(world, id);
    if (facts === undefined) return notInspected(world, id);
    const down = isDown(world, id);
    if (down === null || !facts.unit.known || !facts.container.known)
      return unknown(`Whether weave runs on ${name} could not be told.`);
    const words = `the unit is ${facts.unit.value.active || 'inactive'}, the container ${facts.container.value.status}`;
    return down ? pass(`On ${name} ${words}.`) : block(`On ${name} ${words}.`);
  },
});

/** None of the others sees the peer any more, so none of them counts on it. */
export const outOfSight = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: 'out-of-sight',
  title: `The others do not see ${id} any more`,
  judge: (world) => {
    const { reports, silent } = observers(world, others);
    if (silent.length > 0) return unknown(`${calledAll(world, silent)} told no report just now.`);
    const name = nameThen(world, id);
    const seeing = reports.filter(({ report }) =>
      name === null
        ? report.connections.some((row) => row.state === 'established' && row.address.startsWith(`${id}:`))
        : report.peers.some((peer) => peer.name === name),
    );
    const ids = (some: typeof reports) => some.map((one) => one.id);
    return seeing.length > 0
      ? block(
          `${calledAll(world, ids(seeing))} still ${seeing.length > 1 ? 'see' : 'sees'} ${called(world, id)}.`,
        )
      : pass(
          reports.length === 0
            ? 'Nobody else is there to see it.'
            : `${calledAll(world, ids(reports))} ${reports.length > 1 ? 'do' : 'does'} not see ${called(world, id)} any more.`,
        );
  },
});

const minutes = (ms: number): string =>
  ms < 60_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`;

/** The newest that the host itself told, by an inspection or by the probe that goes on beside it. */
const hostNow = (world: World, id: PeerId) => {
  const inspection = world.inspections.get(id);
  const probe = watchOf(world, id)?.lastFacts ?? null;
  if (inspection?.kind === 'inspected' && inspection.at >= (probe?.at ?? inspection.at))
    return inspection.facts;
  return inspection === undefined || (probe !== null && probe.at > inspection.at)
    ? (probe?.facts ?? null)
    : null;
};

/** The host is there again, booted anew: its boot id is another one than before. */
export const rebooted = (id: PeerId): Check => ({
  id: 'rebooted',
  title: `${id} is there again with a new boot id`,
  judge: (world) => {
    const facts = hostNow(world, id);
    const name = called(world, id);
    if (facts === null) {
      const watch = watchOf(world, id);
      const heard = Math.max(watch?.lastFacts?.at ?? 0, watch?.lastReport?.at ?? 0);
      if (heard > (world.inspections.get(id)?.at ?? world.now))
        return block(`${name} is back; its boot id is not known yet.`);
      return block(
        heard === 0
          ? `${name} is silent.`
          : `${name} is silent: it was heard last ${minutes(world.now - heard)} ago.`,
      );
    }
    const { bootId } = facts;
    const before = world.notes[`boot:${id}`]?.[0];
    if (!bootId.known) return unknown(`${name} answers and does not say its boot id: ${bootId.because}.`);
    if (before === undefined)
      return unknown(
        `${name} answers; which boot id it had before is not on record, so a reboot can't be told.`,
      );
    return bootId.value === before
      ? block(`${name} answers with the boot id that it had before: it was not rebooted yet.`)
      : pass(`${name} answers with a new boot id: it was rebooted.`);
  },
});

/** Weave is down before a person works on the host, unless the host is gone or rebooted by now. */
export const downForWork = (id: PeerId): Check => ({
  id: 'down',
  title: `Weave is down on ${id} before it is worked on`,
  judge: (world) => {
    const name = called(world, id);
    if (inspectionOf(world, id) === null) return pass(`${name} does not answer: it may be rebooting by now.`);
    if (rebooted(id).judge(world).level === 'pass') return pass(`${name} was rebooted by now.`);
    return isDown(world, id) === true
      ? pass(`Weave is down on ${name}.`)
      : warn(`Weave is not down on ${name}: a reboot would cut its links without a word.`);
  },
});

/** It came back as the peer that it was: with another name it would not own what it owns. */
export const sameName = (id: PeerId): Check => ({
  id: 'same-name',
  title: `${id} has the peer name that it had`,
  judge: (world) => {
    const before = world.notes[`name:${id}`]?.[0];
    const report = reportOf(world, id);
    if (report === null) return block(`${called(world, id)} tells no report yet.`);
    if (before === undefined) return pass(`${called(world, id)} is ${report.name}.`);
    return report.name === before
      ? pass(`${called(world, id)} is ${before}, as before.`)
      : block(
          `${called(world, id)} came back as ${report.name} and was ${before}: what it owned still belongs to the old name. Stop it and give it its old name (--name), or reclaim the old one.`,
        );
  },
});

const shares = (world: World, id: PeerId): { readonly before: number; readonly now: number } | null => {
  const report = reportOf(world, id);
  if (report === null) return null;
  return { before: Number(world.notes[`share:${id}`]?.[0] ?? 0), now: ownedBy(report, report.name) };
};

/** It owns address space again where it did before. How much may differ by what was given and taken since. */
export const shareBack = (id: PeerId): Check => ({
  id: 'share-back',
  title: `${id} owns its share again`,
  judge: (world) => {
    const share = shares(world, id);
    const name = called(world, id);
    if (share === null) return block(`${name} tells no report yet.`);
    return share.before > 0 && share.now === 0
      ? block(`${name} owned ${share.before} addresses before, and owns none now.`)
      : pass(
          `${name} owns ${share.now} addresses${share.before > 0 ? `, and owned ${share.before} before` : ''}.`,
        );
  },
});

/** At the end: its share is the very one that it was. Another one is no fault, but worth a look. */
export const shareSame = (id: PeerId): Check => ({
  id: `share:${id}`,
  title: `${id} owns as much as before`,
  judge: (world) => {
    const share = shares(world, id);
    const name = called(world, id);
    if (share === null) return unknown(`${name} tells no report just now.`);
    return share.before === 0 || share.before === share.now
      ? pass(`${name} owns ${share.now} addresses${share.before === 0 ? '' : ', as before'}.`)
      : warn(
          `${name} owns ${share.now} addresses and owned ${share.before} before: space was given or taken meanwhile.`,
        );
  },
});
