import type { Millis } from '../cluster/trouble.ts';
import type { Outcome } from '../commands/command.ts';
import { heldBack } from '../commands/lock/fence.ts';
import { FENCED } from '../commands/lock/files.ts';
import { endLost, failed, type Next, stepAt, still, unsure, withPhase } from './moving.ts';
import type { Run, RunEvent } from './run.ts';
import type { Step } from './step.ts';
import { lastWords } from './verify.ts';

/** Why the fence held a command back, and that it changed nothing. */
const heldBackWords = (outcome: Outcome, on: string): string => {
  switch (heldBack(outcome)) {
    case 'record':
      return `The lock on ${on} is not ours any more, so the command did not run there.`;
    case 'lease':
      return `The lease on ${on} had ended when the command came, so it did not run there.`;
    case 'busy':
      return `A command that was sent before still runs on ${on}, so this one did not run there. Wait for it to end, then try again.`;
    case 'no-flock':
      return `${on} has no flock (util-linux), by which the lock is kept, so the command did not run there.`;
    default:
      return `The lock on ${on} could not be confirmed (no reason given), so the command did not run there.`;
  }
};

/** Why the command certainly changed nothing; null where it ran, or may have. */
const ranNot = (outcome: Outcome, step: Step): { why: string; lockLost: boolean } | null => {
  if (outcome.kind === 'unsent') return { why: `It was not sent: ${outcome.why.text}`, lockLost: false };
  if (outcome.kind !== 'exited') return null;
  if (outcome.code === FENCED) {
    return { why: heldBackWords(outcome, step.on ?? ''), lockLost: heldBack(outcome) === 'record' };
  }
  if (step.action.kind !== 'command' || !step.action.unchanged?.includes(outcome.code)) return null;
  const said = lastWords(outcome.stderr);
  return { why: said === '' ? `It refused with exit code ${outcome.code}.` : said, lockLost: false };
};

/** Takes the outcome of the attempt that runs. Of any other attempt it says nothing. */
export const onOutcome = (run: Run, event: Extract<RunEvent, { kind: 'outcome' }>, now: Millis): Next => {
  const step = stepAt(run);
  const phase = run.phases[run.at];
  if (step === undefined || phase?.phase !== 'running' || phase.attempt !== event.attempt) return still(run);
  const { outcome } = event;
  const [next, effects] = settle(run, step, outcome, now);
  if (next.lock.kind !== 'lost') return [next, effects];
  const [ended, last] = endLost(next, now);
  return [ended, [...effects.filter(({ kind }) => kind !== 'inspect'), ...last]];
};

/** What a command that ended well says of having done nothing; null where it says nothing of the kind. */
const idle = (outcome: Outcome, step: Step): string | null =>
  outcome.kind === 'exited' && outcome.code === 0 && step.action.kind === 'command'
    ? (step.action.didNothing?.(outcome.stdout) ?? null)
    : null;

const settle = (before: Run, step: Step, outcome: Outcome, now: Millis): Next => {
  const not = ranNot(outcome, step);
  const run = not === null ? { ...before, sent: new Set(before.sent).add(step.id) } : before;
  if (not !== null) {
    const [next, effects] = failed(run, step, now, { why: not.why, judged: [], changed: 'no' });
    if (!not.lockLost || run.lock.kind === 'lost') return [next, effects];
    return [
      { ...next, lock: { kind: 'lost', why: not.why } },
      [...effects, { kind: 'journal', entry: { what: 'lock', state: 'lost', why: not.why } }],
    ];
  }
  if (outcome.kind === 'lost') return unsure(run, step, now, { why: outcome.why.text, judged: [] });
  const nothing = idle(outcome, step);
  if (nothing !== null) return failed(run, step, now, { why: nothing, judged: [], changed: 'maybe' });
  const clean = outcome.kind === 'exited' && outcome.code === 0;
  return [
    withPhase(
      { ...run, grantedGroup: clean ? run.grantedGroup : null },
      { phase: 'verifying', since: now, outcome, judged: [], heldSince: null },
    ),
    [{ kind: 'inspect', hosts: step.inspects }],
  ];
};
