import type { PeerId } from './inventory.ts';
import type { PeerReport } from './peer-report.ts';
import { majorityOf } from './quorum.ts';
import { endpointOf } from './roster.ts';
import type { PeerWatch } from './sighting.ts';

/** Why an election asks for another quorum than the cluster has. */
export type WrongQuorum = {
  readonly quorum: number;
  /** More than half of the configured peers. */
  readonly right: number;
  readonly because: /** Its own address counted for another peer, and still does. */
    | { readonly kind: 'self-unknown' }
    /** It did when the election began; it is recognised now. */
    | { readonly kind: 'self-was-unknown' }
    /** Its list lacks peers. */
    | { readonly kind: 'short'; readonly listed: number; readonly lacks: readonly PeerId[] }
    /** Its list has entries that are no configured peers: strangers, or second names of a peer. */
    | { readonly kind: 'long'; readonly listed: number; readonly strangers: readonly string[] }
    /** Its list has all others and not itself, under whatever name. */
    | { readonly kind: 'without-self'; readonly listed: number }
    /** What it dials now would give another quorum: the list was another one then. */
    | { readonly kind: 'earlier-list'; readonly listed: number };
  /** What its file lists now, where that differs in number from what weave was started with. */
  readonly file: number | null;
};

/**
 * Weave takes (targets that aren't known to be itself + 1) / 2 + 1, once, when the election begins. Null where that gave
 * what is right for the configured peers.
 */
export const wrongQuorum = (
  { targets, connections }: PeerReport,
  watch: PeerWatch,
  given: { readonly quorum: number; readonly right: number; readonly ids: readonly PeerId[] },
): WrongQuorum | null => {
  const { quorum, right, ids } = given;
  if (quorum === right) return null;
  const own = watch.peer.address;
  const configured = new Set(ids.map(endpointOf));
  const dialled = new Set(targets.map(endpointOf));
  const met = connections.some(({ fault }) => fault === 'ourself');
  const others = targets.length - (met ? 1 : 0);
  const listed = targets.length;
  const lacks = ids.filter((id) => id !== own && !dialled.has(endpointOf(id)));
  const strangers = targets.filter((target) => !configured.has(endpointOf(target)));
  const withSelf = met || dialled.has(endpointOf(own));
  const file = watch.lastFacts?.facts.environment.peers?.length ?? null;
  const because = ((): WrongQuorum['because'] => {
    if (majorityOf(others + 1) !== quorum)
      return met && majorityOf(listed + 1) === quorum
        ? { kind: 'self-was-unknown' }
        : { kind: 'earlier-list', listed };
    if (quorum < right) return { kind: 'short', listed, lacks };
    if (!met && withSelf && strangers.length === 0) return { kind: 'self-unknown' };
    if (!withSelf && strangers.length === 0) return { kind: 'without-self', listed };
    return { kind: 'long', listed, strangers };
  })();
  return { quorum, right, because, file: file === listed ? null : file };
};
