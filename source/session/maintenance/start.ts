import { isChangeKind } from '../../cluster/change-kinds.ts';
import { goneWithout } from '../../lock/record.ts';
import type { Run, RunEffect } from '../../maintenance/run.ts';
import type { Procedure } from '../../maintenance/step.ts';
import { watchElection } from '../haste.ts';
import type { HeldLock } from '../lock/held-lock.ts';
import { watchGuests } from './guests.ts';
import { inspectorOf } from './inspector.ts';
import type { Maintenance, MaintenanceModel } from './model.ts';
import { performRun } from './performer.ts';
import type { WorkshopParts } from './workshop-parts.ts';

/** Whether the step at hand ran and waits for something of which it tells the story. */
const tellsStory = ({ run, steps }: MaintenanceModel): boolean =>
  run.ended === null &&
  steps[run.at]?.story !== undefined &&
  ['running', 'verifying', 'uncertain'].includes(run.phases[run.at]?.phase ?? '');

/** Opens the journal of a run whose lock is held, and begins to carry it out. */
export const startMaintenance = (
  parts: WorkshopParts,
  lock: HeldLock,
  procedure: Procedure,
  first: readonly [Run, readonly RunEffect[]],
  how: 'new' | 'resumed' | 'taken-over',
  reason: string,
): { readonly ok: true; readonly maintenance: Maintenance } => {
  const { session, clock } = parts;
  const id = first[0].id;
  const inventory = parts.inventory();
  const { record } = lock.report();
  const missing = goneWithout(record);
  const journal = parts.journal.open(id);
  journal.append({
    kind: 'opened',
    at: new Date(clock.wall()).toISOString(),
    run: id,
    how,
    cluster: inventory.cluster,
    procedure: procedure.kind,
    target: procedure.target,
    members: inventory.peers.map(({ address }) => address),
    who: parts.who,
    host: parts.host,
    version: parts.version,
    reason,
    lock: record.id,
    epoch: record.epoch,
    ...(missing.length === 0 ? {} : { missing: [...missing] }),
  });
  let calm: (() => void) | null = null;
  // What is noted of earlier removals must not be what this session saw when it was opened.
  session.recall();
  const guests = watchGuests(procedure, parts);
  const maintenance = performRun(first, {
    clock,
    view: () => session.snapshot().view,
    onView: (listener) => session.subscribe(listener),
    guests: guests.guests,
    lookNow: () => {
      session.lookNow();
      guests.lookNow();
    },
    inspect: inspectorOf(procedure, parts.read, clock),
    read: parts.read,
    change: parts.change,
    lock,
    append: journal.append,
    ...(procedure.goesByJournals && { removals: parts.journal.removals(inventory.cluster) }),
    onFinished: () => {
      if (isChangeKind(procedure.kind)) parts.onFinished(procedure.kind, procedure.target);
    },
    onEnded: () => {
      calm?.();
      guests.stop();
      journal.close();
      session.recall();
    },
  });
  // Somebody waits for what a peer reports: it is looked at more often for as long as that.
  maintenance.subscribe(() => {
    const waits = tellsStory(maintenance.snapshot());
    if (waits) calm ??= watchElection(session, procedure.target);
    else {
      calm?.();
      calm = null;
    }
  });
  return { ok: true, maintenance };
};
