import type { Run, StepPhase } from './run.ts';
import type { Step } from './step.ts';

/** Whether nothing can have come of a step so far: it was only looked at, found done or left out. */
const untouched = (step: Step, phase: StepPhase | undefined): boolean => {
  switch (phase?.phase) {
    case 'running':
    case 'uncertain':
    case 'verifying':
    case 'failed':
      return step.action.kind === 'look';
    case 'done':
      return phase.already || step.action.kind === 'look';
    default:
      return true;
  }
};

/** Whether nothing was changed yet: no command was sent, by this session or one before, and no person did a step by hand. */
export const untouchedBy = (run: Run): boolean =>
  run.sent.size === 0 &&
  run.procedure.steps(run.notes).every((step, index) => untouched(step, run.phases[index]));

/** Whether letting go of a run leaves nothing half done, so that its lock is given back and no record stays. */
export const leavesNothing = (run: Run): boolean => run.procedure.leavesNothing === true || untouchedBy(run);
