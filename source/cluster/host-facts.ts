/** A fact that may not be known, and then why. Unknown is never the same as absent or failed. */
export type Known<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly because: string };

/** `systemctl show` of weave's unit. `load: not-found` means that the host has no such unit. */
export type UnitFacts = {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly enabled: string;
  readonly result: string;
  readonly mainStatus: number | null;
  /** `Restart=` of the unit; anything but `no` brings a reset peer back. */
  readonly restart: string;
  readonly fragment: string;
  /** sha256 of the unit file with secrets cut out; null when there is none to read. */
  readonly digest: string | null;
};

/** `docker inspect weave`. */
export type ContainerFacts = {
  /** docker's word: running, exited, created, paused, restarting, dead; `absent` when there is none. */
  readonly status: string;
  readonly exitCode: number | null;
  readonly restartPolicy: string | null;
};

/** The environment file as the host has it, without secrets. */
export type EnvironmentFacts = {
  readonly path: string;
  readonly state: 'read' | 'missing' | 'unreadable';
  /** The PEERS list in file order, or null when the file has no PEERS line. */
  readonly peers: readonly string[] | null;
  /** Names of all variables that are set, in file order. */
  readonly keys: readonly string[];
  /** sha256 of the file with the values of secrets cut out; null unless read. */
  readonly digest: string | null;
};

/** What one probe of a host gave. */
export type HostFacts = {
  readonly hostname: string;
  readonly user: string;
  readonly root: boolean;
  /** Whether `sudo -n true` worked; null when it was not tried (root, or sudo: never). */
  readonly sudo: boolean | null;
  readonly machineId: Known<string>;
  readonly bootId: Known<string>;
  /** The host's own wall clock when it answered, ms since 1970. */
  readonly clock: Known<number>;
  readonly unit: Known<UnitFacts>;
  readonly container: Known<ContainerFacts>;
  /** SCRIPT_VERSION of the weave script; starting `weave version` would start a container. */
  readonly scriptVersion: Known<string>;
  readonly environment: EnvironmentFacts;
  /** Which of flock, curl, docker, systemctl, timeout, sha256sum the host has. */
  readonly tools: readonly string[];
};
