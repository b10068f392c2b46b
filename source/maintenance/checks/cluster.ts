import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerReport } from '../../cluster/peer-report.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { away, called, calledAll, listed, present, reporting, seen } from './seeing.ts';

/** One check for each peer, so that whoever is missing is acknowledged by name. */
export const everyoneSeen = (
  ids: readonly PeerId[],
  goingOn = 'Going on leaves its list as it is: bring it in line when it is back, before weave starts there.',
): readonly Check[] =>
  ids.map((id) => ({
    id: `seen:${id}`,
    title: `${id} tells a report now`,
    judge: (world) => {
      const it = seen(world, id);
      if (it.kind === 'report') return pass(`${called(world, id)} told a report just now.`);
      if (away(world).includes(id)) return pass(`${called(world, id)} is away, as was acknowledged.`);
      if (!it.looked) return unknown(`${called(world, id)}: ${it.why}.`);
      return warn(`${called(world, id)} is not there (${it.why}). ${goingOn}`);
    },
  }));

/** This peer tells a report now, so it can be told something. */
export const answers = (id: PeerId): Check => ({
  id: `answers:${id}`,
  title: `Weave on ${id} answers`,
  judge: (world) => {
    const it = seen(world, id);
    return it.kind === 'report'
      ? pass(`Weave on ${called(world, id)} answers.`)
      : block(`Weave on ${called(world, id)} does not answer: ${it.why}.`);
  },
});

/** Peers by what `value` says of their report, the most common first. */
const grouped = (
  world: World,
  ids: readonly PeerId[],
  value: (report: PeerReport) => string,
): readonly (readonly [value: string, ids: readonly PeerId[]])[] => {
  const groups = new Map<string, PeerId[]>();
  for (const { id, report } of reporting(world, ids)) {
    const said = value(report);
    groups.set(said, [...(groups.get(said) ?? []), id]);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
};

const differing = (world: World, groups: readonly (readonly [string, readonly PeerId[]])[]): string =>
  groups
    .map(([value, ids]) => `${calledAll(world, ids)} ${ids.length > 1 ? 'say' : 'says'} ${value}`)
    .join('; ');

const alike = (
  ids: readonly PeerId[],
  given: {
    readonly id: string;
    readonly title: string;
    readonly level: typeof block;
    readonly value: (report: PeerReport) => string;
    readonly remedy: string;
  },
): Check => ({
  id: given.id,
  title: given.title,
  judge: (world) => {
    const groups = grouped(world, ids, given.value);
    const [first] = groups;
    if (first === undefined) return unknown('No peer told a report just now.');
    if (groups.length > 1) return given.level(`${differing(world, groups)}. ${given.remedy}`);
    return pass(`All ${first[1].length} that answer say ${first[0]}.`);
  },
});

/** Version, range and encryption are the same on every peer that answers. */
export const sameSettings = (ids: readonly PeerId[]): readonly Check[] => [
  alike(ids, {
    id: 'same-version',
    title: 'All peers run the same version of weave',
    level: warn,
    value: (report) => `version ${report.version}`,
    remedy: 'Finish the upgrade first, one peer at a time.',
  }),
  alike(ids, {
    id: 'same-range',
    title: 'All peers have the same address range',
    level: block,
    value: ({ ipam }) => (ipam ? `range ${ipam.range}, default subnet ${ipam.defaultSubnet}` : 'no IPAM'),
    remedy: 'Give every peer the same --ipalloc-range first.',
  }),
  alike(ids, {
    id: 'same-encryption',
    title: 'All peers encrypt, or none does',
    level: block,
    value: ({ encryption }) =>
      encryption === null ? 'nothing of encryption' : encryption ? 'encryption on' : 'encryption off',
    remedy: 'Align WEAVE_PASSWORD first.',
  }),
];

/** Pairs of peers for which `value` is the same. */
const twins = (
  world: World,
  ids: readonly PeerId[],
  value: (report: PeerReport) => string,
): readonly (readonly [string, readonly PeerId[]])[] =>
  grouped(world, ids, value).filter(([said, peers]) => said !== '' && peers.length > 1);

/** No two peers share a peer name (which breaks the mesh) or a nickname (which confuses people). */
export const namesUnique = (ids: readonly PeerId[]): Check => ({
  id: 'names-unique',
  title: 'Every peer has a name of its own',
  judge: (world) => {
    const [name] = twins(world, ids, (report) => report.name);
    if (name)
      return block(
        `${calledAll(world, name[1])} have the same peer name ${name[0]}: one is a clone of the other. Give it a machine id of its own and reset it there first.`,
      );
    const collision = reporting(world, ids).find(({ report }) =>
      report.connections.some(({ fault }) => fault === 'name-collision'),
    );
    if (collision)
      return block(
        `${called(world, collision.id)} refuses a peer because its name is taken: some host is a clone. Find and mend it first.`,
      );
    const [nickname] = twins(world, ids, (report) => report.nickname);
    if (nickname) return warn(`${listed(nickname[1])} have the same nickname ${nickname[0]}.`);
    return pass('No two peers share a name.');
  },
});

/** Nobody waits for consensus, and nothing is pending in the address space. */
export const nothingPending = (ids: readonly PeerId[]): Check => ({
  id: 'nothing-pending',
  title: 'No consensus or allocation is pending',
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    for (const { id, report } of reports) {
      const { paxos, entries, pendingAllocates, pendingClaims } = report.ipam ?? {
        paxos: null,
        entries: [],
        pendingAllocates: 0,
        pendingClaims: 0,
      };
      if (paxos && entries.length === 0)
        return block(
          `${called(world, id)} waits for consensus (${paxos.known} of ${paxos.quorum} known). Start or reconnect the missing peers and let it end first.`,
        );
      if (pendingAllocates + pendingClaims > 0)
        return warn(`${called(world, id)} has containers that wait for an address.`);
    }
    return pass('Nobody waits for consensus or for an address.');
  },
});

/** Every peer that answers sees every other one, by whatever way. */
export const noPartition = (ids: readonly PeerId[]): Check => ({
  id: 'no-partition',
  title: 'The peers that answer all see each other',
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    for (const one of reports)
      for (const other of reports)
        if (!one.report.peers.some(({ name }) => name === other.report.name))
          return block(
            `${called(world, one.id)} does not see ${called(world, other.id)}: the cluster is partitioned. Mend the network and wait until all see each other again.`,
          );
    return pass(
      reports.length === 1
        ? 'Only one peer answers: there is nobody else to see.'
        : `All ${reports.length} peers that answer see each other.`,
    );
  },
});

/** Every peer that answers has an established link of its own to every other one. */
export const fullMesh = (ids: readonly PeerId[], whenNot: typeof warn = warn): Check => ({
  id: 'full-mesh',
  title: 'Every pair of peers has an established link',
  judge: (world) => {
    const reports = reporting(world, present(world, ids));
    if (reports.length === 0) return unknown('No peer told a report just now.');
    const missing = reports.flatMap((one) =>
      reports
        .filter((other) => other.id !== one.id && !linked(one.report, other.report.name))
        .map((other) => `${called(world, one.id)} to ${called(world, other.id)}`),
    );
    if (missing.length > 0)
      return whenNot(`No established link from ${listed(missing)}: traffic takes a detour or none.`);
    return pass(
      reports.length === 1
        ? 'Only one peer answers: there is nobody else to be linked with.'
        : `All ${reports.length} peers that answer are linked with each other.`,
    );
  },
});

/** Whether this report has an established connection to the peer of that name. */
export const linked = (report: PeerReport, name: string): boolean =>
  report.connections.some(({ state, peer }) => state === 'established' && peer?.name === name);
