import { isPeerAt, parseEnvironmentFile } from '../cluster/environment-file.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { FileState } from './inspection.ts';

/** Under this name stand the options of `weave launch` that a file has in its list of peers. */
export const LAUNCH_OPTIONS = 'options in PEERS';

/**
 * What an environment file sets besides the list of peers, by name. A secret stands as its salted digest: to be compared
 * and never shown. A file that isn't there sets nothing.
 */
export const settingsOf = (file: FileState): ReadonlyMap<string, string> => {
  const { entries } = parseEnvironmentFile(file.lines.map((line) => `${line}\n`).join(''));
  const words = file.assignment?.words ?? [];
  const options = words.filter((_, at) => !isPeerAt(words, at)).join(' ');
  // The host tells digests by names in capitals.
  const all = new Map(
    entries.map(({ name, value }) => [name, file.secretDigests.get(name.toUpperCase()) ?? value]),
  );
  all.delete('PEERS');
  const hidden = file.secretDigests.get('PEERS');
  if (hidden !== undefined || options !== '') all.set(LAUNCH_OPTIONS, hidden ?? options);
  return all;
};

/** Who sets one thing how, the most common way first; null: not at all. */
export type Opinion = {
  readonly name: string;
  readonly secret: boolean;
  readonly groups: readonly { readonly value: string | null; readonly ids: readonly PeerId[] }[];
};

/** A file with the host that it is on. */
export type HostFile = { readonly id: PeerId; readonly file: FileState };

/** Who sets what how, for all that any of these files sets. */
export const opinionsOf = (files: readonly HostFile[]): readonly Opinion[] => {
  const all = files.map(({ id, file }) => ({ id, settings: settingsOf(file) }));
  const names = [...new Set(all.flatMap(({ settings }) => [...settings.keys()]))].sort();
  return names.map((name) => {
    const groups = new Map<string | null, PeerId[]>();
    for (const { id, settings } of all) {
      const value = settings.get(name) ?? null;
      groups.set(value, [...(groups.get(value) ?? []), id]);
    }
    return {
      name,
      secret: files.some(({ file }) =>
        file.secretDigests.has(name === LAUNCH_OPTIONS ? 'PEERS' : name.toUpperCase()),
      ),
      groups: [...groups].map(([value, ids]) => ({ value, ids })).sort((a, b) => b.ids.length - a.ids.length),
    };
  });
};

/** Whether it can't be told by counting which way is right; a secret needs more than half of all. */
export const undecided = ({ secret, groups: [first, second] }: Opinion, of: number): boolean => {
  if (first === undefined || second === undefined) return false;
  return secret ? first.ids.length * 2 <= of : first.ids.length === second.ids.length;
};

/** The first host that sets everything as most do, one whose file a program may copy if there is any; null without one. */
export const referenceOf = (files: readonly HostFile[]): PeerId | null => {
  const opinions = opinionsOf(files);
  const agreeing = files.filter(({ id }) => opinions.every(({ groups }) => groups[0]?.ids.includes(id)));
  return (agreeing.find(({ file }) => file.obstacle === null) ?? agreeing[0])?.id ?? null;
};
