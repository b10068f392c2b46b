import { leavesNothing, untouchedBy } from '../maintenance/leaves-nothing.ts';
import { goesOn } from '../maintenance/moving.ts';
import type { Run, StepPhase } from '../maintenance/run.ts';
import type { Step } from '../maintenance/step.ts';
import type { MaintenanceModel } from '../session/maintenance/model.ts';
import { withStop } from '../text/stop.ts';
import { exitCode } from './exit-code.ts';

/** What a console leaves behind when it ends. */
export type Left = {
  /** The change that it had last; null where it had none. */
  readonly model: MaintenanceModel | null;
  /** Whether the lock of that change was left properly: given back, or its record kept for whoever resumes. */
  readonly closed: boolean;
  /** What was asked of the peers and not waited for, as words behind "to"; null where nothing was. */
  readonly asked: string | null;
};

/** How to go on: the command that opens the change again, or why there is none. */
export type WayBack = { readonly command: string } | { readonly whyNone: string };

/** What to print when the terminal is given back, and the exit code. */
export type Account = { readonly lines: readonly string[]; readonly code: number };

/** Whether a step did something in this maintenance: it was neither found done nor only a look. */
const didSomething = (step: Step, phase: StepPhase | undefined): boolean =>
  phase?.phase === 'done' && !phase.already && step.action.kind !== 'look';

/** How many of the steps that were done are named; the journal has all. */
const namedAtMost = 6;

const doneLines = ({ run, steps }: MaintenanceModel): readonly string[] => {
  const titles = steps.filter((step, at) => didSomething(step, run.phases[at])).map(({ title }) => title);
  const before = titles.length - namedAtMost;
  return [
    ...(before > 0 ? [`  done: ${before} more before these`] : []),
    ...titles.slice(-namedAtMost).map((title) => `  done: ${title}`),
  ];
};

/** Where the open step stands, and whether its outcome is uncertain. */
const openStep = (run: Run, step: Step): { readonly text: string; readonly uncertain: boolean } => {
  const phase = run.phases[run.at];
  const sure = (text: string) => ({ text, uncertain: false });
  switch (phase?.phase) {
    case 'running':
      return {
        text: `Its command was running on ${step.on ?? 'its host'} and may go on there. How it ends was not seen, so it is uncertain.`,
        uncertain: true,
      };
    case 'uncertain':
      return {
        text: `It may have happened, or not: ${withStop(phase.why)}`,
        uncertain: true,
      };
    case 'verifying':
      if (step.goesOn !== undefined) return sure('It was begun, and was being watched.');
      return step.action.kind === 'command'
        ? {
            text: 'Its command ended, and was not verified yet, so what it did is uncertain.',
            uncertain: true,
          }
        : sure('It was said to be done, and was being watched for.');
    case 'failed':
      return sure(
        `It failed: ${withStop(phase.why)} ${phase.changed === 'no' ? 'It changed nothing.' : 'It may have changed something.'}`,
      );
    default:
      return sure(
        run.sent.has(step.id)
          ? 'Its command was sent before and may have run; it was not sent again.'
          : 'It was not begun.',
      );
  }
};

/** Each word of this is true of a change that was not finished. */
const stoppedLines = (model: MaintenanceModel, closed: boolean, back: WayBack): readonly string[] => {
  const { run, steps } = model;
  const step = steps[run.at];
  const phase = run.phases[run.at]?.phase ?? '';
  const on = ['running', 'verifying', 'uncertain'].includes(phase) ? goesOn(run, step) : null;
  const nothing = untouchedBy(run);
  const given = run.ended?.how === 'paused' && leavesNothing(run);
  const at = Math.min(run.at + 1, steps.length);
  return [
    `${run.procedure.title}: left at step ${at} of ${steps.length}${step === undefined ? '' : `, ${step.title}`}.`,
    ...doneLines(model),
    ...(step === undefined ? [] : [`  this step: ${openStep(run, step).text}`]),
    ...(on === null ? [] : [`  ${on}`]),
    nothing
      ? 'Nothing was changed.'
      : `What was done stands. It is written down: weave-console history show ${run.id}`,
    ...(run.ended?.how === 'lost-lock'
      ? [
          'The lock is not ours any more: somebody else may be changing the cluster. Look at it before anything else.',
        ]
      : given
        ? [
            closed
              ? 'The lock was given back.'
              : 'Giving the lock back was not waited for: `weave-console lock show` tells whether a record stayed.',
          ]
        : 'whyNone' in back
          ? [back.whyNone]
          : [
              'The record of its lock stays on the peers: nobody begins another change until this one is resumed or its lock is broken. To go on with it:',
              `  ${back.command}`,
            ]),
  ];
};

/** What a person must know who has left the console, in the terminal they come back to. */
export const accountOf = ({ model, closed, asked }: Left, back: WayBack): Account => {
  if (asked !== null)
    return {
      lines: [
        `The peers were just asked for the lock, to ${asked}, and that was not waited for. No step of it was begun. \`weave-console lock show\` tells whether a record stayed.`,
      ],
      code: exitCode.stoppedByHuman,
    };
  if (model === null) return { lines: [], code: exitCode.done };
  const { run, steps } = model;
  if (run.ended?.how === 'finished')
    return {
      lines: closed
        ? []
        : [
            `${run.procedure.title}: finished. Giving the lock back was not waited for: \`weave-console lock show\` tells whether a record stayed.`,
          ],
      code: exitCode.done,
    };
  const step = steps[run.at];
  const uncertain = run.ended?.how === 'lost-lock' || (step !== undefined && openStep(run, step).uncertain);
  return {
    lines: stoppedLines(model, closed, back),
    code: uncertain ? exitCode.uncertain : exitCode.stoppedByHuman,
  };
};
