import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerName } from '../../cluster/peer-report.ts';
import type { Mark } from '../../cluster/removed.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, inspectionOf, whyNotInspected } from './seeing.ts';

/** Marks of reclaimed peers on a host, by its inspection; null where they are not known. */
const marksOn = (world: World, on: PeerId): readonly Mark[] | null => {
  const marks = inspectionOf(world, on)?.facts.reclaimed;
  return marks?.known ? marks.value : null;
};

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
    return marks.some((mark) => mark.name === wanted && mark.run === run)
      ? pass(`${called(world, on)} has it on record that ${wanted} is reclaimed.`)
      : block(`${called(world, on)} has no record of ${wanted} yet.`);
  },
});
