import type { PeerId } from '../../cluster/inventory.ts';
import type { LockFolders } from '../../commands/lock/files.ts';
import type { LockEvent } from '../../lock/state.ts';
import type { ChangingShell, LiveChannel, RemoteShell } from '../../ports.ts';

/** What the lock needs of one peer. */
export type LockPeerPorts = {
  readonly read: RemoteShell;
  readonly change: ChangingShell;
  readonly folders: LockFolders;
};

export type LockPorts = ReadonlyMap<PeerId, LockPeerPorts>;

/** Where the answers of the peers go. */
export type Dispatch = (event: LockEvent) => void;

/** The open leases of one session, by channel number. */
export type Channels = Map<number, LiveChannel>;
