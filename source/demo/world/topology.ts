import { tally } from './ipam.ts';
import { check } from './mesh.ts';
import type { Weaver } from './weaver.ts';
import type { World } from './world.ts';

/** How long a peer that nobody reaches any more stays in Peers (seen: 2 s). */
const lingering = 2000;

const pending = new WeakMap<World, { soon: boolean; late: boolean }>();

/** A connection came or went: the others hear of new peers in a moment, and forget the lost ones 2 s later. */
export const topologyChanged = (world: World): void => {
  const state = pending.get(world) ?? { soon: false, late: false };
  pending.set(world, state);
  if (!state.soon) {
    state.soon = true;
    world.after(world.random.between(120, 250) + world.latency, () => {
      state.soon = false;
      refresh(world);
    });
  }
  if (!state.late) {
    state.late = true;
    world.after(lingering + 300, () => {
      state.late = false;
      refresh(world);
    });
  }
};

/** Groups of weavers that hear each other by connections up at both ends. */
const groupsOf = (weavers: readonly Weaver[]): Map<Weaver, number> => {
  const group = new Map<Weaver, number>();
  let count = 0;
  for (const start of weavers) {
    if (group.has(start)) continue;
    const stack = [start];
    group.set(start, count);
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      for (const end of one.ends) {
        const both = end.link.dialer.up && end.link.acceptor.up;
        if (!both || group.has(end.peer)) continue;
        group.set(end.peer, count);
        stack.push(end.peer);
      }
    }
    count++;
  }
  return group;
};

/** Whom each weaver can reach by what it and its neighbours believe to be up, half-dead connections too. */
export const reachOf = (weavers: readonly Weaver[]): ((from: Weaver) => ReadonlySet<Weaver>) => {
  const group = groupsOf(weavers);
  const members = new Map<number, Weaver[]>();
  const edges = new Map<number, Set<number>>();
  for (const [weaver, own] of group) {
    members.set(own, [...(members.get(own) ?? []), weaver]);
    const out = edges.get(own) ?? new Set<number>();
    edges.set(own, out);
    for (const { peer } of weaver.ends) {
      const there = group.get(peer);
      if (there !== undefined && there !== own) out.add(there);
    }
  }
  const reached = new Map<number, ReadonlySet<Weaver>>();
  const reachGroup = (from: number): ReadonlySet<Weaver> => {
    const seen = new Set([from]);
    for (const one of seen) for (const next of edges.get(one) ?? []) seen.add(next);
    return new Set([...seen].flatMap((one) => members.get(one) ?? []));
  };
  return (from) => {
    const own = group.get(from);
    if (own === undefined) return new Set([from]);
    const set = reached.get(own) ?? reachGroup(own);
    reached.set(own, set);
    return set;
  };
};

/** Brings everybody's Peers up to date with what gossip can have told them by now. */
const refresh = (world: World): void => {
  const weavers = world.weavers();
  const half = weavers.flatMap((weaver) => [...weaver.ends].map(({ peer }) => peer));
  const reach = reachOf([...new Set([...weavers, ...half])]);
  for (const weaver of weavers) {
    if (weaver.hung) continue;
    let news = false;
    const reachable = reach(weaver);
    for (const other of reachable) {
      if (other === weaver) continue;
      if (!weaver.known.has(other)) news = true;
      weaver.known.set(other, null);
    }
    for (const [other, lostAt] of weaver.known) {
      if (reachable.has(other)) continue;
      if (lostAt === null) weaver.known.set(other, world.now);
      else if (world.now - lostAt >= lingering) {
        weaver.known.delete(other);
        news = true;
        world.log(weaver, `Removed unreachable peer ${other.name}(${other.nickname})`);
      }
    }
    if ([...weaver.known.values()].some((lostAt) => lostAt !== null)) topologyChanged(world);
    if (news) {
      check(world, weaver);
      tally(world, weaver);
    }
  }
};
