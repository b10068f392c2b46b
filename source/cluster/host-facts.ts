import { PROBE_BEGIN, PROBE_END } from '../commands/probe-script.ts';
import { clean } from '../text/clean.ts';
import { withoutSecrets } from '../text/said-secret.ts';
import { isPeerAt, parseEnvironmentFile, wordsOf } from './environment-file.ts';
import { destinations, type Leftovers, leftoversOf } from './host-traces.ts';
import { type Mark, readMark } from './removed.ts';

/** A fact that may not be known, and then why. Unknown is never the same as absent or failed. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly because: string };

/** `systemctl show` of weave's unit. `load: not-found` means that the host has no such unit. */
export type UnitFacts = {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly enabled: string;
  readonly result: string;
  readonly mainStatus: number | null;
  /** `Restart=` of the unit; anything but `no` brings a reset peer back. */
  readonly restart: string;
  readonly fragment: string;
  /** A salted digest of the unit file and its drop-ins, to be compared and never shown; null when there is none to read. */
  readonly digest: string | null;
};

/** `docker inspect weave`. */
export type ContainerFacts = {
  /** docker's word: running, exited, created, paused, restarting, dead; `absent` when there is none. */
  readonly status: string;
  readonly exitCode: number | null;
  readonly restartPolicy: string | null;
};

/** The environment file as the host has it, without secrets. */
export type EnvironmentFacts = {
  readonly path: string;
  readonly state: 'read' | 'missing' | 'unreadable';
  /** The PEERS list in file order, or null when the file has no PEERS line. */
  readonly peers: readonly string[] | null;
  /** Names of all variables that are set, in file order. */
  readonly keys: readonly string[];
  /** What they are set to, without what may be secret; of PEERS only the options of `weave launch` in it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of those that are not shown a salted digest, to be compared and never shown. */
  readonly hidden: Readonly<Record<string, string>>;
  /** sha256 of the file with the values of secrets cut out; null unless read. */
  readonly digest: string | null;
  /** Entries of PEERS that are names and don't resolve there now. */
  readonly unresolved: readonly string[];
  /** A salted digest of WEAVE_PASSWORD, to be compared and never shown; null where it sets none or it isn't known. */
  readonly passwordDigest: string | null;
  /**
   * The same of the WEAVE_PASSWORD that the weave which runs there was started with (the environment of its container); null
   * where the file sets none, weave is down, got its password by an option, or it isn't known.
   */
  readonly runningPasswordDigest: string | null;
};

/** What one probe of a host gave. */
export type HostFacts = {
  readonly hostname: string;
  readonly user: string;
  readonly root: boolean;
  /** Whether `sudo -n true` worked; null when it was not tried (root, or sudo: never). */
  readonly sudo: boolean | null;
  readonly machineId: Known<string>;
  readonly bootId: Known<string>;
  /** The host's own wall clock half-way through the probe, ms since 1970. */
  readonly clock: Known<number>;
  readonly unit: Known<UnitFacts>;
  readonly container: Known<ContainerFacts>;
  /** SCRIPT_VERSION of the weave script; starting `weave version` would start a container. */
  readonly scriptVersion: Known<string>;
  readonly environment: EnvironmentFacts;
  /** Which of flock, curl, docker, systemctl, timeout, sha256sum, awk, sudo, journalctl the host has. */
  readonly tools: readonly string[];
  /** What an earlier weave left; asked only where none runs, else all null. */
  readonly leftovers: Leftovers;
  /** Destinations of its routes, but for weave's own; asked only where weave doesn't run. */
  readonly routes: Known<readonly string[]>;
  /** Where weave died: those of its last log lines that say of what, if it is a route or a name. */
  readonly lastWords: readonly string[];
  /** Peers that were reclaimed, as this host has it on record. */
  readonly reclaimed: Known<readonly Mark[]>;
};

/**
 * What reading a probe's output gave. `garbled` is output that the probe did not print (`began: false`), or not all of
 * it (`began: true`).
 */
export type ReadHostFacts =
  | { readonly kind: 'facts'; readonly facts: HostFacts }
  | { readonly kind: 'garbled'; readonly began: boolean; readonly why: string; readonly excerpt: string };

type Fields = {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly reasons: ReadonlyMap<string, string>;
};

const fieldsOf = (lines: readonly string[]): Fields => {
  const values = new Map<string, string[]>();
  const reasons = new Map<string, string>();
  for (const line of lines) {
    const [, sign, name, text] = /^([=!]) ([a-z-]+) ?(.*)$/s.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    if (sign === '!') reasons.set(name, clean(text, 300));
    else values.set(name, [...(values.get(name) ?? []), text]);
  }
  return { values, reasons };
};

const known = <T>(value: T): Known<T> => ({ known: true, value });
const unknown = (because: string): Known<never> => ({ known: false, because });

/** A whole number, or null for anything else. */
const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;

const sha256 = (text: string | undefined): string | null =>
  text && /^[0-9a-f]{64}$/.test(text) ? text : null;

const unitOf = (lines: readonly string[], digest: string | undefined): UnitFacts => {
  const property = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const word = (name: string) => clean(property.get(name) ?? '', 300);
  return {
    load: word('LoadState'),
    active: word('ActiveState'),
    sub: word('SubState'),
    enabled: word('UnitFileState'),
    result: word('Result'),
    mainStatus: wholeNumber(property.get('ExecMainStatus')),
    restart: word('Restart'),
    fragment: word('FragmentPath'),
    digest: sha256(digest),
  };
};

const ABSENT: ContainerFacts = { status: 'absent', exitCode: null, restartPolicy: null };

/** Reads `{{json .State}} {{json .HostConfig.RestartPolicy}}` of docker inspect. */
const containerOf = (line: string): Known<ContainerFacts> => {
  try {
    const [state, policy] = JSON.parse(`[${line.replace(/\} (\{|null)/, '},$1')}]`) as [unknown, unknown];
    const field = (from: unknown, name: string): unknown => (from as Record<string, unknown> | null)?.[name];
    const [status, exitCode, restart] = [
      field(state, 'Status'),
      field(state, 'ExitCode'),
      field(policy, 'Name'),
    ];
    if (typeof status !== 'string') return unknown('docker inspect did not say a status');
    return known({
      status: clean(status, 40),
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      restartPolicy: typeof restart === 'string' ? clean(restart, 40) : null,
    });
  } catch {
    return unknown('docker inspect did not print JSON');
  }
};

/** The clock half-way between the first and the last reading; a reading in whole seconds stands for their middle. */
const clockOf = ({ values }: Fields): Known<number> => {
  const exact = (values.get('clock-ms') ?? []).map(wholeNumber);
  const rough = (values.get('clock-s') ?? []).map((text) => {
    const seconds = wholeNumber(text);
    return seconds === null ? null : seconds * 1000 + 500;
  });
  const readings = [...exact, ...rough].filter((reading) => reading !== null);
  const [first, last] = [readings.at(0), readings.at(-1)];
  return first === undefined || last === undefined
    ? unknown('date did not say a time')
    : known((first + last) / 2);
};

const optionsIn = (list: string): string => {
  const words = wordsOf(list);
  return words.filter((_, at) => !isPeerAt(words, at)).join(' ');
};

const environmentOf = ({ values, reasons }: Fields, path: string): EnvironmentFacts => {
  const lines = values.get('environment');
  if (!lines) {
    const state = reasons.get('environment') === 'missing' ? 'missing' : 'unreadable';
    return {
      path,
      state,
      peers: null,
      keys: [],
      settings: {},
      hidden: {},
      digest: null,
      unresolved: [],
      passwordDigest: null,
      runningPasswordDigest: null,
    };
  }
  const file = parseEnvironmentFile(lines.map((line) => `${line}\n`).join(''));
  const peers = file.peers?.map((peer) => clean(peer, 300)) ?? null;
  return {
    path,
    state: 'read',
    peers,
    keys: [...new Set(file.entries.map((entry) => clean(entry.name, 300)))],
    settings: Object.fromEntries(
      file.entries.map(({ name, value }) => [
        clean(name, 300),
        clean(name === 'PEERS' ? optionsIn(value) : value, 300),
      ]),
    ),
    hidden: Object.fromEntries(
      (values.get('environment-secret') ?? []).flatMap((line) => {
        const [, name, sum] = /^(\w+) ([0-9a-f]{64})$/.exec(line) ?? [];
        return name === undefined || sum === undefined ? [] : [[name, sum] as const];
      }),
    ),
    digest: sha256(values.get('environment-digest')?.[0]),
    // The host asked for every word of PEERS; arguments of options are none of the list.
    unresolved: (peers ?? []).filter((peer) => values.get('unresolved')?.includes(peer)),
    passwordDigest: sha256(values.get('password-digest')?.[0]),
    runningPasswordDigest: sha256(values.get('running-password-digest')?.[0]),
  };
};

/** Who was reclaimed must be known whole: one line that can't be read leaves all of it unknown. */
const marksOf = ({ values, reasons }: Fields): Known<readonly Mark[]> => {
  if (values.get('reclaimed-known')?.[0] !== 'yes')
    return unknown(reasons.get('reclaimed') || 'the host did not say');
  const lines = (values.get('reclaimed') ?? []).filter((line) => line.trim() !== '');
  const marks = lines.flatMap((line) => readMark(line) ?? []);
  return marks.length === lines.length
    ? known(marks)
    : unknown('the file of reclaimed peers there has a line that can not be read');
};

/**
 * Reads what the probe (`commands/probe.ts`) printed. All text is cleaned. Output without the probe's first line did not
 * come from the probe: a forced command, a login shell that refuses. Without its last line it was cut.
 */
export const readHostFacts = (stdout: string, environmentFile = ''): ReadHostFacts => {
  const lines = stdout.split('\n');
  const begin = lines.indexOf(PROBE_BEGIN);
  const end = lines.lastIndexOf(PROBE_END);
  const excerpt = clean(stdout.slice(0, 400), 200);
  if (begin < 0)
    return { kind: 'garbled', began: false, why: 'this is not the output of the probe', excerpt };
  if (end < begin) return { kind: 'garbled', began: true, why: 'the output of the probe was cut', excerpt };
  const fields = fieldsOf(lines.slice(begin + 1, end));
  const first = (name: string): string | undefined => fields.values.get(name)?.[0];
  const text = (name: string): Known<string> => {
    const value = first(name);
    return value ? known(clean(value, 300)) : unknown(fields.reasons.get(name) || 'the host did not say');
  };
  const unit = fields.values.get('unit');
  const container = first('container');
  const version = text('script-version');
  return {
    kind: 'facts',
    facts: {
      hostname: clean(first('hostname') ?? '', 300),
      user: clean(first('user') ?? '', 300),
      root: first('uid') === '0',
      sudo: { yes: true, no: false }[first('sudo') ?? ''] ?? null,
      machineId: text('machine-id'),
      bootId: text('boot-id'),
      clock: clockOf(fields),
      unit: unit
        ? known(unitOf(unit, first('unit-digest')))
        : unknown(fields.reasons.get('unit') || 'the host did not say'),
      container:
        container !== undefined
          ? containerOf(container)
          : first('container-absent') === 'yes'
            ? known(ABSENT)
            : unknown(fields.reasons.get('container') || 'the host did not say'),
      scriptVersion: version.known ? known(version.value.replace(/^(["'])(.*)\1$/, '$2')) : version,
      environment: environmentOf(fields, environmentFile),
      tools: (fields.values.get('tool') ?? []).map((tool) => clean(tool, 40)),
      leftovers: leftoversOf(first),
      routes:
        first('routes-known') === 'yes'
          ? known(destinations(fields.values.get('route') ?? []))
          : unknown(fields.reasons.get('routes') || 'they were not asked for'),
      lastWords: (fields.values.get('last-words') ?? [])
        .slice(0, 4)
        .map((words) => withoutSecrets(clean(words, 300))),
      reclaimed: marksOf(fields),
    },
  };
};
