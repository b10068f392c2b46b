import type { ChangeKind } from '../cluster/change-kinds.ts';
import { buildView } from '../cluster/cluster-view.ts';
import type { Inventory } from '../cluster/inventory.ts';
import { planLines } from '../maintenance/plan.ts';
import { watchOnce } from '../session/look-once.ts';
import { inspectorOf } from '../session/maintenance/inspector.ts';
import { procedureOf } from '../session/maintenance/procedure.ts';
import { exitCode } from './exit-code.ts';
import { openFleet } from './fleet.ts';
import { hostNamed } from './host-named.ts';
import { removalRecords } from './records.ts';
import type { Output } from './watching.ts';

/** `plan`: a checklist as it stands now, by looks only. */
export const printPlan = async (
  inventory: Inventory,
  kind: ChangeKind,
  word: string | null,
  output: Output,
): Promise<number> => {
  const reach = openFleet(inventory);
  try {
    const { clock } = reach.parts;
    const watches = await watchOnce(
      [
        ...inventory.peers,
        ...inventory.spares.filter(({ address, host }) => address === word || host === word),
      ],
      reach.lookerOf,
    );
    const members = watches.filter(({ peer }) =>
      inventory.peers.some(({ address }) => address === peer.address),
    );
    const view = buildView(inventory.cluster, members, {
      now: clock.now(),
      records: removalRecords(inventory.cluster),
    });
    const target = word === null ? null : hostNamed(word, inventory, view);
    const procedure = procedureOf(kind, inventory.peers, target, 'plan');
    const inspect = inspectorOf(procedure, reach.read, clock);
    const inspections = new Map(
      await Promise.all(
        procedure.hosts.map(async ({ address }) => [address, await inspect(address)] as const),
      ),
    );
    const guests = new Map(
      watches.filter((watch) => !members.includes(watch)).map((watch) => [watch.peer.address, watch]),
    );
    const world = { now: clock.now(), view, guests, inspections, notes: {} };
    for (const line of planLines(procedure, world)) output.print(line);
    return exitCode.done;
  } finally {
    await reach.parts.close();
  }
};
