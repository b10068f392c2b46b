import type { HostFacts, Known } from '../cluster/host-facts.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';

/** The environment file, down to what an edit must keep. Values of secrets never leave the host. */
export type FileState = {
  /** Where the bytes really are, behind any symlink. */
  readonly path: string;
  readonly state: 'there' | 'missing' | 'unreadable';
  /** sha256 of all its bytes, secrets included: the base of compare-and-swap. Null unless there. */
  readonly digest: string | null;
  /** Its lines, the values of secrets blanked out; line numbers are the file's own. */
  readonly lines: readonly string[];
  /** PEERS in file order; null when it sets none. */
  readonly peers: readonly string[] | null;
  /** Names of the variables that hold a secret. */
  readonly secrets: readonly string[];
  readonly mode: string | null;
  readonly owner: string | null;
  readonly symlink: boolean;
  readonly writable: boolean;
};

/** What an earlier life of weave left on a host. Each is null when it could not be told. */
export type Leftovers = {
  readonly container: boolean | null;
  readonly volume: boolean | null;
  readonly bridge: boolean | null;
};

/** A deep look at one host, taken for a procedure. Everything in it is cleaned text. */
export type Inspection =
  | {
      readonly kind: 'inspected';
      readonly at: Millis;
      readonly host: PeerId;
      readonly facts: HostFacts;
      readonly file: FileState;
      readonly leftovers: Leftovers;
      /** `ip route` destinations. */
      readonly routes: Known<readonly string[]>;
      /** Whether each address that was asked for resolves there. */
      readonly resolves: ReadonlyMap<string, boolean | null>;
      /** Whether TCP 6783 of each address that was asked for can be reached from there. */
      readonly reaches: ReadonlyMap<string, 'open' | 'refused' | 'timeout' | 'unknown'>;
      /** Containers attached to the weave network, by name. */
      readonly attached: Known<readonly string[]>;
      readonly docker: Known<string>;
    }
  | { readonly kind: 'failed'; readonly at: Millis; readonly host: PeerId; readonly why: Trouble };
