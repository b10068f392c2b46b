import type { Millis } from '../cluster/trouble.ts';
import { type Command, sameCommand } from '../commands/command.ts';
import {
  freshness,
  inspectEvery,
  inspected,
  type Next,
  renew,
  still,
  verified,
  withPhase,
} from './moving.ts';
import type { Run, StepPhase } from './run.ts';
import type { SecretReads, Step } from './step.ts';
import { allPass, type Judged, judgeAll } from './verdict.ts';
import type { World } from './world.ts';

/** By what an acknowledgement or an override is remembered. */
export const key = (step: Step, check: string): string => `${step.id}/${check}`;

/** The command that this step would run now; null where it runs none, or none can be made. */
export const commandOf = (step: Step, world: World): Command<'changes'> | null =>
  step.action.kind === 'command' ? step.action.command(world) : null;

/**
 * What the checks before the step say now, and whether its command can be made at all. `sent`: it may have run already in
 * this maintenance.
 */
export const judgeStep = (step: Step, world: World, sent = false): readonly Judged[] => {
  const judged = judgeAll(sent ? [...step.before, ...(step.again ?? [])] : step.before, world);
  if (step.action.kind !== 'command' || commandOf(step, world) !== null) return judged;
  const because = `What is known of ${step.on} is not enough to make the command for it.`;
  return [
    ...judged,
    { check: 'command', title: 'The command can be made', never: true, level: 'unknown', because },
  ];
};

/** What still keeps the step from being confirmed. */
export const standing = (run: Run, step: Step, judged: readonly Judged[]): readonly Judged[] =>
  judged.filter((one) => {
    if (one.level === 'pass') return false;
    if (!one.never && run.overridden.get(key(step, one.check)) === one.because) return false;
    return one.level !== 'warn' || run.acknowledged.get(key(step, one.check)) !== one.because;
  });

/** What stands in the way, counted. Warnings alone wait for a person only. */
export const inTheWay = (left: readonly Judged[]): string => {
  const many = left.length !== 1;
  return left.every(({ level }) => level === 'warn')
    ? `${left.length} ${many ? 'warnings are' : 'warning is'} not acknowledged yet.`
    : `${left.length} ${many ? 'checks stand' : 'check stands'} in the way.`;
};

const sameJudgement = (a: readonly Judged[], b: readonly Judged[]): boolean =>
  a.length === b.length &&
  a.every(
    (one, index) =>
      one.check === b[index]?.check && one.level === b[index]?.level && one.because === b[index]?.because,
  );

const asShown = (a: Command | null, b: Command | null): boolean =>
  a === null || b === null ? a === b : sameCommand(a, b);

const sameReads = (a: SecretReads, b: SecretReads): boolean =>
  a.length === b.length &&
  a.every(({ on, command }, at) => on === b[at]?.on && sameCommand(command, b[at].command));

/** Lets the step at hand go with the command that was shown for it. */
export const letGo = (
  run: Run,
  step: Step,
  world: World,
  armed: Extract<StepPhase, { phase: 'armed' }>,
): Next => {
  const { action } = step;
  if (action.kind === 'look') return verified(run, step, world, false, armed.judged);
  if (action.kind === 'human')
    return [
      withPhase(
        { ...run, said: new Map(run.said).set(step.id, world.now) },
        { phase: 'verifying', since: world.now, outcome: null, judged: [], heldSince: null },
      ),
      [
        { kind: 'journal', entry: { what: 'said', step: step.id, words: action.when ?? 'it is done' } },
        { kind: 'inspect', hosts: step.inspects },
      ],
    ];
  if (armed.command === null || step.on === null) return still(run);
  const attempt = run.tickets + 1;
  return [
    withPhase({ ...run, tickets: attempt }, { phase: 'running', since: world.now, attempt }),
    [
      {
        kind: 'run',
        step: step.id,
        on: step.on,
        attempt,
        command: armed.command,
        input: action.input ? { reads: armed.reads ?? [], make: action.input.make } : null,
      },
    ],
  ];
};

/** Whether leave for a whole group reaches this step: a command that a key lets go, and nothing left to say about it. */
const goesByItself = (run: Run, step: Step, judged: readonly Judged[]): boolean =>
  run.grantedGroup !== null &&
  step.group === run.grantedGroup &&
  step.action.kind === 'command' &&
  step.confirm.kind === 'key' &&
  allPass(judged);

/** Judges a step that waits to be let go: done already, blocked, or armed with a ticket. */
export const consider = (
  run: Run,
  step: Step,
  world: World,
  phase: Extract<StepPhase, { phase: 'checking' | 'blocked' | 'armed' }>,
  now: Millis,
): Next => {
  const every = phase.phase === 'armed' ? inspectEvery.armed : inspectEvery.blocked;
  const wanted = renew(step, world, phase.since, every);
  if (!inspected(step, world, phase.since)) return [run, wanted];
  const judged = judgeStep(step, world, run.sent.has(step.id));
  const blocked = (): Next => [
    withPhase({ ...run, grantedGroup: null }, { phase: 'blocked', since: phase.since, judged }),
    wanted,
  ];
  if (run.lock.kind !== 'held') return blocked();
  // A person's own work is asked for even where nothing seems left to do: only they know when they are through.
  if (step.action.kind === 'command' && step.after.length > 0) {
    const done = judgeAll(step.after, world);
    if (allPass(done)) return verified(run, step, world, true, done);
  }
  if (standing(run, step, judged).length > 0) return blocked();
  const command = commandOf(step, world);
  const reads = (step.action.kind === 'command' ? step.action.input?.reads(world) : undefined) ?? [];
  if (
    phase.phase === 'armed' &&
    sameJudgement(phase.judged, judged) &&
    asShown(phase.command, command) &&
    sameReads(phase.reads ?? [], reads)
  )
    return [run, wanted];
  const ticket = run.tickets + 1;
  const armed = { phase: 'armed', since: phase.since, judged, ticket, command, reads } as const;
  const next = withPhase({ ...run, tickets: ticket }, armed);
  return goesByItself(run, step, judged) && now - world.now <= freshness
    ? letGo(next, step, { ...world, now }, armed)
    : [next, wanted];
};
