import type { Millis } from '../cluster/trouble.ts';
import { inTheWay, standing } from './consider.ts';
import { freshness, stepAt } from './moving.ts';
import type { Run, RunEvent } from './run.ts';
import { whyOptional } from './step.ts';

/** What a person may do with a run now, or why not: nothing is hidden, what can't be done says so. */
export type Move = {
  readonly kind: Exclude<RunEvent['kind'], 'world' | 'outcome' | 'lock'> | 'confirm-group';
  /** Null where it can be done now. */
  readonly whyNot: string | null;
};

/** All moves, in the order in which they are shown. */
export const movesOf = (run: Run, now: Millis): readonly Move[] => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (run.ended !== null || step === undefined || phase === undefined) return [];
  const is = phase.phase;
  const running = is === 'running' ? 'Its command is running: wait for it to end.' : null;
  const lock =
    run.lock.kind === 'held' ? null : `The lock is ${run.lock.kind}: ${run.lock.why.replace(/\.?$/, '.')}`;
  const judged = is === 'blocked' ? standing(run, step, phase.judged) : [];
  const stale = run.world === null || now - run.world.now > freshness;
  const confirm = ((): string | null => {
    if (running ?? lock) return running ?? lock;
    if (is === 'checking') return 'The checks are still being made.';
    if (is === 'blocked') return judged.length === 0 ? 'It is being looked at again.' : inTheWay(judged);
    if (is !== 'armed') return 'It was let go already.';
    return stale ? 'The last look is too old: look again.' : null;
  })();
  const group = ((): string | null => {
    if (step.group === undefined) return 'There are no other steps like this one.';
    return step.confirm.kind === 'type' ? 'What can not be undone is confirmed one by one.' : confirm;
  })();
  const warns = judged.some(({ level }) => level === 'warn');
  const blocks = judged.filter(({ level }) => level === 'block' || level === 'unknown');
  const override = ((): string | null => {
    if (blocks.length === 0) return 'No check blocks.';
    return blocks.every(({ never }) => never) ? 'What blocks can not be overridden by any reason.' : null;
  })();
  const retry =
    is === 'failed' || is === 'uncertain' ? lock : 'Only what failed or is uncertain can be tried again.';
  const skip = ((): string | null => {
    if (whyOptional(step, run.world) === null) return 'This step can not be left out.';
    if (is === 'verifying' && step.action.kind !== 'human') return 'It ran, and is being looked at.';
    return running ?? lock;
  })();
  return [
    { kind: 'confirmed', whyNot: confirm },
    { kind: 'confirm-group', whyNot: group },
    { kind: 'acknowledged', whyNot: warns ? null : 'No warning stands.' },
    { kind: 'overridden', whyNot: override },
    { kind: 'look-again', whyNot: running },
    { kind: 'retry', whyNot: retry },
    { kind: 'skip', whyNot: skip },
    { kind: 'pause', whyNot: running },
  ];
};
