import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../source/journal/entry.ts';
import { removalsOf } from '../../source/journal/removals.ts';
import { replay } from '../../source/journal/replay.ts';

const NAME = '82:93:65:46:db:ca';
const at = (minute: number) => `2026-11-22T12:${String(minute).padStart(2, '0')}:00.000Z`;
const ms = (minute: number) => Date.parse(at(minute));
const opened = (procedure: string, target: string | null = '10.0.0.15', cluster = 'prod'): JournalEntry => ({
  kind: 'opened',
  at: at(0),
  run: procedure,
  how: 'new',
  cluster,
  procedure,
  target,
  members: [],
  who: 'anna',
  host: 'desk',
  version: '1',
  reason: '',
  lock: 'l',
});
const arrived = (step: string, minute = 1): JournalEntry => ({
  kind: 'arrived',
  at: at(minute),
  run: 'r',
  step,
  notes: { name: [NAME], nickname: ['h5'] },
});
const intent = (step: string, minute = 2, attempt = 1): JournalEntry => ({
  kind: 'intent',
  at: at(minute),
  run: 'r',
  step,
  attempt,
  on: '10.0.0.11',
  command: 'sh -c x',
});
const outcome = (step: string, how: 'exited' | 'unsent' | 'lost', attempt = 1, code = 0): JournalEntry => ({
  kind: 'outcome',
  at: at(3),
  run: 'r',
  step,
  attempt,
  how,
  code: how === 'exited' ? code : null,
  output: '',
  why: '',
});
const closed = (minute: number, how: 'finished' | 'paused' = 'finished'): JournalEntry => ({
  kind: 'closed',
  at: at(minute),
  run: 'r',
  how,
});
const whole = (entries: readonly JournalEntry[]) => ({ run: 'j', entries, whole: true });
const base = { name: NAME, nickname: 'h5', address: '10.0.0.15' };

describe('who was removed, by the journals', () => {
  it.each<[string, JournalEntry[], object[]]>([
    [
      'a reclaim counts from the intent of rmpeer, whatever came of it',
      [opened('reclaim-peer'), arrived('rmpeer'), intent('rmpeer')],
      [{ ...base, how: 'rmpeer', at: ms(2), run: 'reclaim-peer' }],
    ],
    [
      'a reclaim that was given up before does not',
      [opened('reclaim-peer'), arrived('rmpeer'), intent('mark:10.0.0.11'), closed(5, 'paused')],
      [],
    ],
    ...(['unsent', 73, 77] as const).map((how): [string, JournalEntry[], object[]] => [
      `nor does one whose rmpeer was not run: ${how}`,
      [
        opened('reclaim-peer'),
        arrived('rmpeer'),
        intent('rmpeer'),
        how === 'unsent' ? outcome('rmpeer', how) : outcome('rmpeer', 'exited', 1, how),
        closed(5, 'paused'),
      ],
      [],
    ]),
    [
      'unless another attempt of it may have been',
      [
        opened('reclaim-peer'),
        arrived('rmpeer'),
        intent('rmpeer'),
        outcome('rmpeer', 'lost'),
        intent('rmpeer', 4),
        outcome('rmpeer', 'exited', 1, 77),
      ],
      [{ ...base, how: 'rmpeer', at: ms(2), run: 'reclaim-peer' }],
    ],
    [
      'a removal counts when it is finished',
      [opened('remove-peer'), arrived('reset'), closed(5)],
      [{ ...base, how: 'reset', at: ms(5), run: 'remove-peer' }],
    ],
    ['a removal that was left does not', [opened('remove-peer'), arrived('reset'), closed(5, 'paused')], []],
    [
      'of another cluster nothing counts',
      [opened('remove-peer', '10.0.0.15', 'lab'), arrived('x'), closed(5)],
      [],
    ],
    ['of a change of the whole cluster nothing counts', [opened('align', null), arrived('x'), closed(5)], []],
    ['what opens nowhere tells nothing', [arrived('rmpeer'), intent('rmpeer')], []],
  ])('%s', (_, entries, removed) => {
    expect(removalsOf([whole(entries)], 'prod')).toEqual({ removed, lifted: new Set(), unread: [] });
  });

  it.each(['add-peer', 'wipe-peer'])(
    '%s lifts what it noted when it is finished, by the run',
    (procedure) => {
      const noted = (lifts: string[]): JournalEntry => ({
        kind: 'arrived',
        at: at(1),
        run: 'r',
        step: 'x',
        notes: { lifts },
      });
      const lifts = (how: 'finished' | 'paused') =>
        removalsOf(
          [
            whole([opened(procedure), noted(['r1', 'r2']), closed(7)]),
            whole([opened(procedure), noted(['r3']), closed(9, how)]),
            whole([opened('restart-peer'), noted(['r4']), closed(9)]),
          ],
          'prod',
        ).lifted;
      expect(lifts('finished')).toEqual(new Set(['r1', 'r2', 'r3']));
      expect(lifts('paused')).toEqual(new Set(['r1', 'r2']));
    },
  );

  it.each<[string, JournalEntry[], object[]]>([
    ['nothing at all', [], [{ run: 'j', address: null }]],
    ['no opening', [arrived('rmpeer')], [{ run: 'j', address: null }]],
    ['a reclaim', [opened('reclaim-peer'), arrived('mark')], [{ run: 'j', address: '10.0.0.15' }]],
    ['a reclaim of another cluster', [opened('reclaim-peer', '10.0.0.15', 'lab')], []],
    ['another change', [opened('remove-peer'), arrived('x')], []],
    [
      'a reclaim that was sent for all that is known',
      [opened('reclaim-peer'), arrived('x'), intent('rmpeer')],
      [],
    ],
  ])(
    'a journal with lines that can not be read may hold a reclaim, where they show %s',
    (_, entries, unread) => {
      expect(removalsOf([{ run: 'j', entries, whole: false }], 'prod').unread).toEqual(unread);
      if (entries.length > 0) expect(removalsOf([whole(entries)], 'prod').unread).toEqual([]);
    },
  );

  it('a reclaim that was sent of a name which is not known is told as unread', () => {
    const nameless = whole([opened('reclaim-peer'), intent('rmpeer')]);
    expect(removalsOf([nameless], 'prod')).toMatchObject({ removed: [], unread: [{ address: '10.0.0.15' }] });
  });
});

describe('whether a step may have run, by the journal', () => {
  const sent = (...entries: JournalEntry[]) =>
    replay([opened('reclaim-peer'), ...entries])?.steps.map(({ state, sent: may }) => `${state} ${may}`);

  it('is so from an intent on, but for one that was not sent for certain', () => {
    expect(sent(intent('s'))).toEqual(['uncertain true']);
    expect(sent(intent('s'), outcome('s', 'unsent'))).toEqual(['not-run false']);
    expect(sent(intent('s'), outcome('s', 'exited'))).toEqual(['ran true']);
    expect(sent(intent('s'), outcome('s', 'lost'), intent('s', 4, 2), outcome('s', 'unsent', 2))).toEqual([
      'not-run true',
    ]);
    expect(sent({ kind: 'uncertain', at: at(1), run: 'r', step: 's', why: 'elsewhere' })).toEqual([
      'uncertain true',
    ]);
  });
});
