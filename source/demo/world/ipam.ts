import type { PeerName } from '../../cluster/peer-report.ts';
import type { Millis } from '../../cluster/trouble.ts';
import { refuseLink } from './links.ts';
import { addressText } from './range.ts';
import { claim, donate, isEmpty, merge, owned, type Ring, shares, touch, transfer } from './ring.ts';
import { reachOf } from './topology.ts';
import { type End, type Link, seedOf, type Waiter, type Weaver } from './weaver.ts';
import type { World } from './world.ts';

/** Writes the ring to the volume, as weave does whenever it changes. */
export const persist = (weaver: Weaver): void => {
  weaver.host.volume = { name: weaver.name, ring: weaver.ring };
};

const setRing = (weaver: Weaver, ring: Ring): void => {
  weaver.ring = ring;
  persist(weaver);
  if (isEmpty(ring)) return;
  weaver.election = null;
  const waiting = [...weaver.waiters];
  weaver.waiters.clear();
  for (const waiter of waiting) waiter(true);
};

/** The last refusal between two peers: a ring conflict drops a connection at most every 25 s or so. */
const refusals = new WeakMap<Weaver, Map<Weaver, Millis>>();

const clockSkew = (link: Link): string | null => {
  const skew = Math.round(
    Math.abs(link.dialer.owner.host.clockOffset - link.acceptor.owner.host.clockOffset) / 1000,
  );
  return skew > 900 ? `host clock skew of ${skew}s exceeds 900s limit` : null;
};

/** One end hears the ring of the other; true when it took it in, or had nothing to learn. */
const hear = (world: World, end: End, fresh: boolean): boolean => {
  const result = merge(end.owner.ring, end.peer.ring, end.owner.name);
  if ('ring' in result) {
    if (result.ring !== end.owner.ring) setRing(end.owner, result.ring);
    return true;
  }
  const last = refusals.get(end.owner)?.get(end.peer) ?? Number.NEGATIVE_INFINITY;
  const own = result.conflict.startsWith('Received update') || result.conflict.startsWith('Inconsistent');
  if (own && world.now - last < (fresh ? 25_000 : 2000)) return false;
  const times = refusals.get(end.owner) ?? new Map<Weaver, Millis>();
  refusals.set(end.owner, times.set(end.peer, world.now));
  refuseLink(world, end, result.conflict);
  return false;
};

/** Each weaver gossips with its neighbours every 30 s, as long as it runs. */
export const gossip = (world: World, weaver: Weaver): void => {
  world.after(world.random.between(28_000, 32_000), () => {
    if (!weaver.running) return;
    // Each connection is one side's to dial, so that both don't do the same.
    for (const { link, outbound } of [...weaver.ends]) if (outbound) exchange(world, link, false);
    gossip(world, weaver);
  });
};

/** Both ends of a connection tell each other their rings. */
export const exchange = (world: World, link: Link, fresh: boolean) => {
  const talking = () => {
    const [a, b] = [link.dialer, link.acceptor];
    return a.up && b.up && !a.owner.hung && !b.owner.hung && world.reaches(a.owner.host.id, b.owner.host.id);
  };
  if (!talking()) return;
  const skew = clockSkew(link);
  if (skew !== null) return refuseLink(world, link.dialer, skew);
  const [a, b] = [link.dialer.owner.options, link.acceptor.owner.options];
  if (a.password !== b.password) return refuseLink(world, link.dialer, 'Unable to decrypt TCP msg');
  // Who dialled reads first more often than not: it is the one that shows the reason.
  const ends = world.random.next() < 0.8 ? [link.dialer, link.acceptor] : [link.acceptor, link.dialer];
  const before = ends.map(({ owner }) => owner.ring);
  for (const end of ends) if (talking()) hear(world, end, fresh);
  ends.forEach(({ owner }, index) => {
    if (owner.ring !== before[index]) broadcast(world, owner);
  });
  for (const { owner } of ends) tally(world, owner);
};

/** A ring that changed goes from neighbour to neighbour. Who can't accept it drops the connection and does not pass it on. */
const broadcast = (world: World, from: Weaver, delay = world.random.between(50, 250)): void => {
  world.after(delay, () => {
    if (!from.running || from.hung) return;
    const told = new Set([from]);
    const all = world.weavers().length;
    for (const one of told) {
      if (told.size === all) return;
      for (const end of [...one.ends]) {
        if (told.has(end.peer)) continue;
        const there = end === end.link.dialer ? end.link.acceptor : end.link.dialer;
        const open = there.up && !there.owner.hung && world.reaches(one.host.id, there.owner.host.id);
        if (open && hear(world, there, false)) told.add(there.owner);
      }
    }
  });
};

/** Targets that aren't known to be ourselves, plus one; a majority of that. With `consensus=n`, of n. */
const quorumOf = (world: World, weaver: Weaver): number => {
  const { initCount } = weaver.options;
  if (initCount !== null) return Math.floor(initCount / 2) + 1;
  const others = weaver.direct.filter((peer) => {
    const target = weaver.targets.get(`${world.resolve(peer)?.address ?? peer}:6783`);
    return !(target?.lastError === 'cannot connect to ourself' && target.tryAfter === null);
  });
  return Math.floor((others.length + 1) / 2) + 1;
};

/** `GET /ring`: calls `waiter` when there is a ring, at once if there is one. Who asks goes away without ending the election. */
export const prime = (world: World, weaver: Weaver, waiter: Waiter) => {
  if (!isEmpty(weaver.ring)) return waiter(true);
  weaver.waiters.add(waiter);
  if (weaver.election === null) {
    const quorum = quorumOf(world, weaver);
    world.log(weaver, `Assuming quorum size of ${quorum}`);
    weaver.election = { quorum, known: new Set([weaver.uid]), forming: false };
  }
  tally(world, weaver);
};

/** An elector counts whom it knows, and makes the ring if they are enough. */
export const tally = (world: World, weaver: Weaver): void => {
  const { election } = weaver;
  if (election === null || !weaver.running) return;
  for (const other of weaver.known.keys()) election.known.add(other.uid);
  const electorate = reachOf(world.weavers())(weaver);
  if (election.forming || electorate.size < election.quorum) return;
  election.forming = true;
  world.after(world.random.between(80, 250) + 2 * world.latency, () => {
    election.forming = false;
    const present = [...reachOf(world.weavers())(weaver)].filter(({ hung }) => !hung);
    if (weaver.election !== election || !weaver.running || present.length < election.quorum) return;
    const ready = present.find(({ ring }) => !isEmpty(ring));
    // Whose word came too late has no part in the first ring: of five one, of three one.
    const places =
      present.length > election.quorum ? election.quorum + (present.length > 3 ? 1 : 0) : present.length;
    const others = world.random.shuffle(present.filter((one) => one !== weaver));
    const seeds = [weaver, ...others].slice(0, places).map(seedOf);
    if (ready === undefined) setRing(weaver, claim(weaver.ring.range, seeds));
    broadcast(world, ready ?? weaver);
  });
};

/** What an allocation gave: an address with its prefix, or that it must wait. */
export type Allocation = { readonly address: string } | 'waits';

/** `POST /ip/ID`: one address of our own space, or of space that a neighbour gives away. */
export const allocate = (world: World, weaver: Weaver, id: string): Allocation => {
  if (isEmpty(weaver.ring)) {
    prime(world, weaver, () => {});
    return 'waits';
  }
  if (owned(weaver.ring, weaver.name) === 0 && !beg(world, weaver)) return 'waits';
  const used = new Set([...weaver.allocated.values()].flat());
  for (const { owner, start, size } of shares(weaver.ring)) {
    if (owner !== weaver.name) continue;
    // The first address of the range is the network's own.
    for (
      let address = start === weaver.ring.range.start ? start + 1 : start;
      address < start + size;
      address++
    ) {
      if (used.has(address)) continue;
      weaver.allocated.set(id, [...(weaver.allocated.get(id) ?? []), address]);
      setRing(weaver, touch(weaver.ring, start));
      broadcast(world, weaver, world.random.between(100, 4000));
      return { address: `${addressText(address)}/${weaver.options.range.split('/')[1]}` };
    }
  }
  return 'waits';
};

/** Asks the neighbour with the most space for half of its largest share. */
const beg = (world: World, weaver: Weaver): boolean => {
  const space = new Map<PeerName, number>();
  for (const { owner, size } of shares(weaver.ring)) space.set(owner, (space.get(owner) ?? 0) + size);
  const donors = [...weaver.known.keys()]
    .filter((one) => one.running && !one.hung && world.reaches(weaver.host.id, one.host.id))
    .sort((a, b) => (space.get(b.name) ?? 0) - (space.get(a.name) ?? 0));
  for (const donor of donors) {
    const ring = donate(donor.ring, donor.name, seedOf(weaver));
    if (ring === null) continue;
    setRing(donor, ring);
    setRing(weaver, ring);
    broadcast(world, donor);
    return true;
  }
  return false;
};

/** `DELETE /peer/NAME`: takes over what a peer owns, alive or not, by name or nickname. Says how many addresses. */
export const takeOver = (world: World, weaver: Weaver, id: string): number => {
  const names = [...weaver.ring.nicknames].filter(([name, nickname]) => name === id || nickname === id);
  const name: PeerName | undefined = names.find(([one]) => one !== weaver.name)?.[0];
  const count = name === undefined ? 0 : owned(weaver.ring, name);
  if (name === undefined || count === 0) return 0;
  setRing(weaver, transfer(weaver.ring, name, seedOf(weaver), 101));
  broadcast(world, weaver);
  return count;
};

/** `DELETE /peer`: all we own goes to the first owner we know, else to any neighbour; false when there is none. */
export const handOver = (world: World, weaver: Weaver): boolean => {
  const near = [...weaver.ends].filter(({ link }) => link.established).map(({ peer }) => peer);
  const heir = weaver.ring.tokens
    .map(({ owner }) => near.find(({ name }) => name === owner))
    .find((one) => one !== undefined);
  const next = heir ?? near[0];
  if (next === undefined || !world.reaches(weaver.host.id, next.host.id)) return false;
  const starts = weaver.ring.tokens.filter(({ owner }) => owner === weaver.name).map(({ start }) => start);
  setRing(weaver, transfer(weaver.ring, weaver.name, seedOf(next), 101));
  broadcast(world, weaver, 60);
  // The heir counts its new space once more; the others hear of that with the next gossip.
  world.after(300, () => {
    if (!next.running) return;
    const gained = starts.filter((start) =>
      next.ring.tokens.some((token) => token.start === start && token.owner === next.name),
    );
    setRing(next, gained.reduce(touch, next.ring));
    broadcast(world, next, world.random.between(100, 12_000));
  });
  return true;
};
