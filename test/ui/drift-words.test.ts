import { describe, expect, it } from 'vitest';
import { driftMatrix } from '../../source/cluster/drift-matrix.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import type { Model } from '../../source/session/model.ts';
import { driftWords, uncomparedWords, unknownWords } from '../../source/ui/drift-words.ts';
import { sampleModel } from '../support/views.ts';

type Change = {
  readonly report?: Partial<PeerReport>;
  readonly file?: Partial<HostFacts['environment']>;
  readonly skew?: number;
  /** The host was not read. */
  readonly dark?: boolean;
};

/** Four peers that are alike, but for what is given by their number. */
const modelWith = (changes: Readonly<Record<number, Change>>): Model => {
  const model = sampleModel({ peers: 4 });
  const peers = model.view.peers.map((peer, index) => {
    const { look, facts } = peer.watch;
    const { report = {}, file = {}, skew = 0, dark = false } = changes[index + 1] ?? {};
    if (look?.kind !== 'report' || facts?.kind !== 'facts') throw new Error('not a sample');
    const environment = { ...facts.facts.environment, ...file };
    return {
      ...peer,
      watch: {
        ...peer.watch,
        look: { ...look, report: { ...look.report, ...report } },
        facts: dark ? null : { ...facts, skew, facts: { ...facts.facts, environment } },
      },
    };
  });
  return { ...model, view: { ...model.view, peers } };
};

const said = (changes: Readonly<Record<number, Change>>): readonly string[] => {
  const model = modelWith(changes);
  return driftWords(model, driftMatrix(model.view)).map(({ what }) => what);
};

const password = (passwordDigest: string | null): Change => ({
  file: { keys: ['PEERS', 'WEAVE_PASSWORD'], passwordDigest },
  report: { encryption: true },
});
const all = ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14'];
const ipam = (range: string, defaultSubnet: string) => {
  const { watch } = sampleModel({ peers: 4 }).view.peers[0] ?? {};
  if (watch?.look?.kind !== 'report' || watch.look.report.ipam === null) throw new Error('not a sample');
  return { ...watch.look.report.ipam, range, defaultSubnet };
};

describe('what differs, in words', () => {
  it.each<readonly [string, Readonly<Record<number, Change>>, readonly string[]]>([
    ['nothing', {}, []],
    [
      'a list',
      { 2: { file: { peers: all.slice(1) } }, 3: { file: { peers: [...all, '10.0.0.99'] } } },
      ['PEERS in the files: h2 lacks 10.0.0.11; h3 has 10.0.0.99 beyond the others.'],
    ],
    ['no list', { 2: { file: { peers: null } } }, ['PEERS in the files: h2 has none.']],
    [
      'lists that are not the console’s',
      Object.fromEntries([1, 2, 3, 4].map((n) => [n, { file: { peers: [...all, '10.0.0.99'] } }])),
      ['The files and this console do not name the same peers: 10.0.0.99.'],
    ],
    [
      'passwords',
      { 1: password('x'), 2: password('x'), 3: password('y'), 4: { report: { encryption: true } } },
      ['WEAVE_PASSWORD: not set on h4, another one on h3; most have one.'],
    ],
    [
      'a password too many',
      { 1: password('x') },
      ['WEAVE_PASSWORD: set on h1; most have none.', 'h1 runs with encryption, unlike the others.'],
    ],
    [
      'a password that is not in use',
      Object.fromEntries([1, 2, 3, 4].map((n) => [n, { file: password('x').file ?? {} }])),
      ['h1, h2, h3 and h4 have a password in the file and run without encryption.'],
    ],
    [
      'options and variables',
      { 2: { file: { settings: { PEERS: '--no-dns', WEAVE_MTU: '1300' } } } },
      [
        'Options of the launch: --no-dns on h2, not set elsewhere.',
        'WEAVE_MTU: 1300 on h2, not set elsewhere.',
      ],
    ],
    [
      'variables that are not shown',
      Object.fromEntries(
        ['one', 'one', 'two', 'one'].map((value, at) => [
          at + 1,
          { file: { settings: { PEERS: '', x: '(removed)' }, hidden: { X: value } } },
        ]),
      ),
      ['x: another value (not shown) on h3, one value (not shown) elsewhere.'],
    ],
    [
      'a variable that is not shown',
      { 2: { file: { settings: { PEERS: '', X: '(removed)' }, hidden: { X: 'one' } } } },
      ['X: another value (not shown) on h2, not set elsewhere.'],
    ],
    ['versions', { 4: { report: { version: '2.8.0' } } }, ['h4 runs 2.8.0, the others 2.8.1.']],
    [
      'ranges',
      { 3: { report: { ipam: ipam('10.48.0.0/12', '10.48.0.0/12') } } },
      ['h3 has 10.48.0.0/12 (default subnet 10.48.0.0/12), the others 10.32.0.0/12 (10.32.0.0/12).'],
    ],
    ['clocks', { 3: { skew: -90_000 } }, ['The clock of h3 (-90 s) is off the middle of all.']],
    [
      'targets',
      { 1: { report: { targets: ['10.0.0.12'] } } },
      ['Targets of the running peers: h1 lacks 10.0.0.13 and 10.0.0.14.'],
    ],
  ])('%s', (_, changes, wanted) => {
    expect(said(changes)).toEqual(wanted);
  });

  it('tells what is not known, and what was not compared', () => {
    const dark = modelWith({ 2: { dark: true } });
    expect(unknownWords(dark, driftMatrix(dark.view))).toBe(
      'Not all is known of h2; what is not known counts as no difference.',
    );
    const plain = modelWith({});
    expect(unknownWords(plain, driftMatrix(plain.view))).toBeNull();
    expect(uncomparedWords(driftMatrix(plain.view))).toBeNull();
    const untold = modelWith({ 1: password(null), 2: password('x') });
    expect(uncomparedWords(driftMatrix(untold.view))).toMatch(
      /^Whether the passwords are the same was not told/,
    );
  });
});
