import type { Millis } from '../cluster/trouble.ts';
import type { Run, RunEffect, StepPhase } from './run.ts';
import type { Step } from './step.ts';
import type { Judged } from './verdict.ts';
import type { World } from './world.ts';

/** The next state of a run, and what has to be done about it. */
export type Next = readonly [Run, readonly RunEffect[]];

/** How old the look at the world may be when a step is let go, in ms. */
export const freshness: Millis = 10_000;

/** How old the inspections that a step needs may be when it is let go, in ms. They are renewed well before that. */
export const inspectionFreshness: Millis = 60_000;

/** How long after an inspection the next one is asked for, by phase, in ms. */
export const inspectEvery = { verifying: 5_000, uncertain: 5_000, blocked: 10_000, armed: 30_000 } as const;

export const still = (run: Run): Next => [run, []];

export const withPhase = (run: Run, phase: StepPhase): Run => ({
  ...run,
  phases: run.phases.map((before, index) => (index === run.at ? phase : before)),
});

/** What of a step goes on without us, as it stands now; null where nothing does. */
export const goesOn = ({ world }: Run, step: Step | undefined): string | null =>
  world === null ? null : (step?.goesOn?.(world) ?? null);

/** The step at hand; undefined behind the last one. */
export const stepAt = (run: Run): Step | undefined => run.procedure.steps(run.notes)[run.at];

const inspectedAt = (step: Step, world: World): readonly Millis[] =>
  step.inspects.map((host) => world.inspections.get(host)?.at ?? Number.NEGATIVE_INFINITY);

/** Whether the inspections that this step needs were begun after `since`. One that failed counts: it was tried. */
export const inspected = (step: Step, world: World, since: Millis): boolean =>
  inspectedAt(step, world).every((at) => at >= since);

/** Asks for the inspections that are older than `every`, counted from `since` where there is none yet. */
export const renew = (step: Step, world: World, since: Millis, every: Millis): readonly RunEffect[] => {
  const at = inspectedAt(step, world);
  const hosts = step.inspects.filter((_, index) => world.now - Math.max(at[index] ?? since, since) >= every);
  return hosts.length > 0 ? [{ kind: 'inspect', hosts, renews: true }] : [];
};

/** Ends the run because the lock is somebody else's, or nobody's. */
export const endLost = (run: Run, now: Millis): Next => [
  { ...run, ended: { at: now, how: 'lost-lock' } },
  [{ kind: 'close', how: 'lost-lock' }],
];

/** Arrives at the step at `run.at`, or ends the run behind the last one. */
export const arrive = (run: Run, now: Millis): Next => {
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

/** Leaves the step at hand in `phase`, keeps its notes, and goes on to the next. */
export const complete = (
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

export const verified = (
  run: Run,
  step: Step,
  world: World,
  already: boolean,
  because: readonly Judged[],
): Next =>
  complete(run, step, world, { phase: 'done', at: world.now, already }, [
    {
      kind: 'journal',
      entry: { what: 'verified', step: step.id, already, because: because.map((one) => one.because) },
    },
  ]);

/** Ends the step as failed, and with it any leave that was given for a whole group. */
export const failed = (
  run: Run,
  step: Step,
  now: Millis,
  { why, judged, changed }: { why: string; judged: readonly Judged[]; changed: 'no' | 'maybe' },
): Next => [
  withPhase({ ...run, grantedGroup: null }, { phase: 'failed', since: now, why, judged, changed }),
  [
    {
      kind: 'journal',
      entry: {
        what: 'not-verified',
        step: step.id,
        why,
        because: judged.filter(({ level }) => level !== 'pass').map(({ because }) => because),
      },
    },
  ],
];

/** Leaves the step uncertain, and with it any leave for a whole group: it is looked at until somebody sees what is true. */
export const unsure = (
  run: Run,
  step: Step,
  now: Millis,
  { why, judged }: { why: string; judged: readonly Judged[] },
): Next => [
  withPhase({ ...run, grantedGroup: null }, { phase: 'uncertain', since: now, why, judged }),
  [
    { kind: 'journal', entry: { what: 'uncertain', step: step.id, why } },
    { kind: 'inspect', hosts: step.inspects },
  ],
];
