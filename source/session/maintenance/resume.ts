import type { History } from '../../journal/replay.ts';
import type { LockRecord } from '../../lock/record.ts';
import type { StepPhase } from '../../maintenance/run.ts';
import type { Resumed } from '../../maintenance/transition.ts';

/**
 * Where a change that a dead session left behind goes on. The record on the peers says which step it had begun; the journal,
 * where this machine has it, says more. Null: no step was begun, so it begins at its first.
 */
export const resumedFrom = (
  record: Pick<LockRecord, 'step' | 'who'>,
  history: History | null,
): Resumed | null => {
  const step = history?.at ?? record.step?.id ?? null;
  if (step === null) return null;
  if (history === null)
    return {
      step,
      uncertain: `${record.who} began this step; whether its command was sent is not on record here.`,
    };
  const phases = new Map<string, StepPhase>();
  for (const one of history.steps) {
    if (one.state === 'verified') phases.set(one.step, { phase: 'done', at: 0, already: false });
    if (one.state === 'skipped')
      phases.set(one.step, { phase: 'skipped', at: 0, reason: 'before it was taken up again' });
  }
  const state = history.steps.find((one) => one.step === step)?.state ?? 'not-run';
  if (state === 'uncertain')
    return {
      step,
      phases,
      uncertain: 'The session ended while its command was under way; how it ended is not on record.',
    };
  if (state === 'ran')
    return { step, phases, uncertain: 'Its command ended, and the session ended before it was verified.' };
  return { step, phases };
};
