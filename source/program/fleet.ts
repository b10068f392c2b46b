import type { Inventory, InventoryPeer } from '../cluster/inventory.ts';
import { systemClock } from '../disk/clock.ts';
import { createLooker } from '../session/look.ts';
import type { SessionParts } from '../session/session.ts';
import { createFleet } from '../ssh/fleet.ts';

/** The real thing behind a session: SSH connections to every peer, and the machine's clock. */
export const openFleet = (inventory: Inventory): SessionParts => {
  const agent = process.env.SSH_AUTH_SOCK;
  const fleet = createFleet(inventory, { clock: systemClock, ...(agent ? { agent } : {}) });
  return {
    inventory,
    clock: systemClock,
    eyeOf: (peer: InventoryPeer) => createLooker(fleet.peer(peer.address), peer, systemClock),
    retryNow: (ids) => fleet.retryNow(ids),
    close: () => fleet.close(),
  };
};
