import { describe, expect, it } from 'vitest';
import type { History, StepHistory } from '../../../source/journal/replay.ts';
import { notesOf, resumedFrom } from '../../../source/session/maintenance/resume.ts';

const left = (step: string | null, epoch = 2) => ({
  who: 'anna@laptop',
  epoch,
  step: step === null ? null : { index: 3, of: 9, id: step, notes: { name: ['from the record'] } },
});

const history = (at: string, epoch: number | null, steps: readonly StepHistory[] = []): History => ({
  run: 'run',
  opened: {
    kind: 'opened',
    at: '2026-11-22T12:00:00.000Z',
    run: 'run',
    how: 'new',
    cluster: 'prod',
    procedure: 'remove-peer',
    target: '10.0.0.12',
    members: [],
    who: 'anna',
    host: 'laptop',
    version: '1',
    reason: '',
    lock: 'run',
  },
  lastAt: '2026-11-22T12:00:00.000Z',
  steps,
  overrides: [],
  at,
  notes: { name: ['from the journal'] },
  epoch,
  end: 'open',
});

const step = (id: string, state: StepHistory['state']): StepHistory => ({
  step: id,
  attempts: 1,
  state,
  sent: false,
});
const elsewhere = 'anna@laptop began this step; whether its command was sent is not on record here.';

describe('where a change that was left behind goes on', () => {
  it('is its beginning where no step was begun', () => {
    expect(resumedFrom(left(null), null)).toBe(null);
  });

  it('is the step of the record, as uncertain, where this machine has no journal', () => {
    expect(resumedFrom(left('reset'), null)).toEqual({ step: 'reset', uncertain: elsewhere });
    expect(notesOf(left('reset'), null)).toEqual({ name: ['from the record'] });
  });

  it('is the step of the record, as uncertain, where somebody went on elsewhere since', () => {
    const old = history('disable', 1, [step('preflight', 'verified')]);
    expect(resumedFrom(left('reset'), old)).toEqual({
      step: 'reset',
      phases: new Map([['preflight', { phase: 'done', at: 0, already: false }]]),
      uncertain: elsewhere,
    });
    expect(notesOf(left('reset'), old)).toEqual({ name: ['from the record'] });
    expect(resumedFrom(left('reset'), history('reset', null))).toMatchObject({ uncertain: elsewhere });
  });

  it('is what the journal says where it was written by the last to hold the lock', () => {
    const last = (state: StepHistory['state'] | null) =>
      resumedFrom(left('disable'), history('reset', 2, state === null ? [] : [step('reset', state)]));
    expect(last(null)).toEqual({ step: 'reset', phases: new Map() });
    expect(last('not-run')).toEqual({ step: 'reset', phases: new Map() });
    expect(last('uncertain')).toMatchObject({
      step: 'reset',
      uncertain: 'Its command may have run, and what came of it was not seen before the session ended.',
    });
    expect(last('ran')).toMatchObject({
      uncertain: 'Its command ended, and the session ended before it was verified.',
    });
    expect(notesOf(left('disable'), history('reset', 2))).toEqual({ name: ['from the journal'] });
    // Where arriving at a step could not be written down and its intent could.
    const later = { ...step('reset', 'uncertain'), sent: true };
    expect(resumedFrom(left('disable'), history('disable', 2, [later]))).toMatchObject({
      step: 'disable',
      alsoSent: ['reset'],
    });
    const failed = { ...step('reset', 'not-verified'), sent: true };
    expect(resumedFrom(left('disable'), history('reset', 2, [failed]))).toEqual({
      step: 'reset',
      phases: new Map(),
      sent: true,
    });
  });
});
