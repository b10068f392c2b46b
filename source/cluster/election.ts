import type { ClusterView } from './cluster-view.ts';
import { type Missing, missingFrom } from './election-missing.ts';
import { type WrongQuorum, wrongQuorum } from './election-quorum.ts';
import type { PeerId } from './inventory.ts';
import { once } from './once.ts';
import { type IpamPhase, ipamPhase, ringOwners } from './peer-report.ts';
import { majorityOf } from './quorum.ts';
import { readingOf } from './reading.ts';
import { buildRoster } from './roster.ts';

/** Who holds the ring, as the peers that answer tell it. */
export type RingStanding = {
  /** Token for token the same owners as most tell. */
  readonly same: readonly PeerId[];
  /** Another ring. */
  readonly other: readonly PeerId[];
  /** They answer, and have none yet. */
  readonly without: readonly PeerId[];
};

/** One peer on its way to the first ring: what it waits for, by its own report and by what is known of the others. */
export type Election = {
  readonly peer: PeerId;
  /** Its own IPAM phase; `unknown` where it has never told a report. */
  readonly phase: IpamPhase | 'unknown';
  /** False where what follows is from its last report, and it tells nothing now. */
  readonly answers: boolean;
  /** Its host says that weave does not run there: its election, if one was on, ended with it. */
  readonly stopped: boolean;
  /** As it reports them; null unless it waits for consensus. Fixed when its election began; `known` counts incarnations. */
  readonly quorum: number | null;
  readonly known: number | null;
  /** Peers in its mesh now, itself included, whether configured or not. */
  readonly inSight: number;
  readonly seen: readonly PeerId[];
  /** Configured peers that it doesn't see, each with the reason. */
  readonly missing: readonly Missing[];
  /** Peers that it sees and to which its link is only pending: UDP doesn't pass. */
  readonly pending: readonly PeerId[];
  /** Other peers that were asked, too. */
  readonly electors: readonly PeerId[];
  readonly wrong: WrongQuorum | null;
  /** How many that it counts it can't see any more: peers that are gone, or were restarted. */
  readonly gone: number;
  readonly ring: RingStanding;
  /** Rings were made apart from each other: no election mends that. */
  readonly split: boolean;
  /** It has the ring, and so has everybody else that answers. */
  readonly done: boolean;
};

/** The peer whose election is on: of several the one that is nearest to its quorum. Null where nobody was asked. */
export const electedPeer = (view: ClusterView): PeerId | null => {
  const asked = view.peers.filter(({ ipam }) => ipam.phase === 'awaiting-consensus');
  const nearness = ({ ipam }: (typeof asked)[number]) => (ipam.known ?? 0) - (ipam.quorum ?? 0);
  const [nearest] = asked.toSorted((a, b) => nearness(b) - nearness(a));
  return nearest?.id ?? view.peers.find(({ ipam }) => ipam.phase === 'priming')?.id ?? null;
};

/**
 * Those on whom an election hangs, the nearest first, and the rest: the primed peer, others that wait, and whom it misses;
 * once there is a ring those that answer and have none, or another one.
 */
export const closeTo = (
  view: ClusterView,
  election: Election | null,
): { readonly hangs: readonly PeerId[]; readonly rest: readonly PeerId[] } => {
  const missing = new Set(election?.missing.map(({ id }) => id));
  const { without = [], other = [], same = [] } = election?.ring ?? {};
  const late = new Set(same.length > 0 ? [...without, ...other] : []);
  const rank = ({ id, state }: ClusterView['peers'][number]): number => {
    if (id === election?.peer) return 0;
    if (state === 'waiting' || late.has(id)) return 1;
    return missing.has(id) || (state !== 'idle' && state !== 'ready') ? 2 : 3;
  };
  const ranked = view.peers
    .map((peer) => ({ id: peer.id, rank: rank(peer) }))
    .toSorted((a, b) => a.rank - b.rank);
  const ids = (some: typeof ranked) => some.map(({ id }) => id);
  return {
    hangs: ids(ranked.filter(({ rank }) => rank < 3)),
    rest: ids(ranked.filter(({ rank }) => rank === 3)),
  };
};

/** Once a view: with N peers that wait there are N elections to be read. */
const rosterOf = once((view: ClusterView) =>
  buildRoster(
    view.peers.map((one) => one.watch),
    view.memory?.roster,
  ),
);

/** The election of one configured peer, as the view shows it; null for a peer that is not configured. */
export const readElection = (view: ClusterView, peer: PeerId): Election | null => {
  const at = view.peers.findIndex(({ id }) => id === peer);
  const watch = view.peers[at]?.watch;
  if (watch === undefined) return null;
  const roster = rosterOf(view);
  const current = watch.look?.kind === 'report' ? watch.look.report : null;
  const report = current ?? watch.lastReport?.report ?? null;
  const reading = report === null ? null : readingOf(report, at, roster);
  const sees = (index: number): boolean => reading?.known[index] === 1;
  const phase = report === null ? 'unknown' : ipamPhase(report);
  const paxos = phase === 'awaiting-consensus' ? (report?.ipam?.paxos ?? null) : null;
  const inSight = Math.max(1, report?.peers.length ?? 1);
  const ring = ringStanding(view);
  const split = view.quorum.ipam.phase === 'split';
  return {
    peer,
    phase,
    answers: current !== null,
    stopped: view.peers[at]?.state === 'stopped',
    quorum: paxos?.quorum ?? null,
    known: paxos?.known ?? null,
    inSight,
    seen: view.peers.flatMap(({ id }, index) => (sees(index) ? [id] : [])),
    missing: view.peers.flatMap((_, index) =>
      index === at || sees(index) ? [] : [missingFrom(view, roster, { peer: at, report }, index)],
    ),
    pending: view.peers.flatMap(({ id }, index) => (reading?.words[index] === 'pending' ? [id] : [])),
    electors: view.peers.flatMap(({ id, ipam }) =>
      id !== peer && ipam.phase === 'awaiting-consensus' ? [id] : [],
    ),
    wrong:
      paxos === null || report === null
        ? null
        : wrongQuorum(report, watch, {
            quorum: paxos.quorum,
            right: majorityOf(view.peers.length),
            ids: roster.ids,
          }),
    gone: Math.max(0, (paxos?.known ?? 0) - inSight),
    ring,
    split,
    done:
      !split &&
      current !== null &&
      ring.same.includes(peer) &&
      ring.other.length === 0 &&
      ring.without.length === 0,
  };
};

/** Whether a weave prime that was run on a peer still has anything to wait for there: not with a ring, nor with weave stopped. */
export const primeOn = (view: ClusterView, peer: PeerId): 'on' | 'over' => {
  const election = readElection(view, peer);
  if (election === null) return 'on';
  const { stopped, ring } = election;
  return stopped || ring.same.includes(peer) || ring.other.includes(peer) ? 'over' : 'on';
};

const ringStanding = once((view: ClusterView): RingStanding => {
  const told = view.peers.flatMap(({ id, watch: { look } }) =>
    look?.kind === 'report' && look.report.ipam !== null ? [{ id, owners: ringOwners(look.report) }] : [],
  );
  const holders = new Map<string, PeerId[]>();
  for (const { id, owners } of told)
    if (owners !== '') holders.set(owners, [...(holders.get(owners) ?? []), id]);
  const [same = [], ...others] = [...holders.values()].sort((a, b) => b.length - a.length);
  return {
    same,
    other: others.flat(),
    without: told.filter(({ owners }) => owners === '').map(({ id }) => id),
  };
});
