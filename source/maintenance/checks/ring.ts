import type { PeerId } from '../../cluster/inventory.ts';
import { type PeerReport, type RingEntry, ringOwners } from '../../cluster/peer-report.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { away, called, calledAll, listed, nameOf, present, reporting } from './seeing.ts';

/** The ring as this report tells it; empty where there is none yet. */
export const ringOf = (report: PeerReport): readonly RingEntry[] => report.ipam?.entries ?? [];

/** The first token of which two reports say different things, as half a sentence. */
export const disagreement = (a: readonly RingEntry[], b: readonly RingEntry[]): string => {
  const word = (entry: RingEntry | undefined) =>
    entry === undefined ? 'nobody' : entry.nickname || entry.owner;
  const tokens = [...new Set([...a, ...b].map(({ token }) => token))].sort();
  const find = (ring: readonly RingEntry[], token: string) => ring.find((entry) => entry.token === token);
  const token = tokens.find((one) => find(a, one)?.owner !== find(b, one)?.owner);
  return token === undefined
    ? 'they differ'
    : `${token} belongs to ${word(find(a, token))} by one and to ${word(find(b, token))} by the other`;
};

/**
 * The ring is there and is the same on every peer that answers: token for token the same owner. A difference that is only
 * the lag of gossip (up to 16 s were seen) goes away by itself; one that stays is a ring that broke, or a second one.
 * `orNone`: that nobody has a ring yet is as good. `byTokens`: what connections tell of refusals is left aside; it may be old.
 */
export const sameRing = (
  ids: readonly PeerId[],
  {
    never,
    orNone = false,
    byTokens = false,
  }: { readonly never?: true; readonly orNone?: boolean; readonly byTokens?: boolean } = {},
): Check => ({
  id: 'same-ring',
  title: 'The address space is shared out, and all tell it alike',
  ...(never ? { never } : {}),
  judge: (world) => {
    const reports = reporting(world, ids);
    const [first] = reports;
    if (first === undefined) return unknown('No peer told a report just now.');
    const apart = reports.find(({ report }) =>
      report.connections.some(({ fault }) => fault === 'seeded-apart'),
    );
    if (apart && !byTokens)
      return block(
        `${called(world, apart.id)} meets a peer whose ring was made apart from its own: there are two rings. Reset the smaller part before anything else.`,
      );
    const without = reports.filter(({ report }) => ringOf(report).length === 0);
    if (without.length === reports.length && orNone)
      return pass(`None of the ${reports.length} that answer has a ring yet, so there are no two.`);
    if (without.length === reports.length)
      return block('No peer has a ring yet: run weave prime on one of them first.');
    if (without.length > 0)
      return block(
        `${calledAll(
          world,
          without.map(({ id }) => id),
        )} ${without.length > 1 ? 'have' : 'has'} no ring, while others have: wait, and if it stays, find out why.`,
      );
    const other = reports.find(({ report }) => ringOwners(report) !== ringOwners(first.report));
    if (other)
      return block(
        `${called(world, first.id)} and ${called(world, other.id)} do not tell the same ring: ${disagreement(ringOf(first.report), ringOf(other.report))}. Gossip may lag for some seconds; if it stays, the ring broke and must be mended first.`,
      );
    return pass(
      reports.length === 1
        ? `${called(world, first.id)} answers alone, and has a ring.`
        : `All ${reports.length} peers that answer tell the same ring.`,
    );
  },
});

/** Every owner of a part of the ring is in sight, but for peers whose absence was acknowledged. */
export const ownersInSight = (ids: readonly PeerId[]): Check => ({
  id: 'owners-in-sight',
  title: 'Every owner of address space is in sight',
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    const lost = new Map<string, string>();
    for (const { report } of reports)
      for (const entry of ringOf(report))
        if (entry.size > 0 && !entry.known) lost.set(entry.owner, entry.nickname || entry.owner);
    const members = new Set(ids.map((id) => nameOf(world, id)));
    const excused = new Set(away(world).map((id) => nameOf(world, id)));
    const rest = [...lost].filter(([name]) => !excused.has(name));
    if (rest.length === 0) return pass('Every owner of address space is in sight, or acknowledged as away.');
    const strangers = rest.filter(([name]) => !members.has(name));
    const names = (some: typeof rest) => listed(some.map(([, nickname]) => nickname));
    const [one, many] = ['owns address space and is', 'own address space and are'];
    if (strangers.length > 0)
      return block(
        `${names(strangers)} ${strangers.length > 1 ? many : one} no member here and out of sight: if dead for good, reclaim the ranges first (weave rmpeer, on one peer).`,
      );
    return warn(`${names(rest)} ${rest.length > 1 ? many : one} out of sight.`);
  },
});

/** How many addresses the ring says that a peer owns, by the report of `report`. */
export const ownedBy = (report: PeerReport, name: string): number =>
  ringOf(report)
    .filter(({ owner }) => owner === name)
    .reduce((sum, { size }) => sum + size, 0);

/** The ring of this report as one total; weave's own range size is what it must come to. */
export const total = (report: PeerReport): number => ringOf(report).reduce((sum, { size }) => sum + size, 0);

/** Whether all that were present at the beginning still answer; a postcondition on others says nothing without them. */
export const observers = (
  world: World,
  ids: readonly PeerId[],
): { readonly reports: ReturnType<typeof reporting>; readonly silent: readonly PeerId[] } => {
  const expected = present(world, ids);
  const reports = reporting(world, expected);
  return { reports, silent: expected.filter((id) => !reports.some((one) => one.id === id)) };
};
