import { type EnvironmentEntry, parseEnvironmentFile, wordsOf } from '../cluster/environment-file.ts';
import { type Known, readHostFacts } from '../cluster/host-facts.ts';
import { destinations, leftoversOf, yesNo } from '../cluster/host-traces.ts';
import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import { BLANK, INSPECT_BEGIN, INSPECT_END } from '../commands/inspect-script.ts';
import { clean } from '../text/clean.ts';
import type { FileState, Inspection, PeersAssignment, Reach, UnitFile } from './inspection.ts';

type Fields = {
  readonly all: (name: string) => readonly string[];
  readonly first: (name: string) => string | undefined;
  readonly why: (name: string) => string | undefined;
};

/** `= FIELD TEXT` and `! FIELD REASON`; the host's own content never begins a line, so it can't pass for a field. */
const fieldsOf = (lines: readonly string[]): Fields => {
  const values = new Map<string, string[]>();
  const reasons = new Map<string, string>();
  for (const line of lines) {
    const [, sign, name, text] = /^([=!]) ([a-z-]+) ?(.*)$/s.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    if (sign === '!') reasons.set(name, clean(text, 300));
    else values.set(name, [...(values.get(name) ?? []), text]);
  }
  return {
    all: (name) => values.get(name) ?? [],
    first: (name) => values.get(name)?.[0],
    why: (name) => reasons.get(name),
  };
};

const known = <T>(value: T): Known<T> => ({ known: true, value });
const notKnown = (because: string | undefined): Known<never> => ({
  known: false,
  because: because || 'the host did not say',
});

/** What a word of PEERS may be made of for this program to write it back: nothing that a shell or systemd would read. */
const PLAIN_WORD = /^[\w@%+=:,./[\]-]+$/;

const assignmentOf = (
  lines: readonly string[],
  entries: readonly EnvironmentEntry[],
): PeersAssignment | null => {
  const entry = entries.findLast(({ name }) => name === 'PEERS');
  if (entry === undefined) return null;
  const written = (lines[entry.firstLine] ?? '').replace(/^[^=]*=\s*/, '');
  return {
    from: entry.firstLine + 1,
    to: entry.lastLine + 1,
    words: wordsOf(entry.value),
    quote: written.startsWith("'") ? "'" : '"',
  };
};

/** Why a file with these lines would not be edited; null where it can be. */
const obstacleOf = (
  lines: readonly string[],
  entries: readonly EnvironmentEntry[],
  assignment: PeersAssignment | null,
  odd: string | undefined,
): string | null => {
  if (odd !== undefined && (assignment === null || !odd.startsWith('ends '))) return clean(odd, 100);
  if (lines.some((line) => /\r(?!$)/.test(line))) return 'has carriage returns inside its lines';
  if (entries.filter(({ name }) => name === 'PEERS').length > 1) return 'sets PEERS more than once';
  if (assignment === null) return null;
  if (assignment.words.join(' ').includes(BLANK)) return 'has an option in PEERS that may carry a password';
  const strange = assignment.words.find((word) => !PLAIN_WORD.test(word));
  return strange === undefined ? null : `has ${JSON.stringify(clean(strange, 60))} in PEERS`;
};

/** The environment file from its lines as the inspection prints them: with carriage returns, without line feeds. */
export const readFileLines = (
  lines: readonly string[],
  rest: Pick<
    FileState,
    'path' | 'digest' | 'stamp' | 'mode' | 'owner' | 'symlink' | 'writable' | 'secretDigests'
  > & {
    readonly odd?: string;
  },
): FileState => {
  const { odd, ...plain } = rest;
  const file = parseEnvironmentFile(lines.map((line) => `${line}\n`).join(''));
  const { entries } = file;
  const assignment = assignmentOf(lines, entries);
  const names = [...new Set(entries.map(({ name }) => name))];
  const secret = (name: string) =>
    entries.some((entry) => entry.name === name && entry.value.startsWith(BLANK)) && name !== 'PEERS';
  return {
    ...plain,
    state: 'there',
    lines: lines.map((line) => clean(line, 4096)),
    peers: file.peers?.map((peer) => clean(peer, 300)) ?? null,
    assignment:
      assignment === null ? null : { ...assignment, words: assignment.words.map((word) => clean(word, 300)) },
    names: names.map((name) => clean(name, 300)),
    secrets: names.filter(secret).map((name) => clean(name, 300)),
    obstacle: obstacleOf(lines, entries, assignment, odd),
  };
};

const stampOf = (text: string | undefined): string | null =>
  text !== undefined && /^[\w.:]{3,80}$/.test(text) ? text : null;

const fileOf = (fields: Fields, path: string): FileState => {
  const digest = fields.first('file-digest');
  const rest = {
    path: clean(fields.first('file-path') ?? path, 300),
    digest: sha256(digest),
    stamp: stampOf(fields.first('file-stamp')),
    mode: fields.first('file-mode') ? clean(fields.first('file-mode') ?? '', 20) : null,
    owner: fields.first('file-owner') ? clean(fields.first('file-owner') ?? '', 100) : null,
    symlink: fields.first('file-symlink') === 'yes',
    writable: fields.first('file-writable') === 'yes',
    secretDigests: new Map(
      fields.all('file-secret').flatMap((line) => {
        const [, name, sum] = /^(.*) ([0-9a-f]{64})$/.exec(line) ?? [];
        return name === undefined || sum === undefined ? [] : [[clean(name, 300), sum] as const];
      }),
    ),
  };
  if (rest.digest !== null && fields.why('file') === undefined)
    return readFileLines(fields.all('file-line'), { ...rest, odd: fields.first('file-odd') });
  const state = fields.why('file') === 'missing' ? 'missing' : 'unreadable';
  return {
    ...rest,
    digest: null,
    stamp: null,
    state,
    lines: [],
    peers: null,
    assignment: null,
    names: [],
    secrets: [],
    obstacle: state === 'missing' ? null : 'could not be read',
  };
};

const MOST_LINES = 500;

const sha256 = (text: string | undefined): string | null =>
  text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : null;

const unitFileOf = (fields: Fields): UnitFile => ({
  path: clean(fields.first('unit-path') ?? '', 300),
  digest: sha256(fields.first('unit-file-digest')),
  stamp: stampOf(fields.first('unit-file-stamp')),
  lines: fields
    .all('unit-line')
    .slice(0, MOST_LINES)
    .map((line) => clean(line, 1000)),
  hidden: new Map(
    fields.all('unit-secret').flatMap((line) => {
      const [, at, sum] = /^(\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
      return sum === undefined ? [] : [[Number(at) - 1, sum] as const];
    }),
  ),
  dropIns: fields.all('unit-drop-in').map((line) => {
    const [digest, ...name] = line.split(' ');
    return { name: clean(name.join(' '), 200), digest: sha256(digest) };
  }),
  unread: yesNo(fields.first('unit-reload')),
});

const REACHES: readonly string[] = ['open', 'refused', 'unreachable', 'timeout', 'unknown'] satisfies Reach[];

/** `WORD ADDRESS` lines as a map by address. */
const byAddress = <T>(lines: readonly string[], value: (word: string) => T): Map<string, T> =>
  new Map(
    lines.map((line) => {
      const at = line.indexOf(' ');
      return [clean(line.slice(at + 1), 300), value(line.slice(0, at))];
    }),
  );

const routesOf = (fields: Fields): Known<readonly string[]> =>
  fields.first('routes-known') !== 'yes'
    ? notKnown(fields.why('routes'))
    : known(destinations(fields.all('route')));

/** `weave ps` lines: the bridge's own is no container; ids become names where docker knows them. */
const attachedOf = (fields: Fields): Known<readonly string[]> => {
  if (fields.first('attached-known') !== 'yes') return notKnown(fields.why('attached') ?? 'it was not asked');
  const names = new Map(
    fields.all('container-name').map((line) => {
      const [id = '', name = ''] = line.split(' ');
      return [id, name] as const;
    }),
  );
  return known(
    fields
      .all('attached')
      .map((line) => line.trim().split(/\s+/)[0] ?? '')
      .filter((id) => id !== '' && !id.startsWith('weave:'))
      .map((id) => clean(names.get(id) || id, 100)),
  );
};

/**
 * Reads what `inspectCommand` printed on `peer`. All text is cleaned. `at` is when it was begun (monotonic), `wall` the
 * wall clock half-way, for the skew. Output that is not whole is a failed inspection: nothing in it is believed.
 */
export const readInspection = (
  stdout: string,
  peer: Pick<InventoryPeer, 'address' | 'environmentFile'>,
  { at, wall }: { readonly at: Millis; readonly wall: number },
): Inspection => {
  const host = peer.address;
  const failed = (text: string, kind: Trouble['kind']): Inspection => ({
    kind: 'failed',
    at,
    host,
    why: { kind, text, layer: 'ssh' },
  });
  const lines = stdout.split('\n');
  const begin = lines.indexOf(INSPECT_BEGIN);
  const end = lines.lastIndexOf(INSPECT_END);
  const read = readHostFacts(lines.slice(0, Math.max(begin, 0)).join('\n'), peer.environmentFile);
  if (begin < 0 || read.kind === 'garbled') {
    const text = `${host} did not run the inspection: is it a shell account?`;
    return failed(read.kind === 'garbled' ? `${text} (${read.why})` : text, 'no-shell');
  }
  if (end < begin) return failed(`The inspection of ${host} was cut short.`, 'protocol');
  const fields = fieldsOf(lines.slice(begin + 1, end));
  const { facts } = read;
  const docker = fields.first('docker');
  return {
    kind: 'inspected',
    at,
    host,
    facts,
    skew: facts.clock.known ? facts.clock.value - wall : null,
    file: fileOf(fields, peer.environmentFile),
    unitFile: unitFileOf(fields),
    leftovers: leftoversOf(fields.first),
    routes: routesOf(fields),
    resolves: byAddress(fields.all('resolves'), yesNo),
    reaches: byAddress(
      fields.all('reaches'),
      (word): Reach => (REACHES.includes(word) ? (word as Reach) : 'unknown'),
    ),
    attached: attachedOf(fields),
    running: yesNo(fields.first('running')),
    docker: docker ? known(clean(docker, 100)) : notKnown(fields.why('docker')),
  };
};
