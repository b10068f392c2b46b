import type { Millis } from '../cluster/trouble.ts';
import type { Outcome } from '../commands/command.ts';
import type { Run, RunEffect, RunEvent, StepPhase } from './run.ts';
import type { Step } from './step.ts';
import { allPass, type Judged, judgeAll } from './verdict.ts';
import type { World } from './world.ts';

/** How old the look at the world may be when a step is let go, in ms. */
export const freshness: Millis = 10_000;

/** What the fence of a command ends with when the record on the peer isn't ours any more. */
export const fencedOut = 73;

type Next = readonly [Run, readonly RunEffect[]];

const still = (run: Run): Next => [run, []];

const withPhase = (run: Run, phase: StepPhase): Run => ({
  ...run,
  phases: run.phases.map((before, index) => (index === run.at ? phase : before)),
});

const stepAt = (run: Run): Step | undefined => run.procedure.steps(run.notes)[run.at];

const key = (step: Step, check: string): string => `${step.id}/${check}`;

/** Whether the inspections that this step needs were made after `since`. One that failed counts: it was tried. */
const inspected = (step: Step, world: World, since: Millis): boolean =>
  step.inspects.every((host) => (world.inspections.get(host)?.at ?? Number.NEGATIVE_INFINITY) >= since);

/** What still keeps the step from being confirmed. */
export const standing = (run: Run, step: Step, judged: readonly Judged[]): readonly Judged[] =>
  judged.filter((one) => {
    if (one.level === 'pass') return false;
    if (run.overridden.has(key(step, one.check))) return false;
    return one.level !== 'warn' || run.acknowledged.get(key(step, one.check)) !== one.because;
  });

const sameJudgement = (a: readonly Judged[], b: readonly Judged[]): boolean =>
  a.length === b.length &&
  a.every(
    (one, index) =>
      one.check === b[index]?.check && one.level === b[index]?.level && one.because === b[index]?.because,
  );

/** Arrives at the step at `run.at`, or ends the run behind the last one. */
const arrive = (run: Run, now: Millis): Next => {
  const step = stepAt(run);
  if (step === undefined)
    return [{ ...run, ended: { at: now, how: 'finished' } }, [{ kind: 'close', how: 'finished' }]];
  const left = run.grantedGroup !== null && step.group !== run.grantedGroup;
  return [
    { ...withPhase(run, { phase: 'checking', since: now }), grantedGroup: left ? null : run.grantedGroup },
    [
      { kind: 'record', step: step.id, index: run.at, notes: run.notes },
      { kind: 'inspect', hosts: step.inspects },
    ],
  ];
};

const complete = (
  run: Run,
  step: Step,
  world: World,
  phase: StepPhase,
  first: readonly RunEffect[],
): Next => {
  const notes = step.takesNotes === undefined ? run.notes : { ...run.notes, ...step.takesNotes(world) };
  const [next, effects] = arrive({ ...withPhase(run, phase), notes, at: run.at + 1 }, world.now);
  return [next, [...first, ...effects]];
};

const verified = (run: Run, step: Step, world: World, already: boolean, because: readonly Judged[]): Next =>
  complete(run, step, world, { phase: 'done', at: world.now, already }, [
    {
      kind: 'journal',
      entry: { what: 'verified', step: step.id, already, because: because.map((one) => one.because) },
    },
  ]);

const letGo = (run: Run, step: Step, world: World, judged: readonly Judged[]): Next => {
  if (step.action.kind === 'look') return verified(run, step, world, false, judged);
  if (step.action.kind === 'human')
    return [
      withPhase(run, { phase: 'verifying', since: world.now, outcome: null, judged: [], heldSince: null }),
      [],
    ];
  const attempt = run.tickets + 1;
  const { command, secretFrom = null } = step.action;
  return [
    withPhase({ ...run, tickets: attempt }, { phase: 'running', since: world.now, attempt }),
    [{ kind: 'run', step: step.id, on: step.on as string, attempt, command, secretFrom }],
  ];
};

/** Judges a step that waits to be let go: done already, blocked, or armed with a ticket. */
const consider = (run: Run, step: Step, world: World, phase: Extract<StepPhase, { since: Millis }>): Next => {
  if (!inspected(step, world, phase.since)) return still(run);
  const done = step.action.kind !== 'look' && step.after.length > 0 ? judgeAll(step.after, world) : null;
  // A person's own work is asked for even where nothing seems left to do: only they know when they are through.
  if (done !== null && step.action.kind === 'command' && allPass(done))
    return verified(run, step, world, true, done);
  const judged = judgeAll(step.before, world);
  if (run.lock.kind !== 'held' || standing(run, step, judged).length > 0)
    return still(withPhase(run, { phase: 'blocked', since: phase.since, judged }));
  if (phase.phase === 'armed' && sameJudgement(phase.judged, judged)) return still(run);
  const ticket = run.tickets + 1;
  const armed = withPhase(
    { ...run, tickets: ticket },
    { phase: 'armed', since: phase.since, judged, ticket },
  );
  // Steps of a group that was confirmed as a whole go by themselves, but only where nothing was left to acknowledge.
  if (
    run.grantedGroup !== null &&
    step.group === run.grantedGroup &&
    judged.every(({ level }) => level === 'pass')
  )
    return letGo(armed, step, world, judged);
  return still(armed);
};

/** Watches the postconditions of a step that ran. */
const verify = (
  run: Run,
  step: Step,
  world: World,
  phase: Extract<StepPhase, { phase: 'verifying' }>,
): Next => {
  if (!inspected(step, world, phase.since)) return still(run);
  const judged = judgeAll(step.after, world);
  const heldSince = allPass(judged) ? (phase.heldSince ?? world.now) : null;
  if (heldSince !== null && world.now - heldSince >= step.steady)
    return verified(run, step, world, false, judged);
  const late = world.now - phase.since > step.settle + step.steady;
  if (heldSince !== null || !late) return still(withPhase(run, { ...phase, judged, heldSince }));
  const missing = judged.filter(({ level }) => level !== 'pass').map(({ because }) => because);
  const why = `${describe(phase.outcome)} but it did not come true in time: ${missing.join('; ')}`;
  return [
    withPhase(run, { phase: 'failed', since: world.now, why, judged, changed: 'maybe' }),
    [{ kind: 'journal', entry: { what: 'not-verified', step: step.id, why, because: missing } }],
  ];
};

/** How a command ended, as the beginning of a sentence. */
export const describe = (outcome: Outcome | null): string => {
  switch (outcome?.kind) {
    case undefined:
      return 'It was said to be done,';
    case 'exited':
      return `It ended with exit code ${outcome.code},`;
    case 'killed':
      return `It was killed (${outcome.signal}),`;
    case 'unsent':
      return 'It was not sent,';
    case 'lost':
      return 'The link broke while it ran,';
  }
};

/** What is true now of a step whose link broke. It is done if it is seen to be done; it is never repeated from here. */
const lookAtUncertain = (
  run: Run,
  step: Step,
  world: World,
  phase: Extract<StepPhase, { phase: 'uncertain' }>,
): Next => {
  if (!inspected(step, world, phase.since)) return still(run);
  const judged = judgeAll(step.after, world);
  // The steady time matters here, too: hand the watching over to `verify`, which has the time for it.
  if (allPass(judged))
    return still(
      withPhase(run, { phase: 'verifying', since: world.now, outcome: null, judged, heldSince: world.now }),
    );
  return still(withPhase(run, { ...phase, judged }));
};

const onWorld = (before: Run, world: World): Next => {
  const run = { ...before, world: { ...world, notes: before.notes } };
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase === undefined) return still(run);
  switch (phase.phase) {
    case 'checking':
    case 'blocked':
    case 'armed':
      return consider(run, step, run.world, phase);
    case 'verifying':
      return verify(run, step, run.world, phase);
    case 'uncertain':
      return lookAtUncertain(run, step, run.world, phase);
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
  const grantedGroup =
    event.group === true && step.group !== undefined && step.confirm.kind === 'key'
      ? step.group
      : run.grantedGroup;
  return letGo({ ...run, grantedGroup }, step, { ...run.world, now }, phase.judged);
};

const onOutcome = (run: Run, event: Extract<RunEvent, { kind: 'outcome' }>, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase?.phase !== 'running' || phase.attempt !== event.attempt) return still(run);
  const { outcome } = event;
  if (outcome.kind === 'lost') {
    const why = outcome.why.text;
    return [
      withPhase({ ...run, grantedGroup: null }, { phase: 'uncertain', since: now, why, judged: [] }),
      [
        { kind: 'journal', entry: { what: 'uncertain', step: step.id, why } },
        { kind: 'inspect', hosts: step.inspects },
      ],
    ];
  }
  const fenced = outcome.kind === 'exited' && outcome.code === fencedOut;
  if (outcome.kind === 'unsent' || fenced) {
    const why = fenced
      ? `The lock on ${step.on} is not ours any more, so the command did not run.`
      : `It was not sent: ${outcome.kind === 'unsent' ? outcome.why.text : ''}`;
    const failed = withPhase(
      { ...run, grantedGroup: null },
      { phase: 'failed', since: now, why, judged: [], changed: 'no' },
    );
    const lock = fenced ? ({ kind: 'lost', why } as const) : run.lock;
    return [
      { ...failed, lock },
      [{ kind: 'journal', entry: { what: 'not-verified', step: step.id, why, because: [] } }],
    ];
  }
  return [
    withPhase(run, { phase: 'verifying', since: now, outcome, judged: [], heldSince: null }),
    [{ kind: 'inspect', hosts: step.inspects }],
  ];
};

const judgedOf = (phase: StepPhase | undefined): readonly Judged[] =>
  phase !== undefined && 'judged' in phase ? phase.judged : [];

const onAcknowledged = (run: Run, check: string): Next => {
  const step = stepAt(run);
  const said = judgedOf(run.phases[run.at]).find((one) => one.check === check && one.level === 'warn');
  if (step === undefined || said === undefined || run.world === null) return still(run);
  const acknowledged = new Map(run.acknowledged).set(key(step, check), said.because);
  const [next, effects] = onWorld({ ...run, acknowledged }, run.world);
  return [
    next,
    [
      { kind: 'journal', entry: { what: 'acknowledged', step: step.id, check, reason: said.because } },
      ...effects,
    ],
  ];
};

const onOverridden = (run: Run, event: Extract<RunEvent, { kind: 'overridden' }>): Next => {
  const step = stepAt(run);
  const said = judgedOf(run.phases[run.at]).find((one) => one.check === event.check);
  if (step === undefined || said === undefined || run.world === null) return still(run);
  if (
    said.never ||
    said.level === 'pass' ||
    event.reason.trim() === '' ||
    event.typed !== run.world.view.cluster
  )
    return still(run);
  const overridden = new Map(run.overridden).set(key(step, event.check), event.reason);
  const [next, effects] = onWorld({ ...run, overridden }, run.world);
  return [
    next,
    [
      {
        kind: 'journal',
        entry: { what: 'override', step: step.id, check: event.check, reason: event.reason },
      },
      ...effects,
    ],
  ];
};

const onSkip = (run: Run, reason: string, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at]?.phase;
  if (step?.optional === undefined || reason.trim() === '' || run.world === null) return still(run);
  if (phase !== 'blocked' && phase !== 'armed' && phase !== 'failed' && phase !== 'checking')
    return still(run);
  return complete(run, step, { ...run.world, now }, { phase: 'skipped', at: now, reason }, [
    { kind: 'journal', entry: { what: 'skipped', step: step.id, check: '', reason } },
  ]);
};

/**
 * The next state of a run and what has to be done about it. Does nothing itself. A step goes only from `armed`, by its
 * own ticket, with a fresh world and the lock held; an event that doesn't fit the state changes nothing.
 */
export const transition = (run: Run, event: RunEvent, now: Millis): Next => {
  if (run.ended !== null) return still(run);
  const step = stepAt(run);
  const phase = run.phases[run.at];
  switch (event.kind) {
    case 'world':
      return onWorld(run, event.world);
    case 'confirmed':
      return onConfirmed(run, event, now);
    case 'outcome':
      return onOutcome(run, event, now);
    case 'acknowledged':
      return onAcknowledged(run, event.check);
    case 'overridden':
      return onOverridden(run, event);
    case 'skip':
      return onSkip(run, event.reason, now);
    case 'look-again':
      if (step === undefined || phase === undefined || phase.phase === 'running') return still(run);
      return [
        phase.phase === 'uncertain' ? withPhase(run, { ...phase, since: now }) : run,
        [{ kind: 'inspect', hosts: step.inspects }],
      ];
    case 'retry':
      // From the start of the step: looked at, judged and confirmed anew.
      return phase?.phase === 'failed' || phase?.phase === 'uncertain'
        ? arrive({ ...run, grantedGroup: null }, now)
        : still(run);
    case 'pause':
      if (phase?.phase === 'running') return still(run);
      return [{ ...run, ended: { at: now, how: 'paused' } }, [{ kind: 'close', how: 'paused' }]];
    case 'lock': {
      if (event.lock.kind === run.lock.kind) return still(run);
      const why = event.lock.kind === 'held' ? '' : event.lock.why;
      const noted: RunEffect = { kind: 'journal', entry: { what: 'lock', state: event.lock.kind, why } };
      const locked = {
        ...run,
        lock: event.lock,
        grantedGroup: event.lock.kind === 'held' ? run.grantedGroup : null,
      };
      if (locked.world === null) return [locked, [noted]];
      const [next, effects] = onWorld(locked, locked.world);
      return [next, [noted, ...effects]];
    }
  }
};

/** Opens a run at its first step, or, to resume, at any: what is done already will be found done. */
export const openRun = (id: string, procedure: Run['procedure'], notes: Run['notes'], now: Millis): Next =>
  arrive(
    {
      id,
      procedure,
      notes,
      at: 0,
      phases: procedure.steps(notes).map(() => ({ phase: 'waiting' })),
      acknowledged: new Map(),
      overridden: new Map(),
      lock: { kind: 'held' },
      tickets: 0,
      grantedGroup: null,
      world: null,
      ended: null,
    },
    now,
  );
