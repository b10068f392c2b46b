import type { HostFacts, Known } from '../cluster/host-facts.ts';
import type { Leftovers } from '../cluster/host-traces.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';

/** The PEERS assignment that counts. Lines are 1-based and inclusive; `words` has options of `weave launch`, too. */
export type PeersAssignment = {
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
  readonly quote: '"' | "'";
};

/** The environment file, down to what an edit must keep. Values of secrets never leave the host. */
export type FileState = {
  /** Where the bytes really are, behind any symlink. */
  readonly path: string;
  readonly state: 'there' | 'missing' | 'unreadable';
  /**
   * sha256 of all its bytes, secrets included: the base of compare-and-swap. Whoever has it can guess a password, so it is
   * for standard input alone: not for a note, a journal or an argument. Null unless there.
   */
  readonly digest: string | null;
  /** Its inode and when that changed last: tells whether somebody touched it, and nothing of what it holds. */
  readonly stamp: string | null;
  /** Its lines, comments and the values of secrets blanked out, but for what says whose it is; line numbers are the file's own. */
  readonly lines: readonly string[];
  /** PEERS in file order; null when it sets none. */
  readonly peers: readonly string[] | null;
  readonly assignment: PeersAssignment | null;
  /** Names of all variables, in file order. */
  readonly names: readonly string[];
  /** Names of the variables that are not shown, for they may hold a secret. */
  readonly secrets: readonly string[];
  /** A salted digest of each of these by its name, to be compared and never shown. */
  readonly secretDigests: ReadonlyMap<string, string>;
  readonly mode: string | null;
  readonly owner: string | null;
  readonly symlink: boolean;
  readonly writable: boolean;
  /** Why this program would not edit it, as a clause: `sets PEERS twice`. Null where it can. */
  readonly obstacle: string | null;
};

/** The unit file of weave, as far as it takes to compare and replace it. */
export type UnitFile = {
  /** Where systemd reads it from; empty without one. */
  readonly path: string;
  /** sha256 of all its bytes, the base of compare-and-swap; null where there is none to read. As secret as that of a file. */
  readonly digest: string | null;
  /** As that of a file. */
  readonly stamp: string | null;
  /** Its lines without what may be secret, at most 500. */
  readonly lines: readonly string[];
  /** A salted digest of each line that has something left out, by its index: to be compared and never shown. */
  readonly hidden: ReadonlyMap<number, string>;
  /** Its drop-ins by file name, each with a salted digest; null where it could not be read. */
  readonly dropIns: readonly { readonly name: string; readonly digest: string | null }[];
  /** Whether systemd says that it has not read the file as it is now; null when it did not say. */
  readonly unread: boolean | null;
};

/** What a TCP connection from one host to a port of another came to. */
export type Reach = 'open' | 'refused' | 'unreachable' | 'timeout' | 'unknown';

/** A deep look at one host, taken for a procedure. Everything in it is cleaned text. */
export type Inspection =
  | {
      readonly kind: 'inspected';
      /** When it was begun: it says nothing of what happened later. */
      readonly at: Millis;
      readonly host: PeerId;
      readonly facts: HostFacts;
      /** Its clock minus ours in ms; null when it did not say. */
      readonly skew: Millis | null;
      readonly file: FileState;
      readonly unitFile: UnitFile;
      readonly leftovers: Leftovers;
      /** `ip route` destinations. */
      readonly routes: Known<readonly string[]>;
      /** Whether each address that was asked for resolves there. */
      readonly resolves: ReadonlyMap<string, boolean | null>;
      /** Whether the weave port (TCP 6783) of each address that was asked for can be reached from there. */
      readonly reaches: ReadonlyMap<string, Reach>;
      /** Containers attached to the weave network, by name; known only where it was asked for. */
      readonly attached: Known<readonly string[]>;
      /** Whether a command that a console sent under its lock still runs there; null when it could not be told. */
      readonly running: boolean | null;
      /** Version of the docker server. */
      readonly docker: Known<string>;
    }
  | { readonly kind: 'failed'; readonly at: Millis; readonly host: PeerId; readonly why: Trouble };

/** One that gave something. */
export type Inspected = Extract<Inspection, { kind: 'inspected' }>;
