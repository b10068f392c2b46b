import { randomBytes } from 'node:crypto';
import type { Inventory, InventoryPeer, PeerId } from '../cluster/inventory.ts';
import { systemClock } from '../disk/clock.ts';
import type { ChangingShell, RemoteShell } from '../ports.ts';
import { createLooker } from '../session/look.ts';
import type { PeerEye, SessionParts } from '../session/session.ts';
import { createFleet } from '../ssh/fleet.ts';
import { removalReader } from './records.ts';

/** SSH connections to every host of an inventory: what looks, and apart from it what may change. */
export type Reach = {
  readonly parts: SessionParts;
  readonly lookerOf: (peer: InventoryPeer) => PeerEye;
  readonly read: (id: PeerId) => RemoteShell;
  readonly change: (id: PeerId) => ChangingShell;
};

/** The real thing behind a session: one connection a host, opened when first needed, and the machine's clock. */
export const openFleet = (inventory: Inventory): Reach => {
  const agent = process.env.SSH_AUTH_SOCK;
  const fleet = createFleet(inventory, { clock: systemClock, ...(agent ? { agent } : {}) });
  const salt = randomBytes(16).toString('hex');
  const lookerOf = (peer: InventoryPeer) =>
    createLooker(fleet.peer(peer.address), peer, systemClock, undefined, salt);
  return {
    parts: {
      inventory,
      clock: systemClock,
      eyeOf: lookerOf,
      retryNow: (ids) => fleet.retryNow(ids),
      close: () => fleet.close(),
      records: removalReader(inventory.cluster),
    },
    lookerOf,
    read: (id) => fleet.peer(id).shell,
    change: (id) => fleet.changing(id),
  };
};
