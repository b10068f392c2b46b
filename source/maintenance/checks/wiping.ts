import type { PeerId } from '../../cluster/inventory.ts';
import { type PeerReport, type RingEntry, ringOwners } from '../../cluster/peer-report.ts';
import { majorityOf } from '../../cluster/quorum.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { noPartition } from './cluster.ts';
import { nameThen, stoppedThere } from './coming-back.ts';
import { refWords, strangers } from './dead-name.ts';
import { ownedThere } from './going-down.ts';
import { markedNames } from './marks.ts';
import { disagreement, ownedBy, ringOf, sameRing } from './ring.ts';
import { called, calledAll, listed, reporting, reportOf } from './seeing.ts';

/** Who is wiped, and the members that stay as they are. */
export type Wiped = {
  readonly id: PeerId;
  readonly others: readonly PeerId[];
  /** Whether it is a member, and so joins anew; a host that is none stays out. */
  readonly member: boolean;
};

const ids = (reports: ReturnType<typeof reporting>): readonly PeerId[] => reports.map(({ id }) => id);

/** How many of the configured members answer, without the one that is wiped. */
const sides = (world: World, { others, member }: Wiped) => {
  const there = reporting(world, others);
  return { there, of: others.length + (member ? 1 : 0) };
};

/** Somebody is there to join, and is not the smaller part itself: the larger part's ring is the one that stays. */
export const notLargerPart = (wiped: Wiped): Check => ({
  id: 'larger-part',
  title: `${wiped.id} is not the larger part of the cluster`,
  never: true,
  judge: (world) => {
    const { there, of } = sides(world, wiped);
    const name = called(world, wiped.id);
    if (there.length === 0)
      return block(
        `No other peer answers: ${name} may have the only ring that is left. Nothing is wiped then.`,
      );
    return 2 * there.length < of
      ? block(
          `Only ${calledAll(world, ids(there))} of ${of} peers ${there.length > 1 ? 'answer' : 'answers'} besides ${name}: that may be the smaller part itself. Bring back the missing ones first.`,
        )
      : pass(`${there.length} of ${of} peers answer besides ${name}.`);
  },
});

/** The others that answer are a majority. Of two peers none can be: which of them is right, a person has to know. */
export const othersMajority = (wiped: Wiped): Check => ({
  id: 'majority',
  title: 'The others are a majority',
  judge: (world) => {
    const { there, of } = sides(world, wiped);
    return there.length >= majorityOf(of)
      ? pass(`${there.length} others answer; ${majorityOf(of)} of ${of} are a majority.`)
      : block(
          `${there.length} of ${of} is no majority: which ring is the right one can't be told by counting. Only a person who knows that it is not that of ${called(world, wiped.id)} may go on.`,
        );
  },
});

/** The others that answer, by the ring that they tell: the most first. */
const byRing = (world: World, others: readonly PeerId[]): readonly (readonly PeerId[])[] => {
  const groups = new Map<string, PeerId[]>();
  for (const { id, report } of reporting(world, others)) {
    const ring = ringOwners(report);
    groups.set(ring, [...(groups.get(ring) ?? []), id]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
};

/** The others have one ring, token for token: with two of them it would be chance which one the peer joins. */
export const othersAgree = (wiped: Wiped): Check => {
  const { id, others } = wiped;
  const same = sameRing(others, { never: true, byTokens: true });
  return {
    ...same,
    id: 'others-agree',
    title: 'The others all tell the same ring',
    judge: (world) => {
      const verdict = same.judge(world);
      const [most = [], ...rest] = byRing(world, others);
      if (verdict.level !== 'block' || rest.length === 0 || most.length < majorityOf(sides(world, wiped).of))
        return verdict;
      const wrong = calledAll(world, rest.flat());
      return block(
        `${verdict.because} If ${wrong} ${rest.flat().length > 1 ? 'have' : 'has'} the wrong ring, too: stop weave there first (systemctl stop), so that ${called(world, id)} can't learn it from there, and wipe ${wrong} after ${called(world, id)}.`,
      );
    },
  };
};

/** Those of the others that tell the same ring see each other; who tells another one is refused by them, and is told so above. */
export const othersInSight = ({ others }: Wiped): Check => ({
  ...noPartition(others),
  judge: (world) => noPartition(byRing(world, others)[0] ?? []).judge(world),
});

const TAKEOVER = 99;

/** Why the rings of the two can't be only seconds apart; null where they may be. */
const beyondLag = (
  world: World,
  { id, others }: Wiped,
  own: PeerReport,
  theirs: PeerReport,
): string | null => {
  const there = reporting(world, others);
  const refused = ({ report }: { readonly report: PeerReport }, far: (typeof there)[number]) =>
    report.connections.some(
      ({ fault, peer, address }) =>
        (fault === 'seeded-apart' || fault === 'ring-conflict') &&
        (peer === null ? address.startsWith(`${far.id}:`) : peer.name === far.report.name),
    );
  const itself = { id, report: own };
  if (there.some((other) => refused(itself, other)))
    return `${called(world, id)} refuses links because of it`;
  const refusing = there.filter((other) => refused(other, itself));
  if (refusing.length > 0)
    return `${calledAll(world, ids(refusing))} ${refusing.length > 1 ? 'refuse' : 'refuses'} links to it because of that`;
  const marked = others.filter((on) => markedNames(world, on, id).includes(own.name));
  if (marked.length > 0) return `${calledAll(world, marked)} had it reclaimed`;
  const finding = world.view.findings.find(
    (one) =>
      (one.id === 'ring-divergence' || one.id === 'seeded-apart' || one.id === 'removed-came-back') &&
      one.severity === 'critical' &&
      one.peers.includes(id),
  );
  if (finding) return 'it has lasted';
  const entry = (ring: readonly RingEntry[], token: string) => ring.find((one) => one.token === token);
  const taken = ringOf(own).some((mine) => {
    const other = entry(ringOf(theirs), mine.token);
    return (
      mine.owner === own.name &&
      other !== undefined &&
      other.owner !== own.name &&
      other.version - mine.version >= TAKEOVER
    );
  });
  if (taken) return 'it was taken over (rmpeer) and does not know it';
  const known = new Set(ringOf(theirs).map(({ owner }) => owner));
  return ringOf(own).every(({ owner }) => !known.has(owner)) ? 'they have no owner in common' : null;
};

/** What is to be said of a peer that tells a ring of its own just now. */
const judgeRing = (world: World, wiped: Wiped, own: PeerReport, theirs: PeerReport): Verdict => {
  const { id, member } = wiped;
  const name = called(world, id);
  const share = ownedBy(theirs, own.name);
  if (ringOf(own).length === 0)
    return member
      ? block(`${name} has no ring, so there is nothing to wipe: look at its links instead.`)
      : pass(`${name} has no ring.`);
  if (ringOwners(own) === ringOwners(theirs)) {
    if (share > 0)
      return block(
        `${name} tells the same ring as the others and owns ${share} addresses in it: nothing is wrong with it, and wiping it would lose them. To take it out, ${member ? '' : 'list it among the peers of the config and '}remove it: weave-console remove ${id}.`,
      );
    return member
      ? block(
          `${name} tells the same ring as the others: nothing is wrong with it, so there is nothing to wipe.`,
        )
      : pass(`${name} tells the same ring as the others and owns nothing in it.`);
  }
  const differ = `${name} tells another ring than the others: ${disagreement(ringOf(own), ringOf(theirs))}`;
  const why = beyondLag(world, wiped, own, theirs);
  return why === null
    ? block(`${differ}. That may be only the lag of gossip: look again in a minute.`)
    : pass(`${differ}; ${why}.`);
};

/**
 * What it owns by the ring of the others, by the name that it had, or else by its marks or its host name; null where it
 * may be somebody who is out of sight.
 */
const shareOf = (world: World, { id, others }: Wiped, theirs: PeerReport): number | null => {
  const marks = others.flatMap((on) => markedNames(world, on, id));
  const then = nameThen(world, id) ?? marks[0] ?? null;
  if (then !== null) return ownedBy(theirs, then);
  const share = ownedThere(world, id, others, null);
  return share === 0 && strangers(world, others, id).length > 0 ? null : share;
};

/** The same where nobody can tell: of a host that stays out a person may know it. */
const unnamed = (world: World, { id, others, member }: Wiped): Verdict => {
  const name = called(world, id);
  const who = listed(strangers(world, others, id).map(refWords));
  const words = `Weave on ${name} does not answer, and nobody tells its peer name: it may be ${who} of the others' ring, out of sight and an owner of addresses.`;
  return member
    ? unknown(
        `${words} Whether anything is wrong with its own ring can't be told then. Start it and look again: weave-console restart ${id}.`,
      )
    : warn(`${words} Go on only if it is not.`);
};

/** Its ring is the wrong one: it differs from that of the others, for good, so that wiping it loses nothing that they count on. */
export const inMinority = (wiped: Wiped): Check => ({
  id: 'minority',
  title: `The ring of ${wiped.id} is the wrong one`,
  never: true,
  judge: (world) => {
    const { id, others } = wiped;
    const name = called(world, id);
    const [other] = reporting(world, others);
    if (other === undefined) return unknown('No other peer told a report just now.');
    const own = reportOf(world, id);
    if (own !== null) return judgeRing(world, wiped, own, other.report);
    const share = shareOf(world, wiped, other.report);
    if (share === null) return unnamed(world, wiped);
    return share > 0
      ? block(
          `Weave on ${name} does not answer, and by the ring of ${called(world, other.id)} it owns ${share} addresses: whether anything is wrong with its own ring can't be told. Start it and look again: weave-console restart ${id}.`,
        )
      : pass(`Weave on ${name} does not answer, and by the ring of the others it owns nothing.`);
  },
});

/** What it owns by the others' ring comes back to it by its name when it joins anew; a host that stays out must own nothing. */
export const nothingOrphaned = (wiped: Wiped): Check => ({
  id: 'orphans',
  title: `No addresses are left without a peer`,
  never: true,
  judge: (world) => {
    const { id, others, member } = wiped;
    const name = called(world, id);
    const [other] = reporting(world, others);
    if (other === undefined) return unknown('No other peer told a report just now.');
    const share = shareOf(world, wiped, other.report);
    if (share === null) return member ? pass(`${name} stays a member.`) : unnamed(world, wiped);
    if (share === 0) return pass(`By the ring of the others ${name} owns nothing.`);
    return member
      ? pass(
          `By the ring of the others ${name} owns ${share} addresses: it has them again by its name when it joins anew.`,
        )
      : block(
          `By the ring of ${called(world, other.id)} ${name} owns ${share} addresses, and is to stay out: nobody would have them. Stop weave there, list it among the peers of the config, and reclaim them: weave-console reclaim ${id}.`,
        );
  },
});

/** Weave is down there: `weave reset` of one that runs would hand its wrong ring to the others. */
export const downToWipe = (id: PeerId): Check => {
  const stopped = stoppedThere(id);
  return {
    ...stopped,
    never: true,
    judge: (world) => {
      const verdict = stopped.judge(world);
      return verdict.level === 'block'
        ? block(
            `${verdict.because} A reset of weave that runs hands its ring to the others: stop it there again (systemctl stop).`,
          )
        : verdict;
    },
  };
};
