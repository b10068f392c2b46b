import type { Inventory, InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { ChangingShell, Clock, Fleet, PeerLink } from '../ports.ts';
import { createChangingShell } from './changing-shell.ts';
import { type Connection, createConnection } from './connection.ts';
import { createExec } from './exec.ts';
import { createGate } from './gate.ts';
import { createHostKeys } from './host-keys.ts';
import { createIdentities } from './identity.ts';
import { createPace } from './pace.ts';
import { createShell } from './shell.ts';
import { createTunnel } from './tunnel.ts';

/** Logins under way at once to one sshd: MaxStartups begins to drop them at 10, and others log in, too. */
const LOGINS_AT_ONCE = 8;

/** So many reading commands begin at once, on whatever hosts, and the next so much later (ms). */
const READS_AT_ONCE = 4;
const READS_GAP = 8;

/** `agent`: the path of an SSH agent's socket. */
export type FleetParts = { readonly clock: Clock; readonly agent?: string };

/** Every peer and spare of the inventory, each over one SSH connection that is opened when it is first asked something. */
export const createFleet = (
  inventory: Inventory,
  { clock, agent }: FleetParts,
): Fleet & {
  /** Forgets how long to wait before the next connect, for these peers or for all. */
  retryNow(ids?: readonly PeerId[]): void;
  /** The way to change this peer, over the connection of its other link. For sessions that may; not a part of `Fleet`. */
  changing(id: PeerId): ChangingShell;
} => {
  const parts = {
    clock,
    hostKeys: createHostKeys(),
    identities: createIdentities(agent),
    gate: createGate(LOGINS_AT_ONCE),
  };
  const inTurn = createPace(clock, READS_AT_ONCE, READS_GAP);
  const connections = new Map<PeerId, Connection>();
  const jumps = new Map<string, Connection>();
  /** The one connection to the last host on the way to this peer, shared by all that are reached through it. */
  const jumpTo = (peer: InventoryPeer): Connection | undefined => {
    const last = peer.jump.at(-1);
    if (last === undefined) return undefined;
    const key = JSON.stringify([peer.jump, peer.identity, peer.knownHosts]);
    const host = { ...peer, ...last, jump: peer.jump.slice(0, -1) };
    const connection = jumps.get(key) ?? connectionTo(host);
    jumps.set(key, connection);
    return connection;
  };
  const connectionTo = (peer: InventoryPeer): Connection => {
    const jump = jumpTo(peer);
    return createConnection(peer, { ...parts, ...(jump && { jump }) });
  };
  const links = new Map<PeerId, PeerLink>();
  const changing = new Map<PeerId, ChangingShell>();
  for (const peer of [...inventory.peers, ...inventory.spares]) {
    if (links.has(peer.address)) continue;
    const connection = connectionTo(peer);
    connections.set(peer.address, connection);
    const exec = createExec(connection, peer, clock);
    const reads: typeof exec = async (...of) => {
      await inTurn();
      return exec(...of);
    };
    links.set(peer.address, { shell: createShell(reads), tunnel: createTunnel(connection, clock) });
    changing.set(peer.address, createChangingShell(exec));
  }
  const known = <T>(found: T | undefined, id: PeerId): T => {
    if (found === undefined) throw new Error(`${id} is not in the inventory of ${inventory.cluster}`);
    return found;
  };
  return {
    peer: (id) => known(links.get(id), id),
    changing: (id) => known(changing.get(id), id),
    retryNow: (ids = [...connections.keys()]) => {
      for (const jump of jumps.values()) jump.retryNow();
      for (const id of ids) connections.get(id)?.retryNow();
    },
    close: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
      // One after the other from the farthest: the goodbye to each goes through those before it.
      for (const jump of [...jumps.values()].reverse()) await jump.close();
    },
  };
};
