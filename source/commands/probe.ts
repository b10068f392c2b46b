import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Command } from './command.ts';
import { PROBE_SCRIPT } from './probe-script.ts';

/**
 * Everything about a host that its weave does not report, in one exec that changes nothing. Not privileged as a whole:
 * with `sudo: passwordless` the script itself uses `sudo -n` for the files and for docker, and says whether it could.
 * `readHostFacts` reads what it prints. `salt` is for the digest of the password, the same for all hosts that are compared;
 * without one there is none.
 */
export const probeCommand = (peer: InventoryPeer, salt = ''): Command<'reads'> => ({
  name: 'probe',
  script: PROBE_SCRIPT,
  args: [
    peer.unit,
    peer.environmentFile,
    peer.weave,
    peer.machineIdFile,
    peer.bootIdFile,
    peer.sudo === 'passwordless' ? 'sudo' : 'no-sudo',
    peer.stateDir,
    salt,
  ],
  effect: 'reads',
  timeout: 30_000,
  privileged: false,
});
