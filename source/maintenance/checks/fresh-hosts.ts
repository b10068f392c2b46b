import { overlaps } from '../../cluster/cidr.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerReport } from '../../cluster/peer-report.ts';
import { unitText } from '../../commands/unit.ts';
import type { Inspection } from '../inspection.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { dockerRuns, hostReached, resolving, rootThere, uniqueHost, worstClocks } from './new-host.ts';
import { ofEach, together } from './of-each.ts';
import {
  called,
  calledAll,
  inspectionOf,
  listed,
  reachable,
  reportOf,
  watchOf,
  whyNotInspected,
} from './seeing.ts';

const entriesOf = (report: PeerReport): number => report.ipam?.entries.length ?? 0;

type Inspected = Extract<Inspection, { kind: 'inspected' }>;

const ofHosts = (
  ids: readonly PeerId[],
  given: Pick<Check, 'id' | 'title' | 'never'> & { readonly passes: string },
  judge: (it: Inspected, name: string, world: World) => Verdict,
): Check =>
  ofEach(ids, given, (id, world) => {
    const it = inspectionOf(world, id);
    return it === null
      ? unknown(`${called(world, id)} could not be inspected: ${whyNotInspected(world, id)}`)
      : judge(it, called(world, id), world);
  });

/** Every host answers: one that doesn't would count in the quorum, and nobody knows what runs there. */
export const allReached = (ids: readonly PeerId[]): Check => ({
  id: 'hosts-reached',
  title: 'Every host can be reached',
  judge: (world) =>
    together(
      ids.map((id) => hostReached(id).judge(world)),
      `All ${ids.length} hosts answer.`,
    ),
});

/** Weave runs on none of them: what a cluster already has would be started a second time, with another list. */
export const nothingRuns = (ids: readonly PeerId[]): Check =>
  ofHosts(
    ids,
    { id: 'nothing-runs', title: 'Weave runs on no host yet', passes: 'Weave runs on none of them.' },
    ({ facts, host }, name, world) => {
      const report = reportOf(world, host);
      if (report !== null)
        return block(
          entriesOf(report) === 0
            ? `Weave runs on ${name} already, without a ring: go on with the bootstrap that started it, or stop and reset it there first.`
            : `Weave runs on ${name} already, with a ring of ${entriesOf(report)} entries: it belongs to a cluster.`,
        );
      const { unit, container } = facts;
      if (!container.known)
        return unknown(`Whether weave runs on ${name} could not be told: ${container.because}.`);
      if (container.value.status === 'running')
        return block(`A weave container runs on ${name}, and no report can be had of it: look what it is.`);
      if (unit.known && (unit.value.active === 'active' || unit.value.active === 'activating'))
        return block(`The unit of ${name} is ${unit.value.active} already: stop it first.`);
      return pass(name);
    },
  );

/** None has ring data: weave would start with that ring, and the others would take it for theirs. */
export const noRingData = (ids: readonly PeerId[]): Check =>
  ofHosts(
    ids,
    {
      id: 'no-ring-data',
      title: 'No host has ring data of an earlier weave',
      never: true,
      passes: 'None of them has a weavedb volume.',
    },
    ({ leftovers, host }, name, world) => {
      const report = reportOf(world, host);
      // While weave runs without a ring, so does its volume.
      if (report !== null && entriesOf(report) === 0) return pass(name);
      if (leftovers.volume === null)
        return unknown(`Whether ${name} has ring data (weavedb) could not be told.`);
      return leftovers.volume
        ? block(
            `${name} has ring data (weavedb) of an earlier weave. Look what it is; if it may go: weave reset --force there.`,
          )
        : pass(name);
    },
  );

/** Neither a stopped container nor a bridge, which would bring an old peer name, is left. */
export const noOldParts = (ids: readonly PeerId[]): Check =>
  ofHosts(
    ids,
    {
      id: 'clean',
      title: 'No host has a container or bridge of an earlier weave',
      passes: 'None of them has a weave container or bridge.',
    },
    ({ leftovers, facts }, name) => {
      const { container } = facts;
      const parts = [
        [
          'a weave container',
          container.known
            ? container.value.status !== 'absent' && container.value.status !== 'running'
            : leftovers.container,
        ],
        ['a weave bridge, with the peer name it had', leftovers.bridge],
      ] as const;
      const there = parts.filter(([, left]) => left === true).map(([part]) => part);
      if (there.length > 0)
        return block(
          `${name} still has ${listed(there)}. Look what it is; if it may go: weave reset --force there.`,
        );
      const open = parts.filter(([, left]) => left === null).map(([part]) => part);
      return open.length > 0
        ? unknown(`Whether ${name} still has ${listed(open)} could not be told.`)
        : pass(name);
    },
  );

/** Commands run as root everywhere, with what lock and edits need. */
export const rootEverywhere = (ids: readonly PeerId[]): Check =>
  ofEach(
    ids,
    { id: 'root', title: 'Commands can be run as root everywhere', passes: 'Commands run as root on all.' },
    (id, world) => rootThere(id).judge(world),
  );

export const dockerEverywhere = (ids: readonly PeerId[]): Check =>
  ofEach(ids, { id: 'docker', title: 'Docker runs everywhere', passes: 'Docker runs on all.' }, (id, world) =>
    dockerRuns(id).judge(world),
  );

/** The same weave script is installed on all of them. */
export const oneWeave = (ids: readonly PeerId[]): Check => ({
  id: 'weave-version',
  title: 'The same version of weave is installed everywhere',
  judge: (world) => {
    const asked = reachable(world, ids);
    const versions = new Map<string, PeerId[]>();
    const wrong: Verdict[] = [];
    for (const id of asked) {
      const version = inspectionOf(world, id)?.facts.scriptVersion;
      if (version === undefined) wrong.push(unknown(`${called(world, id)} was not inspected yet.`));
      else if (!version.known)
        wrong.push(
          block(`Weave is not installed on ${called(world, id)} as configured: ${version.because}.`),
        );
      else versions.set(version.value, [...(versions.get(version.value) ?? []), id]);
    }
    if (versions.size > 1) {
      const said = [...versions].map(([version, on]) => `${version} on ${calledAll(world, on)}`);
      wrong.push(block(`There is weave ${said.join(', ')}: install one version everywhere first.`));
    }
    if (asked.length === 0) return unknown('No host could be asked.');
    return together(wrong, `All have weave ${[...versions.keys()].join()}.`);
  },
});

/** No two have the same machine id, from which weave makes the peer name, or the same host name. */
export const hostsUnique = (ids: readonly PeerId[]): Check =>
  ofEach(
    ids,
    {
      id: 'unique-hosts',
      title: 'Every machine id and host name is there once',
      passes: 'No two of them share one.',
    },
    (id, world) => uniqueHost(id, ids.slice(0, ids.indexOf(id))).judge(world),
  );

/** No route lies in the range that weave will hand out: launch would refuse. `range`: null where it is not known. */
export const rangeFreeEverywhere = (
  ids: readonly PeerId[],
  range: (world: World) => string | null,
): Check => ({
  id: 'range-free',
  title: 'The routes leave the address range free',
  judge: (world) => {
    const wanted = range(world);
    if (wanted === null) return unknown('Which address range weave will have could not be told.');
    return ofHosts(ids, { id: '', title: '', passes: `No route overlaps ${wanted}.` }, ({ routes }, name) => {
      if (!routes.known) return unknown(`The routes of ${name} are not known: ${routes.because}.`);
      const taken = routes.value.filter((route) => overlaps(route, wanted));
      return taken.length > 0
        ? block(
            `${name} has a route to ${listed(taken)}, which overlaps weave's range ${wanted}: weave would not start there.`,
          )
        : pass(name);
    }).judge(world);
  },
});

/** Every entry of the list resolves on every host. */
export const allResolve = (ids: readonly PeerId[]): Check => ({
  id: 'resolves',
  title: 'Every entry of the list resolves everywhere',
  judge: (world) =>
    resolving(
      world,
      reachable(world, ids).flatMap((on) => ids.map((address) => [on, address] as const)),
      'Every entry resolves on every host.',
    ),
});

/** No two clocks are far apart: weave refuses more than 15 minutes. */
export const clocksNear = (ids: readonly PeerId[]): Check => ({
  id: 'clocks',
  title: 'The clocks agree',
  judge: (world) => {
    const told = reachable(world, ids).map((id) => ({ id, skew: inspectionOf(world, id)?.skew ?? null }));
    const open = told.filter(({ skew }) => skew === null).map(({ id }) => id);
    if (open.length > 0) return unknown(`The clock of ${calledAll(world, open)} could not be read.`);
    const sorted = told.toSorted((a, b) => (a.skew ?? 0) - (b.skew ?? 0));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first === undefined || last === undefined) return unknown('No host could be asked.');
    return worstClocks(world, first.id, last.id, (last.skew ?? 0) - (first.skew ?? 0));
  },
});

/** TCP 6783 passes between every two of them, both ways, and nothing answers there. A refusal is as good as an answer. */
export const portsPass = (ids: readonly PeerId[]): Check => ({
  id: 'ports',
  title: 'TCP 6783 passes between all of them',
  judge: (world) => {
    const asked = reachable(world, ids);
    const [busy, barred, open] = [new Set<PeerId>(), new Set<string>(), new Set<string>()];
    for (const on of asked)
      for (const to of asked) {
        const reach = on === to ? 'refused' : (inspectionOf(world, on)?.reaches.get(to) ?? 'unknown');
        const way = `from ${called(world, on)} to ${called(world, to)}`;
        if (reach === 'open') busy.add(to);
        else if (reach === 'unknown') open.add(way);
        else if (reach !== 'refused') barred.add(`${way} (${reach})`);
      }
    return together(
      [
        ...(busy.size === 0
          ? []
          : [
              block(
                `Something answers on TCP 6783 of ${calledAll(world, [...busy])} already: look what it is.`,
              ),
            ]),
        ...(barred.size === 0
          ? []
          : [
              block(
                `TCP 6783 does not pass ${listed([...barred])}: check the firewalls, UDP 6783 and 6784 too.`,
              ),
            ]),
        ...(open.size === 0
          ? []
          : [unknown(`Whether TCP 6783 passes ${listed([...open])} could not be told.`)]),
      ],
      asked.length === 1
        ? 'There is one host only.'
        : 'TCP 6783 passes between all. UDP 6783 and 6784 show only when the links are established.',
    );
  },
});

/** The unit there is, line for line and without drop-ins, what a host without one would get. */
const hasConfiguredUnit = (world: World, id: PeerId): boolean => {
  const [unit, peer] = [inspectionOf(world, id)?.unitFile, watchOf(world, id)?.peer];
  if (unit === undefined || peer === undefined || unit.dropIns.length > 0) return false;
  return unit.lines.join('\n').trimEnd() === unitText(peer).trimEnd();
};

/** No unit is masked or restarts by itself, and those that are there are the same; where none is, one gets installed. */
export const unitsFit = (ids: readonly PeerId[]): Check => ({
  id: 'units',
  title: 'The units that are there already fit',
  judge: (world) => {
    const asked = reachable(world, ids);
    const wrong: Verdict[] = [];
    const found = new Map<string, PeerId[]>();
    for (const id of asked) {
      const name = called(world, id);
      const unit = inspectionOf(world, id)?.facts.unit;
      if (!unit?.known) {
        wrong.push(unknown(`The unit of ${name} is not known: ${unit?.because ?? 'it was not inspected'}.`));
        continue;
      }
      const { load, enabled, digest, restart } = unit.value;
      if (load === 'not-found') continue;
      found.set(digest ?? '', [...(found.get(digest ?? '') ?? []), id]);
      if (load === 'masked' || enabled === 'masked')
        wrong.push(block(`The unit of ${name} is masked: systemctl unmask it there first.`));
      else if (restart !== 'no' && restart !== '')
        wrong.push(
          block(
            `The unit of ${name} has Restart=${restart}: after a reset systemd would launch it again. Set Restart=no there (systemctl edit) first.`,
          ),
        );
    }
    const there = [...found.values()].flat();
    if (found.size > 1)
      wrong.push(
        warn(`The units of ${calledAll(world, there)} are not all the same: compare systemctl cat.`),
      );
    else if (there.length < asked.length) {
      const other = there.filter((id) => !hasConfiguredUnit(world, id));
      if (other.length > 0)
        wrong.push(
          warn(
            `${calledAll(world, other)} ${other.length > 1 ? 'have' : 'has'} another unit than the others will get, and it stays: make it the same by hand, or take it away.`,
          ),
        );
    }
    if (asked.length === 0) return unknown('No host could be asked.');
    return together(
      wrong,
      there.length === asked.length
        ? 'All have the same unit, which stays.'
        : 'Each that has no unit gets the same.',
    );
  },
});

/** A cluster of one peer is no accident: with a short list weave makes a cluster of its own at once. */
export const notAloneByMistake = (ids: readonly PeerId[]): Check => ({
  id: 'alone',
  title: 'All peers of the cluster are in the config',
  judge: (world) =>
    ids.length === 1
      ? warn(
          `${calledAll(world, ids)} is the only peer in the config: it makes a ring by itself. If others belong to this cluster, put them there first.`,
        )
      : pass(`The cluster will have ${ids.length} peers: ${calledAll(world, ids)}.`),
});
