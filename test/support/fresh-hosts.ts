import type { Inspection } from '../../source/maintenance/inspection.ts';
import { bootstrap } from '../../source/maintenance/procedures/bootstrap.ts';
import type { Procedure, Step } from '../../source/maintenance/step.ts';
import { judgeStep } from '../../source/maintenance/transition.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import {
  factsOf,
  host,
  inspectionOf,
  type Look,
  noContainer,
  noFile,
  noUnit,
  noUnitFile,
  peer,
  stepOf as stepAt,
  worldOf,
} from './world.ts';

/** The hosts of the bootstrap, by name and by address. */
export const names = ['h1', 'h2', 'h3', 'h4', 'h5'];
export const ids = names.map(host);
/** The bootstrap of these hosts. */
export const of = (...hosts: string[]): Procedure => bootstrap({ id: 'r1', members: hosts.map(peer) });
export const five = of(...names);
/** What is noted of five fresh hosts. */
export const noNotes: Notes = { away: [], list: ids, template: [] };

export type Inspected = Extract<Inspection, { kind: 'inspected' }>;

/** The weave port of every host, as one where nothing listens shows it. */
export const refused = new Map(ids.map((id) => [id, 'refused' as const]));

/** A host with docker and the weave script and nothing else. */
export const bare = (name: string, given: Partial<Inspected> = {}): Inspected =>
  inspectionOf(name, {
    facts: factsOf(name, { unit: noUnit, container: noContainer }),
    file: noFile,
    unitFile: noUnitFile,
    leftovers: { container: false, volume: false, bridge: false },
    reaches: refused,
    ...given,
  });

/** The same with other facts. */
export const bareFacts = (name: string, given: Parameters<typeof factsOf>[1]) =>
  bare(name, { facts: factsOf(name, { unit: noUnit, container: noContainer, ...given }) });

/** Five fresh hosts, but for what is given of some. */
export const fresh = (inspections: readonly Inspection[] = [], looks: Record<string, Look> = {}): World =>
  worldOf({
    looks: { ...Object.fromEntries(ids.map((id) => [id, 'refused'])), ...looks },
    inspections: [...names.map((name) => bare(name)), ...inspections],
  });

/** A step of a bootstrap by its id. */
export const stepOf = (procedure: Procedure, id: string, notes: Notes = noNotes): Step =>
  stepAt(procedure, id, notes);

/** What does not pass before a step, as `LEVEL CHECK[ never]: SENTENCE`. */
export const said = (procedure: Procedure, id: string, world: World, notes: Notes = noNotes) =>
  judgeStep(stepOf(procedure, id, notes), { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never, because }) => `${level} ${check}${never ? ' never' : ''}: ${because}`);
