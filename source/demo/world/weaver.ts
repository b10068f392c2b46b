import type { PeerName } from '../../cluster/peer-report.ts';
import type { Millis } from '../../cluster/trouble.ts';
import type { Host, HostId } from './host.ts';
import type { Ring, Seed } from './ring.ts';

/** What `weave launch` was told. */
export type LaunchOptions = {
  /** The peers to connect to, as typed: addresses or names. */
  readonly peers: readonly string[];
  readonly password: string | null;
  /** `--ipalloc-range`. */
  readonly range: string;
  /** `--ipalloc-init consensus=N`, else null. */
  readonly initCount: number | null;
  readonly name: PeerName | null;
  readonly nickname: string | null;
  /** docker's restart policy of the container: `no` with `--no-restart`, else `always`. */
  readonly restart: 'no' | 'always';
};

/** A place to dial, as the connection maker of mesh keeps it (`connection_maker.go`). */
export type Target = {
  state: 'waiting' | 'attempting' | 'connected' | 'suspended';
  lastError: string | null;
  /** When to try next; null is never. */
  tryAfter: Millis | null;
  tryInterval: Millis;
};

/** One side of a TCP connection. Each side can find out by itself, and late, that the other is gone. */
export type End = {
  readonly link: Link;
  readonly owner: Weaver;
  readonly peer: Weaver;
  readonly outbound: boolean;
  /** The remote TCP address as this side sees it. */
  readonly address: string;
  /** The local TCP address, for error texts. */
  readonly local: string;
  up: boolean;
};

export type Link = {
  readonly openedAt: Millis;
  readonly dialer: End;
  readonly acceptor: End;
  /** UDP heartbeats went both ways. */
  established: boolean;
};

/** The election of the first ring, as one elector sees it. */
export type Election = {
  /** Fixed when the election starts. */
  readonly quorum: number;
  /** Incarnations heard of since then: a restarted peer counts twice. */
  readonly known: Set<bigint>;
  forming: boolean;
};

/** Somebody blocked on a ring: `GET /ring`, or an allocation. Called with false when the weaver goes away. */
export type Waiter = (done: boolean) => void;

/** One container named `weave`: one incarnation of a peer. */
export type Weaver = {
  readonly host: Host;
  readonly name: PeerName;
  readonly nickname: string;
  readonly uid: bigint;
  readonly shortId: number;
  readonly pid: number;
  readonly options: LaunchOptions;
  readonly startedAt: Millis;
  running: boolean;
  /** Stopped by SIGSTOP: ports accept, nothing answers. */
  hung: boolean;
  exitCode: number;
  finishedAt: Millis | null;
  /** Version of what it gossips about its own connections. */
  version: number;
  direct: string[];
  readonly targets: Map<string, Target>;
  readonly ends: Set<End>;
  /** Who is in its Peers, itself apart; with the time since when it has been out of reach. */
  readonly known: Map<Weaver, Millis | null>;
  terminations: number;
  ring: Ring;
  election: Election | null;
  readonly waiters: Set<Waiter>;
  /** Container id -> addresses, as numbers. */
  readonly allocated: Map<string, number[]>;
  /** Cancels the appointment of the connection maker with itself. */
  cancelCheck: () => void;
};

export const seedOf = (weaver: Weaver): Seed => ({ name: weaver.name, nickname: weaver.nickname });

/** `12:e0:96:5c:ff:26(h1)`, as weave writes a peer. */
export const peerText = (weaver: Weaver): string => `${weaver.name}(${weaver.nickname})`;

/** The running weaver of a host, or null. */
export const runningOn = (host: Host): Weaver | null =>
  host.up && host.weaver?.running === true ? host.weaver : null;

/** Whether two hosts can exchange packets. */
export type Reach = (from: HostId, to: HostId) => boolean;
