import type { Connection, KnownPeer, PeerReport, RingEntry } from '../../source/cluster/peer-report.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { told, watch } from './watches.ts';

/** Peers a, b, c.. at 10.0.0.1, 10.0.0.2..: names `A`, nicknames `a`. */
export const address = (index: number): string => `10.0.0.${index + 1}`;
export const nickname = (index: number): string =>
  `${String.fromCharCode(97 + (index % 26))}${index < 26 ? '' : Math.floor(index / 26)}`;
export const name = (index: number): string => nickname(index).toUpperCase();

export const live = (to: number, state: 'established' | 'pending' = 'established'): Connection => ({
  address: `${address(to)}:6783`,
  outbound: true,
  state,
  info: `sleeve ${name(to)}(${nickname(to)})`,
  peer: { name: name(to), nickname: nickname(to) },
  overlay: 'sleeve',
  encrypted: false,
  mtu: 1438,
  fault: null,
  retry: null,
});

export const failed = (to: number, fault: Connection['fault'], info: string): Connection => ({
  ...live(to),
  state: 'failed',
  info,
  peer: null,
  overlay: null,
  fault,
});

export const entry = (token: string, owner: number, version = 0, known = true, size = 64): RingEntry => ({
  token,
  size,
  owner: name(owner),
  nickname: nickname(owner),
  known,
  version,
});

export const others = (index: number, count: number): number[] =>
  Array.from({ length: count }, (_, other) => other).filter((other) => other !== index);

const known = (index: number): KnownPeer => ({
  name: name(index),
  nickname: nickname(index),
  uid: null,
  links: null,
});

/** One shared list for all, so that nobody differs. */
export const ring = (count: number): RingEntry[] =>
  Array.from({ length: count }, (_, index) => entry(`10.32.${index}.0`, index));

export type Over = Partial<Omit<PeerReport, 'ipam' | 'peers'>> & {
  readonly ipam?: Partial<NonNullable<PeerReport['ipam']>>;
  readonly sees?: readonly number[];
};

/** What peer `index` of a healthy cluster of `count` reports, but for `over`. */
export function meshReport(index: number, count: number, { ipam, sees, ...over }: Over = {}): PeerReport {
  return {
    ready: true,
    version: '2.8.1',
    name: name(index),
    nickname: nickname(index),
    encryption: false,
    discovery: true,
    protocol: { min: 1, max: 2 },
    terminations: 0,
    targets: Array.from({ length: count }, (_, other) => address(other)),
    connections: others(index, count).map((to) => live(to)),
    peers: (sees ?? Array.from({ length: count }, (_, other) => other)).map(known),
    missing: [],
    ...over,
    ipam: {
      paxos: null,
      range: '10.32.0.0/16',
      rangeSize: 64 * count,
      activeIps: 0,
      defaultSubnet: '10.32.0.0/16',
      entries: ring(count),
      pendingClaims: 0,
      pendingAllocates: 0,
      ...ipam,
    },
  };
}

/** Watches of a healthy cluster of `count` at one moment, but for what `over` says of a peer. */
export function mesh(count: number, over: Readonly<Record<number, Over>> = {}, at = 1000): PeerWatch[] {
  return Array.from({ length: count }, (_, index) =>
    watch(address(index), told(meshReport(index, count, over[index]), at)),
  );
}
