import { isIpv4, overlaps } from '../../cluster/cidr.ts';
import { leftoverWords } from '../../cluster/host-traces.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { Inspected } from '../inspection.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import {
  called,
  calledAll,
  factsOf,
  inspectionOf,
  listed,
  notInspected,
  reachable,
  reporting,
  reportOf,
  whyNotInspected,
} from './seeing.ts';

/** A check of what the inspection of one host tells; without one it is unknown. */
const ofHost = (
  id: PeerId,
  check: { readonly id: string; readonly title: string },
  judge: (it: Inspected, world: World, name: string) => Verdict,
): Check => ({
  ...check,
  judge: (world) => {
    const it = inspectionOf(world, id);
    return it === null ? notInspected(world, id) : judge(it, world, called(world, id));
  },
});

/** SSH and a shell work there. */
export const hostReached = (id: PeerId): Check => ({
  id: 'host-reached',
  title: `${id} can be reached`,
  judge: (world) => {
    const inspection = world.inspections.get(id);
    if (inspection === undefined) return unknown(`${id} was not inspected yet.`);
    return inspection.kind === 'failed'
      ? block(`${id} can't be reached: ${whyNotInspected(world, id)}`)
      : pass(`${called(world, id)} answers.`);
  },
});

/** Commands can be run as root, and files can be replaced safely. */
export const rootThere = (id: PeerId): Check =>
  ofHost(id, { id: 'root', title: 'Commands can be run as root there' }, ({ facts }, _, name) => {
    if (!facts.root && facts.sudo !== true)
      return block(
        `${facts.user || 'This account'} on ${name} is not root and sudo asks for a password: allow sudo without one (sudo: passwordless), or log in as root.`,
      );
    const missing = ['flock', 'awk'].filter((tool) => !facts.tools.includes(tool));
    if (missing.length > 0)
      return block(`${name} has no ${listed(missing)}, which the lock and the edits need.`);
    return pass(`Commands run as root on ${name}.`);
  });

/** The weave script is there, in the version that the members run. */
export const sameWeave = (id: PeerId, members: readonly PeerId[]): Check =>
  ofHost(
    id,
    { id: 'weave-version', title: 'The same version of weave is installed' },
    ({ facts }, world, name) => {
      const version = facts.scriptVersion;
      if (!version.known)
        return block(`Weave is not installed on ${name} as configured: ${version.because}.`);
      const theirs = [...new Set(reporting(world, members).map(({ report }) => report.version))];
      if (theirs.length === 0) return unknown('No member told its version just now.');
      if (!theirs.includes(version.value))
        return block(
          `${name} has weave ${version.value}, the members run ${listed(theirs)}: install their version there first.`,
        );
      return pass(`${name} has weave ${version.value}, as the members.`);
    },
  );

/** Docker answers. */
export const dockerRuns = (id: PeerId): Check =>
  ofHost(id, { id: 'docker', title: 'Docker runs' }, ({ docker }, _, name) =>
    docker.known
      ? pass(`Docker ${docker.value} runs on ${name}.`)
      : block(`Docker on ${name} can't be used: ${docker.because}. Start it first.`),
  );

/** Nothing is left there of an earlier life of weave, which would bring its old name and ring data with it. */
export const noLeftovers = (id: PeerId): Check =>
  ofHost(
    id,
    { id: 'clean', title: 'Nothing is left of an earlier weave' },
    ({ leftovers, facts }, _, name) => {
      const container = facts.container.known
        ? facts.container.value.status !== 'absent'
        : leftovers.container;
      const left = { ...leftovers, container };
      const there = leftoverWords(left, (part) => part === true);
      if (there.length > 0)
        return block(
          `${name} still has ${listed(there)} of an earlier weave. Look what it is; if it may go: weave reset --force there.`,
        );
      const open = leftoverWords(left, (part) => part === null);
      if (open.length > 0) return unknown(`Whether ${name} still has ${listed(open)} could not be told.`);
      return pass(`${name} has no container, ring data or bridge of an earlier weave.`);
    },
  );

/** No member has its machine id, from which weave would make the same peer name, and none its nickname. */
export const uniqueHost = (id: PeerId, members: readonly PeerId[]): Check =>
  ofHost(
    id,
    { id: 'unique-host', title: 'Its machine id and its name are its own' },
    ({ facts }, world, name) => {
      const own = facts.machineId;
      if (!own.known) return unknown(`The machine id of ${name} is not known: ${own.because}.`);
      const asked = reachable(world, members);
      for (const member of asked) {
        const theirs = factsOf(world, member)?.machineId;
        if (theirs === undefined || !theirs.known)
          return unknown(
            `Whether ${called(world, member)} has another machine id than ${name} is not known.`,
          );
        if (theirs.value === own.value)
          return block(
            `${name} has the machine id of ${called(world, member)}: it is a clone and would take its peer name. Give it a new machine id (systemd-machine-id-setup) first.`,
          );
      }
      const nicknamed = asked.filter(
        (member) =>
          (reportOf(world, member)?.nickname ?? factsOf(world, member)?.hostname) === facts.hostname,
      );
      if (nicknamed.length > 0)
        return warn(`${calledAll(world, nicknamed)} has the same host name as ${id}, ${facts.hostname}.`);
      return pass(`No member has the machine id or the host name of ${name}.`);
    },
  );

/** None of its routes lies in the range that weave hands out: launch would refuse. */
export const rangeFree = (id: PeerId, members: readonly PeerId[]): Check =>
  ofHost(
    id,
    { id: 'range-free', title: 'Its routes leave the address range free' },
    ({ routes }, world, name) => {
      const range = reporting(world, members)
        .map(({ report }) => report.ipam?.range ?? '')
        .find((one) => one !== '');
      if (range === undefined) return unknown('No member told the address range just now.');
      if (!routes.known) return unknown(`The routes of ${name} are not known: ${routes.because}.`);
      const taken = routes.value.filter((route) => overlaps(route, range));
      return taken.length > 0
        ? block(
            `${name} has a route to ${listed(taken)}, which overlaps weave's range ${range}: weave would not start there.`,
          )
        : pass(`No route of ${name} overlaps ${range}.`);
    },
  );

/** Every entry of the new list resolves on the new host, and the new entry on every member: one bad name is fatal at launch. */
export const listResolves = (id: PeerId, members: readonly PeerId[]): Check => ({
  id: 'resolves',
  title: 'Every entry of the list resolves where it is needed',
  judge: (world) => {
    const asks: (readonly [on: PeerId, address: string])[] = [
      ...[...members, id].map((address) => [id, address] as const),
      ...reachable(world, members).map((member) => [member, id] as const),
    ];
    return resolving(world, asks, 'Every entry resolves on the new host, and the new entry on the members.');
  },
});

/** Whether each of these entries resolves on its host, as the inspections tell. */
export const resolving = (
  world: World,
  asks: readonly (readonly [on: PeerId, address: string])[],
  passes: string,
): Verdict => {
  const open: string[] = [];
  for (const [on, address] of asks) {
    const said = inspectionOf(world, on)?.resolves.get(address);
    if (said === false)
      return block(
        `${address} does not resolve on ${called(world, on)}: weave would not start there with it in its list.`,
      );
    if (said !== true && !isIpv4(address)) open.push(`${address} on ${called(world, on)}`);
  }
  return open.length > 0 ? unknown(`Whether ${listed(open)} resolves is not known.`) : pass(passes);
};

const NEAR = 60_000;
const FAR = 900_000;

/** Its clock is near those of the members: weave refuses more than 15 minutes. */
export const clockNear = (id: PeerId, members: readonly PeerId[]): Check =>
  ofHost(id, { id: 'clock', title: 'Its clock agrees with the others' }, ({ skew }, world, name) => {
    const others = reachable(world, members).flatMap((member) => {
      const theirs = inspectionOf(world, member)?.skew ?? null;
      return theirs === null ? [] : [{ member, apart: Math.abs(theirs - (skew ?? 0)) }];
    });
    const [worst] = others.sort((a, b) => b.apart - a.apart);
    if (skew === null || worst === undefined) return unknown(`The clock of ${name} could not be compared.`);
    return worst.apart < NEAR
      ? pass(`The clock of ${name} is within a minute of the others.`)
      : worstClocks(world, id, worst.member, worst.apart);
  });

/** What is to be said of the two clocks that are farthest apart, `apart` in ms. */
export const worstClocks = (world: World, one: PeerId, other: PeerId, apart: number): Verdict => {
  const minutes = `${called(world, one)} and ${called(world, other)} are ${Math.max(1, Math.round(apart / 60_000))} min apart`;
  if (apart >= FAR) return block(`The clocks of ${minutes}, and weave refuses 15: set the time first.`);
  if (apart >= NEAR) return warn(`The clocks of ${minutes}: mend the time synchronisation.`);
  return pass('All clocks are within a minute of each other.');
};

/** Weave's port can be reached from the new host on every member, and from every member on the new host. */
export const portsOpen = (id: PeerId, members: readonly PeerId[]): Check => ({
  id: 'ports',
  title: 'TCP 6783 passes both ways',
  judge: (world) => {
    const open: string[] = [];
    for (const member of reachable(world, members)) {
      const out = inspectionOf(world, id)?.reaches.get(member) ?? 'unknown';
      // Where weave is not up, its port says nothing of the way there.
      if (reporting(world, [member]).length === 0) continue;
      if (out === 'unknown') open.push(`from ${called(world, id)} to ${called(world, member)}`);
      else if (out !== 'open')
        return block(
          `${called(world, member)} can't be reached on TCP 6783 from ${called(world, id)} (${out}): check the firewalls, UDP 6783 and 6784 too.`,
        );
      // Nothing listens there yet, so a refusal is as good as an answer: the way is open.
      const back = inspectionOf(world, member)?.reaches.get(id) ?? 'unknown';
      if (back === 'unknown') open.push(`from ${called(world, member)} to ${called(world, id)}`);
      else if (back === 'timeout' || back === 'unreachable')
        return block(
          `${called(world, id)} can't be reached on TCP 6783 from ${called(world, member)} (${back}): check the firewalls, UDP 6783 and 6784 too.`,
        );
      else if (back === 'open')
        return block(
          `Something answers on TCP 6783 of ${called(world, id)} already, before weave runs there.`,
        );
    }
    return open.length > 0
      ? unknown(`Whether TCP 6783 passes ${listed(open)} could not be told.`)
      : pass('TCP 6783 passes both ways. UDP 6783 and 6784 show only when the links are established.');
  },
});

/** The address is no member's yet. */
export const notMember = (id: PeerId, members: readonly PeerId[]): Check => ({
  id: 'not-member',
  title: `${id} is no member yet`,
  judge: (world) => {
    if (members.includes(id)) return block(`${id} is a member of this cluster already.`);
    return pass(`${called(world, id)} is no member yet.`);
  },
});

/** The unit there is the one that the members have. */
export const unitFits = (id: PeerId, members: readonly PeerId[]): Check =>
  ofHost(id, { id: 'unit', title: 'Its unit is like that of the members' }, ({ facts }, world, name) => {
    if (!facts.unit.known) return unknown(`The unit of ${name} is not known: ${facts.unit.because}.`);
    const { load, digest, enabled } = facts.unit.value;
    if (load === 'not-found') return pass(`${name} has no unit yet; the documented one will be installed.`);
    if (load === 'masked' || enabled === 'masked')
      return block(`The unit of ${name} is masked: systemctl unmask it there first.`);
    const others = reachable(world, members).flatMap((member) => {
      const unit = factsOf(world, member)?.unit;
      return unit?.known && unit.value.digest !== null ? [unit.value.digest] : [];
    });
    if (digest === null || others.length === 0)
      return warn(`The unit of ${name} could not be compared with the members' units.`);
    return others.includes(digest)
      ? pass(`The unit of ${name} is that of the members.`)
      : warn(`The unit of ${name} differs from the members' units: compare systemctl cat there and here.`);
  });
