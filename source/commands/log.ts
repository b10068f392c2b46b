import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Command } from './command.ts';

/** The last lines that weave's unit logged. Needs root, or a user whom journald lets read. */
export const readLog = (peer: InventoryPeer, lines: number): Command<'reads'> => ({
  name: 'log',
  script: 'exec journalctl -u "$1" -n "$2" --no-pager -o short-iso',
  args: [peer.unit, String(Math.max(1, Math.floor(lines)))],
  effect: 'reads',
  timeout: 15_000,
  privileged: true,
});
