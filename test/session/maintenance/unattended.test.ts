import { describe, expect, it } from 'vitest';
import type { StepPhase } from '../../../source/maintenance/run.ts';
import type { Judged, Level } from '../../../source/maintenance/verdict.ts';
import { nextMove } from '../../../source/session/maintenance/unattended.ts';
import { maintenanceModels } from '../../support/maintenance-views.ts';

const armed = maintenanceModels.armed;
if (armed === undefined) throw new Error('no armed model');

const inPhase = (phase: StepPhase, confirm: 'key' | 'type' = 'key') => ({
  ...armed,
  run: { ...armed.run, phases: armed.run.phases.map((one, at) => (at === armed.run.at ? phase : one)) },
  steps: armed.steps.map((step) => ({
    ...step,
    confirm: confirm === 'key' ? ({ kind: 'key' } as const) : ({ kind: 'type', word: 'h3' } as const),
  })),
});
const judged = (check: string, level: Level, never = false): Judged => ({
  check,
  level,
  title: check,
  never,
  because: `${check} says ${level}.`,
});
const blocked = (...ones: readonly Judged[]): StepPhase => ({ phase: 'blocked', since: 0, judged: ones });
const named = ({ check }: Judged) => check === 'seen:h3';
const next = (phase: StepPhase, confirm?: 'key' | 'type') => nextMove(inPhase(phase, confirm), named);

describe('a change at which nobody sits', () => {
  const armedPhase: StepPhase = { phase: 'armed', since: 0, judged: [], ticket: 7, command: null };

  it('lets go what a key would let go, and never what is to be typed', () => {
    expect(next(armedPhase)).toEqual({ kind: 'send', event: { kind: 'confirmed', ticket: 7 } });
    expect(next(armedPhase, 'type')).toEqual({ kind: 'wait' });
  });

  it('acknowledges only what was named', () => {
    const [seen, other, wall] = [judged('seen:h3', 'warn'), judged('seen:h4', 'warn'), judged('x', 'block')];
    expect(next(blocked(seen, other))).toEqual({
      kind: 'send',
      event: { kind: 'acknowledged', check: 'seen:h3' },
    });
    expect(next(blocked(other))).toEqual({ kind: 'stands', judged: [other] });
    expect(next(blocked(wall))).toEqual({ kind: 'stands', judged: [wall] });
    // A block of that name is no warning.
    const block = judged('seen:h3', 'block');
    expect(next(blocked(block))).toEqual({ kind: 'stands', judged: [block] });
    expect(next(blocked(judged('y', 'pass')))).toEqual({ kind: 'wait' });
  });

  it.each<readonly [StepPhase, object]>([
    [{ phase: 'checking', since: 0 }, { kind: 'wait' }],
    [{ phase: 'running', since: 0, attempt: 1 }, { kind: 'wait' }],
    [{ phase: 'verifying', since: 0, outcome: null, judged: [], heldSince: null }, { kind: 'wait' }],
    [
      { phase: 'uncertain', since: 0, why: 'cut.', judged: [] },
      { kind: 'uncertain', why: 'cut.' },
    ],
    [
      { phase: 'failed', since: 0, why: 'no.', judged: [], changed: 'no' },
      { kind: 'failed', why: 'no.', changed: 'no' },
    ],
  ])('neither tries again nor overrides: $0.phase', (phase, move) => {
    expect(next(phase)).toEqual(move);
  });

  it('is over when the run is', () => {
    const model = inPhase(armedPhase);
    const over = { ...model, run: { ...model.run, ended: { at: 1, how: 'lost-lock' as const } } };
    expect(nextMove(over, named)).toEqual({ kind: 'over', how: 'lost-lock' });
  });
});
