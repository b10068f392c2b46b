import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { type Mark, noRecords, type RemovalRecords, removedOf } from '../../source/cluster/removed.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { mesh } from '../support/mesh.ts';
import { facts, silent, traceAddress, traceWatches } from '../support/watches.ts';

const NAME = '82:93:65:46:db:ca';
const marked = (watch: PeerWatch, marks: readonly Mark[] | null): PeerWatch => {
  const read = facts({
    reclaimed: marks === null ? { known: false, because: 'no' } : { known: true, value: marks },
  });
  return { ...watch, facts: read, lastFacts: read.kind === 'facts' ? read : null };
};
const mark = (given: Partial<Mark> = {}): Mark => ({
  name: NAME,
  address: traceAddress('h5'),
  nickname: 'h5',
  at: Date.parse('2026-11-22T11:49:00Z'),
  run: 'r1',
  executor: traceAddress('h1'),
  begun: true,
  ...given,
});
/** A mark as the view tells it. */
const told = ({ executor: _, begun: __, ...rest }: Mark = mark()) => rest;
const record = (given: Partial<RemovalRecords['removed'][number]> = {}): RemovalRecords => ({
  removed: [{ ...told(), how: 'rmpeer', ...given }],
  lifted: new Set(),
  unread: [],
});
const lifted = (run: string): RemovalRecords => ({ ...noRecords, lifted: new Set([run]) });

describe('who was removed', () => {
  const [one, two] = traceWatches('11-rmpeer/b-after', ['h1', 'h2']) as [PeerWatch, PeerWatch];

  it('is told by the marks on the peers and by the journal, once for each name and run', () => {
    const watches = [marked(one, [mark(), mark({ run: 'r0' })]), marked(two, [mark()]), one];
    expect(removedOf(watches, record())).toEqual([
      { ...told(), how: 'rmpeer', marked: [traceAddress('h1'), traceAddress('h2')], journal: true },
      { ...told(mark({ run: 'r0' })), how: 'rmpeer', marked: [traceAddress('h1')], journal: false },
    ]);
    expect(removedOf([marked(one, null)])).toEqual([]);
  });

  it('was not reclaimed by a mark under which rmpeer was certainly never begun', () => {
    const given = mark({ begun: false });
    const all = (one: PeerWatch, two: PeerWatch) => removedOf([one, two]).map(({ run }) => run);
    expect(all(marked(one, [given]), marked(two, [given]))).toEqual([]);
    // Whatever is not known counts as run: the survivor that was to run it does not tell, or another one than it.
    const began = ['r1'];
    expect(all(marked(one, [mark()]), marked(two, [given]))).toEqual(began);
    expect(all(marked(one, [given]), marked(two, [mark()]))).toEqual(began);
    expect(all(marked(one, []), marked(two, [given]))).toEqual(began);
    expect(all(marked(one, null), marked(two, [given]))).toEqual(began);
    expect(all(marked(one, [given]), marked(two, [{ ...given, executor: traceAddress('h2') }]))).toEqual(
      began,
    );
    expect(all(marked(one, [{ ...given, executor: null }]), two)).toEqual(began);
    expect(all(marked(one, [{ ...given, run: 'r0' }]), marked(two, [given]))).toEqual(began);
    const silenced: PeerWatch = { ...marked(one, [given]), facts: null };
    expect(all(silenced, marked(two, [given]))).toEqual(began);
  });

  it('is settled when it was added again or wiped since, whatever the clocks say', () => {
    for (const at of [0, 1, 9e12, null]) {
      expect(removedOf([marked(one, [mark({ at })])], lifted('r1'))).toEqual([]);
      expect(removedOf([marked(one, [mark({ at })])], lifted('r0'))).toHaveLength(1);
    }
    expect(removedOf([one], { ...record(), lifted: lifted('r1').lifted })).toEqual([]);
  });
});

describe('a reclaimed peer that came back', () => {
  const back = (watches: readonly PeerWatch[], records: RemovalRecords = noRecords) =>
    buildView('c', watches, { now: 1000, records }).findings.filter(({ id }) => id === 'removed-came-back');
  const survivors = ['h1', 'h2', 'h3', 'h4'];
  /** h1 and h5 are the two that were asked when h5 had come back with its old data. */
  const returned = (hosts: readonly string[]): PeerWatch[] =>
    traceWatches('11-rmpeer/c-removed-peer-returned', hosts).map((watch) => marked(watch, []));
  const withMarks = (watches: readonly PeerWatch[]) => [
    marked(watches[0] as PeerWatch, [mark()]),
    ...watches.slice(1),
  ];

  it('is critical: who, by whose record, and what to do', () => {
    expect(back(withMarks(returned([...survivors, 'h5'])))).toEqual([
      {
        id: 'removed-came-back',
        severity: 'critical',
        peers: [traceAddress('h5'), traceAddress('h1')],
        title: 'h5 was reclaimed on 2026-11-22 and is back, with its old data',
        because: `h1 sees the peer name ${NAME}, whose addresses were taken over (r1, by the record on h1). It claims them again: the rings diverge, and the same address can be handed out twice.`,
        remedy:
          'Make no other change. On 10.77.0.15 stop weave, disable its unit and wipe its data (weave-console wipe 10.77.0.15); only then it may be added again.',
        mend: { kind: 'wipe-peer', target: '10.77.0.15' },
      },
    ]);
  });

  it('is marked in its row, whatever it says of itself', () => {
    const rows = (watches: readonly PeerWatch[]) =>
      buildView('c', watches, { now: 1000 }).peers.map(({ id, returned }) => `${id} ${returned}`);
    const all = returned([...survivors, 'h5']);
    expect(rows(withMarks(all))[4]).toBe('10.77.0.15 true');
    expect(rows(withMarks(all)).filter((row) => row.endsWith('true'))).toHaveLength(1);
    expect(rows(all).filter((row) => row.endsWith('true'))).toEqual([]);
  });

  it('is found where it is no member any more and only survivors see it', () => {
    expect(back(withMarks(returned(survivors)))).toMatchObject([
      {
        severity: 'critical',
        peers: [traceAddress('h1')],
        title: 'h5 (10.77.0.15) was reclaimed on 2026-11-22 and is back, with its old data',
      },
    ]);
  });

  it('is found where it alone reports', () => {
    const alone = returned(['h1', 'h5']).map((watch, index) =>
      index === 0
        ? { ...watch, look: silent({}, 1000), lastFacts: marked(watch, [mark()]).lastFacts }
        : watch,
    );
    expect(back(alone)).toMatchObject([
      {
        severity: 'critical',
        because: expect.stringContaining('10.77.0.15 tells a report with the peer name'),
      },
    ]);
  });

  it('is found by the journal of this machine alone, too', () => {
    expect(back(returned(survivors), record())).toMatchObject([
      { severity: 'critical', because: expect.stringContaining('(r1, by the journal here)') },
    ]);
  });

  it('is nothing while the reclaim is under way, nor afterwards, nor where nobody was marked', () => {
    for (const folder of ['11-rmpeer/a-h5-dead', '11-rmpeer/b-after'])
      expect(back(withMarks(traceWatches(folder, [...survivors, 'h5'])))).toEqual([]);
    expect(back(returned([...survivors, 'h5']))).toEqual([]);
  });

  it('is nothing where it was added again or wiped since', () => {
    expect(back(withMarks(returned([...survivors, 'h5'])), lifted('r1'))).toEqual([]);
  });

  it('only warns where all rings agree with its own: rmpeer may never have been run', () => {
    const watches = traceWatches('03-primed-5of5/b-with-ips', [...survivors, 'h5']);
    const names = watches.map(({ lastReport }) => lastReport?.report.name ?? '');
    expect(names[4]).not.toBe('');
    expect(
      back(
        withMarks(watches).map((watch, index) =>
          index === 0 ? marked(watch, [mark({ name: names[4] ?? '' })]) : watch,
        ),
      ),
    ).toMatchObject([
      {
        severity: 'warning',
        title: 'h5 is marked as reclaimed on 2026-11-22, and is here',
        remedy: expect.stringContaining('weave-console history show r1'),
      },
    ]);
  });

  it('warns of one that was removed by reset and is no member, and leaves members alone', () => {
    const byReset = record({ how: 'reset' });
    expect(back(returned(survivors), byReset)).toMatchObject([
      { severity: 'warning', title: 'h5 (10.77.0.15) was removed on 2026-11-22 and is back' },
    ]);
    expect(back(returned([...survivors, 'h5']), byReset)).toEqual([]);
  });

  it('is red, too, where it was removed by reset at a time that another clock calls later', () => {
    const watches = withMarks(returned([...survivors, 'h5']));
    const later = record({ how: 'reset', run: 'r2', at: (mark().at ?? 0) + 3_600_000 });
    expect(back(watches, later)).toMatchObject([{ severity: 'critical' }]);
    const earlier = record({ how: 'reset', run: 'r2', at: 1 });
    expect(back(watches, earlier)).toMatchObject([{ severity: 'critical' }]);
  });

  it('nobody in a healthy cluster', () => {
    expect(back(mesh(5))).toEqual([]);
  });

  it('rmpeer is not offered for an owner that is on record already', () => {
    const dead = (watches: readonly PeerWatch[]) =>
      buildView('c', watches, { now: 1000 }).findings.find(({ id }) => id === 'owner-unreachable');
    const watches = traceWatches('11-rmpeer/a-h5-dead', ['h1', 'h2', 'h5']);
    expect(dead(watches)?.remedy).toContain('reclaim it');
    const finding = dead(withMarks(watches));
    expect(finding?.remedy).toContain(`${NAME} is on record as reclaimed (r1): don't run rmpeer again.`);
    expect(finding?.mend).toBeUndefined();
  });
});
