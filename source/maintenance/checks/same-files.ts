import type { PeerId } from '../../cluster/inventory.ts';
import type { FileState, Inspected } from '../inspection.ts';
import { LAUNCH_OPTIONS, settingsOf } from '../settings.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { sameSettingsIn } from './agreement.ts';
import { ofEach, together } from './of-each.ts';
import { called, inspectionOf, listed, notInspected, reachable } from './seeing.ts';

const withFile = (world: World, ids: readonly PeerId[]): readonly Inspected[] =>
  reachable(world, ids).flatMap((id) => {
    const it = inspectionOf(world, id);
    return it?.file.state === 'there' ? [it] : [];
  });

/** The host whose file sets the most, for the others to be made from; null where nobody has a file. */
export const fullestFile = (world: World, ids: readonly PeerId[]): PeerId | null => {
  const sizes = withFile(world, ids).map(({ host, file }) => ({ host, size: settingsOf(file).size }));
  const [first] = sizes.toSorted((a, b) => b.size - a.size);
  return first?.host ?? null;
};

/**
 * The address range that weave will have by the options of this host's file; weave's own without one. Null where the file
 * does not tell.
 */
export const rangeIn = (world: World, id: PeerId | null): string | null => {
  if (id === null) return '10.32.0.0/12';
  const file = inspectionOf(world, id)?.file;
  if (file === undefined) return null;
  const options = (settingsOf(file).get(LAUNCH_OPTIONS) ?? '').split(' ');
  const at = options.findLastIndex((word) => /^--?ipalloc-range(?:=|$)/.test(word));
  if (at < 0) return '10.32.0.0/12';
  return options[at]?.split('=')[1] ?? options[at + 1] ?? null;
};

/** What one file sets that `whole` (null: nothing) does not set, or sets otherwise; what it lacks it gets. Never a value. */
const atOdds = (own: FileState, whole: FileState | null): readonly string[] => {
  const theirs = whole === null ? new Map<string, string>() : settingsOf(whole);
  return [...settingsOf(own)].flatMap(([name, value]) => {
    if (!theirs.has(name)) return [`${name} too`];
    if (theirs.get(name) === value) return [];
    return [name === LAUNCH_OPTIONS ? `other ${name}` : `another ${name}`];
  });
};

/** What is known of each file so far can be read and edited, and fits into one: no two set the same thing otherwise. */
export const filesFit = (ids: readonly PeerId[]): Check => ({
  id: 'files-fit',
  title: 'The environment files that are there already can become one',
  judge: (world) => {
    const asked = reachable(world, ids);
    const wrong: Verdict[] = [];
    const whole = fullestFile(world, ids);
    const wholeFile = whole === null ? undefined : inspectionOf(world, whole)?.file;
    for (const id of asked) {
      const file = inspectionOf(world, id)?.file;
      const name = called(world, id);
      if (file === undefined) wrong.push(notInspected(world, id));
      else if (file.state === 'unreadable')
        wrong.push(unknown(`${file.path} on ${name} could not be read: does this account need sudo?`));
      else if (file.obstacle !== null)
        wrong.push(block(`${file.path} on ${name} ${file.obstacle}: edit it by hand.`));
      else if (!file.writable)
        wrong.push(
          block(`${file.path} on ${name} can't be written: is its folder there, and not read-only?`),
        );
      else if (file.state === 'there' && wholeFile !== undefined && whole !== null && id !== whole) {
        const said = atOdds(file, wholeFile);
        if (said.length > 0)
          wrong.push(
            block(
              `${file.path} on ${name} is at odds with that of ${called(world, whole)}: it sets ${listed(said)}. Make one of them complete and right, and remove the other.`,
            ),
          );
      }
    }
    if (asked.length === 0) return unknown('No host could be asked.');
    return together(
      wrong,
      whole === null
        ? 'No host has an environment file yet: each gets the list alone.'
        : `Each host gets the list, and what ${called(world, whole)} sets.`,
    );
  },
});

/** The lists that are there already name nobody but these peers; others would be dropped. */
export const nobodyDropped = (ids: readonly PeerId[]): Check => ({
  id: 'strangers',
  title: 'No list names somebody else',
  judge: (world) =>
    together(
      withFile(world, ids).flatMap(({ host, file }) => {
        const others = (file.peers ?? []).filter((entry) => !ids.includes(entry));
        return others.length === 0
          ? []
          : [
              warn(
                `The file of ${called(world, host)} lists ${listed(others)}, which ${others.length > 1 ? 'are' : 'is'} not in the config: the new list drops ${others.length > 1 ? 'them' : 'it'}.`,
              ),
            ];
      }),
      'No list names a host that is not in the config.',
    ),
});

const templateUnknown = unknown('Which file it is made from is not on record.');

/** This host's file sets nothing that would be lost or written over: what it sets, `template`'s sets, too, and the same. */
export const fileFits = (template: PeerId | null, id: PeerId): Check => ({
  id: 'file-fits',
  title: `Nothing that the file of ${id} sets gets lost`,
  judge: (world) => {
    if (template === '') return templateUnknown;
    const own = inspectionOf(world, id);
    const whole = template === null ? null : inspectionOf(world, template);
    if (own === null || (template !== null && whole === null))
      return unknown(`${listed([...new Set([id, template ?? id])])} must be inspected for this.`);
    const said = atOdds(own.file, whole?.file ?? null);
    const others =
      template === null ? 'the others, which have no file' : `that of ${called(world, template)}`;
    return said.length === 0
      ? pass(`${called(world, id)} sets nothing there that the others will not.`)
      : block(
          `${own.file.path} on ${called(world, id)} is at odds with ${others}: it sets ${listed(said)}. Make it right by hand.`,
        );
  },
});

const listAlone = (id: PeerId): Check => ({
  id: 'list-alone',
  title: `The file of ${id} sets the list alone`,
  judge: (world) => {
    const own = inspectionOf(world, id);
    if (own === null) return notInspected(world, id);
    const more = [...settingsOf(own.file).keys()];
    return more.length === 0
      ? pass(`${own.file.path} on ${called(world, id)} sets the list alone.`)
      : block(
          `${own.file.path} on ${called(world, id)} sets ${listed(more)}, which no other host does: make them the same first.`,
        );
  },
});

/** This host's file sets what `template`'s sets and nothing else. Null: the list alone. Empty: nobody knows. */
export const saysTheSame = (template: PeerId | null, id: PeerId): Check => {
  if (template === '')
    return {
      id: 'same-settings',
      title: `The file of ${id} sets what the others set`,
      judge: () => templateUnknown,
    };
  return template === null ? listAlone(id) : sameSettingsIn(template, id);
};

/** The files of all say the same: `template` is the one that they were made from. */
export const allSayTheSame = (template: PeerId | null, ids: readonly PeerId[]): Check =>
  ofEach(
    ids,
    {
      id: 'same-files',
      title: 'Every environment file says the same',
      passes: 'They do, secrets too.',
    },
    (id, world) => saysTheSame(template, id).judge(world),
  );
