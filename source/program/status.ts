import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Inventory } from '../cluster/inventory.ts';
import { statusDocument, exitCode as statusExitCode } from '../cluster/status-document.ts';
import { statusLines } from '../cluster/status-text.ts';
import { systemClock } from '../disk/clock.ts';
import { happeningLine } from '../session/happening-line.ts';
import { lookOnce } from '../session/look-once.ts';
import { openSession } from '../session/session.ts';
import { exitCode } from './exit-code.ts';
import { openFleet } from './fleet.ts';
import { removalRecords } from './records.ts';
import { type Output, type Stop, wholeState } from './watching.ts';

const documentOf = (view: ClusterView, space?: number): string =>
  JSON.stringify(
    statusDocument(view, { at: new Date(systemClock.wall()).toISOString(), now: systemClock.now() }),
    null,
    space,
  );

/** `status --once`: looks at everybody once and answers with the exit code of the state. */
export const statusOnce = async (inventory: Inventory, json: boolean, output: Output): Promise<number> => {
  const { parts } = openFleet(inventory);
  try {
    const view = await lookOnce(inventory, parts.eyeOf, parts.clock, removalRecords(inventory.cluster));
    if (json) output.print(documentOf(view, 2));
    else for (const line of statusLines(view, systemClock.now())) output.print(line);
    return statusExitCode(view);
  } finally {
    await parts.close();
  }
};

/**
 * `status --watch`: a line of JSON each interval, or the state once it is whole and then a line for each change. Ends only
 * when it is stopped, with 7.
 */
export const statusWatch = async (
  inventory: Inventory,
  json: boolean,
  output: Output,
  stop: Stop,
): Promise<number> => {
  const session = openSession(openFleet(inventory).parts);
  const whole = wholeState();
  let shown = false;
  let newest = 0;
  let printed = Number.NEGATIVE_INFINITY;
  const unsubscribe = session.subscribe(() => {
    const { view, events, now } = session.snapshot();
    if (!shown && !whole(view, now)) return;
    if (json) {
      if (now - printed < inventory.interval) return;
      printed = now;
      shown = true;
      output.print(documentOf(view));
      return;
    }
    if (!shown) for (const line of statusLines(view, now)) output.print(line);
    else
      for (const event of events.filter((one) => one.at > newest).reverse())
        output.print(happeningLine(event));
    shown = true;
    newest = events[0]?.at ?? newest;
  });
  await stop.stopped;
  unsubscribe();
  await session.stop();
  return exitCode.stoppedByHuman;
};
