import { describe, expect, it } from 'vitest';
import { majorityOf } from '../../source/cluster/quorum.ts';
import type { LockSighting } from '../../source/lock/answers.ts';
import {
  consentToSurvivors,
  consentToTakeover,
  countWords,
  evidence,
  shownToTakeOver,
} from '../../source/lock/consent.ts';
import { decide, isSpent, lockWord, needed, standings, voters } from '../../source/lock/votes.ts';
import { aRecord, shows } from '../support/lock-record.ts';

type Consent = Parameters<typeof decide>[2];
const none: Consent = { takeover: null, survivors: null, quiet: 10_000 };
const named = (sightings: readonly LockSighting[]) =>
  new Map(sightings.map((one, at) => [`p${at + 1}`, one] as const));
const peersOf = (count: number) => Array.from({ length: count }, (_, at) => `p${at + 1}`);
const decideOn = (sightings: readonly LockSighting[], more: Partial<Consent> = {}) =>
  decide(peersOf(sightings.length), named(sightings), { ...none, ...more });

const record = aRecord({ peers: peersOf(3) });
const begun = aRecord({ peers: peersOf(3), step: { index: 1, of: 5, id: 'write-list' } });

describe('counting', () => {
  it('asks the peers of the old and the new list, once each, in order', () => {
    expect(voters(['p3', 'p1'], ['p2', 'p3'])).toEqual(['p1', 'p2', 'p3']);
  });

  it('has two majorities share a peer also when the lists differ by one', () => {
    for (let size = 1; size < 60; size += 1) {
      // Old ∪ new has one peer more than the smaller list, which a session with only the other list votes on.
      expect(majorityOf(size) + majorityOf(size + 1)).toBeGreaterThan(size + 1);
    }
  });
});

describe('may the lock be taken', () => {
  const { free, gone, unknown } = shows;
  it.each([
    ['one peer, free', [free], 'take'],
    ['one peer, gone', [gone], 'too-few'],
    ['two peers, free', [free, free], 'take'],
    ['two peers, one gone', [free, gone], 'too-few'],
    ['three peers, one gone', [free, free, gone], 'take'],
    ['three peers, two gone', [free, gone, gone], 'too-few'],
    ['four peers, two gone', [free, free, gone, gone], 'too-few'],
    ['five peers, two unknown', [free, free, free, unknown, unknown], 'take'],
    ['five peers, three unknown', [free, free, unknown, unknown, unknown], 'too-few'],
    ['a live holder on one', [free, free, shows.held(record)], 'held'],
    ['a live holder and a broken record', [shows.held(record), shows.broken(), free], 'held'],
    ['somebody is just taking it', [shows.held(null), free, free], 'held'],
    ['left behind on all', [shows.left(begun), shows.left(begun), shows.left(begun)], 'left-behind'],
    ['left behind where others are gone', [shows.left(begun), gone, gone], 'left-behind'],
    ['left behind on two of three', [free, shows.left(begun), shows.left(begun)], 'left-behind'],
    ['left behind outranks broken', [shows.broken(), shows.left(begun), shows.left(begun)], 'left-behind'],
    ['released on a majority while one was away', [free, free, shows.left(begun)], 'take'],
    ['nothing was begun, as a majority shows', [shows.left(record), shows.left(record), gone], 'take'],
    ['perhaps nothing was begun', [shows.left(record), gone, gone], 'left-behind'],
    [
      'begun on one of those seen',
      [shows.left(record), shows.left(record), shows.left(begun)],
      'left-behind',
    ],
    ['broken on one', [free, free, shows.broken()], 'broken'],
    [
      'another lock took its place on most',
      [shows.left(aRecord({ id: 'other-lock', peers: peersOf(3) })), free, shows.left(begun)],
      'take',
    ],
  ] as const)('%s', (_, sightings, kind) => expect(decideOn(sightings)).toMatchObject({ kind }));

  it('expects on each peer what it showed', () => {
    const decision = decideOn([shows.free, shows.left(record), shows.left(record)]);
    expect(decision.kind === 'take' && [...decision.from]).toEqual([
      ['p1', { kind: 'absent' }],
      ['p2', { kind: 'exact', sum: 'sum of session-1' }],
      ['p3', { kind: 'exact', sum: 'sum of session-1' }],
    ]);
  });

  it('shows the newest of what was left behind', () => {
    const later = { ...begun, epoch: 2, step: { index: 3, of: 5, id: 'launch' } };
    expect(decideOn([shows.left(begun), shows.left(later), shows.gone])).toMatchObject({ record: later });
  });

  it('says who is missing, and why', () => {
    expect(decideOn([shows.free, shows.gone, shows.unknown])).toEqual({
      kind: 'too-few',
      have: 1,
      need: 2,
      missing: new Map([
        ['p2', 'no route to host'],
        ['p3', 'no sudo'],
      ]),
      unknown: ['p3'],
    });
    expect(decide(['p1'], new Map(), none)).toMatchObject({ missing: new Map([['p1', 'not asked yet']]) });
  });

  it('counts a lock that survivors held by its survivors', () => {
    const two = aRecord({ ...begun, peers: peersOf(5), survivors: ['p1', 'p2'] });
    const back = [shows.left(two), shows.left(two), shows.free, shows.free, shows.free];
    expect(decideOn(back)).toMatchObject({ kind: 'left-behind' });
    expect(isSpent({ ...two, survivors: null }, named(back))).toBe(true);
  });

  it.each([
    [[shows.free], 'free'],
    [[shows.held(record)], 'held'],
    [[shows.left(begun)], 'left-behind'],
    [[shows.broken()], 'unreadable'],
    [[shows.gone], 'unknown'],
  ] as const)('is said in a word', (sightings, word) => expect(lockWord(decideOn(sightings))).toBe(word));
});

describe('taking over', () => {
  const left = [shows.left({ ...begun, epoch: 2 }), shows.left(begun), shows.free];
  const shown = shownToTakeOver(decideOn(left), named(left));

  it('needs the first six characters and a reason', () => {
    if (shown === null) throw new Error('nothing was shown');
    const say = (typed: string, reason: string) =>
      consentToTakeover(shown, { typed, reason, cluster: 'prod' });
    expect(say('ab12c', 'why')).toMatchObject({ ok: false, why: expect.stringContaining('(ab12cd)') });
    expect(say('', 'why')).toMatchObject({ ok: false });
    expect(say('ab12cd', ' ')).toMatchObject({ ok: false, why: expect.stringContaining('reason') });
    expect(say(' ab12cd ', 'she left')).toEqual({
      ok: true,
      consent: { locks: [{ id: 'ab12cd-lock', epoch: 2 }], broken: [] },
    });
  });

  it('goes for the epochs that were shown, and no later one', () => {
    expect(decideOn(left, { takeover: shown })).toMatchObject({ kind: 'take' });
    const since = [shows.left({ ...begun, epoch: 3 }), shows.left(begun), shows.free];
    expect(decideOn(since, { takeover: shown })).toMatchObject({ kind: 'left-behind', record: { epoch: 3 } });
    const meanwhile = [shows.held({ ...begun, epoch: 3 }), shows.left(begun), shows.free];
    expect(decideOn(meanwhile, { takeover: shown })).toMatchObject({ kind: 'held' });
  });

  it('waits until the last holder must know that it lost the lock', () => {
    const fresh = [shows.left(begun, 3), shows.left(begun, 7), shows.left(begun, null)];
    const consent = shownToTakeOver(decideOn(fresh), named(fresh));
    expect(decideOn(fresh, { takeover: consent })).toEqual({ kind: 'too-soon', wait: 7_000, record: begun });
    expect(lockWord(decideOn(fresh, { takeover: consent }))).toBe('left-behind');
    const later = [shows.left(begun, 10), shows.left(begun, -5), shows.left(begun, null)];
    expect(decideOn(later, { takeover: consent })).toMatchObject({ kind: 'take' });
  });

  it('takes two locks at once where both were left, and goes on with the newer', () => {
    const other = aRecord({ id: 'zz99zz-lock', peers: peersOf(3), epoch: 4, step: begun.step });
    const both = [shows.left(begun), shows.left(other), shows.gone];
    const consent = shownToTakeOver(decideOn(both), named(both));
    expect(consent?.locks).toEqual([
      { id: 'zz99zz-lock', epoch: 4 },
      { id: 'ab12cd-lock', epoch: 1 },
    ]);
    expect(decideOn(both, { takeover: consent })).toMatchObject({ kind: 'take' });
  });

  it('replaces broken records that were shown, after the cluster’s name', () => {
    const broken = [shows.broken(), shows.free, shows.free];
    const consent = shownToTakeOver(decideOn(broken), named(broken));
    if (consent === null) throw new Error('nothing was shown');
    const said = { reason: 'disk was full', cluster: 'prod' };
    expect(consentToTakeover(consent, { ...said, typed: 'ab12cd' })).toMatchObject({ ok: false });
    expect(consentToTakeover(consent, { ...said, typed: 'prod' })).toMatchObject({ ok: true });
    expect(decideOn(broken, { takeover: consent })).toMatchObject({ kind: 'take' });
    const changed = [shows.broken('another sum'), shows.free, shows.free];
    expect(decideOn(changed, { takeover: consent })).toMatchObject({ kind: 'broken' });
    expect(decideOn([shows.broken(null), shows.free, shows.free], { takeover: consent })).toMatchObject({
      kind: 'broken',
    });
  });

  it('offers nothing where nothing was left', () => {
    for (const sightings of [[shows.free], [shows.held(record)], [shows.gone]])
      expect(shownToTakeOver(decideOn(sightings), named(sightings))).toBeNull();
  });
});

describe('going on with the survivors', () => {
  const say = (typed: string) => ({ typed, cluster: 'prod' });

  it('takes the cluster’s name, for exactly the peers that were shown as missing', () => {
    const dead = [shows.free, shows.gone];
    const decision = decideOn(dead);
    expect(consentToSurvivors(decision, say('Prod'))).toMatchObject({
      ok: false,
      why: expect.stringContaining('(prod)'),
    });
    const agreed = consentToSurvivors(decision, say('prod'));
    expect(agreed).toEqual({ ok: true, consent: { missing: ['p2'] } });
    if (!agreed.ok) return;
    expect(decideOn(dead, { survivors: agreed.consent })).toMatchObject({ kind: 'take', need: 1 });
    expect(decideOn([shows.gone, shows.gone], { survivors: agreed.consent })).toMatchObject({
      kind: 'too-few',
    });
    expect(decideOn([shows.free, shows.held(record)], { survivors: agreed.consent })).toMatchObject({
      kind: 'held',
    });
  });

  it('takes who was missing and answers again, too, and stops at one that answers and can not be read', () => {
    const consent = { survivors: { missing: ['p2'] } };
    expect(decideOn([shows.free, shows.free], consent)).toMatchObject({ kind: 'take', need: 2 });
    expect(decideOn([shows.free, shows.unknown], consent)).toMatchObject({
      kind: 'too-few',
      unknown: ['p2'],
    });
    expect(decideOn([shows.free, shows.broken()], consent)).toMatchObject({ kind: 'broken' });
    expect(decideOn([shows.free, shows.left(begun)], consent)).toMatchObject({ kind: 'left-behind' });
  });

  it('is refused where a peer answers but can’t be read, where none is left, and where nothing is short', () => {
    expect(consentToSurvivors(decideOn([shows.free, shows.unknown]), say('prod'))).toMatchObject({
      ok: false,
      why: expect.stringContaining('p2'),
    });
    expect(consentToSurvivors(decideOn([shows.gone, shows.gone]), say('prod'))).toMatchObject({ ok: false });
    expect(consentToSurvivors(decideOn([shows.free]), say('prod'))).toMatchObject({ ok: false });
    expect(consentToSurvivors(decideOn([shows.left(begun)]), say('prod'))).toMatchObject({ ok: false });
  });

  it('needs every peer that was not named as missing', () => {
    expect(needed(peersOf(5), { missing: ['p4', 'p5'] })).toBe(3);
    expect(needed(peersOf(2), { missing: ['p2'] })).toBe(1);
    expect(needed(peersOf(1), { missing: ['p1'] })).toBe(1);
  });
});

describe('what a person is shown', () => {
  it('tells each peer’s lease, record, age and what still runs there', () => {
    const running = { ...shows.left(begun), running: 'prime' } as LockSighting;
    const rows = evidence(peersOf(5), named([running, shows.held(null), shows.broken(), shows.gone]));
    expect(rows).toEqual([
      {
        peer: 'p1',
        trouble: null,
        lease: { kind: 'free', beatAge: 3600 },
        record: begun,
        recordAge: 3600,
        running: 'prime',
      },
      {
        peer: 'p2',
        trouble: null,
        lease: expect.objectContaining({ kind: 'busy', beat: 4 }),
        record: 'none',
        recordAge: null,
        running: null,
      },
      {
        peer: 'p3',
        trouble: 'the file is empty',
        lease: { kind: 'free', beatAge: null },
        record: 'broken',
        recordAge: 5,
        running: null,
      },
      { peer: 'p4', trouble: 'no route to host', lease: null, record: null, recordAge: null, running: null },
      { peer: 'p5', trouble: 'not asked yet', lease: null, record: null, recordAge: null, running: null },
    ]);
    expect(countWords(1, 2)).toBe('1 of 2 can be locked, 2 are needed');
    expect(standings(['p1'], new Map(), null).get('p1')).toEqual({
      kind: 'unreachable',
      why: 'not asked yet',
    });
  });
});
