import { CLOCK_TOLERANCE, readDrift } from '../../cluster/drift.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import { allPass, type Check, judgeAll, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { sameSettingsIn } from './agreement.ts';
import { unitEnabled } from './enabling.ts';
import { encryptsByFile } from './encryption.ts';
import { fileLists } from './files.ts';
import { called, calledAll, inspectionOf, listed, reporting, reportOf, watchOf } from './seeing.ts';
import { unitLikeThat } from './units.ts';

/** The hosts for which one of these does not hold, or can't be told. */
const failing = (world: World, ids: readonly PeerId[], checks: (id: PeerId) => readonly Check[]) =>
  ids.filter((id) => !allPass(judgeAll(checks(id), world)));

/** Every host's file lists the members and sets what the one that was copied sets. */
export const filesAlike = (ids: readonly PeerId[]): Check => ({
  id: 'files-alike',
  title: 'The environment files are the same on all hosts',
  judge: (world) => {
    const [from] = world.notes.reference ?? [];
    const list = world.notes.list ?? ids;
    const odd = failing(world, ids, (id) => [
      fileLists(id, () => list),
      ...(from === undefined ? [] : [sameSettingsIn(from, id)]),
    ]);
    return odd.length === 0
      ? pass('The environment files say the same on all hosts.')
      : warn(
          `Left to do before weave starts there again: the environment file of ${calledAll(world, odd)}. Align again, or correct it by hand.`,
        );
  },
});

/** Every host's unit is the one that was copied, and enabled. */
export const unitsAlike = (ids: readonly PeerId[]): Check => ({
  id: 'units-alike',
  title: 'The units are the same on all hosts, and enabled',
  judge: (world) => {
    const [from] = world.notes.unit ?? [];
    const odd = failing(world, ids, (id) => (from === undefined ? [] : [unitLikeThat(from, id)]));
    const off = failing(world, ids, (id) => [unitEnabled(id)]);
    if (odd.length + off.length === 0) return pass('The units are the same on all hosts, and enabled.');
    const words = [
      ...(odd.length > 0 ? [`the unit of ${calledAll(world, odd)} is not that of the others`] : []),
      ...(off.length > 0 ? [`that of ${calledAll(world, off)} is not enabled`] : []),
    ];
    return warn(`Left to do: ${words.join(', and ')}. Align again, or mend it by hand.`);
  },
});

/** Drift of the running peers among themselves, with the ids that its indexes mean. */
const runningDrift = (world: World, ids: readonly PeerId[]) => {
  const seen = ids.map((id) => watchOf(world, id)).filter((watch) => watch !== undefined);
  const known = seen.map(({ peer }) => peer.address);
  const drift = readDrift(
    known,
    seen,
    known.map((id) => reportOf(world, id)),
  );
  const names = (indexes: readonly number[]) =>
    calledAll(
      world,
      indexes.flatMap((index) => known[index] ?? []),
    );
  return { drift, names, known };
};

/** What no file mends: the version, the range and the encryption that the running peers have. */
export const runningAlike = (ids: readonly PeerId[]): Check => ({
  id: 'running-alike',
  title: 'The running peers have the same version, range and encryption',
  judge: (world) => {
    if (reporting(world, ids).length === 0) return unknown('No peer told a report just now.');
    const { drift, names } = runningDrift(world, ids);
    const { versions, ranges, subnets, encryption } = drift;
    const words = [
      ...(versions.odd.length > 0
        ? [
            `${names(versions.odd)} ${versions.odd.length > 1 ? 'do' : 'does'} not run version ${versions.usual}: finish the upgrade, one peer at a time.`,
          ]
        : []),
      ...(ranges.odd.length + subnets.odd.length > 0
        ? [
            `${names([...new Set([...ranges.odd, ...subnets.odd])])} ${ranges.odd.length + subnets.odd.length > 1 ? 'have' : 'has'} not the range ${ranges.usual} or not the default subnet ${subnets.usual}: the options of the launch differ; after the files agree, restart there.`,
          ]
        : []),
      ...(encryption.odd.length > 0
        ? [
            `${names(encryption.odd)} ${encryption.odd.length > 1 ? 'run' : 'runs'} ${encryption.usual ? 'without' : 'with'} encryption, unlike the others: restart there, now that the files agree.`,
          ]
        : []),
    ];
    return words.length === 0
      ? pass('All peers that answer have the same version, range and encryption.')
      : warn(words.join(' '));
  },
});

/** The running peers dial the same peers. A changed list is read by none of them. */
export const targetsAlike = (ids: readonly PeerId[]): Check => ({
  id: 'targets-alike',
  title: 'The running peers dial the same peers',
  judge: (world) => {
    if (reporting(world, ids).length === 0) return unknown('No peer told a report just now.');
    const { drift, known } = runningDrift(world, ids);
    const { differing } = drift.targets;
    if (differing.length === 0) return pass('All peers that answer have the same targets.');
    const words = differing.map(({ index, lacks, extra }) => {
      const id = known[index] ?? '';
      const deeds = [
        ...(lacks.length > 0 ? [`weave connect ${lacks.join(' ')}`] : []),
        ...(extra.length > 0 ? [`weave forget ${extra.join(' ')}`] : []),
      ];
      return `${called(world, id)} (${deeds.join(', ')})`;
    });
    return warn(
      `These still run with another list of targets: ${listed(words)}. The commands put it right now; so does restarting them, one by one.`,
    );
  },
});

/** Whether the running peers encrypt as their files say. */
export const encryptionAsFiles = (ids: readonly PeerId[]): Check => ({
  id: 'encryption-as-files',
  title: 'The running peers encrypt where their files set a password',
  judge: (world) => {
    const odd = reporting(world, ids).filter(({ id, report: { encryption } }) => {
      const byFile = encryptsByFile(world, id);
      return encryption !== null && byFile !== null && encryption !== byFile;
    });
    return odd.length === 0
      ? pass('The running peers encrypt, or not, as their files say.')
      : warn(
          `${calledAll(
            world,
            odd.map(({ id }) => id),
          )}: the file and the running weave do not agree on encryption. It changes at the next start, and peers that encrypt can't be linked with peers that don't: plan a restart of all.`,
        );
  },
});

/** No clock is far from the middle of all. */
export const clocksAlike = (ids: readonly PeerId[]): Check => ({
  id: 'clocks',
  title: 'The clocks agree',
  judge: (world) => {
    const skews = ids.flatMap((id) => {
      const skew = inspectionOf(world, id)?.skew ?? null;
      return skew === null ? [] : [{ id, skew }];
    });
    const middle = skews.map(({ skew }) => skew).sort((a, b) => a - b)[Math.floor((skews.length - 1) / 2)];
    if (middle === undefined) return unknown('No clock could be read.');
    const off = skews.filter(({ skew }) => Math.abs(skew - middle) > CLOCK_TOLERANCE);
    return off.length === 0
      ? pass('All clocks are within a minute of each other.')
      : warn(
          `The clock of ${calledAll(
            world,
            off.map(({ id }) => id),
          )} is more than a minute off: mend the time synchronisation there.`,
        );
  },
});
