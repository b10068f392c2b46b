import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { type DriftColumn, differs, driftColumns, driftMatrix } from '../../source/cluster/drift-matrix.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import {
  facts,
  hostFacts,
  known,
  silent,
  told,
  traceReports,
  unitFacts,
  unknownFact,
  watch,
} from '../support/watches.ts';

const ids = ['10.77.0.11', '10.77.0.12', '10.77.0.13'];
const reports = [...traceReports('03-primed-5of5/a-primed').values()];

type Peer = {
  readonly report?: Partial<PeerReport> | null;
  readonly host?: Partial<HostFacts> | null;
  readonly file?: Partial<HostFacts['environment']>;
  readonly skew?: number | null;
};

/** Three peers that are alike, but for what is given of each. */
const matrixOf = (...given: readonly Peer[]) => {
  const watches = ids.map((id, index) => {
    const { report = {}, host = {}, file = {}, skew = 0 } = given[index] ?? {};
    const look = report === null ? silent() : told({ ...(reports[index] as PeerReport), ...report });
    const environment = {
      ...hostFacts().environment,
      peers: ids,
      keys: ['PEERS', 'WEAVE_MTU'],
      settings: { PEERS: '', WEAVE_MTU: '1400' },
      ...file,
    };
    return watch(id, look, host === null ? {} : { facts: facts({ environment, ...host }, 1000, skew) });
  });
  return driftMatrix(buildView('prod', watches, { now: 2000 }));
};

/** What of one peer is not `same`, by column. */
const oddOf = (matrix: ReturnType<typeof matrixOf>, index: number): Partial<Record<DriftColumn, string>> =>
  Object.fromEntries(
    driftColumns.flatMap((column) => {
      const cell = matrix.rows[index]?.cells[column];
      return cell === undefined || cell.how === 'same' ? [] : [[column, `${cell.how} ${cell.word}`]];
    }),
  );

const password = (digest: string | null): Peer => ({
  file: {
    keys: ['PEERS', 'WEAVE_MTU', 'WEAVE_PASSWORD'],
    settings: { PEERS: '', WEAVE_MTU: '1400', WEAVE_PASSWORD: '(removed)' },
    passwordDigest: digest,
  },
  report: { encryption: true },
});

describe('who differs in what', () => {
  it('is nobody where all are alike', () => {
    const matrix = matrixOf();
    expect(matrix.rows.map(differs)).toEqual([false, false, false]);
    expect(ids.map((_, index) => oddOf(matrix, index))).toEqual([{}, {}, {}]);
    expect(matrix.rows[0]?.cells).toMatchObject({
      password: { word: 'none' },
      enabled: { word: 'enabled' },
      version: { word: '2.8.1' },
      encryption: { word: 'off' },
    });
  });

  it.each<readonly [string, Peer, Partial<Record<DriftColumn, string>>]>([
    ['another list', { file: { peers: ids.slice(1, 2) } }, { list: 'differs differs' }],
    ['no list', { file: { peers: null } }, { list: 'differs differs' }],
    [
      'a file that is not there',
      { file: { state: 'missing', peers: null, keys: [], settings: {} } },
      {
        list: 'differs differs',
        password: 'unknown unknown',
        variables: 'unknown unknown',
      },
    ],
    [
      'a file that can not be read',
      { file: { state: 'unreadable', peers: null, keys: [], settings: {} } },
      {
        list: 'unknown unknown',
        password: 'unknown unknown',
        variables: 'unknown unknown',
      },
    ],
    [
      'another value that is not shown',
      { file: { settings: { PEERS: '', WEAVE_MTU: '1400', X: '(removed)' }, hidden: { X: 'a' } } },
      { variables: 'differs differs' },
    ],
    [
      'another value',
      { file: { settings: { PEERS: '', WEAVE_MTU: '1300' } } },
      { variables: 'differs differs' },
    ],
    ['a variable less', { file: { settings: { PEERS: '' } } }, { variables: 'differs differs' }],
    [
      'an option of the launch',
      { file: { settings: { PEERS: '--no-dns', WEAVE_MTU: '1400' } } },
      {
        variables: 'differs differs',
      },
    ],
    ['a password', password('x'), { password: 'differs set', encryption: 'differs on' }],
    ['another unit', { host: { unit: known(unitFacts({ digest: 'bb' })) } }, { unit: 'differs differs' }],
    [
      'no unit',
      { host: { unit: known(unitFacts({ load: 'not-found', digest: null, enabled: '' })) } },
      {
        unit: 'differs no unit',
        enabled: 'differs no unit',
      },
    ],
    [
      'a unit that is not enabled',
      { host: { unit: known(unitFacts({ enabled: 'disabled' })) } },
      {
        enabled: 'differs disabled',
      },
    ],
    [
      'a unit that is not known',
      { host: { unit: unknownFact } },
      {
        unit: 'unknown unknown',
        enabled: 'unknown unknown',
      },
    ],
    ['another version', { report: { version: '2.8.0' } }, { version: 'differs 2.8.0' }],
    ['another clock', { skew: 75_400 }, { clock: 'differs +75 s' }],
    ['a clock that is near', { skew: 59_000 }, {}],
    ['other targets', { report: { targets: [] } }, { targets: 'differs differs' }],
    [
      'no report',
      { report: null },
      {
        version: 'unknown unknown',
        range: 'unknown unknown',
        encryption: 'unknown unknown',
        targets: 'unknown unknown',
      },
    ],
  ])('is the one with %s', (_, given, wanted) => {
    const matrix = matrixOf({}, given);
    expect(oddOf(matrix, 1)).toEqual(wanted);
    expect(oddOf(matrix, 0)).toEqual({});
  });

  it('says nothing of a host that was not read, and counts it as no difference', () => {
    const matrix = matrixOf({}, { host: null, report: null });
    expect(Object.values(oddOf(matrix, 1)).every((text) => text === 'unknown unknown')).toBe(true);
    expect(matrix.rows.map(differs)).toEqual([false, false, false]);
  });

  it('compares passwords by their digests, where every host told one', () => {
    const other = matrixOf(password('x'), password('y'), password('x'));
    expect(other.passwords).toEqual({ usual: true, odd: [1], compared: true });
    expect(oddOf(other, 1)).toEqual({ password: 'differs another' });
    const untold = matrixOf(password('x'), password(null), password('x'));
    expect(untold.passwords).toEqual({ usual: true, odd: [], compared: false });
    const bare = matrixOf(password('x'), {}, password('x'));
    expect(oddOf(bare, 1)).toMatchObject({ password: 'differs none' });
  });

  it('knows a password in the file of a peer that runs without', () => {
    const clear = { ...password('x'), report: { encryption: false } };
    const matrix = matrixOf(clear, clear, clear);
    expect(oddOf(matrix, 0)).toEqual({ encryption: 'differs off' });
  });
});
