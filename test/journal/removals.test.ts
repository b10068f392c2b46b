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
    expect(removalsOf([entries], 'prod')).toEqual({ removed, lifted: new Map() });
  });

  it.each(['add-peer', 'wipe-peer'])('%s lifts it when it is finished, by address', (procedure) => {
    const lifts = (how: 'finished' | 'paused') =>
      removalsOf(
        [
          [opened(procedure), closed(7)],
          [opened(procedure), closed(9, how)],
        ],
        'prod',
      ).lifted;
    expect(lifts('finished')).toEqual(new Map([['10.0.0.15', ms(9)]]));
    expect(lifts('paused')).toEqual(new Map([['10.0.0.15', ms(7)]]));
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
