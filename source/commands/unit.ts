import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Command } from './command.ts';

/** A unit name with its suffix: `weave` is `weave.service`. */
export const unitName = (unit: string): string =>
  /\.(?:service|target|socket|path|timer)$/.test(unit) ? unit : `${unit}.service`;

const systemctl = (
  peer: InventoryPeer,
  name: string,
  words: readonly string[],
  timeout: Millis,
): Command<'changes'> => ({
  name,
  script: 'exec systemctl "$@" </dev/null',
  args: [...words, '--', unitName(peer.unit)],
  effect: 'changes',
  timeout,
  privileged: true,
});

/** Enables and starts the unit. A launch took 2 to 3 s; the first one on a host may pull the images. */
export const unitEnableNow = (peer: InventoryPeer): Command<'changes'> =>
  systemctl(peer, 'unit-enable-now', ['enable', '--now'], 300_000);

/** So that weave starts with the host. Nothing is started now. */
export const unitEnable = (peer: InventoryPeer): Command<'changes'> =>
  systemctl(peer, 'unit-enable', ['enable'], 30_000);

/** Starts the unit, whether or not it starts with the host. A start after a stop took 1.7 s. */
export const unitStart = (peer: InventoryPeer): Command<'changes'> =>
  systemctl(peer, 'unit-start', ['start'], 300_000);

/** So that a reboot does not bring it back. A running weave goes on. */
export const unitDisable = (peer: InventoryPeer): Command<'changes'> =>
  systemctl(peer, 'unit-disable', ['disable'], 30_000);

/** Stops the unit: `weave stop`, seen to take 46 s where the weaver is dead already. */
export const unitStop = (peer: InventoryPeer): Command<'changes'> =>
  systemctl(peer, 'unit-stop', ['stop'], 120_000);

/** The unit of the Weave Net guide for uniform fixed clusters, with the paths of this host. */
const documentedUnit = (peer: InventoryPeer): string => `[Unit]
Description=Weave Network
Documentation=http://docs.weave.works/weave/latest_release/
Requires=docker.service
After=docker.service
[Service]
EnvironmentFile=-${peer.environmentFile}
ExecStartPre=${peer.weave} launch --no-restart $PEERS
ExecStart=/usr/bin/docker attach weave
ExecStop=${peer.weave} stop
[Install]
WantedBy=multi-user.target
`;

/** The unit that a host without one gets: the one that the config names, as it is, else the documented one. */
export const unitText = (peer: InventoryPeer): string => peer.siteUnit?.text ?? documentedUnit(peer);

const PLAIN_PATH = /^\/[\w@+,./-]+$/;

/**
 * Whether the paths of this host can stand in the documented unit as they are: systemd would read blanks, % and $ as its
 * own. A unit of the config holds no path of ours.
 */
export const unitPathsArePlain = (peer: InventoryPeer): boolean =>
  /^[\w@.-]+$/.test(peer.unit) &&
  (peer.siteUnit !== null || (PLAIN_PATH.test(peer.environmentFile) && PLAIN_PATH.test(peer.weave)));
