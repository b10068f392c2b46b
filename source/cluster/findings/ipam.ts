import { listed, some } from '../../text/listed.ts';
import { ringOf } from '../address-space.ts';
import type { Finding, Rule } from '../findings.ts';
import type { Picture } from '../picture.ts';
import { majorityOf } from '../quorum.ts';
import type { TroubleKind } from '../trouble.ts';
import { mendBy, startable } from './mending.ts';
import { sharingNames } from './names.ts';
import { idsOf, label, labels, ownerLabel, percent, quote, verb } from './words.ts';

/** Rules about IPAM: the first ring, and owners that can't be reached. */
export const ipamRules: readonly Rule[] = [
  { id: 'range-mismatch', evaluate: rangeMismatch },
  { id: 'all-owners-unreachable', evaluate: allOwnersUnreachable },
  { id: 'owner-unreachable', evaluate: ownerUnreachable },
  { id: 'awaiting-consensus', evaluate: awaitingConsensus },
  { id: 'quorum-too-big', evaluate: (picture) => quorumOff(picture, 'quorum-too-big') },
  { id: 'quorum-too-small', evaluate: (picture) => quorumOff(picture, 'quorum-too-small') },
  { id: 'not-primed', evaluate: notPrimed },
];

function notPrimed(picture: Picture): Finding[] {
  const { view, roster, reports, cliques } = picture;
  if (view.quorum.ipam.phase !== 'idle') return [];
  const idle = reports.flatMap((report, index) => (report ? [index] : []));
  return [
    {
      id: 'not-primed',
      severity: 'warning',
      peers: idsOf(roster, idle),
      title: 'IPAM is idle: there is no ring yet',
      because: `${idle.length} of ${roster.ids.length} peers answer and none has a ring or an election: nobody asked for consensus yet.`,
      remedy: `When all peers are started and connected, run weave prime on one of them (prime).`,
      // Among those that see each other: an election elsewhere would wait for them in vain.
      ...mendBy('prime', picture, idle.find((index) => cliques[0]?.includes(index)) ?? idle[0]),
    },
  ];
}

function electors({ view }: Picture): number[] {
  return view.peers.flatMap((peer, index) => (peer.ipam.phase === 'awaiting-consensus' ? [index] : []));
}

function awaitingConsensus(picture: Picture): Finding[] {
  const { view, roster, readings } = picture;
  const { phase, quorum, known } = view.quorum.ipam;
  if (phase !== 'awaiting-consensus' || quorum === null || known === null || known >= quorum) return [];
  const waiting = electors(picture);
  const seen = new Set(
    waiting.flatMap((index) => roster.ids.flatMap((_, to) => (readings[index]?.known[to] ? [to] : []))),
  );
  const absent = roster.ids.flatMap((_, index) => (seen.has(index) ? [] : [index]));
  const stopped = startable(picture, absent);
  const why = waiting
    .flatMap((index) => readings[index]?.faults ?? [])
    .find((fault) => absent.includes(fault.to));
  // How many exactly is not said: a peer that was restarted counts twice.
  const enough = absent.length > quorum - known ? 'enough of ' : '';
  return [
    {
      id: 'awaiting-consensus',
      severity: 'warning',
      peers: idsOf(roster, waiting),
      title: `IPAM waits for consensus: ${known} of the ${quorum} peers it needs are known`,
      because:
        absent.length > 0
          ? `${labels(roster, waiting)} can't see ${labels(roster, absent)}${why ? `: ${quote(why.info)}` : ''}.`
          : `${labels(roster, waiting)} ${verb(waiting.length, 'counts', 'count')} ${known}, although all configured peers are seen.`,
      remedy: `Start or reconnect ${enough}${absent.length > 0 ? labels(roster, absent) : 'the missing peers'} ${stopped === undefined ? '(prime shows what is known of each)' : `(restart starts ${label(roster, stopped)} by its unit)`}; the election ends by itself when ${quorum} are there. Never force it.`,
      ...(stopped === undefined
        ? mendBy('prime', picture, waiting[0])
        : mendBy('restart-peer', picture, stopped)),
    },
  ];
}

function quorumOff(picture: Picture, id: 'quorum-too-big' | 'quorum-too-small'): Finding[] {
  const { view, roster, reports } = picture;
  const right = majorityOf(roster.ids.length);
  const off = electors(picture).filter((index) => {
    const quorum = view.peers[index]?.ipam.quorum ?? right;
    return id === 'quorum-too-big' ? quorum > right : quorum < right;
  });
  const [first] = off;
  if (first === undefined) return [];
  const quorum = view.peers[first]?.ipam.quorum ?? right;
  const listed = reports[first]?.targets.length ?? 0;
  return [
    {
      id,
      severity: 'warning',
      peers: idsOf(roster, off),
      title: `${labels(roster, off)} ${verb(off.length, 'asks', 'ask')} for a quorum of ${quorum}, and ${right} is right for ${roster.ids.length} peers`,
      because:
        id === 'quorum-too-big'
          ? `Its list has ${listed} entries: another peer too many, an alias of a peer, or a count from before its own address was recognised.`
          : `Its list has ${listed} entries, so a minority could make a ring of its own.`,
      remedy: `Correct PEERS there and restart that peer: the quorum is fixed when the election starts.`,
      ...mendBy('restart-peer', picture, first),
    },
  ];
}

type Lost = { readonly name: string; readonly nickname: string; size: number; readonly by: Set<number> };

/** Owners that somebody calls unreachable, with who does. */
function lostOwners({ reports }: Picture): Lost[] {
  const lost = new Map<string, Lost>();
  reports.forEach((report, observer) => {
    const sizes = new Map<string, number>();
    for (const entry of (report && ringOf(report))?.unreachable ?? []) {
      const owner = lost.get(entry.owner) ?? {
        name: entry.owner,
        nickname: entry.nickname,
        size: 0,
        by: new Set<number>(),
      };
      lost.set(entry.owner, owner);
      owner.by.add(observer);
      sizes.set(entry.owner, (sizes.get(entry.owner) ?? 0) + entry.size);
      owner.size = Math.max(owner.size, sizes.get(entry.owner) ?? 0);
    }
  });
  return [...lost.values()];
}

function ownerUnreachable(picture: Picture): Finding[] {
  const { roster, cliques } = picture;
  const lost = lostOwners(picture);
  if (lost.length === 0) return [];
  const namesakes = sharingNames(picture);
  const live = new Set(cliques.flat());
  const index = (owner: Lost): number | null => roster.byRef(owner);
  const cut = lost.filter((owner) => live.has(index(owner) ?? -1));
  const gone = lost.filter((owner) => !live.has(index(owner) ?? -1));
  return [
    ...(cut.length > 0 ? partition(picture, cut, namesakes) : []),
    ...(gone.length > 0 ? [goneOwners(picture, gone)] : []),
  ];
}

/** A part of nothing but peers that share a name is what weave makes of the name, not a network that is cut. */
function partition(picture: Picture, cut: readonly Lost[], namesakes: ReadonlySet<number>): Finding[] {
  const { roster, view, cliques } = picture;
  const involved = new Set(cut.flatMap((owner) => [roster.byRef(owner) ?? -1, ...owner.by]));
  const sides = cliques
    .filter((clique) => clique.some((member) => involved.has(member)))
    .filter((side, rank) => rank === 0 || !side.every((member) => namesakes.has(member)));
  if (namesakes.size > 0 && sides.length < 2) return [];
  const parts = sides.map((side) => some(side.map((index) => label(roster, index)))).join(' | ');
  const smaller = sides.slice(1).flat();
  const size = cut
    .filter((owner) => smaller.includes(roster.byRef(owner) ?? -1))
    .reduce((sum, { size }) => sum + size, 0);
  return [
    {
      id: 'owner-unreachable',
      severity: 'warning',
      peers: idsOf(roster, smaller),
      title: `The mesh is cut into ${sides.length} parts that don't see each other: ${parts}`,
      because: `Each part calls the owners in the others unreachable and goes on with its own share; ${labels(roster, smaller)} ${verb(smaller.length, 'owns', 'own')} ${shareOf(view.space.rangeSize, size)} of the range.`,
      remedy: `Mend the network between the parts (6783/tcp, 6783-6784/udp) and wait a minute or two. Never run rmpeer while both sides live.`,
    },
  ];
}

/** What to do where one of two is left, which no majority can bear out; empty elsewhere. */
function loneRemedy({ ids }: Picture['roster'], gone: readonly number[]): string {
  const [other] = gone;
  if (ids.length !== 2 || gone.length !== 1 || other === undefined) return '';
  return ` One peer alone can't tell dead from cut off, so look at that host itself; then: weave-console reclaim ${ids[other]} (D on its row), which goes on with the survivor when the cluster's name is typed.`;
}

function goneOwners(picture: Picture, gone: readonly Lost[]): Finding {
  const { roster, view } = picture;
  const known = gone.flatMap((owner) => roster.byRef(owner) ?? []);
  // An owner whose address nobody tells can only be one of the configured peers that have no name yet.
  const strangers = gone.filter((owner) => roster.byRef(owner) === null);
  const candidates = roster.names.flatMap((name, index) =>
    name === null && strangers.length > 0 ? [index] : [],
  );
  const said = listed(gone.map((owner) => ownerLabel(picture, owner.name, owner.nickname)));
  const observers = labels(
    roster,
    [...new Set(gone.flatMap((owner) => [...owner.by]))].sort((a, b) => a - b),
  );
  const size = gone.reduce((sum, owner) => sum + owner.size, 0);
  const stopped =
    known.length === gone.length && known.every((index) => view.peers[index]?.state === 'stopped');
  const mend = stopped
    ? mendBy('restart-peer', picture, startable(picture, known))
    : mendBy('reclaim-peer', picture, seemsDead(picture, gone));
  // A second rmpeer of a name is what must never happen, so who is marked is not offered for it again.
  const marked = view.removed.find(
    (one) => one.how === 'rmpeer' && gone.some(({ name }) => name === one.name),
  );
  const whose =
    strangers.length === 0
      ? ''
      : candidates.length > 0
        ? ` ${labels(roster, candidates)} ${verb(candidates.length, 'is the configured peer', 'are the configured peers')} that nobody has a name for.`
        : ` ${listed(strangers.map((owner) => owner.name))} ${verb(strangers.length, 'is not', 'are not')} among the configured peers.`;
  return {
    id: 'owner-unreachable',
    severity: 'warning',
    peers: idsOf(
      roster,
      [...new Set([...known, ...candidates])].sort((a, b) => a - b),
    ),
    title: `${said} ${verb(gone.length, 'owns', 'own')} ${shareOf(view.space.rangeSize, size)} of the range and can't be reached`,
    because: `${observers} ${verb(gone[0]?.by.size ?? 1, 'has', 'have')} no path to ${verb(gone.length, 'it', 'them')}; nobody else can allocate from that part.${whose}`,
    remedy: marked
      ? `${marked.name} is on record as reclaimed (${marked.run}): don't run rmpeer again. Go on with that change (w), or see what came of it (weave-console history show ${marked.run}).`
      : stopped
        ? `Weave is stopped there: start it (restart), and it comes back with its share.`
        : `Mend the host or its network and wait. Only if it is dead for sure: reclaim it, that is rmpeer once, on one survivor, by peer name (${listed(gone.map((owner) => owner.name))}).${loneRemedy(roster, [...known, ...candidates])}`,
    ...(marked === undefined && mend),
  };
}

/** By these SSH finds nobody there; any other trouble is one of the way in, and says nothing of the host. */
const NOBODY: ReadonlySet<TroubleKind> = new Set(['timeout', 'unreachable', 'refused']);

/**
 * The one owner that may be dead: SSH finds nobody there, and a majority that sees each other calls it unreachable, all
 * who tell of a ring. Several at once, or two parts, may be a partition: then nobody is named. Of two peers, the one that is
 * left can't tell that from a cut network: the remedy says how, and names no mend.
 */
function seemsDead(
  { roster, view, watches, reports, cliques }: Picture,
  gone: readonly Lost[],
): number | undefined {
  const [owner] = gone;
  // A stranger in the ring can only be the one configured peer that nobody has a name for; the procedure asks anew.
  const nameless = roster.names.flatMap((name, peer) => (name === null ? [peer] : []));
  const index =
    owner === undefined ? null : (roster.byRef(owner) ?? (nameless.length === 1 ? nameless[0] : null));
  if (owner === undefined || index == null || gone.length > 1 || cliques.length !== 1) return undefined;
  const look = watches[index]?.look;
  const nobody = look?.kind === 'silent' && look.why.layer === 'ssh' && NOBODY.has(look.why.kind);
  const agreed = reports.every((report, by) => !report || ringOf(report) === null || owner.by.has(by));
  const others = roster.ids.every((_, peer) => peer === index || cliques[0]?.includes(peer));
  return nobody && agreed && others && view.quorum.mesh.standing === 'held' ? index : undefined;
}

function shareOf(range: number | null, size: number): string {
  return range ? percent(size / range) : `${size} addresses`;
}

function allOwnersUnreachable(picture: Picture): Finding[] {
  const { view, roster, cliques } = picture;
  const alone = view.peers.flatMap((peer, index) =>
    peer.ipam.phase === 'owners-unreachable' ? [index] : [],
  );
  if (alone.length === 0) return [];
  const cut = cliques.length > 1 && !alone.some((index) => cliques[0]?.includes(index));
  return [
    {
      id: 'all-owners-unreachable',
      severity: cut ? 'warning' : 'critical',
      peers: idsOf(roster, alone),
      title: `${labels(roster, alone)} can reach no owner of the range`,
      because: cut
        ? `${verb(alone.length, 'It is', 'They are')} cut off from ${labels(roster, cliques[0] ?? [])} and ${verb(alone.length, 'owns', 'own')} no share, so nothing can be allocated there.`
        : 'All owners in the ring are unknown to the mesh, as after resets that gave peers new names; nothing can be allocated.',
      remedy: cut
        ? 'Mend the network and wait.'
        : 'If the old names are dead for sure, rmpeer each of them, all on the same host.',
    },
  ];
}

function rangeMismatch({ roster, drift, reports, failures }: Picture): Finding[] {
  const told = failures.filter(({ fault }) => fault === 'range-mismatch');
  const range = (index: number): string => reports[index]?.ipam?.range ?? 'unknown';
  if (drift.ranges.odd.length > 0 || told.length > 0) {
    const odd = drift.ranges.odd.length > 0 ? drift.ranges.odd : [...new Set(told.map(({ from }) => from))];
    return [
      {
        id: 'range-mismatch',
        severity: 'critical',
        peers: idsOf(roster, odd),
        title: `${labels(roster, odd)} ${verb(odd.length, 'has', 'have')} another IP allocation range`,
        because:
          drift.ranges.odd.length > 0
            ? `${listed(odd.map((index) => range(index)))} there, ${drift.ranges.usual} elsewhere; peers with different ranges can't link.`
            : `${labels(roster, odd.slice(0, 1))} says: ${quote(told[0]?.info ?? '')}.`,
        remedy: 'Launch every peer with the same --ipalloc-range, then restart those that differ.',
      },
    ];
  }
  const { usual, odd } = drift.subnets;
  if (odd.length === 0) return [];
  return [
    {
      id: 'range-mismatch',
      severity: 'warning',
      peers: idsOf(roster, odd),
      title: `${labels(roster, odd)} ${verb(odd.length, 'has', 'have')} another default subnet`,
      because: `${listed(odd.map((index) => reports[index]?.ipam?.defaultSubnet ?? ''))} there, ${usual} elsewhere, so containers land in different subnets.`,
      remedy: 'Launch every peer with the same --ipalloc-default-subnet.',
    },
  ];
}
