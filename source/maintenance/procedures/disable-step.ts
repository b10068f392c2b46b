import type { InventoryPeer } from '../../cluster/inventory.ts';
import { unitDisable, unitName } from '../../commands/unit.ts';
import { unitDisabled } from '../checks/leaving.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import type { Step } from '../step.ts';
import { step } from './steps.ts';

/** Keeps the unit of a host that goes from starting with it. `before`: what must hold besides that it can be reached. */
export const disableStep = (target: InventoryPeer, { why, before }: Pick<Step, 'why' | 'before'>): Step => {
  const id = target.address;
  return step({
    id: 'disable',
    title: `Keep weave from starting with ${id}`,
    why,
    on: id,
    before: [hostReached(id), rootThere(id), ...before],
    action: { kind: 'command', command: () => unitDisable(target) },
    after: [unitDisabled(id)],
    undo: `systemctl enable ${unitName(target.unit)} on ${id}.`,
  });
};
