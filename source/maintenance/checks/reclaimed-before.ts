import type { PeerId } from '../../cluster/inventory.ts';
import { noRecords } from '../../cluster/removed.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { nameToReclaim } from './dead-name.ts';
import { type EarlierMark, earlierMarks, marksOf } from './marks.ts';
import { called, calledAll, inspectionOf, listed, reporting } from './seeing.ts';

const when = (at: number | null): string =>
  at === null ? '' : ` on ${new Date(at).toISOString().slice(0, 10)}`;

const has = (on: readonly PeerId[]): string => (on.length > 1 ? 'have' : 'has');

/** Why an earlier mark counts as one under which rmpeer was run. */
const whyBegun = (world: World, { mark }: EarlierMark): string => {
  if (mark.executor === null) return 'It does not say whether that was begun.';
  return marksOf(world, mark.executor, mark).some(({ begun }) => begun)
    ? `It was begun on ${called(world, mark.executor)}.`
    : `${called(world, mark.executor)} was to run it, and does not show now that it was never begun.`;
};

/**
 * Nobody reclaimed this name before: a second rmpeer, on whatever host, gives the same addresses to two peers. A mark that
 * shows itself that its rmpeer was never begun is of a reclaim that was given up, and no more.
 */
export const notReclaimedBefore = (id: PeerId, survivors: readonly PeerId[], run: string): Check => ({
  id: 'not-before',
  title: 'The name was not reclaimed before',
  never: true,
  judge: (world) => {
    const name = nameToReclaim(world, id, survivors);
    const earlier = earlierMarks(world, survivors, run, { name, address: id });
    const first = earlier.find(({ never }) => !never);
    if (first) {
      const { mark, on } = first;
      return block(
        `${calledAll(world, on)} ${has(on)} it on record that ${name ?? id} was reclaimed${when(mark.at)} (${mark.run}): rmpeer is never run twice. ${whyBegun(world, first)} weave-console history show ${mark.run} tells what came of it. If it came to nothing, or the peer was added again since, delete the line in its file of reclaimed peers there.`,
      );
    }
    const open = reporting(world, survivors).flatMap(({ id: on }) => {
      const marks = inspectionOf(world, on)?.facts.reclaimed;
      if (marks?.known) return [];
      return [marks === undefined ? called(world, on) : `${called(world, on)} (${marks.because})`];
    });
    if (open.length > 0)
      return unknown(
        `Whom ${listed(open)} ${open.length > 1 ? 'have' : 'has'} on record as reclaimed is not known: see to the file reclaimed in the state folder there, and look again.`,
      );
    return pass(
      earlier.length === 0
        ? `No survivor has it on record that ${name ?? id} was reclaimed.`
        : `A reclaim of ${name ?? id} was given up before (${listed(earlier.map(({ mark }) => mark.run))}): ${calledAll(world, [...new Set(earlier.flatMap(({ mark }) => mark.executor ?? []))])}, which ${earlier.length > 1 ? 'were' : 'was'} to run rmpeer, ${earlier.length > 1 ? 'show' : 'shows'} that it was never begun.`,
    );
  },
});

/**
 * Who was to run rmpeer for a reclaim that was given up has this one's mark: it was added there under our lock, by a command
 * that refuses where rmpeer was begun, so that what an earlier session sent can't be on its way any more.
 */
export const earlierEnded = (id: PeerId, survivors: readonly PeerId[], run: string): Check => ({
  id: 'earlier-ended',
  title: 'No rmpeer of a reclaim that was given up can be on its way',
  never: true,
  judge: (world) => {
    const name = nameToReclaim(world, id, survivors);
    const executors = earlierMarks(world, survivors, run, { name, address: id })
      .filter(({ mark }) => mark.name === name)
      .map(({ mark }) => mark.executor ?? '');
    const open = [...new Set(executors)].filter(
      (on) => marksOf(world, on, { name: name ?? '', run }).length === 0,
    );
    return open.length === 0
      ? pass('No reclaim that was given up can go on behind our back.')
      : block(
          `${calledAll(world, open)} was to run rmpeer for a reclaim that was given up, and has no record of this one yet: what was sent there could still run.`,
        );
  },
});

/**
 * No journal of this machine tells of an earlier rmpeer that nothing lifted since, as they are now. It can be overridden with
 * a reason: a colleague may have added the peer again elsewhere, and then no survivor has a mark of it any more.
 */
export const notInJournal = (id: PeerId, survivors: readonly PeerId[], run: string): Check => ({
  id: 'not-in-journal',
  title: 'No journal here tells of an earlier rmpeer of it',
  judge: (world) => {
    const name = nameToReclaim(world, id, survivors);
    const { removed, lifted, unread } = world.removals ?? {
      ...noRecords,
      removed: world.view.removed.filter(({ journal }) => journal),
    };
    const earlier = removed.find(
      (one) =>
        one.how === 'rmpeer' &&
        one.run !== run &&
        !lifted.has(one.run) &&
        (one.name === name || one.address === id),
    );
    if (earlier !== undefined)
      return block(
        `The journal here says that ${earlier.name} was reclaimed${when(earlier.at)} (${earlier.run}): rmpeer is never run twice. Only if it was wiped and added again since, and no survivor has a mark of it, may this be overridden.`,
      );
    const open = unread.filter(
      (one) => one.run !== run && !lifted.has(one.run) && (one.address === null || one.address === id),
    );
    return open.length === 0
      ? pass(`No journal here tells of an earlier rmpeer of ${name ?? id}.`)
      : unknown(
          `The journal of ${listed(open.map((one) => one.run))} can't be read whole here, so whether rmpeer of ${name ?? id} was sent in it is not known. Look at it, and move it away if it tells of none.`,
        );
  },
});
