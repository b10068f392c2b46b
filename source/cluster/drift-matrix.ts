import type { ClusterView } from './cluster-view.ts';
import { CLOCK_TOLERANCE, type Drift, listlessAmong, readDrift } from './drift.ts';
import type { HostFacts } from './host-facts.ts';
import type { PeerId } from './inventory.ts';
import { oddOnesOut } from './lists.ts';
import type { PeerReport } from './peer-report.ts';
import { startsAtBoot } from './unit-files.ts';

/** What should be the same on all peers: first what stands in files, then what the running peers tell. */
export const driftColumns = [
  'list',
  'password',
  'variables',
  'unit',
  'enabled',
  'version',
  'range',
  'encryption',
  'clock',
  'targets',
] as const;

export type DriftColumn = (typeof driftColumns)[number];

/** How one peer stands in one thing. What isn't known differs from nothing. */
export type DriftCell = { readonly how: 'same' | 'differs' | 'unknown'; readonly word: string };

export type DriftRow = { readonly id: PeerId; readonly cells: Readonly<Record<DriftColumn, DriftCell>> };

/** Who differs in what, with what it takes to say so in words. */
export type DriftMatrix = {
  readonly rows: readonly DriftRow[];
  readonly drift: Drift;
  readonly facts: readonly (HostFacts | null)[];
  readonly reports: readonly (PeerReport | null)[];
  /** Each variable that differs: what most have (null: it isn't set; `notShown` where it may be a secret), and who has another value. */
  readonly variables: readonly {
    readonly name: string;
    readonly usual: string | null;
    readonly odd: readonly number[];
  }[];
  /** Who has another password than most, or one where they have none. */
  readonly passwords: {
    /** Whether most have one; null where no file is known. */
    readonly usual: boolean | null;
    readonly odd: readonly number[];
    /** False where it is only known who has one, and not whether it is the same. */
    readonly compared: boolean;
  };
};

/** The name under which most files keep the secret of the cluster. */
const PASSWORD = 'WEAVE_PASSWORD';

/** Stands for a value that may be a secret, as the probe tells it. */
export const notShown = '(removed)';

/** A variable that isn't set, told apart from one that isn't known. */
const unset = Symbol('unset');

/** Values of every variable but the password, compared over the peers whose file is known. */
const variablesOf = (facts: readonly (HostFacts | null)[]): DriftMatrix['variables'] => {
  const files = facts.map((one) => (one?.environment.state === 'read' ? one.environment : null));
  const names = [...new Set(files.flatMap((one) => Object.keys(one?.settings ?? {})))].filter(
    (name) => name !== PASSWORD,
  );
  return names.flatMap((name) => {
    // The host tells digests by names in capitals.
    const digests = files.map((one) => one?.hidden[name.toUpperCase()] ?? null);
    const { usual, odd } = oddOnesOut<string | typeof unset>(
      files.map((one, index) => {
        if (one === null) return null;
        const value = one.settings[name];
        // A file without options in its list and one without a list say the same of options.
        return digests[index] ?? (value || (name === 'PEERS' ? '' : (value ?? unset)));
      }),
    );
    const said = usual !== null && typeof usual === 'string' && digests.includes(usual) ? notShown : usual;
    return odd.length === 0 ? [] : [{ name, usual: typeof said === 'string' ? said : null, odd }];
  });
};

/** Whether the file sets a password; null where the file isn't known. */
const hasPassword = (facts: HostFacts | null): boolean | null =>
  facts?.environment.state === 'read' ? facts.environment.keys.includes(PASSWORD) : null;

/** Whether the file sets a password that the running peer does not use: it was started before, or without it. */
export const runsInClear = (
  { facts, reports }: Pick<DriftMatrix, 'facts' | 'reports'>,
  index: number,
): boolean => hasPassword(facts[index] ?? null) === true && reports[index]?.encryption === false;

/** Compares passwords by their salted digests; where a host told none, only who has one. */
const passwordsOf = (facts: readonly (HostFacts | null)[]): DriftMatrix['passwords'] => {
  const compared = facts.every(
    (one) => hasPassword(one) !== true || one?.environment.passwordDigest !== null,
  );
  const { usual, odd } = oddOnesOut(
    facts.map((one) => {
      const set = hasPassword(one);
      if (set !== true) return set;
      return compared ? (one?.environment.passwordDigest ?? true) : true;
    }),
  );
  return { usual: usual === null ? null : usual !== false, odd, compared };
};

const unknown: DriftCell = { how: 'unknown', word: 'unknown' };
const cell = (differs: boolean, word = differs ? 'differs' : 'same'): DriftCell => ({
  how: differs ? 'differs' : 'same',
  word,
});

const known = <T>(value: T | null | undefined, told: (value: T) => DriftCell): DriftCell =>
  value === null || value === undefined ? unknown : told(value);

const enabledCell = (unit: HostFacts['unit'], anywhere: boolean): DriftCell => {
  if (!unit.known) return unknown;
  if (unit.value.load === 'not-found') return cell(anywhere, 'no unit');
  return cell(!startsAtBoot(unit.value.enabled), unit.value.enabled || 'not set');
};

const clockCell = (offset: number): DriftCell => {
  const seconds = Math.round(offset / 1000);
  const off = Math.abs(offset) > CLOCK_TOLERANCE;
  return off ? cell(true, `${seconds > 0 ? '+' : ''}${seconds} s`) : cell(false);
};

const rowOf = (matrix: Omit<DriftMatrix, 'rows'>, index: number, anywhere: boolean): DriftRow['cells'] => {
  const { drift, variables, passwords } = matrix;
  const facts = matrix.facts[index] ?? null;
  const report = matrix.reports[index] ?? null;
  const file = facts !== null && facts.environment.state !== 'unreadable' ? facts.environment : null;
  const lists = [...drift.files.differing.map((one) => one.index), ...listlessAmong(drift)];
  const unit = facts?.unit.known ? facts.unit.value : null;
  const clear = runsInClear(matrix, index);
  return {
    list: known(file, () => cell(lists.includes(index))),
    password: known(hasPassword(facts), (set) => {
      const odd = passwords.odd.includes(index);
      return cell(odd, set ? (odd && passwords.usual === true ? 'another' : 'set') : 'none');
    }),
    variables: known(hasPassword(facts), () => cell(variables.some(({ odd }) => odd.includes(index)))),
    unit: known(unit, ({ load, digest }) =>
      load === 'not-found'
        ? cell(anywhere, 'no unit')
        : known(digest, () => cell(drift.units.includes(index))),
    ),
    enabled: known(facts, (it) => enabledCell(it.unit, anywhere)),
    version: known(report?.version || null, (word) => cell(drift.versions.odd.includes(index), word)),
    range: known(report?.ipam, () =>
      cell(drift.ranges.odd.includes(index) || drift.subnets.odd.includes(index)),
    ),
    encryption: known(report?.encryption, (on) =>
      cell(clear || drift.encryption.odd.includes(index), on ? 'on' : 'off'),
    ),
    clock: known(drift.clocks[index], clockCell),
    targets: known(report?.missing.includes('Router.Targets') ? null : report, () =>
      cell(drift.targets.differing.some((one) => one.index === index)),
    ),
  };
};

/** Compares all that should be the same on all peers, by what reports and probes say now. */
export const driftMatrix = ({ peers }: Pick<ClusterView, 'peers'>): DriftMatrix => {
  const watches = peers.map(({ watch }) => watch);
  const ids = peers.map(({ id }) => id);
  const reports = watches.map(({ look }) => (look?.kind === 'report' ? look.report : null));
  const facts = watches.map((watch) => (watch.facts?.kind === 'facts' ? watch.facts.facts : null));
  const matrix = {
    drift: readDrift(ids, watches, reports),
    facts,
    reports,
    variables: variablesOf(facts),
    passwords: passwordsOf(facts),
  };
  const anywhere = facts.some((one) => one?.unit.known && one.unit.value.load === 'loaded');
  return { ...matrix, rows: ids.map((id, index) => ({ id, cells: rowOf(matrix, index, anywhere) })) };
};

/** Whether a peer differs in anything. */
export const differs = ({ cells }: DriftRow): boolean =>
  driftColumns.some((column) => cells[column].how === 'differs');
