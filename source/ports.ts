import type { HostPort, PeerId } from './cluster/inventory.ts';
import type { Millis, Trouble } from './cluster/trouble.ts';
import type { Command, Outcome } from './commands/command.ts';

/** Time and timers, so that nothing above reads a clock by itself. */
export interface Clock {
  /** Monotonic ms. */
  now(): Millis;
  /** Wall clock, ms since 1970. Shown and written down, never compared between machines but for the skew. */
  wall(): number;
  /** Calls `run` once after `delay` ms; the returned function cancels it. */
  after(delay: Millis, run: () => void): () => void;
  /** 0 <= x < 1, for jitter. */
  random(): number;
}

/** Runs commands that only read. A session that may change things gains another port when it holds the lock. */
export interface RemoteShell {
  /** Never rejects: every way to end is an Outcome. stdout and stderr are raw text, cut at `maxBytes` in all. */
  read(
    command: Command<'reads'>,
    options?: { readonly maxBytes?: number; readonly stdin?: string },
  ): Promise<Outcome>;
}

/** What asking an HTTP port of the peer through its SSH connection gave. */
export type TunnelAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly took: Millis }
  /** SSH is fine, but the host would not open that port: nothing listens, or forwarding isn't allowed (then `prohibited`). */
  | { readonly kind: 'closed-port'; readonly prohibited: boolean; readonly why: Trouble }
  /** The SSH connection is not there, broke, or the answer did not come in time (`why.layer` tells which side). */
  | { readonly kind: 'failed'; readonly why: Trouble };

/** HTTP GET through direct-tcpip, one kept-alive channel for each address. */
export interface Tunnel {
  /** Never rejects. `timeout` bounds the whole answer, `maxBytes` its size. */
  get(
    to: HostPort,
    request: {
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeout: Millis;
      readonly maxBytes?: number;
    },
  ): Promise<TunnelAnswer>;
}

/** One configured host: its shell and its tunnel share one SSH connection, opened when first needed. */
export interface PeerLink {
  readonly shell: RemoteShell;
  readonly tunnel: Tunnel;
}

/** All configured hosts. */
export interface Fleet {
  peer(id: PeerId): PeerLink;
  /** Closes every connection; looks under way end as `closed`. */
  close(): Promise<void>;
}

/** A long-lived exec channel without a pty. Lines that came are given to `onLine`, raw. */
export interface LiveChannel {
  /** False when the channel can't take it any more. */
  write(text: string): boolean;
  /** Ends the channel's standard input. */
  end(): void;
  /** Resolves when the channel is over, by whatever way; never rejects. */
  readonly ended: Promise<Outcome>;
}

/** What may change a peer. A session has it only while it holds the maintenance lock. */
export interface ChangingShell {
  /** As `RemoteShell.read`, for a command that changes things: `lost` means that it may have run, and is never repeated by itself. */
  change(
    command: Command<'changes'>,
    options?: { readonly maxBytes?: number; readonly stdin?: string },
  ): Promise<Outcome>;
  /** Starts a command that goes on, such as a lease. */
  open(command: Command<'changes'>, onLine: (line: string) => void): LiveChannel;
}

/** Ways to break and mend a cluster that allows it (the demo). The screens know no more of it than this. */
export interface Mischief {
  items(): readonly { readonly id: string; readonly label: string }[];
  /** Resolves with a sentence saying what was done. */
  run(id: string): Promise<string>;
}
