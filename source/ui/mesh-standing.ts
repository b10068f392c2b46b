import type { PeerState } from '../cluster/cluster-view.ts';
import type { Model } from '../session/model.ts';

/** What may be said of the mesh majority: `lost` only where it is proven, `unseen` while the lost part may be elsewhere. */
export type MeshStanding = 'unknown' | 'lost' | 'unseen' | 'partly' | 'whole';

/** Weave may run on these although we have no report from them. */
const maybeRunning: readonly PeerState[] = ['unseen', 'silent', 'garbled', 'hung'];

/** How many configured peers gave a report at their newest look. */
export const answering = ({ view }: Model): number =>
  view.peers.filter(({ watch }) => watch.look?.kind === 'report').length;

/**
 * A majority can hide among the peers that we don't see and nobody who answers counts in: it may be only our own SSH
 * that is down.
 */
export function meshStanding(model: Model): MeshStanding {
  const { configured, connected, majority, cliques } = model.view.quorum.mesh;
  const seen = new Set(cliques.flat());
  const dark = model.view.peers.filter(
    ({ id, state, watch }) => maybeRunning.includes(state) && watch.look?.kind !== 'report' && !seen.has(id),
  );
  if (answering(model) === 0 && dark.length > 0) return 'unknown';
  if (connected < majority) return dark.length >= majority ? 'unseen' : 'lost';
  return connected < configured ? 'partly' : 'whole';
}
