import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerReport } from '../../cluster/peer-report.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import { dockerRuns, hostReached, rootThere, uniqueHost } from './new-host.ts';
import { ofEach, ofEachInspected, together } from './of-each.ts';
import { called, calledAll, inspectionOf, listed, reachable, reportOf } from './seeing.ts';

const entriesOf = (report: PeerReport): number => report.ipam?.entries.length ?? 0;

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
  ofEachInspected(
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
  ofEachInspected(
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

/**
 * The same of one host right before weave is started there: hours may have passed since all were looked at. A start of our
 * own that failed leaves such data, too, so a person may go on by a reason.
 */
export const noRingDataSince = (id: PeerId): Check => ({
  id: 'no-ring-data',
  title: `No ring data came to ${id} since`,
  judge: noRingData([id]).judge,
});

/** Neither a stopped container nor a bridge, which would bring an old peer name, is left. */
export const noOldParts = (ids: readonly PeerId[]): Check =>
  ofEachInspected(
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
