import type { InventoryPeer } from '../../cluster/inventory.ts';
import { unitDisable, unitName } from '../../commands/unit.ts';
import { unitDisabled } from '../checks/leaving.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import type { Step } from '../step.ts';
import { step } from './steps.ts';

/**
 * Keeps the unit of a host that goes from starting with it. `before`: what must hold besides that it can be reached.
 * `after`: what proves it, where that is not that the unit is disabled.
 */
export const disableStep = (
  target: InventoryPeer,
  given: Pick<Step, 'why'> & Partial<Pick<Step, 'before' | 'after' | 'optional'>>,
): Step => {
  const id = target.address;
  return step({
    after: [unitDisabled(id)],
    ...given,
    id: 'disable',
    title: `Keep weave from starting with ${id}`,
    on: id,
    before: [hostReached(id), rootThere(id), ...(given.before ?? [])],
    action: { kind: 'command', command: () => unitDisable(target) },
    undo: `systemctl enable ${unitName(target.unit)} on ${id}.`,
  });
};
