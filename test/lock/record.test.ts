import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baseOf,
  boundedNotes,
  type LockRecord,
  leaseToken,
  NOTES_LIMIT,
  readRecord,
  recordPrefix,
  recordText,
} from '../../source/lock/record.ts';
import { clean } from '../../source/text/clean.ts';
import { aRecord } from '../support/lock-record.ts';

const cleaned = (max: number) =>
  fc.string({ unit: 'grapheme', maxLength: max }).map((text) => clean(text, max));
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{5,63}$/);
const records = fc.record<LockRecord>({
  id: name,
  epoch: fc.integer({ min: 1 }),
  session: name,
  cluster: cleaned(50),
  who: cleaned(50),
  user: cleaned(30),
  version: cleaned(20),
  procedure: cleaned(30),
  target: fc.option(cleaned(40)),
  step: fc.option(fc.record({ index: fc.nat(), of: fc.nat(), id: cleaned(20) })),
  reason: cleaned(80),
  startedAt: cleaned(30),
  beat: fc.nat(),
  peers: fc.array(cleaned(20), { minLength: 1, maxLength: 9 }),
  survivors: fc.option(fc.array(cleaned(20), { minLength: 1, maxLength: 3 })),
});

describe('the record', () => {
  it('is one line that always looks the same', () => {
    const record = aRecord({ step: { index: 2, of: 5, id: 'launch' }, survivors: ['10.0.0.11'] });
    expect(recordText(record)).toBe(
      '{"schema":1,"id":"ab12cd-lock","epoch":1,"session":"session-1","cluster":"prod","who":"anna@laptop",' +
        '"user":"ops","version":"1.0.0","procedure":"add-peer","target":"10.0.0.16","step":{"index":2,"of":5,"id":"launch"},' +
        '"reason":"OPS-7","startedAt":"2026-11-23T12:00:00Z","beat":0,"peers":["10.0.0.11","10.0.0.12","10.0.0.13"],' +
        '"survivors":["10.0.0.11"]}',
    );
    expect(recordPrefix(record)).toBe('{"schema":1,"id":"ab12cd-lock","epoch":1,"session":"session-1",');
    expect(leaseToken(record)).toBe('ab12cd-lock:1:session-1');
  });

  it('is read back as it was written, and begins with its prefix', () => {
    fc.assert(
      fc.property(records, (record) => {
        const text = recordText(record);
        expect(text).not.toContain('\n');
        expect(text.startsWith(recordPrefix(record))).toBe(true);
        expect(readRecord(`${text}\n`)).toEqual({ kind: 'record', record });
      }),
    );
  });

  it('carries the notes of a step, cleaned, and as many as fit', () => {
    const step = { index: 2, of: 5, id: 'launch', notes: { list: ['10.0.0.11'], away: [] } };
    const text = recordText(aRecord({ step }));
    expect(text).toContain(
      '"step":{"index":2,"of":5,"id":"launch","notes":{"list":["10.0.0.11"],"away":[]}},',
    );
    expect(readRecord(text)).toMatchObject({ record: { step } });
    const owned = Array.from({ length: 500 }, (_, token) => `10.32.${token}.0 256 v1`);
    expect(boundedNotes({ owned, name: ['a\u001b[31mb'] })).toEqual({ owned, name: ['ab'] });
    const many = { owned: owned.map((one) => one.repeat(10)), list: ['10.0.0.11'] };
    expect(boundedNotes(many)).toEqual({ list: ['10.0.0.11'] });
    expect(JSON.stringify(boundedNotes({ owned, more: owned })).length).toBeLessThan(NOTES_LIMIT);
  });

  it('has a prefix that no other id, epoch or session shares', () => {
    const prefix = recordPrefix(aRecord());
    for (const other of [{ id: 'ab12cd-lock2' }, { epoch: 11 }, { session: 'session-12' }])
      expect(recordText(aRecord(other)).startsWith(prefix)).toBe(false);
  });

  it('is absent only where there is no file', () => {
    expect(readRecord(null)).toEqual({ kind: 'absent' });
  });

  it.each([
    ['', 'the file is empty'],
    [' \n', 'the file is empty'],
    ['{"schema":1,"id":"ab12', 'it is not JSON'],
    ['null', 'it is not a record of weave-console'],
    ['[]', 'it is not a record of weave-console'],
    ['{"schema":"1"}', 'it is not a record of weave-console'],
    ['{"schema":2,"id":"x"}', 'it has format 2, written by a newer weave-console'],
    [recordText(aRecord({ id: "it's; reboot" })), 'its field id does not fit'],
    [recordText(aRecord({ epoch: 0 })), 'its field epoch does not fit'],
    [recordText(aRecord({ peers: [] })), 'its field peers does not fit'],
  ])('is broken as %j', (raw, why) => {
    expect(readRecord(raw)).toMatchObject({ kind: 'broken', why });
  });

  it('cleans what it shows, of a good record and of a broken one', () => {
    const good = readRecord(recordText(aRecord({ who: '\x1b[2Janna\u202e', reason: 'a\r\nb' })));
    expect(good).toMatchObject({
      kind: 'record',
      record: { who: expect.not.stringMatching(/[\x1b\u202e]/), reason: 'a b' },
    });
    expect(readRecord('\x1b]0;boo\x07not json')).toMatchObject({ kind: 'broken', excerpt: 'not json' });
  });

  it('never throws, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
        expect(['record', 'broken']).toContain(readRecord(raw).kind);
      }),
    );
  });

  it('counts the survivors where a person went on without a majority', () => {
    expect(baseOf(aRecord())).toEqual(['10.0.0.11', '10.0.0.12', '10.0.0.13']);
    expect(baseOf(aRecord({ survivors: ['10.0.0.11'] }))).toEqual(['10.0.0.11']);
  });
});
