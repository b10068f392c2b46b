import type { InventoryPeer } from '../../source/cluster/inventory.ts';

/** A peer with the defaults of a real config; tests name only what matters to them. */
export const inventoryPeer = (given: Partial<InventoryPeer> = {}): InventoryPeer => ({
  address: '10.0.0.11',
  host: given.address ?? '10.0.0.11',
  port: 22,
  user: 'root',
  jump: [],
  identity: [],
  knownHosts: [],
  sudo: 'never',
  weave: '/usr/local/bin/weave',
  unit: 'weave.service',
  siteUnit: null,
  environmentFile: '/etc/sysconfig/weave',
  stateDir: '/var/lib/weave-console',
  runtimeDir: '/run/lock',
  machineIdFile: '/etc/machine-id',
  bootIdFile: '/proc/sys/kernel/random/boot_id',
  statusAddress: { host: '127.0.0.1', port: 6782 },
  controlAddress: { host: '127.0.0.1', port: 6784 },
  ...given,
});
