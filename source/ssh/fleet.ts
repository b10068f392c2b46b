import type { Inventory, PeerId } from '../cluster/inventory.ts';
import type { Clock, Fleet, PeerLink } from '../ports.ts';
import { type Connection, createConnection } from './connection.ts';
import { createGate } from './gate.ts';
import { createHostKeys } from './host-keys.ts';
import { createIdentities } from './identity.ts';
import { createShell } from './shell.ts';
import { createTunnel } from './tunnel.ts';

/** Logins under way at once to one sshd: MaxStartups begins to drop them at 10, and others log in, too. */
const LOGINS_AT_ONCE = 8;

/** `agent`: the path of an SSH agent's socket. */
export type FleetParts = { readonly clock: Clock; readonly agent?: string };

/** Every peer and spare of the inventory, each over one SSH connection that is opened when it is first asked something. */
export const createFleet = (
  inventory: Inventory,
  { clock, agent }: FleetParts,
): Fleet & {
  /** Forgets how long to wait before the next connect, for these peers or for all. */
  retryNow(ids?: readonly PeerId[]): void;
} => {
  const parts = {
    clock,
    hostKeys: createHostKeys(),
    identities: createIdentities(agent),
    gate: createGate(LOGINS_AT_ONCE),
  };
  const connections = new Map<PeerId, Connection>();
  const links = new Map<PeerId, PeerLink>();
  for (const peer of [...inventory.peers, ...inventory.spares]) {
    if (links.has(peer.address)) continue;
    const connection = createConnection(peer, parts);
    connections.set(peer.address, connection);
    links.set(peer.address, {
      shell: createShell(connection, peer, clock),
      tunnel: createTunnel(connection, clock),
    });
  }
  return {
    peer: (id) => {
      const link = links.get(id);
      if (!link) throw new Error(`${id} is not in the inventory of ${inventory.cluster}`);
      return link;
    },
    retryNow: (ids = [...connections.keys()]) => {
      for (const id of ids) connections.get(id)?.retryNow();
    },
    close: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
};
