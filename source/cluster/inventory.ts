/** How a peer is named everywhere in the program: its address as it stands in PEERS. */
export type PeerId = string;

/** A TCP address on the peer itself, `127.0.0.1:6782` by default. */
export type HostPort = { readonly host: string; readonly port: number };

/** A unit that a site installs in place of the documented one: where its text was read, and the text. */
export type SiteUnit = { readonly path: string; readonly text: string };

/** A host through which others are reached by SSH, as ssh's own ProxyJump. */
export type Jump = { readonly host: string; readonly port: number; readonly user: string };

/** One host and how it is reached. Every field has a default from its cluster, so none is optional here. */
export type InventoryPeer = {
  /** What stands in PEERS. */
  readonly address: PeerId;
  /** What SSH connects to; the address unless the config says otherwise. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The hosts on the way to it, nearest first; none where it is reached straight. */
  readonly jump: readonly Jump[];
  /** Private key files, `~` already expanded, in the order to try them. */
  readonly identity: readonly string[];
  readonly knownHosts: readonly string[];
  readonly sudo: 'never' | 'passwordless' | 'prompt';
  /** Path of the `weave` script on the host. */
  readonly weave: string;
  /** The systemd unit that runs weave. */
  readonly unit: string;
  /** What is installed where a host has no unit yet; null: the documented unit. */
  readonly siteUnit: SiteUnit | null;
  readonly environmentFile: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly machineIdFile: string;
  readonly bootIdFile: string;
  /** WEAVE_STATUS_ADDR: read only, `/report` and `/status`. */
  readonly statusAddress: HostPort;
  /** WEAVE_HTTP_ADDR: the control API. */
  readonly controlAddress: HostPort;
};

/** A cluster as its config describes it. `peers` are members, `spares` can be reached but aren't. */
export type Inventory = {
  readonly cluster: string;
  readonly color: string | null;
  readonly readOnly: boolean;
  /** How long between two looks at a peer, in ms. */
  readonly interval: number;
  readonly peers: readonly InventoryPeer[];
  readonly spares: readonly InventoryPeer[];
};
