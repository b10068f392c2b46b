import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Command } from './command.ts';
import { INSPECT_SCRIPT } from './inspect-script.ts';
import { probeCommand } from './probe.ts';
import { isWeaveAddress } from './weave.ts';

/** The port that peers dial each other on, where an entry of PEERS names none. */
const WEAVE_PORT = '6783';

/** `h2:6790` as host and port; `h2` with weave's own port; `[fd00::1]` and `fd00::1` without brackets. */
const hostAndPort = (address: string): readonly [host: string, port: string] => {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(address);
  if (bracketed) return [bracketed[1] ?? '', bracketed[2] ?? WEAVE_PORT];
  const named = /^([^:]+):(\d+)$/.exec(address);
  return named ? [named[1] ?? '', named[2] ?? WEAVE_PORT] : [address, WEAVE_PORT];
};

/**
 * A deep look at one host for a procedure, in one exec that changes nothing; `readInspection` reads what it prints. `ask`:
 * the entries of PEERS that should resolve there and whose weave port should be reachable from there. `attached`: list the
 * containers on the weave network, by `weave ps`, which starts a short-lived container as every weave command does, but
 * is the only one that knows containers attached by the proxy or by hand. `salt` is the same for all hosts that are compared.
 * Entries that no list can hold are left out.
 */
export const inspectCommand = (
  peer: InventoryPeer,
  options: { readonly ask: readonly string[]; readonly attached: boolean; readonly salt: string },
): Command<'reads'> => {
  const ask = options.ask.filter(
    (address) => isWeaveAddress(address) || /^[0-9A-Fa-f:]{2,45}$/.test(address),
  );
  return {
    name: 'inspect',
    script: INSPECT_SCRIPT,
    args: [
      ...probeCommand(peer, options.salt).args,
      options.attached ? 'attached' : '-',
      ...ask.flatMap((address) => [address, ...hostAndPort(address)]),
    ],
    effect: 'reads',
    timeout: 60_000 + Math.ceil(ask.length / 16) * 10_000,
    privileged: false,
  };
};
