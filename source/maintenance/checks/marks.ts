import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerName } from '../../cluster/peer-report.ts';
import { type Mark, neverBegun } from '../../cluster/removed.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { Notes, World } from '../world.ts';
import { called, inspectionOf, whyNotInspected } from './seeing.ts';

/** Marks of reclaimed peers on a host, by its inspection; null where they are not known. */
const marksOn = (world: World, on: PeerId): readonly Mark[] | null => {
  const marks = inspectionOf(world, on)?.facts.reclaimed;
  return marks?.known ? marks.value : null;
};

/** A mark of another run, and what the hosts tell of it. */
export type EarlierMark = {
  readonly mark: Mark;
  /** Hosts that have it. */
  readonly on: readonly PeerId[];
  /** Whether rmpeer was certainly never begun under it. */
  readonly never: boolean;
};

/** Marks by other runs of this name, or of this address, one for each name and run. */
export const earlierMarks = (
  world: World,
  hosts: readonly PeerId[],
  run: string,
  { name, address }: { readonly name: PeerName | null; readonly address: PeerId },
): readonly EarlierMark[] => {
  const told = new Map(
    hosts.flatMap((on) => {
      const marks = marksOn(world, on);
      return marks === null ? [] : [[on, marks] as const];
    }),
  );
  const found = new Map<string, EarlierMark>();
  for (const [on, marks] of told)
    for (const mark of marks) {
      if (mark.run === run || (mark.name !== name && mark.address !== address)) continue;
      const key = `${mark.name} ${mark.run}`;
      const before = found.get(key);
      found.set(key, {
        mark: before?.mark ?? mark,
        on: [...(before?.on ?? []), on],
        never: neverBegun(told, mark),
      });
    }
  return [...found.values()];
};

/**
 * The runs of all removals of this address that are on record anywhere, noted where a change makes sure that its old data
 * is gone: when it is finished, they are settled, also on a host that was away and still has the mark.
 */
export const liftNotes = (world: World, address: PeerId): Notes => {
  const told = [
    ...world.view.peers.flatMap(({ watch }) => (watch.lastFacts === null ? [] : [watch.lastFacts.facts])),
    ...[...world.inspections.values()].flatMap((one) => (one.kind === 'inspected' ? [one.facts] : [])),
  ].flatMap(({ reclaimed }) => (reclaimed.known ? reclaimed.value : []));
  const runs = [...told, ...world.view.removed]
    .filter((one) => one.address === address)
    .map(({ run }) => run);
  return runs.length === 0 ? {} : { lifts: [...new Set(runs)] };
};

/** The marks that a host has of this name by this run, by its inspection: one, or none. */
export const marksOf = (
  world: World,
  on: PeerId,
  { name, run }: Pick<Mark, 'name' | 'run'>,
): readonly Mark[] => (marksOn(world, on) ?? []).filter((mark) => mark.name === name && mark.run === run);

/** Names that a host has marked as reclaimed and that had this address. */
export const markedNames = (world: World, on: PeerId, address: PeerId): readonly PeerName[] => [
  ...new Set((marksOn(world, on) ?? []).filter((mark) => mark.address === address).map(({ name }) => name)),
];

const whyUnknown = (world: World, on: PeerId): string => {
  const inspection = inspectionOf(world, on);
  const marks = inspection?.facts.reclaimed;
  return inspection === null || marks === undefined || marks.known
    ? `${called(world, on)} could not be inspected: ${whyNotInspected(world, on)}`
    : `Which peers ${called(world, on)} has marked as reclaimed is not known: ${marks.because}.`;
};

/** A host calls nobody reclaimed who had this address. */
export const unmarked = (on: PeerId, address: PeerId): Check => ({
  id: `unmarked:${on}`,
  title: `${on} does not call ${address} reclaimed`,
  judge: (world) => {
    if (marksOn(world, on) === null) return unknown(whyUnknown(world, on));
    const names = markedNames(world, on, address);
    return names.length === 0
      ? pass(`${called(world, on)} does not call ${address} reclaimed.`)
      : block(`${called(world, on)} still calls ${address} reclaimed (${names.join(', ')}).`);
  },
});

/** A host has the mark of the name that was noted, so that whoever comes later knows. */
export const marked = (on: PeerId, run: string): Check => ({
  id: `marked:${on}`,
  title: `${on} has it on record that the name is reclaimed`,
  judge: (world) => {
    const marks = marksOn(world, on);
    if (world.notes.name === undefined) return unknown('The peer name was not noted.');
    const [wanted] = world.notes.name;
    if (wanted === undefined) return pass('There is no name to be reclaimed.');
    if (marks === null) return unknown(whyUnknown(world, on));
    const [executor] = world.notes.executor ?? [];
    const mine = marks.find((mark) => mark.name === wanted && mark.run === run);
    if (mine !== undefined && mine.executor !== (executor ?? null))
      return block(
        `The record of ${wanted} on ${called(world, on)} says that ${mine.executor ?? 'nobody'} was to run rmpeer, and here it is ${executor ?? 'nobody'}: it is never run on another host instead.`,
      );
    return mine !== undefined
      ? pass(`${called(world, on)} has it on record that ${wanted} is reclaimed.`)
      : block(`${called(world, on)} has no record of ${wanted} yet.`);
  },
});
