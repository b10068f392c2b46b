import type { ChangeKind } from '../../cluster/change-kinds.ts';
import type { Inventory, InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import type { RemovalRecords } from '../../cluster/removed.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { History } from '../../journal/replay.ts';
import type { ChangingShell, Clock, RemoteShell } from '../../ports.ts';
import type { LockPorts } from '../lock/lock-ports.ts';
import type { Locksmith } from '../lock/locksmith.ts';
import type { Session } from '../model.ts';
import type { Looker } from '../watcher.ts';

/** What the journal of one maintenance does for a session. */
export type JournalPort = {
  /** Opens, or goes on with, the journal of this run. `append` is on disk when it returns. */
  readonly open: (run: string) => {
    readonly append: (entry: JournalEntry) => void;
    readonly close: () => void;
  };
  /** What this machine has on record of a run; null where it has nothing. */
  readonly history: (run: string) => History | null;
  readonly newest: () => readonly string[];
  /** Reads what the journals of this machine tell of removed peers of a cluster, as they are each time it is asked. */
  readonly removals: (cluster: string) => () => RemovalRecords;
};

/** What a workshop is made of. */
export type WorkshopParts = {
  /** As it is now: a finished change moves its target between members and spares. */
  readonly inventory: () => Inventory;
  readonly session: Session;
  readonly clock: Clock;
  /** The lock keeps the time of its peers, which is real, whatever `clock` is. */
  readonly locksmith?: (ports: LockPorts) => Locksmith;
  readonly read: (id: PeerId) => RemoteShell;
  readonly change: (id: PeerId) => ChangingShell;
  readonly lookerOf: (peer: InventoryPeer) => Looker;
  readonly journal: JournalPort;
  /** Makes ids of locks, sessions and runs: letters, digits and dashes, never the same twice. */
  readonly newName: () => string;
  /** `who@host` of the person at this machine. */
  readonly who: string;
  readonly host: string;
  readonly version: string;
  /** Moves the target between members and spares in the config, when a change is finished. */
  readonly onFinished: (kind: ChangeKind, target: PeerId | null) => void;
};
