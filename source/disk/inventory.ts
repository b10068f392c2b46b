import { userInfo } from 'node:os';
import type { HostPort, Inventory, InventoryPeer, Jump } from '../cluster/inventory.ts';
import type { ClusterConfig, PeerConfig } from './config-schema.ts';
import { homePath } from './home-path.ts';
import { readSiteUnit } from './site-unit.ts';

/** What `--user`, `--port`, `--jump`, `--identity` and `--interval` of the command line put in place of the config's values. */
export type Overrides = {
  readonly user?: string;
  readonly port?: number;
  readonly jump?: string;
  readonly identity?: readonly string[];
  readonly interval?: number;
  readonly readOnly?: boolean;
};

const hostPort = (text: string): HostPort => {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
};

const jumpsOf = (text: string, user: string): readonly Jump[] =>
  text.split(',').map((one) => {
    const parts = /^(?:(.*)@)?(\[.*\]|[^:]*)(?::(\d+))?$/.exec(one);
    return {
      user: parts?.[1] ?? user,
      host: (parts?.[2] ?? one).replace(/^\[|\]$/g, ''),
      port: Number(parts?.[3] ?? 22),
    };
  });

const defaults = {
  port: 22,
  identity: ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'],
  knownHosts: ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts'],
  sudo: 'passwordless',
  weave: '/usr/local/bin/weave',
  unit: 'weave.service',
  environmentFile: '/etc/sysconfig/weave',
  stateDir: '/var/lib/weave-console',
  runtimeDir: '/run/lock',
  machineIdFile: '/etc/machine-id',
  bootIdFile: '/proc/sys/kernel/random/boot_id',
  statusAddress: '127.0.0.1:6782',
  controlAddress: '127.0.0.1:6784',
} as const;

const resolvePeer = (
  cluster: Omit<ClusterConfig, 'peers'>,
  peer: PeerConfig,
  over: Overrides,
): InventoryPeer => {
  const value = { ...defaults, ...cluster, ...peer };
  const user = over.user ?? value.user ?? userInfo().username;
  const jump = over.jump ?? value.jump;
  return {
    address: peer.address,
    host: peer.host ?? peer.address,
    port: over.port ?? value.port,
    user,
    jump: jump === undefined || jump === 'none' ? [] : jumpsOf(jump, user),
    identity: (over.identity ?? value.identity).map(homePath),
    knownHosts: value.knownHosts.map(homePath),
    sudo: value.sudo,
    weave: value.weave,
    unit: value.unit,
    siteUnit: value.unitFile === undefined ? null : readSiteUnit(value.unitFile),
    environmentFile: value.environmentFile,
    stateDir: value.stateDir,
    runtimeDir: value.runtimeDir,
    machineIdFile: value.machineIdFile,
    bootIdFile: value.bootIdFile,
    statusAddress: hostPort(value.statusAddress),
    controlAddress: hostPort(value.controlAddress),
  };
};

/** A cluster of the config with every default filled in, and its units read; `loadConfig` has seen that they can be. */
export const inventoryOf = (name: string, cluster: ClusterConfig, over: Overrides = {}): Inventory => ({
  cluster: name,
  color: cluster.color ?? null,
  readOnly: over.readOnly ?? cluster.readOnly ?? false,
  interval: over.interval ?? cluster.intervalMs ?? 2000,
  peers: cluster.peers.map((peer) => resolvePeer(cluster, peer, over)),
  spares: (cluster.spares ?? []).map((peer) => resolvePeer(cluster, peer, over)),
});
