import type { Outcome } from '../commands/command.ts';
import { clean } from '../text/clean.ts';
import { withoutSecrets } from '../text/said-secret.ts';
import {
  failed,
  freshness,
  inspectEvery,
  inspected,
  type Next,
  renew,
  still,
  unsure,
  verified,
  withPhase,
} from './moving.ts';
import type { Run, StepPhase } from './run.ts';
import type { Step } from './step.ts';
import { allPass, judgeAll } from './verdict.ts';
import type { World } from './world.ts';

/** The last line that a command wrote, cleaned and cut; empty when it wrote none. */
export const lastWords = (text: string): string =>
  withoutSecrets(clean(text.trimEnd().split('\n').at(-1) ?? '', 300).trim());

/** How a command ended, as the beginning of a sentence. */
const describe = (outcome: Outcome | null, { action }: Step): string => {
  switch (outcome?.kind) {
    case undefined:
      return action.kind === 'human' ? 'It was said to be done,' : 'It may have run,';
    case 'exited': {
      const said = outcome.code === 0 ? '' : lastWords(outcome.stderr);
      return `It ended with exit code ${outcome.code}${said === '' ? '' : ` (${said})`},`;
    }
    case 'killed':
      return `It was killed (${clean(outcome.signal, 40)}),`;
    case 'unsent':
      return 'It was not sent,';
    case 'lost':
      return 'The link broke while it ran,';
  }
};

/** How long an open-ended step is watched whose command said that it failed, in ms: then nothing is under way. */
const failedSettle = 20_000;

/** How long the postconditions may take, by how the command ended. */
const settleOf = (step: Step, outcome: Outcome | null): number =>
  step.settle === Number.POSITIVE_INFINITY &&
  outcome !== null &&
  !(outcome.kind === 'exited' && outcome.code === 0)
    ? failedSettle
    : step.settle;

/** Watches the postconditions of a step that ran. Goes on watching, but not on to the next step, while the lock is suspended. */
export const verify = (
  run: Run,
  step: Step,
  world: World,
  phase: Extract<StepPhase, { phase: 'verifying' }>,
  /** How long before this world the one before it was. */
  gap: number,
): Next => {
  const wanted = renew(step, world, phase.since, inspectEvery.verifying);
  const late = world.now - phase.since > settleOf(step, phase.outcome) + step.steady;
  // Of what a person says and nothing else can show, nothing is to be waited for.
  const said = step.action.kind === 'human' && step.after.length === 0;
  const seen = said || inspected(step, world, phase.since);
  if (!seen && !late) return [run, wanted];
  const judged = judgeAll(step.after, world);
  const before = gap > freshness ? null : phase.heldSince;
  const heldSince = seen && allPass(judged) ? (before ?? world.now) : null;
  if (heldSince !== null && world.now - heldSince >= step.steady && run.lock.kind === 'held')
    return verified(run, step, world, false, judged);
  const hopeless = heldSince === null ? (step.hopeless?.(world, phase.since) ?? null) : null;
  if (hopeless !== null) return failed(run, step, world.now, { why: hopeless, judged, changed: 'maybe' });
  if (heldSince !== null || !late) return [withPhase(run, { ...phase, judged, heldSince }), wanted];
  const missing = judged.filter(({ level }) => level !== 'pass');
  const what =
    missing.length > 0
      ? missing.map(({ because }) => because).join(' ')
      : 'its hosts could not be looked at.';
  // What nobody could see is not seen to be untrue.
  if (missing.every(({ level }) => level === 'unknown'))
    return unsure(run, step, world.now, {
      why: `${describe(phase.outcome, step)} and what came of it could not be seen in time: ${what}`,
      judged,
    });
  const why = `${describe(phase.outcome, step)} but it did not come true in time: ${what}`;
  return failed(run, step, world.now, { why, judged, changed: 'maybe' });
};

/** What is true now of a step whose link broke. It is done if it is seen to be done; it is never repeated from here. */
export const lookAtUncertain = (
  run: Run,
  step: Step,
  world: World,
  phase: Extract<StepPhase, { phase: 'uncertain' }>,
): Next => {
  const wanted = renew(step, world, phase.since, inspectEvery.uncertain);
  if (!inspected(step, world, phase.since)) return [run, wanted];
  const judged = judgeAll(step.after, world);
  if (step.after.length === 0 || !allPass(judged)) return [withPhase(run, { ...phase, judged }), wanted];
  // The steady time matters here, too: hand the watching over to `verify`, which has the time for it.
  return [
    withPhase(run, { phase: 'verifying', since: world.now, outcome: null, judged, heldSince: world.now }),
    [{ kind: 'inspect', hosts: step.inspects }],
  ];
};

/** Watches a step once more that failed although something may have changed: it may only have been slow. */
export const watchAgain = (run: Run, step: Step, now: number): Next => {
  const phase = run.phases[run.at];
  if (phase?.phase !== 'failed' || phase.changed === 'no' || step.after.length === 0) return still(run);
  return [
    withPhase(run, { phase: 'verifying', since: now, outcome: null, judged: phase.judged, heldSince: null }),
    [{ kind: 'inspect', hosts: step.inspects }],
  ];
};
