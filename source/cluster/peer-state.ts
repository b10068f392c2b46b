import type { ClusterView, PeerState, PeerView } from './cluster-view.ts';
import type { ContainerFacts, UnitFacts } from './host-facts.ts';
import type { IpamPhase } from './peer-report.ts';
import type { PeerWatch } from './sighting.ts';

const RUNS: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/** What the newest probe says of the container and the unit; null for each where it can't be told. */
export function hostWord(watch: PeerWatch): { container: ContainerFacts | null; unit: UnitFacts | null } {
  const facts = watch.facts?.kind === 'facts' ? watch.facts.facts : null;
  return {
    container: facts?.container.known ? facts.container.value : null,
    unit: facts?.unit.known ? facts.unit.value : null,
  };
}

/** Whether the newest probe read the host: not at all (none yet, or it failed), or this account has no shell there. */
export function factsWord({ facts }: PeerWatch): 'read' | 'no-shell' | 'none' {
  if (facts?.kind === 'facts') return 'read';
  return facts?.why.kind === 'no-shell' ? 'no-shell' : 'none';
}

/** True where the newest probe saw the container run. */
export function containerRuns(container: ContainerFacts): boolean {
  return RUNS.has(container.status);
}

/** Whether the host has weave's unit or its container; null where the probe could not tell either way. */
export function isInstalled(watch: PeerWatch): boolean | null {
  const { container, unit } = hostWord(watch);
  if (unit === null && container === null) return null;
  if (container !== null && container.status !== 'absent') return true;
  if (unit !== null && unit.load !== 'not-found') return true;
  return unit === null || container === null ? null : false;
}

/** The state as people read it: nothing is `stopped` where it never was. */
export function wordFor({ state, watch }: Pick<PeerView, 'state' | 'watch'>): PeerState | 'no weave' {
  return state === 'stopped' && isInstalled(watch) === false ? 'no weave' : state;
}

/** Whether every host says that it has no weave: then no majority was lost, there is no cluster yet. */
export const nothingInstalled = (peers: readonly PeerView[]): boolean =>
  peers.length > 0 && peers.every((peer) => wordFor(peer) === 'no weave');

/** Whether a peer has made nothing yet: its weave runs without a ring, or no earlier life of weave left ring data on its host. */
const isNew = ({ ipam, watch }: PeerView): boolean =>
  watch.look?.kind === 'report'
    ? ipam.phase === 'idle' || ipam.phase === 'awaiting-consensus' || ipam.phase === 'priming'
    : isInstalled(watch) === false || watch.lastFacts?.facts.leftovers.volume === false;

/**
 * Whether the cluster is only being made: nobody tells of a ring, and every peer is known to be new. Then a majority that is
 * missing is still to come, and was not lost.
 */
export const isBeingMade = ({ peers, space }: Pick<ClusterView, 'peers' | 'space'>): boolean =>
  peers.length > 0 && space.rings.length === 0 && peers.every(isNew);

/** The state of a peer that gave no report, or null where it gave one. */
export function silentState(watch: PeerWatch): PeerState | null {
  const look = watch.look;
  if (!look) return 'unseen';
  if (look.kind === 'report') return null;
  if (look.kind === 'garbled') return 'garbled';
  if (look.why.layer === 'ssh') return 'silent';
  return weaveRuns(watch) ? 'hung' : 'stopped';
}

const isRefused = ({ look }: PeerWatch): boolean => look?.kind === 'silent' && look.why.kind === 'refused';

/** Whether the newest probe is from before weave's last answer, or before its port began to refuse: it may be about an earlier life. */
export function isOutdated(watch: PeerWatch): boolean {
  const since = isRefused(watch) ? (watch.since ?? 0) : 0;
  return (watch.facts?.at ?? 0) < Math.max(since, watch.lastReport?.at ?? 0);
}

/** SSH works and weave doesn't answer: does it run? A probe tells, unless it is outdated; then a refused port says that nothing listens. */
function weaveRuns(watch: PeerWatch): boolean {
  const refused = isRefused(watch);
  const { container, unit } = hostWord(watch);
  const outdated = isOutdated(watch);
  if (container && !(outdated && refused)) return containerRuns(container);
  if (unit && !outdated && unit.load === 'loaded') return unit.active === 'active' && !refused;
  return !refused;
}

/** The state of a peer that gave a report. */
export function reportedState(
  ready: boolean,
  phase: IpamPhase,
  links: { readonly established: number; readonly expected: number },
): PeerState {
  if (phase === 'idle') return 'idle';
  if (phase === 'awaiting-consensus' || phase === 'priming') return 'waiting';
  return ready && phase === 'ready' && links.established >= links.expected ? 'ready' : 'degraded';
}
