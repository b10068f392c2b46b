import {
  type EnvironmentEntry,
  isPeerAt,
  parseEnvironmentFile,
  wordsOf,
} from '../cluster/environment-file.ts';
import type { LineEdit } from '../commands/edit-file.ts';
import { anotherBlank } from '../commands/inspect-script.ts';
import type { FileState } from './inspection.ts';

/** How the list changes: one more peer at its end, or one less. */
export type ListChange = { readonly add: string } | { readonly remove: string };

/** The words of PEERS after a change; options of `weave launch` and their arguments stay where they are. */
export const changedWords = (words: readonly string[], change: ListChange): readonly string[] => {
  if ('remove' in change) return words.filter((word, at) => word !== change.remove || !isPeerAt(words, at));
  return words.some((word, at) => word === change.add && isPeerAt(words, at))
    ? words
    : [...words, change.add];
};

/** The edit that makes this change, as one line; null when the file must not be edited by a program. */
export const editFor = (file: FileState, change: ListChange): LineEdit | null => {
  if (file.state !== 'there' || file.assignment === null || file.obstacle !== null) return null;
  const { from, to, words, quote } = file.assignment;
  return { from, to, line: `PEERS=${quote}${changedWords(words, change).join(' ')}${quote}` };
};

/** The edit as a diff: what goes, what comes. Lines that stay are left out. */
export const editPreview = (file: FileState, edit: LineEdit): readonly string[] => [
  ...file.lines.slice(Math.max(0, edit.from - 1), edit.to).map((line) => `- ${line}`),
  `+ ${edit.line}`,
];

/** Whether two lists name the same peers; their order says nothing to weave. */
export const sameList = (a: readonly string[], b: readonly string[]): boolean => {
  const [ours, theirs] = [new Set(a), new Set(b)];
  return ours.size === theirs.size && [...ours].every((one) => theirs.has(one));
};

/** Names of what must be the cluster's own everywhere. */
export const TELLING = /PASS|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE/i;

/**
 * The environment file of a new peer: its own file where it has one, else a member's; PEERS is the whole list; what a
 * member's file sets and its own does not comes over, and so does every variable that holds a secret, because that must
 * be the cluster's. An empty member's file gives the list alone. `exact`: all that it sets becomes what the member sets,
 * and nothing else; its comments stay. Null when either file is one that must not be edited by a program. Works on bytes
 * with secrets and on lines with blanks alike, so that what is shown is what is written.
 */
export const newPeerFile = (
  member: string,
  own: string | null,
  list: readonly string[],
  exact = false,
): string | null => {
  if ([member, own ?? ''].some((text) => /\r(?!\n)/.test(text) || endsOpen(text))) return null;
  const words = optionsOf(member);
  if (words === null) return null;
  const line = `PEERS="${[...words, ...list].join(' ')}"`;
  if (own === null || own === '') return withAssignment(member, 'PEERS', line);
  const from = parseEnvironmentFile(member);
  const entries = [...new Map(from.entries.map((entry) => [entry.name, entry])).values()];
  let text: string | null = withAssignment(own, 'PEERS', line);
  for (const { name, firstLine, lastLine } of entries) {
    if (name === 'PEERS' || text === null) continue;
    const has = parseEnvironmentFile(text).entries.some((entry) => entry.name === name);
    if (has && !exact && !TELLING.test(name)) continue;
    const lines = from.lines
      .slice(firstLine, lastLine + 1)
      .join('')
      .replace(/\r?\n$/, '');
    text = withAssignment(text, name, lines);
  }
  return exact && text !== null
    ? withOnly(text, new Set(['PEERS', ...entries.map(({ name }) => name)]))
    : text;
};

/** `text` without the assignments of other names than these. */
const withOnly = (text: string, names: ReadonlySet<string>): string => {
  const file = parseEnvironmentFile(text);
  const gone = file.entries.filter(({ name }) => !names.has(name));
  const inOne =
    (at: number) =>
    ({ firstLine, lastLine }: EnvironmentEntry) =>
      firstLine <= at && at <= lastLine;
  return file.lines.filter((_, at) => !gone.some(inOne(at))).join('');
};

/** A line after which the next one would not begin an assignment. */
const endsOpen = (text: string): boolean =>
  text !== '' &&
  parseEnvironmentFile(`${text.replace(/\n$/, '')}\nWEAVE_CONSOLE=1\n`).entries.at(-1)?.name !==
    'WEAVE_CONSOLE';

/** The options in a PEERS list, which every peer must have alike; null where they can't be written back. */
const optionsOf = (text: string): readonly string[] | null => {
  const entry = parseEnvironmentFile(text).entries.findLast(({ name }) => name === 'PEERS');
  const words = wordsOf(entry?.value ?? '');
  if (words.some((word) => !/^[\w@%+=:,./[\]-]+$/.test(word))) return null;
  return words.filter((_, at) => !isPeerAt(words, at));
};

/** `text` with the assignment of `name` replaced by these lines, or with them at its end; null where it is set twice. */
const withAssignment = (text: string, name: string, lines: string): string | null => {
  const file = parseEnvironmentFile(text);
  const found = file.entries.filter((entry) => entry.name === name);
  const [entry] = found;
  if (found.length > 1) return null;
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  if (entry === undefined) {
    const lead = text === '' || text.endsWith('\n') ? '' : eol;
    return `${text}${lead}${lines}${eol}`;
  }
  const end = /\r?\n$/.exec(file.lines[entry.lastLine] ?? '')?.[0] ?? '';
  return [
    ...file.lines.slice(0, entry.firstLine),
    `${lines}${end}`,
    ...file.lines.slice(entry.lastLine + 1),
  ].join('');
};

const textOf = (file: FileState): string => file.lines.map((line) => `${line}\n`).join('');

/** `newPeerFile` from lines in which secrets are blanked out. `member` null: nobody's. */
const madeFile = (
  member: FileState | null,
  own: FileState,
  list: readonly string[],
  exact: boolean,
): string | null =>
  newPeerFile(member === null ? '' : textOf(member), own.state === 'there' ? textOf(own) : null, list, exact);

/** The words of a text that could be a host: `--host=10.0.0.11:6783` has `10.0.0.11`. */
const hostsIn = (text: string): readonly string[] => text.split(/[^\w.-]+/);

/** What of a file is one host's own: a peer name or nickname for the launch, or whatever names that host alone. */
const ownWords = (text: string, owner: readonly string[], other: readonly string[]): readonly string[] =>
  parseEnvironmentFile(text).entries.flatMap(({ name, value }) => {
    const words = wordsOf(value);
    const ofBoth = (names: readonly string[]) => names.some((one) => hostsIn(value).includes(one));
    return words.flatMap((word, at) => {
      if (name === 'PEERS' && isPeerAt(words, at)) return [];
      if (/^--?(?:name|nickname)=/.test(word)) return [word];
      if (/^--?(?:name|nickname)$/.test(word)) return [`${word} ${words[at + 1] ?? ''}`.trim()];
      if (/^--?(?:name|nickname)$/.test(words[at - 1] ?? '')) return [];
      const names = owner.some((one) => hostsIn(word).includes(one));
      return names && (name === 'PEERS' || !ofBoth(other)) ? [word] : [];
    });
  });

/**
 * What the new file would take from the member that is that host's own, and lose that is the peer's own. `names`: by which
 * the two hosts are called. Two peers that are launched with one name break the mesh.
 */
export const ownedChanges = (
  { file: member, names: theirs }: { readonly file: FileState | null; readonly names: readonly string[] },
  { file: own, names: ours }: { readonly file: FileState; readonly names: readonly string[] },
  list: readonly string[],
  exact: boolean,
): { readonly takes: readonly string[]; readonly loses: readonly string[] } => {
  const made = madeFile(member, own, list, exact);
  const before = own.state === 'there' ? textOf(own) : '';
  if (made === null) return { takes: [], loses: [] };
  const [had, gets] = [ownWords(before, theirs, ours), ownWords(made, theirs, ours)];
  const [hadOwn, keeps] = [ownWords(before, ours, theirs), ownWords(made, ours, theirs)];
  return {
    takes: gets.filter((word) => !had.includes(word)),
    loses: hadOwn.filter((word) => !keeps.includes(word)),
  };
};

/**
 * The new peer's file as a diff against its own, from lines in which secrets are blanked out. `member` null: nobody's. Of
 * a secret that changes it is said that it is another.
 */
export const newPeerPreview = (
  member: FileState | null,
  own: FileState,
  list: readonly string[],
  exact = false,
): readonly string[] => {
  const made = madeFile(member, own, list, exact);
  if (made === null) return [];
  const other = (name: string) =>
    (exact || TELLING.test(name)) &&
    member?.secretDigests.has(name) === true &&
    member.secretDigests.get(name) !== own.secretDigests.get(name);
  const changes = (line: string) =>
    other(
      line
        .slice(0, Math.max(0, line.indexOf('=')))
        .trim()
        .toUpperCase(),
    );
  const lines = made.split('\n').slice(0, -1);
  const before = own.state === 'there' ? own.lines : [];
  return [
    ...before.filter((line) => !lines.includes(line) || changes(line)).map((line) => `- ${line}`),
    ...lines.map((line) => {
      if (!before.includes(line)) return `+ ${line}`;
      return changes(line) ? `+ ${anotherBlank(line)}` : `  ${line}`;
    }),
  ];
};
