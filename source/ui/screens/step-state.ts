import { leavesNothing } from '../../maintenance/leaves-nothing.ts';
import { freshness, goesOn } from '../../maintenance/moving.ts';
import type { Run, StepPhase } from '../../maintenance/run.ts';
import { type Step, whyOptional } from '../../maintenance/step.ts';
import { commandOf, inTheWay, standing } from '../../maintenance/transition.ts';
import type { Judged } from '../../maintenance/verdict.ts';
import type { MaintenanceModel } from '../../session/maintenance/model.ts';
import { withStop } from '../../text/stop.ts';
import type { Tone } from '../palette.ts';
import { age, ago, lasting } from '../words.ts';

/** One sentence about where the step stands. */
export type Saying = { readonly text: string; readonly tone: Tone };

const say = (text: string, tone: Tone = 'plain'): Saying => ({ text, tone });

/** Checks that do not pass, as the sentences they say. */
export const wanting = (judged: readonly Judged[]): readonly string[] =>
  judged.filter(({ level }) => level !== 'pass').map(({ because }) => because);

const inspectLimit = (run: Run, step: Step): string => {
  const limits = step.inspects.map((host) => run.procedure.inspect(host, step.id).timeout);
  return limits.length === 0 ? '' : ` One look takes ${age(Math.max(...limits))} at most.`;
};

const hosts = (step: Step): string =>
  step.inspects.length === 0 ? 'the cluster' : `the cluster and ${step.inspects.join(', ')}`;

/** What the step waits for now, where it can tell. */
const storyOf = (run: Run, step: Step): readonly string[] =>
  run.world === null ? [] : (step.story?.(run.world) ?? []);

function verifying(
  step: Step,
  phase: Extract<StepPhase, { phase: 'verifying' }>,
  { now, run }: MaintenanceModel,
): readonly Saying[] {
  const since = lasting(now - phase.since);
  const limit =
    step.settle === Number.POSITIVE_INFINITY
      ? 'as long as it takes'
      : `${age(step.settle + step.steady)} at most`;
  const outcome = outcomeWords(phase, step);
  if (phase.heldSince !== null)
    return [
      outcome,
      say(
        `All of it is true for ${lasting(now - phase.heldSince)}; it has to stay so for ${age(step.steady)} (waiting for ${since}, ${limit}).`,
        'info',
      ),
    ];
  const missing = wanting(phase.judged);
  const byHand = step.action.kind === 'human' ? whyOptional(step, run.world) : null;
  const story = storyOf(run, step);
  const on = goesOn(run, step);
  if (story.length > 0)
    return [
      outcome,
      say(`Waiting for ${since}, ${limit}.`, 'info'),
      ...story.map((text) => say(text)),
      ...(on === null ? [] : [say(on)]),
    ];
  return [
    outcome,
    say(`Waiting for ${since}, ${limit}, until all of what is looked at afterwards is true.`, 'info'),
    ...(phase.judged.length === 0
      ? [say(`First it is looked at anew: ${hosts(step)}.`)]
      : missing.map((text) => say(`Not yet: ${text}`, 'warn'))),
    ...(byHand === null ? [] : [say(`May be left out (s): ${byHand}`)]),
  ];
}

function outcomeWords({ outcome }: Extract<StepPhase, { phase: 'verifying' }>, step: Step): Saying {
  const on = step.on ?? 'the host';
  if (outcome === null) return say('What the cluster shows is compared with what is to be true.');
  if (outcome.kind === 'exited')
    return outcome.code === 0
      ? say('The command ended with exit code 0. That proves nothing: it is checked now.')
      : say(`The command ended with exit code ${outcome.code}. What it did is checked now.`, 'warn');
  if (outcome.kind === 'killed')
    return say(`The command on ${on} was killed by ${outcome.signal}. What it did is checked now.`, 'warn');
  return say(`The link to ${on} broke. What was done is checked now.`, 'warn');
}

const changedWords = (phase: Extract<StepPhase, { phase: 'failed' }>, step: Step): Saying =>
  phase.changed === 'no'
    ? say('Nothing was changed.', 'good')
    : say(`Something may have been changed${step.on === null ? '' : ` on ${step.on}`}.`, 'warn');

/** How the checks before it stand, and when they were made: the command stands above them, and may be long. */
function checksWords({ run }: MaintenanceModel, step: Step, judged: readonly Judged[], when: string): Saying {
  const others = judged.filter(({ level }) => level !== 'pass');
  if (judged.length === 0) return say(`All of this was looked at ${when}.`);
  if (others.length === 0)
    return say(
      judged.length === 1
        ? `Its check passes, looked at ${when}.`
        : `All ${judged.length} checks pass, looked at ${when}.`,
    );
  const overridden = others.filter(
    (one) => run.overridden.get(`${step.id}/${one.check}`) === one.because,
  ).length;
  const acknowledged = others.length - overridden;
  const rest = [
    ...(acknowledged > 0 ? [`${acknowledged} acknowledged`] : []),
    ...(overridden > 0 ? [`${overridden} overridden`] : []),
  ];
  return say(
    `${judged.length - others.length} of ${judged.length} checks pass, ${rest.join(', ')}; looked at ${when}.`,
    'warn',
  );
}

function armed(model: MaintenanceModel, step: Step, judged: readonly Judged[]): readonly Saying[] {
  const { run, now } = model;
  const looked = run.world === null ? null : now - run.world.now;
  const old = looked === null || looked > freshness;
  const what =
    step.action.kind === 'human'
      ? `By hand: ${withStop(step.action.instruction)} Confirm when ${step.action.when ?? 'it is done'}.`
      : step.action.kind === 'look'
        ? 'It only looks: confirming it changes nothing and goes on.'
        : 'It runs when you confirm it, and only then.';
  return [
    say(`Ready. ${what}`, 'strong'),
    old
      ? say('The last look is too old to act on; it is being looked at again.', 'warn')
      : checksWords(model, step, judged, ago(looked)),
  ];
}

/** What is true of the step at hand, what is waited for, for how long, and how long that may take. */
export function stateSayings(model: MaintenanceModel, step: Step, phase: StepPhase): readonly Saying[] {
  const { run, now } = model;
  switch (phase.phase) {
    case 'waiting':
      return [say('Its turn comes later.')];
    case 'checking':
      return [
        say(`Looking at ${hosts(step)} for ${lasting(now - phase.since)}.${inspectLimit(run, step)}`, 'info'),
      ];
    case 'blocked': {
      const left = standing(run, step, phase.judged);
      return left.length === 0
        ? [say('It is being looked at again.', 'info')]
        : [
            say(inTheWay(left), 'warn'),
            say(
              `${left.every(({ level }) => level === 'warn') ? 'k acknowledges each of them' : 'It is looked at again by itself every few seconds'}${leavesNothing(run) ? '; p ends it here and gives the lock back' : ''}.`,
            ),
          ];
    }
    case 'armed':
      return armed(model, step, phase.judged);
    case 'running': {
      const command = run.world === null ? null : commandOf(step, run.world);
      const limit = command === null ? '' : `; it is given ${age(command.timeout)} at most`;
      return [
        say(`Its command runs on ${step.on} for ${lasting(now - phase.since)}${limit}.`, 'info'),
        ...storyOf(run, step).map((text) => say(text)),
      ];
    }
    case 'uncertain':
      return [
        say('It may have happened, or not: nobody here has seen what came of it.', 'bad'),
        say(withStop(phase.why)),
        phase.judged.length === 0
          ? say(
              `Looking at ${hosts(step)} for ${lasting(now - phase.since)} to find out.${inspectLimit(run, step)}`,
              'info',
            )
          : say('It is never repeated by itself. What is true now, by the last look:'),
        ...storyOf(run, step).map((text) => say(text)),
      ];
    case 'verifying':
      return verifying(step, phase, model);
    case 'failed':
      return [say(withStop(phase.why), 'bad'), changedWords(phase, step)];
    case 'done':
      return [
        say(phase.already ? 'It was found done, and was not run.' : 'Done, and seen to be so.', 'good'),
      ];
    case 'skipped':
      return [say(`Left out: ${phase.reason}`)];
  }
}
