import type { Millis } from '../cluster/trouble.ts';
import { consider, key, letGo } from './consider.ts';
import {
  arrive,
  complete,
  endLost,
  freshness,
  inspectionFreshness,
  type Next,
  renew,
  stepAt,
  still,
  unsure,
  withPhase,
} from './moving.ts';
import { onOutcome } from './outcome.ts';
import type { LockState, Run, RunEffect, RunEvent, StepPhase } from './run.ts';
import { whyOptional } from './step.ts';
import type { Judged } from './verdict.ts';
import { lookAtUncertain, verify, watchAgain } from './verify.ts';
import type { World } from './world.ts';

export { commandOf, inTheWay, judgeStep, standing } from './consider.ts';
export { freshness, inspectionFreshness } from './moving.ts';

const onWorld = (before: Run, world: World, now: Millis): Next => {
  if (before.world !== null && world.now < before.world.now) return still(before);
  const gap = before.world === null ? 0 : world.now - before.world.now;
  const seen = { ...world, notes: before.notes, said: before.said };
  const run = { ...before, world: seen };
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase === undefined) return still(run);
  switch (phase.phase) {
    case 'checking':
    case 'blocked':
    case 'armed':
      return consider(run, step, seen, phase, now);
    case 'verifying':
      return verify(run, step, seen, phase, gap);
    case 'uncertain':
      return lookAtUncertain(run, step, seen, phase);
    default:
      return still(run);
  }
};

const onConfirmed = (run: Run, event: Extract<RunEvent, { kind: 'confirmed' }>, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase?.phase !== 'armed' || phase.ticket !== event.ticket || run.world === null)
    return still(run);
  if (run.lock.kind !== 'held' || now - run.world.now > freshness) return still(run);
  if (step.confirm.kind === 'type' && event.typed !== step.confirm.word) return still(run);
  const old = renew(step, { ...run.world, now }, phase.since, inspectionFreshness);
  if (old.length > 0) return [run, old];
  const wholeGroup = event.group === true && step.group !== undefined && step.confirm.kind === 'key';
  const grantedGroup = wholeGroup ? (step.group ?? null) : null;
  return letGo({ ...run, grantedGroup }, step, { ...run.world, now }, phase);
};

const judgedOf = (phase: StepPhase | undefined): readonly Judged[] =>
  phase?.phase === 'blocked' || phase?.phase === 'armed' ? phase.judged : [];

const onAcknowledged = (run: Run, check: string, now: Millis): Next => {
  const step = stepAt(run);
  const said = judgedOf(run.phases[run.at]).find((one) => one.check === check && one.level === 'warn');
  if (step === undefined || said === undefined || run.world === null) return still(run);
  const acknowledged = new Map(run.acknowledged).set(key(step, check), said.because);
  const [next, effects] = onWorld({ ...run, acknowledged }, run.world, now);
  return [
    next,
    [
      { kind: 'journal', entry: { what: 'acknowledged', step: step.id, check, reason: said.because } },
      ...effects,
    ],
  ];
};

const onOverridden = (run: Run, event: Extract<RunEvent, { kind: 'overridden' }>, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase?.phase !== 'blocked' || run.world === null) return still(run);
  const said = phase.judged.find((one) => one.check === event.check);
  // What only warns is acknowledged; what must never happen can't be reasoned with.
  if (said === undefined || said.never || (said.level !== 'block' && said.level !== 'unknown'))
    return still(run);
  const reason = event.reason.trim();
  if (reason === '' || event.typed !== run.world.view.cluster) return still(run);
  const overridden = new Map(run.overridden).set(key(step, event.check), said.because);
  const [next, effects] = onWorld({ ...run, overridden }, run.world, now);
  return [
    next,
    [{ kind: 'journal', entry: { what: 'override', step: step.id, check: event.check, reason } }, ...effects],
  ];
};

const onSkip = (run: Run, given: string, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at]?.phase;
  const reason = given.trim();
  if (step === undefined || reason === '' || run.world === null || run.lock.kind !== 'held')
    return still(run);
  if (whyOptional(step, run.world) === null) return still(run);
  // Of what a person does by hand nothing was sent, so it may be left out while it is waited for, too.
  if (phase === 'running' || (phase === 'verifying' && step.action.kind !== 'human')) return still(run);
  return complete(
    { ...run, grantedGroup: null },
    step,
    { ...run.world, now },
    { phase: 'skipped', at: now, reason },
    [{ kind: 'journal', entry: { what: 'skipped', step: step.id, check: '', reason } }],
  );
};

const onLookAgain = (run: Run, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase === undefined || phase.phase === 'running') return still(run);
  if (phase.phase === 'failed') return watchAgain(run, step, now);
  return [
    phase.phase === 'uncertain' ? withPhase(run, { ...phase, since: now }) : run,
    [{ kind: 'inspect', hosts: step.inspects }],
  ];
};

const onLock = (run: Run, lock: LockState, now: Millis): Next => {
  if (lock.kind === run.lock.kind || run.lock.kind === 'lost') return still(run);
  const why = lock.kind === 'held' ? '' : lock.why;
  const noted: RunEffect = { kind: 'journal', entry: { what: 'lock', state: lock.kind, why } };
  const locked = { ...run, lock, grantedGroup: lock.kind === 'held' ? run.grantedGroup : null };
  const running = run.phases[run.at]?.phase === 'running';
  // A command that runs is not killed; its outcome is waited for, and is the last thing that is written down.
  const [next, effects] =
    lock.kind === 'lost' && !running
      ? endLost(locked, now)
      : locked.world === null
        ? still(locked)
        : onWorld(locked, locked.world, now);
  return [next, [noted, ...effects]];
};

/**
 * The next state of a run and what has to be done about it. Does nothing itself. A step goes only from `armed`, by its
 * own ticket, with a fresh world and the lock held; an event that doesn't fit the state changes nothing.
 */
export const transition = (run: Run, event: RunEvent, now: Millis): Next => {
  if (run.ended !== null) return still(run);
  const phase = run.phases[run.at]?.phase;
  switch (event.kind) {
    case 'world':
      return onWorld(run, event.world, now);
    case 'confirmed':
      return onConfirmed(run, event, now);
    case 'outcome':
      return onOutcome(run, event, now);
    case 'acknowledged':
      return onAcknowledged(run, event.check, now);
    case 'overridden':
      return onOverridden(run, event, now);
    case 'skip':
      return onSkip(run, event.reason, now);
    case 'look-again':
      return onLookAgain(run, now);
    case 'retry':
      // From the start of the step: looked at, judged and confirmed anew.
      return (phase === 'failed' || phase === 'uncertain') && run.lock.kind === 'held'
        ? arrive({ ...run, grantedGroup: null }, now)
        : still(run);
    case 'pause':
      if (phase === 'running') return still(run);
      return [{ ...run, ended: { at: now, how: 'paused' } }, [{ kind: 'close', how: 'paused' }]];
    case 'lock':
      return onLock(run, event.lock, now);
  }
};

const fresh = (id: string, procedure: Run['procedure'], notes: Run['notes'], at: number): Run => ({
  id,
  procedure,
  notes,
  at,
  phases: procedure.steps(notes).map(() => ({ phase: 'waiting' })),
  acknowledged: new Map(),
  overridden: new Map(),
  lock: { kind: 'held' },
  tickets: 0,
  sent: new Set(),
  said: new Map(),
  grantedGroup: null,
  world: null,
  ended: null,
});

/** Opens a run at its first step. */
export const openRun = (id: string, procedure: Run['procedure'], notes: Run['notes'], now: Millis): Next =>
  arrive(fresh(id, procedure, notes, 0), now);

const commandsOf = (procedure: Run['procedure'], notes: Run['notes']): ReadonlySet<string> =>
  new Set(procedure.steps(notes).flatMap((one) => (one.action.kind === 'command' ? [one.id] : [])));

/** Opens a run once more that was left at a step which is not known here: any of its commands may have run. */
export const reopenRun = (id: string, procedure: Run['procedure'], notes: Run['notes'], now: Millis): Next =>
  arrive({ ...fresh(id, procedure, notes, 0), sent: commandsOf(procedure, notes) }, now);

/** Where a run was when it was left, as the journal or the record on the peers tells. */
export type Resumed = {
  readonly step: string;
  /** How the steps before it ended, by id; a step that isn't in it counts as done before. */
  readonly phases?: ReadonlyMap<string, StepPhase>;
  /** Set when its command may have been sent: an intent without an outcome, or nobody here can know. */
  readonly uncertain?: string;
  /** Whether its command may have run, however its last attempt ended. */
  readonly sent?: boolean;
  /** Other steps whose command may have run by the journal, by id, wherever they stand. */
  readonly alsoSent?: readonly string[];
};

/** Whether the command of a step before may have run: not where it was left out. */
const mayHaveRun = (phase: StepPhase | undefined): boolean => phase?.phase !== 'skipped';

/**
 * Takes up a run at the step where it was left; null when the procedure has no such step. Nothing is repeated: a step
 * whose command may have been sent is uncertain until the world was looked at, and from there only a person retries.
 */
export const resumeRun = (
  id: string,
  procedure: Run['procedure'],
  notes: Run['notes'],
  from: Resumed,
  now: Millis,
): Next | null => {
  const steps = procedure.steps(notes);
  const at = steps.findIndex((step) => step.id === from.step);
  const step = steps[at];
  if (step === undefined) return null;
  const opened = fresh(id, procedure, notes, at);
  const phases = steps.map((one, index): StepPhase => {
    if (index >= at) return { phase: 'waiting' };
    return from.phases?.get(one.id) ?? { phase: 'done', at: now, already: true };
  });
  const sent = steps.filter(
    (one, index) =>
      one.action.kind === 'command' &&
      (from.alsoSent?.includes(one.id) ||
        (index === at
          ? from.sent === true || from.uncertain !== undefined
          : index < at && mayHaveRun(phases[index]))),
  );
  const run = { ...opened, phases, sent: new Set(sent.map(({ id }) => id)) };
  if (from.uncertain === undefined || step.action.kind !== 'command') return arrive(run, now);
  return unsure(run, step, now, { why: from.uncertain, judged: [] });
};
