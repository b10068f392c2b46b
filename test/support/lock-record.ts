import type { LockSighting } from '../../source/lock/answers.ts';
import type { LockRecord } from '../../source/lock/record.ts';

/** A record on three peers; only what a test is about needs to be said. */
export const aRecord = (more: Partial<LockRecord> = {}): LockRecord => ({
  id: 'ab12cd-lock',
  epoch: 1,
  session: 'session-1',
  cluster: 'prod',
  who: 'anna@laptop',
  user: 'ops',
  version: '1.0.0',
  procedure: 'add-peer',
  target: '10.0.0.16',
  step: null,
  reason: 'OPS-7',
  startedAt: '2026-11-23T12:00:00Z',
  beat: 0,
  peers: ['10.0.0.11', '10.0.0.12', '10.0.0.13'],
  survivors: null,
  ...more,
});

const CLOCK = '2026-11-23T12:00:00Z';

const sighting = (
  lease: Extract<LockSighting, { kind: 'seen' }>['lease'],
  record: Extract<LockSighting, { kind: 'seen' }>['record'],
): LockSighting => ({ kind: 'seen', lease, record, running: null, clock: CLOCK });

/** The ways in which a peer can show the lock. */
export const shows = {
  free: sighting({ kind: 'free', beatAge: null }, { kind: 'absent' }),
  left: (record: LockRecord, beatAge: number | null = 3600): LockSighting =>
    sighting(
      { kind: 'free', beatAge },
      { kind: 'record', record, sum: `sum of ${record.session}`, age: 3600 },
    ),
  held: (record: LockRecord | null): LockSighting =>
    sighting(
      { kind: 'busy', token: 'theirs', beat: 4, beatAge: 1 },
      record === null ? { kind: 'absent' } : { kind: 'record', record, sum: null, age: 9 },
    ),
  broken: (sum: string | null = 'sum of broken'): LockSighting =>
    sighting(
      { kind: 'free', beatAge: null },
      { kind: 'broken', why: 'the file is empty', excerpt: '', sum, age: 5 },
    ),
  unknown: { kind: 'unknown', why: 'no sudo' } as LockSighting,
  gone: { kind: 'unreachable', why: 'no route to host' } as LockSighting,
};
