import { standing } from '../../maintenance/transition.ts';
import type { Judged } from '../../maintenance/verdict.ts';
import type { HumanEvent, MaintenanceModel } from './model.ts';

/** What becomes next of a change at which nobody sits. */
export type NextMove =
  | { readonly kind: 'send'; readonly event: HumanEvent }
  /** Nothing to be done: something is being looked at, or runs, or is waited for. */
  | { readonly kind: 'wait' }
  /** A person would have to decide about these. They may go by themselves: looks are going on. */
  | { readonly kind: 'stands'; readonly judged: readonly Judged[] }
  | { readonly kind: 'failed'; readonly why: string; readonly changed: 'no' | 'maybe' }
  | { readonly kind: 'uncertain'; readonly why: string }
  | { readonly kind: 'over'; readonly how: 'finished' | 'paused' | 'lost-lock' };

/**
 * The next move of a change that the command line has let go as a whole: what a key would let go goes, a warning only
 * where `expected` says that it was named on the command line; nothing is overridden, skipped or typed.
 */
export const nextMove = (
  { run, steps }: MaintenanceModel,
  expected: (warning: Judged) => boolean,
): NextMove => {
  const step = steps[run.at];
  const phase = run.phases[run.at];
  if (run.ended !== null) return { kind: 'over', how: run.ended.how };
  if (step === undefined || phase === undefined) return { kind: 'wait' };
  switch (phase.phase) {
    case 'armed':
      return step.confirm.kind === 'key'
        ? { kind: 'send', event: { kind: 'confirmed', ticket: phase.ticket } }
        : { kind: 'wait' };
    case 'blocked': {
      const judged = standing(run, step, phase.judged);
      const named = judged.find((one) => one.level === 'warn' && expected(one));
      if (named !== undefined) return { kind: 'send', event: { kind: 'acknowledged', check: named.check } };
      return judged.length === 0 ? { kind: 'wait' } : { kind: 'stands', judged };
    }
    case 'failed':
      return { kind: 'failed', why: phase.why, changed: phase.changed };
    case 'uncertain':
      return { kind: 'uncertain', why: phase.why };
    default:
      return { kind: 'wait' };
  }
};
