import type { PeerName } from '../../cluster/peer-report.ts';
import type { Millis } from '../../cluster/trouble.ts';
import type { Random } from './random.ts';
import type { Ring } from './ring.ts';
import type { Weaver } from './weaver.ts';

/** A short name of a host, its hostname, too: `h1`. */
export type HostId = string;

/** What the volume container `weavedb` keeps when weave stops. */
export type Volume = { readonly name: PeerName; readonly ring: Ring };

export type LogLine = { readonly at: Millis; readonly from: string; readonly text: string };

/** A machine. Its files are not here but in its sandbox; the world changes nothing on a disk. */
export type Host = {
  readonly id: HostId;
  readonly address: string;
  machineId: string;
  readonly productUuid: string;
  bootId: string;
  bootedAt: Millis;
  up: boolean;
  docker: boolean;
  /** Its clock minus the world's. */
  clockOffset: Millis;
  /** UDP from and to 6783 and 6784 is dropped. */
  udpBlocked: boolean;
  /** The container `weave`, running or exited; null when there is none. */
  weaver: Weaver | null;
  volume: Volume | null;
  /** The MAC of the bridge `weave`, which is the peer's name as long as the bridge exists. */
  bridge: PeerName | null;
  /** The journal of weave.service, oldest first, at most some hundred lines. */
  readonly log: LogLine[];
};

export const bootId = (random: Random): string =>
  `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;

export const newHost = (id: HostId, address: string, random: Random): Host => ({
  id,
  address,
  machineId: random.hex(32),
  productUuid: bootId(random),
  bootId: bootId(random),
  bootedAt: 0,
  up: true,
  docker: true,
  clockOffset: 0,
  udpBlocked: false,
  weaver: null,
  volume: null,
  bridge: null,
  log: [],
});

/** Weave's name for a host: a MAC-like hash of what identifies the machine, so clones get the same one. */
export const nameOf = (host: Host): PeerName => {
  let hash = 0xcbf29ce484222325n;
  for (const letter of host.machineId) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(letter.charCodeAt(0))) * 0x100000001b3n);
  }
  const octets = hash.toString(16).padStart(16, '0').slice(2, 14).match(/../g) as string[];
  // Locally administered, unicast.
  const first = ((Number.parseInt(octets[0] as string, 16) & 0xfc) | 0x02).toString(16).padStart(2, '0');
  return [first, ...octets.slice(1)].join(':');
};

export const log = (host: Host, at: Millis, text: string, from = 'docker'): void => {
  host.log.push({ at, from, text });
  if (host.log.length > 400) host.log.splice(0, 100);
};
