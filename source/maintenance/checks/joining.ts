import type { PeerId } from '../../cluster/inventory.ts';
import { startsAtBoot } from '../../cluster/unit-files.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import { linked } from './cluster.ts';
import { observers } from './ring.ts';
import { called, calledAll, inspectionOf, notInspected, reportOf, seen } from './seeing.ts';

/** Systemd says that the unit is there to be started. */
export const unitLoaded = (id: PeerId): Check => ({
  id: 'unit-loaded',
  title: `The unit of ${id} is installed`,
  judge: (world) => {
    const unit = inspectionOf(world, id)?.facts.unit;
    if (unit === undefined) return notInspected(world, id);
    if (!unit.known) return unknown(`The unit of ${called(world, id)} is not known: ${unit.because}.`);
    return unit.value.load === 'loaded'
      ? pass(`${called(world, id)} has the unit ${unit.value.fragment}.`)
      : block(`${called(world, id)} has no unit for weave (${unit.value.load}).`);
  },
});

/** The unit runs now, and after a reboot unless that is not asked for; the container runs. */
export const unitRuns = (
  id: PeerId,
  { enabled: asked = true }: { readonly enabled?: boolean } = {},
): Check => ({
  id: 'unit-runs',
  title: asked ? `Weave runs on ${id} and starts with the host` : `Weave runs on ${id}`,
  judge: (world) => {
    const facts = inspectionOf(world, id)?.facts;
    if (facts === undefined) return notInspected(world, id);
    if (!facts.unit.known || !facts.container.known)
      return unknown(`Whether weave runs on ${called(world, id)} could not be told.`);
    const { active, enabled } = facts.unit.value;
    const { status } = facts.container.value;
    const words = `the unit is ${active} and ${enabled || 'not enabled'}, the container ${status}`;
    return active === 'active' && (!asked || startsAtBoot(enabled)) && status === 'running'
      ? pass(`On ${called(world, id)} ${words}.`)
      : block(`On ${called(world, id)} ${words}. Its log tells why.`);
  },
});

/** The new peer has an established link to every member that answers, and each of those one to it. */
export const joined = (id: PeerId, members: readonly PeerId[]): Check => ({
  id: 'joined',
  title: `${id} and the members are linked, as both sides tell`,
  judge: (world) => {
    const it = seen(world, id);
    if (it.kind === 'none') return block(`${called(world, id)} tells no report: ${it.why}.`);
    const { reports, silent } = observers(world, members);
    if (silent.length > 0) return unknown(`${calledAll(world, silent)} told no report just now.`);
    if (reports.length === 0) return unknown('No member told a report just now.');
    const { report } = it;
    const out = reports.filter((other) => !linked(report, other.report.name)).map((other) => other.id);
    if (out.length > 0)
      return block(`${called(world, id)} has no established link to ${calledAll(world, out)} yet.`);
    const back = reports.filter((other) => !linked(other.report, report.name)).map((other) => other.id);
    if (back.length > 0)
      return block(
        `${calledAll(world, back)} ${back.length > 1 ? 'tell' : 'tells'} of no established link to ${called(world, id)} yet.`,
      );
    return pass(
      `${called(world, id)} and ${calledAll(
        world,
        reports.map((one) => one.id),
      )} are linked, as both sides tell.`,
    );
  },
});

/** The peer's settings are the members'; but for the version where `version` is false, as in an upgrade peer by peer. */
export const sameAsMembers = (
  id: PeerId,
  members: readonly PeerId[],
  { version = true }: { readonly version?: boolean } = {},
): Check => ({
  id: 'same-settings',
  title: `${id} has the ${version ? 'version, ' : ''}range and encryption of the members`,
  judge: (world) => {
    const report = reportOf(world, id);
    const [member] = observers(world, members).reports;
    if (report === null || member === undefined)
      return unknown(`${called(world, id)} and a member must both tell a report for this.`);
    const pairs = [
      ...(version ? [['version', report.version, member.report.version] as const] : []),
      ['range', report.ipam?.range, member.report.ipam?.range],
      ['default subnet', report.ipam?.defaultSubnet, member.report.ipam?.defaultSubnet],
      ['encryption', report.encryption ? 'on' : 'off', member.report.encryption ? 'on' : 'off'],
    ] as const;
    const [other] = pairs.filter(([, ours, theirs]) => ours !== theirs);
    if (other)
      return block(
        `${called(world, id)} has ${other[0]} ${other[1] ?? 'none'}, ${called(world, member.id)} has ${other[2] ?? 'none'}.`,
      );
    return pass(
      `${called(world, id)} has the ${version ? 'version, ' : ''}range and encryption of ${called(world, member.id)}.`,
    );
  },
});

/** A member keeps dialling the new peer: its address is in Targets. */
export const inTargets = (id: PeerId, address: string): Check => ({
  id: `target:${id}`,
  title: `${id} keeps a link to ${address} up by itself`,
  judge: (world) => {
    const it = seen(world, id);
    if (it.kind === 'none') return unknown(`${called(world, id)} tells no report: ${it.why}.`);
    return it.report.targets.includes(address)
      ? pass(`${address} is among the targets of ${called(world, id)}.`)
      : block(`${address} is not among the targets of ${called(world, id)}.`);
  },
});
