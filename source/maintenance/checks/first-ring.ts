import type { PeerId } from '../../cluster/inventory.ts';
import { ipamPhase } from '../../cluster/peer-report.ts';
import { majorityOf } from '../../cluster/quorum.ts';
import { sameList } from '../environment-edit.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { unitRuns } from './joining.ts';
import { ofEach, together } from './of-each.ts';
import { total } from './ring.ts';
import { called, calledAll, listed, present, reporting, seen } from './seeing.ts';

/** Every one of these tells a report now, but for those whose absence was acknowledged. */
export const allReport = (ids: readonly PeerId[]): Check => ({
  id: 'all-report',
  title: 'Weave answers on every host',
  judge: (world) => {
    const expected = present(world, ids);
    return together(
      expected.map((id) => {
        const it = seen(world, id);
        if (it.kind === 'report') return pass(id);
        const words = `Weave on ${called(world, id)} does not answer: ${it.why}.`;
        return it.looked ? block(words) : unknown(words);
      }),
      `Weave answers on all ${expected.length}.`,
    );
  },
});

/** The unit runs everywhere, and is enabled. */
export const allRun = (ids: readonly PeerId[]): Check =>
  ofEach(
    ids,
    {
      id: 'all-run',
      title: 'Every unit runs and starts with its host',
      passes: 'Every unit is active and enabled, every container runs.',
    },
    (id, world) => unitRuns(id).judge(world),
  );

/**
 * Every peer was started with the whole list, itself too: that is what it counts the quorum from, and no later edit of
 * the file changes it.
 */
export const startedWith = (ids: readonly PeerId[]): Check => ({
  id: 'started-with',
  title: 'Every peer was started with the complete list',
  never: true,
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    return together(
      reports.map(({ id, report: { targets } }) =>
        sameList(targets, ids)
          ? pass(id)
          : block(
              `${called(world, id)} was started with the list ${targets.length === 0 ? '(nobody)' : listed(targets)}, and should have ${listed(ids)}: mend its file or unit, and restart it before anything is primed.`,
            ),
      ),
      'All were started with the complete list.',
    );
  },
});

/** Each knows which entry of its list is itself: until then it counts one too many for the quorum. */
export const knowItself = (ids: readonly PeerId[]): Check => ({
  id: 'know-itself',
  title: 'Every peer has recognised its own address',
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    const not = reports.filter(
      ({ report }) =>
        !report.connections.some(({ fault, retry }) => fault === 'ourself' && retry === 'never'),
    );
    return not.length === 0
      ? pass(`All ${reports.length} have recognised their own address (cannot connect to ourself).`)
      : block(
          `${calledAll(
            world,
            not.map(({ id }) => id),
          )} ${not.length > 1 ? 'have' : 'has'} not recognised the own address yet: the quorum would come out too big.`,
        );
  },
});

const phases = (world: World, ids: readonly PeerId[]) =>
  reporting(world, ids).map(({ id, report }) => ({ id, phase: ipamPhase(report), report }));

/** Nobody has a ring: priming beside one would make a second, or join what nobody looked at. */
export const noRing = (ids: readonly PeerId[]): Check => ({
  id: 'no-ring',
  title: 'No peer has a ring yet',
  never: true,
  judge: (world) => {
    const told = phases(world, ids);
    if (told.length === 0) return pass('No peer runs that could have a ring.');
    const ringed = told.filter(({ report }) => (report.ipam?.entries.length ?? 0) > 0).map(({ id }) => id);
    return ringed.length === 0
      ? pass(`All ${told.length} that answer are without one.`)
      : block(
          `${calledAll(world, ringed)} ${ringed.length > 1 ? 'have' : 'has'} a ring already: it comes from old data, or somebody has primed. Find out which before anything else.`,
        );
  },
});

/** All that answer are idle: nobody has asked for the first ring. */
export const allIdle = (ids: readonly PeerId[]): Check => ({
  id: 'all-idle',
  title: 'Nobody has asked for the first ring yet',
  judge: (world) => {
    const told = phases(world, ids);
    if (told.length === 0) return unknown('No peer told a report just now.');
    const busy = told.filter(({ phase }) => phase !== 'idle');
    return busy.length === 0
      ? pass(`All ${told.length} that answer are idle.`)
      : block(
          busy
            .map(({ id, phase }) => `${called(world, id)} is not idle (${phase.replaceAll('-', ' ')}).`)
            .join(' '),
        );
  },
});

/** Enough of the list run for the first ring to be made at all. */
export const enoughElectors = (ids: readonly PeerId[]): Check => ({
  id: 'electors',
  title: 'Enough peers run to agree on the first ring',
  judge: (world) => {
    const [there, quorum] = [reporting(world, ids).length, majorityOf(ids.length)];
    return there >= quorum
      ? pass(`${there} of ${ids.length} run, and ${quorum} must agree.`)
      : block(`${there} of ${ids.length} run, and ${quorum} must agree: prime would wait for the others.`);
  },
});

/** The ring that each tells of has no hole: its parts come to the whole range. */
export const wholeRange = (ids: readonly PeerId[]): Check => ({
  id: 'whole-range',
  title: 'The parts of the ring come to the whole range',
  judge: (world) => {
    const reports = reporting(world, ids);
    if (reports.length === 0) return unknown('No peer told a report just now.');
    return together(
      reports.map(({ id, report }) => {
        const [sum, size] = [total(report), report.ipam?.rangeSize ?? 0];
        return sum === size && size > 0
          ? pass(id)
          : block(`By ${called(world, id)} the parts of the ring come to ${sum} addresses of ${size}.`);
      }),
      'By every peer the parts come to the whole range.',
    );
  },
});
