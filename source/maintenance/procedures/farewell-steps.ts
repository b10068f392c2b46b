import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { isWeaveAddress, weaveForget } from '../../commands/weave.ts';
import { answers } from '../checks/cluster.ts';
import { forgotten } from '../checks/leaving.ts';
import { dialled, targetStrings } from '../checks/targets.ts';
import type { Step } from '../step.ts';
import type { Notes, World } from '../world.ts';
import { addressPlain, listStep, type Plan, step } from './steps.ts';

/** By which strings and addresses each survivor dials a peer, for `farewellSteps`; it shows best while the peer is there. */
export const dialNotes = (
  world: World,
  id: PeerId,
  survivors: readonly PeerId[],
  nickname?: string,
): Notes => ({
  addresses: dialled(world, id, survivors),
  ...Object.fromEntries(
    survivors.map((on) => [`targets:${on}`, targetStrings(world, on, id, survivors, nickname)]),
  ),
});

/** Has one survivor stop dialling a peer that is gone. */
const forgetStep = (peer: InventoryPeer, id: PeerId, notes: Notes): Step => {
  const on = peer.address;
  const noted = notes[`targets:${on}`];
  // What was noted is what was there; a peer that was away then is asked for the address as lists write it.
  const strings = noted === undefined || noted.length === 0 ? [id] : noted;
  return step({
    id: `forget:${on}`,
    title: `Have ${on} forget ${id}`,
    why: `So that ${on} stops dialling it now. It must be the very string among its targets; weave says nothing when it is not.`,
    on,
    group: 'forget',
    optional: 'Dialling a peer that is gone does no harm, and ends with the next start of weave there.',
    inspects: [],
    before: [answers(on), addressPlain(() => strings)],
    action: {
      kind: 'command',
      command: () => (strings.every(isWeaveAddress) ? weaveForget(peer, strings) : null),
    },
    after: [forgotten(on, id, () => strings)],
    undo: `weave connect ${strings.join(' ')} on ${on}.`,
  });
};

/** Takes a peer that is gone off the list of each survivor, and then has each stop dialling it. */
export const farewellSteps = (
  plan: Plan,
  survivors: readonly InventoryPeer[],
  notes: Notes,
): readonly Step[] => {
  const { address } = plan.target;
  return [
    ...survivors.map((peer) =>
      listStep(plan, peer, { remove: address }, notes, {
        title: `Take ${address} off the list of ${peer.address}`,
        why: `Before it is forgotten: what is still on the list is dialled again after the next start of ${peer.address}.`,
      }),
    ),
    ...survivors.map((peer) => forgetStep(peer, address, notes)),
  ];
};
