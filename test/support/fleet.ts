import type { Inventory, InventoryPeer } from '../../source/cluster/inventory.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { createFleet, type FleetParts } from '../../source/ssh/fleet.ts';
import { inventoryPeer } from './inventory-peer.ts';

type Server = {
  readonly port: number;
  readonly knownHosts: string;
  readonly clientKey: { readonly file: string };
  readonly user?: string;
};

/** A peer behind this server; what a test gives differs from what works. */
export const peerBehind = (server: Server, given: Partial<InventoryPeer> = {}): InventoryPeer =>
  inventoryPeer({
    host: '127.0.0.1',
    port: server.port,
    user: server.user ?? 'ops',
    identity: [server.clientKey.file],
    knownHosts: [server.knownHosts],
    ...given,
  });

export const inventoryOf = (...peers: InventoryPeer[]): Inventory => ({
  cluster: 'test',
  color: null,
  readOnly: true,
  interval: 2000,
  peers,
  spares: [],
});

/** A real fleet of these peers on the machine's own clock. */
export const fleetOf = (peers: readonly InventoryPeer[], parts: Partial<FleetParts> = {}) =>
  createFleet(inventoryOf(...peers), { clock: systemClock, ...parts });
