import { type ChangeKind, verbs } from '../cluster/change-kinds.ts';
import type { PeerId } from '../cluster/inventory.ts';

/** What a kind of change is about. */
export type Change = {
  /** Whom it is about: a host that is no member yet, a member, any host of the inventory, or all members. */
  readonly of: 'spare' | 'member' | 'host' | 'cluster';
  /** Where the entry of its target stands in the config when it is finished; null where it stays. */
  readonly moves: 'peers' | 'spares' | null;
  /**
   * Whether a person may begin it with the survivors alone, where no majority can be locked: only what mends a peer that is
   * dead, stopped or back. Any other change would be made behind the back of peers that may live.
   */
  readonly rescues: boolean;
  /** One line for help: what it does. */
  readonly does: string;
};

/** Every procedure, once. */
export const changes: Readonly<Record<ChangeKind, Change>> = {
  bootstrap: {
    of: 'cluster',
    moves: null,
    rescues: false,
    does: 'start a new cluster: the same files everywhere, start, prime',
  },
  prime: {
    of: 'member',
    moves: null,
    rescues: false,
    does: 'run weave prime on a peer, and say what it waits for',
  },
  'add-peer': {
    of: 'spare',
    moves: 'peers',
    rescues: false,
    does: 'add a host of the spares to the cluster, step by step',
  },
  'remove-peer': {
    of: 'member',
    moves: 'spares',
    rescues: false,
    does: 'remove a live peer, step by step',
  },
  'reclaim-peer': {
    of: 'member',
    moves: 'spares',
    rescues: true,
    does: 'remove a dead peer: weave rmpeer, on exactly one survivor',
  },
  'restart-peer': {
    of: 'member',
    moves: null,
    rescues: true,
    does: 'stop a peer, let its host be worked on or rebooted, start, verify',
  },
  'restart-all': {
    of: 'cluster',
    moves: null,
    rescues: false,
    does: 'restart every peer, one after the other; stops at the first doubt',
  },
  align: {
    of: 'cluster',
    moves: null,
    rescues: false,
    does: 'make lists, passwords and units the same again, without restarting anything',
  },
  'wipe-peer': {
    of: 'host',
    moves: null,
    rescues: true,
    does: 'wipe the old ring data of a peer that came back, and let it join anew',
  },
};

/** `add 10.0.0.16`, `prime on 10.0.0.11`, `align all peers`. */
export const changeWords = (kind: ChangeKind, target: PeerId | null): string => {
  const verb = verbs[kind];
  if (target === null) return kind === 'bootstrap' ? 'bootstrap the cluster' : `${verb} all peers`;
  return kind === 'prime' ? `prime on ${target}` : `${verb} ${target}`;
};
