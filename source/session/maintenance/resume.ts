import type { PeerId } from '../../cluster/inventory.ts';
import type { History } from '../../journal/replay.ts';
import type { LockRecord } from '../../lock/record.ts';
import type { StepPhase } from '../../maintenance/run.ts';
import type { Resumed } from '../../maintenance/transition.ts';
import type { Notes } from '../../maintenance/world.ts';

type Left = Pick<LockRecord, 'step' | 'who' | 'epoch'>;

/** Whether this machine's journal was written by the session that held the lock last, and so knows all of it. */
const isLast = (record: Left, history: History): boolean => history.epoch === record.epoch;

/** What was noted on the way, by the one who was at it last. */
export const notesOf = (record: Left, history: History | null): Notes =>
  (history !== null && isLast(record, history) ? history.notes : (record.step?.notes ?? history?.notes)) ??
  {};

const phasesOf = (history: History): ReadonlyMap<string, StepPhase> => {
  const phases = new Map<string, StepPhase>();
  for (const one of history.steps) {
    if (one.state === 'verified') phases.set(one.step, { phase: 'done', at: 0, already: false });
    if (one.state === 'skipped')
      phases.set(one.step, { phase: 'skipped', at: 0, reason: 'before it was taken up again' });
  }
  return phases;
};

/**
 * Members of the config here who were none where the change was begun: its first look was not at them, so no step may go by
 * what that found. `peers` of the record: all that the lock was taken of.
 */
export const strangersTo = (
  { peers }: Pick<LockRecord, 'peers'>,
  members: readonly PeerId[],
): readonly PeerId[] => members.filter((id) => !peers.includes(id));

/**
 * Where a change that a dead session left behind goes on. The record on the peers says which step it had begun; the journal,
 * where this machine has it and nobody went on elsewhere since, says more. Null: no step was begun, so it begins at its
 * first.
 */
export const resumedFrom = (record: Left, history: History | null): Resumed | null => {
  const last = history !== null && isLast(record, history);
  const step = (last ? history.at : null) ?? record.step?.id ?? history?.at ?? null;
  if (step === null) return null;
  const others = (history?.steps ?? []).filter((one) => one.sent && one.step !== step);
  const also = others.length === 0 ? {} : { alsoSent: others.map((one) => one.step) };
  if (!last)
    return {
      step,
      ...also,
      ...(history === null ? {} : { phases: phasesOf(history) }),
      uncertain: `${record.who} began this step; whether its command was sent is not on record here.`,
    };
  const phases = phasesOf(history);
  const known = history.steps.find((one) => one.step === step);
  const state = known?.state ?? 'not-run';
  if (state === 'uncertain')
    return {
      step,
      phases,
      ...also,
      uncertain: 'Its command may have run, and what came of it was not seen before the session ended.',
    };
  if (state === 'ran')
    return {
      step,
      phases,
      ...also,
      uncertain: 'Its command ended, and the session ended before it was verified.',
    };
  return { step, phases, ...also, ...(known?.sent ? { sent: true } : {}) };
};
