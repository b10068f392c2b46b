import type { PeerId } from '../../cluster/inventory.ts';
import { BLANK } from '../../commands/inspect-script.ts';
import { type HostFile, type Opinion, opinionsOf, referenceOf, settingsOf, undecided } from '../settings.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, calledAll, inspectionOf, listed, notInspected, troubleWords } from './seeing.ts';

/** The hosts that can't be inspected now: their files stay as they are. */
export const outOfReach = (world: World, ids: readonly PeerId[]): readonly PeerId[] =>
  ids.filter((id) => inspectionOf(world, id) === null);

/** One check for each host, so that whoever can't be reached is acknowledged by name. Weave need not run there. */
export const everyHostReached = (ids: readonly PeerId[]): readonly Check[] =>
  ids.map((id) => ({
    id: `reached:${id}`,
    title: `The host ${id} can be reached`,
    judge: (world) => {
      const inspection = world.inspections.get(id);
      if (inspection === undefined) return unknown(`${called(world, id)} was not inspected yet.`);
      if (inspection.kind === 'inspected') return pass(`${called(world, id)} answers.`);
      return warn(
        `${called(world, id)} can't be reached (${troubleWords[inspection.why.kind]}). Going on leaves its files as they are: align again when it is back, before weave starts there.`,
      );
    },
  }));

/** The environment files that are there and can be read. */
export const filesOf = (world: World, ids: readonly PeerId[]): readonly HostFile[] =>
  ids.flatMap((id) => {
    const file = inspectionOf(world, id)?.file;
    return file?.state === 'there' ? [{ id, file }] : [];
  });

/** The files of all hosts that answer can be read, and at least one is there. */
export const filesRead = (ids: readonly PeerId[]): Check => ({
  id: 'files-read',
  title: 'The environment files can be read',
  judge: (world) => {
    const closed = ids.filter((id) => inspectionOf(world, id)?.file.state === 'unreadable');
    if (closed.length > 0)
      return unknown(
        `The environment file of ${calledAll(world, closed)} could not be read: does this account need sudo?`,
      );
    const files = filesOf(world, ids);
    return files.length === 0
      ? block('No host has an environment file that others could be made like: this is a case for bootstrap.')
      : pass(`${files.length} environment ${files.length > 1 ? 'files were' : 'file was'} read.`);
  },
});

/** A list that holds a password is not told by its host: such a file is neither compared nor written. */
export const listsTold = (ids: readonly PeerId[]): Check => ({
  id: 'lists-told',
  title: 'No list holds a password',
  judge: (world) => {
    const hidden = filesOf(world, ids).filter(({ file }) => file.peers?.includes(BLANK));
    return hidden.length === 0
      ? pass('No list of peers holds a password.')
      : warn(
          `PEERS of ${calledAll(
            world,
            hidden.map(({ id }) => id),
          )} has an option that may carry a password, so it can't be compared or written here: use WEAVE_PASSWORD instead, or align it by hand and leave its step out.`,
        );
  },
});

/** `1400 on h1 and h2, 1300 on h3`; of a secret only who has the same. */
const spread = (world: World, { secret, groups }: Opinion): string =>
  groups
    .map(({ value, ids }, at) => {
      const way = value === null ? 'none' : !secret ? value || 'empty' : at === 0 ? 'one' : 'another';
      return `${way} on ${calledAll(world, ids)}`;
    })
    .join(', ');

const overridden = (world: World, opinion: Opinion): string =>
  `that of ${called(world, opinion.groups[0]?.ids[0] ?? '')}`;

/** Which secrets are right can be told by counting: more than half of the files have the same. */
export const secretsDecided = (ids: readonly PeerId[]): Check => ({
  id: 'passwords',
  title: 'Which passwords are right can be told',
  judge: (world) => {
    const files = filesOf(world, ids);
    const secrets = opinionsOf(files).filter(({ secret }) => secret);
    const open = secrets.find((one) => undecided(one, files.length));
    if (open !== undefined)
      return block(
        `${open.name} differs (${spread(world, open)}), and which is right can't be told: no more than half have the same. Correct it by hand where it is wrong, then look again; overridden, ${overridden(world, open)} is written everywhere.`,
      );
    const odd = secrets.filter(({ groups }) => groups.length > 1);
    if (odd.length === 0)
      return pass(
        secrets.length === 0
          ? 'No file has a password.'
          : `All files have the same ${listed(secrets.map(({ name }) => name))}.`,
      );
    return pass(odd.map((one) => `${one.name} differs (${spread(world, one)}).`).join(' '));
  },
});

const notSecret = (files: readonly HostFile[]): readonly Opinion[] =>
  opinionsOf(files).filter(({ secret, groups }) => !secret && groups.length > 1);

/** Other variables that differ are shown; what as many have as not, needs a person's word. */
export const settingsDecided = (ids: readonly PeerId[]): Check => ({
  id: 'variables',
  title: 'What else the files set can be made the same',
  judge: (world) => {
    const files = filesOf(world, ids);
    const odd = notSecret(files);
    const open = odd.filter((one) => undecided(one, files.length));
    if (open.length > 0)
      return warn(
        `${open.map((one) => `${one.name} differs (${spread(world, one)})`).join('; ')}: as many have it one way as the other. It will be written as on ${called(world, referenceOf(files) ?? '')}; if that is wrong, correct it there by hand first.`,
      );
    return pass(
      odd.length === 0
        ? 'All files set the same.'
        : `${odd.map((one) => `${one.name} differs (${spread(world, one)})`).join('; ')}: it will be written as most have it.`,
    );
  },
});

/** One host sets everything as most do, so that the others can be made like it. */
export const referenceFound = (ids: readonly PeerId[]): Check => ({
  id: 'reference',
  title: 'One file has all that most have',
  judge: (world) => {
    const files = filesOf(world, ids);
    if (files.length === 0) return unknown('No environment file could be read.');
    const reference = referenceOf(files);
    if (reference !== null) return pass(`The file of ${called(world, reference)} has all that most have.`);
    const odd = opinionsOf(files).flatMap(({ name, groups }) =>
      groups.slice(1).map((group) => `${calledAll(world, group.ids)} in ${name}`),
    );
    return block(
      `No file has all that most have: each differs in something (${listed(odd)}). Correct one of them by hand, then look again.`,
    );
  },
});

/** The host whose file the others are made like was chosen, and its file is still what it was then. */
export const referenceAsNoted = (noted: readonly string[] | undefined, id: PeerId): Check => ({
  id: 'reference-as-noted',
  title: 'The file to copy from is what it was when it was chosen',
  never: true,
  judge: (world): Verdict => {
    const [reference, stamp] = noted ?? [];
    if (reference === undefined) return unknown('No host was chosen whose file the others are made like.');
    if (reference === id)
      return pass(`It is the file of ${called(world, id)} itself: only its list changes.`);
    const file = inspectionOf(world, reference)?.file;
    if (file === undefined) return notInspected(world, reference);
    if (file.state === 'there' && file.stamp === null)
      return unknown(
        `Whether the file of ${called(world, reference)} was changed can't be told: stat gives nothing there.`,
      );
    return file.stamp !== null && file.stamp === stamp
      ? pass(`The file of ${called(world, reference)} is what it was when it was chosen.`)
      : block(
          `The file of ${called(world, reference)} was changed since it was chosen: see what was done there, pause this, and align anew.`,
        );
  },
});

/** The file sets what the other host's sets and nothing else, and lists nobody twice. */
export const sameSettingsIn = (from: PeerId, id: PeerId): Check => ({
  id: 'same-settings',
  title: `The file of ${id} sets what that of ${from} sets`,
  judge: (world) => {
    const [theirs, ours] = [inspectionOf(world, from)?.file, inspectionOf(world, id)?.file];
    if (theirs === undefined || ours === undefined)
      return unknown(`${from} and ${id} must both be inspected for this.`);
    const [wanted, has] = [settingsOf(theirs), settingsOf(ours)];
    const odd = [...new Set([...wanted.keys(), ...has.keys()])].filter(
      (name) => wanted.get(name) !== has.get(name),
    );
    if (odd.length > 0)
      return block(
        `${ours.path} on ${called(world, id)} has another ${listed(odd)} than ${called(world, from)}.`,
      );
    const twice = (ours.peers ?? []).find((one, at, all) => all.indexOf(one) !== at);
    if (twice !== undefined) return block(`${ours.path} on ${called(world, id)} lists ${twice} twice.`);
    return pass(`${ours.path} on ${called(world, id)} sets what ${called(world, from)} sets.`);
  },
});

/** A password does not become readable for every user of the host. */
export const secretStaysSecret = (from: PeerId, id: PeerId): Check => ({
  id: 'mode',
  title: 'A password does not become readable for others',
  judge: (world) => {
    const [theirs, ours] = [inspectionOf(world, from)?.file, inspectionOf(world, id)?.file];
    const open = /[4-7]$/.test(ours?.mode ?? '') && !/[4-7]$/.test(theirs?.mode ?? '');
    return (theirs?.secrets.length ?? 0) > 0 && open
      ? warn(
          `${ours?.path} on ${called(world, id)} has mode ${ours?.mode}, so every user there can read it, and it will hold ${listed(theirs?.secrets ?? [])}: chmod ${theirs?.mode} it by hand.`,
        )
      : pass('No password becomes readable for others.');
  },
});
