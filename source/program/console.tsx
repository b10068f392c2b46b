import type { Inventory } from '../cluster/inventory.ts';
import type { Mischief } from '../ports.ts';
import { openSession } from '../session/session.ts';
import { runConsole } from '../ui/run.tsx';
import { copyByTerminal } from './clipboard.ts';
import { openFleet } from './fleet.ts';
import type { Terminal } from './terminal.ts';

/** Opens the screens on a cluster and stays until they are left. */
export const openConsole = async (
  inventory: Inventory,
  terminal: Terminal,
  mischief: Mischief | null,
): Promise<void> => {
  const session = openSession(openFleet(inventory));
  try {
    await runConsole({
      session,
      mischief,
      options: { ascii: terminal.ascii, color: terminal.color, readOnly: true },
      copy: copyByTerminal(process.stdout),
    });
  } finally {
    await session.stop();
  }
};
