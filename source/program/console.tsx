import type { PeerId } from '../cluster/inventory.ts';
import type { Mischief } from '../ports.ts';
import type { ChangeRequest } from '../session/maintenance/model.ts';
import { openSession } from '../session/session.ts';
import { runConsole } from '../ui/run.tsx';
import { copyByTerminal } from './clipboard.ts';
import type { Cluster } from './cluster-choice.ts';
import { openFleet } from './fleet.ts';
import type { Terminal } from './terminal.ts';
import { workshopOf } from './workshop.ts';

/** Opens the screens on a cluster and stays until they are left. Only a session that may change things has a workshop. */
export const openConsole = async (
  cluster: Cluster,
  terminal: Terminal,
  mischief: Mischief | null,
  begin: ChangeRequest | null = null,
  watchPrime: { readonly id: PeerId | null } | null = null,
): Promise<void> => {
  const { inventory, keep } = cluster;
  const reach = openFleet(inventory);
  const session = openSession(reach.parts);
  try {
    await runConsole({
      session,
      mischief,
      workshop: inventory.readOnly ? null : workshopOf(reach, session, keep),
      begin,
      watchPrime,
      options: { ascii: terminal.ascii, color: terminal.color, readOnly: inventory.readOnly },
      copy: copyByTerminal(process.stdout),
    });
  } finally {
    await session.stop();
  }
};
