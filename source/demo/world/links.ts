import { exchange } from './ipam.ts';
import { alive, check, nextTryLater, nextTryNow, resetAfter } from './mesh.ts';
import { topologyChanged } from './topology.ts';
import { type End, type Link, peerText, type Target, type Weaver } from './weaver.ts';
import type { World } from './world.ts';

/** A TCP connection between two weavers, pending until their UDP heartbeats go both ways. */
export const connect = (
  world: World,
  weaver: Weaver,
  peer: Weaver,
  address: string,
  local: string,
  target: Target,
): void => {
  const link = { openedAt: world.now, established: false } as { -readonly [K in keyof Link]: Link[K] };
  link.dialer = { link, owner: weaver, peer, outbound: true, address, local, up: true };
  link.acceptor = {
    link,
    owner: peer,
    peer: weaver,
    outbound: false,
    address: local,
    local: address,
    up: true,
  };
  target.state = 'connected';
  for (const end of [link.dialer, link.acceptor]) {
    end.owner.ends.add(end);
    end.owner.known.set(end.peer, null);
    end.owner.version++;
    world.log(
      end.owner,
      `->[${end.address}|${peerText(end.peer)}]: connection ready; using protocol version 2`,
    );
    world.log(end.owner, `->[${end.address}|${peerText(end.peer)}]: connection added (new peer)`);
  }
  topologyChanged(world);
  const established = () => {
    if (!link.dialer.up || !link.acceptor.up || link.established) return;
    const udp = !weaver.host.udpBlocked && !peer.host.udpBlocked;
    if (!udp || !world.reaches(weaver.host.id, peer.host.id)) return;
    link.established = true;
    for (const end of [link.dialer, link.acceptor]) {
      end.owner.version++;
      world.log(end.owner, `->[${end.address}|${peerText(end.peer)}]: connection fully established`);
    }
    topologyChanged(world);
  };
  world.after(world.random.between(100, 300) + 2 * world.latency, established);
  world.after(world.random.between(60, 100) + world.latency, () => exchange(world, link, true));
  // The heartbeat timer of a connection that never got through.
  world.after(60_000 + world.random.between(0, 1500), () => {
    if (!link.established) hangUp(world, link, (end) => `no working forwarders to ${peerText(end.peer)}`);
  });
};

/** `connectionTerminated`: one side drops its end. */
export const drop = (world: World, end: End, error: string): void => {
  if (!end.up) return;
  end.up = false;
  const { owner } = end;
  owner.ends.delete(end);
  if (!owner.running) return;
  owner.terminations++;
  owner.version++;
  world.log(
    owner,
    `->[${end.address}|${peerText(end.peer)}]: connection shutting down due to error: ${error}`,
  );
  const target = end.outbound ? owner.targets.get(end.address) : undefined;
  if (target !== undefined) {
    target.state = 'waiting';
    target.lastError = error;
    if (world.now > (target.tryAfter ?? 0) + resetAfter) nextTryNow(world, target);
    else nextTryLater(world, target);
  }
  topologyChanged(world);
  check(world, owner);
};

const resetText = (end: End) => `read tcp ${end.local}->${end.address}: read: connection reset by peer`;

/** Both ends drop: `by` for a reason of its own, the other because it is told by TCP. */
export const refuseLink = (world: World, by: End, error: string): void => {
  const other = by === by.link.dialer ? by.link.acceptor : by.link.dialer;
  drop(world, by, error);
  if (world.reaches(by.owner.host.id, other.owner.host.id)) drop(world, other, resetText(other));
};

const hangUp = (world: World, link: Link, error: string | ((end: End) => string)): void => {
  for (const end of [link.dialer, link.acceptor])
    drop(world, end, typeof error === 'string' ? error : error(end));
};

/** A weaver's process ended: each neighbour that can hear it gets a reset at once, the others find out in their time. */
export const lose = (world: World, weaver: Weaver): void => {
  weaver.cancelCheck();
  for (const end of [...weaver.ends]) {
    const other = end === end.link.dialer ? end.link.acceptor : end.link.dialer;
    drop(world, end, 'weaver ended');
    if (world.reaches(weaver.host.id, other.owner.host.id))
      world.after(world.random.between(1, 10), () => drop(world, other, resetText(other)));
  }
  topologyChanged(world);
  silence(world);
};

const allEnds = (world: World): End[] => {
  const links = new Set<Link>();
  for (const host of world.hosts.values()) for (const end of host.weaver?.ends ?? []) links.add(end.link);
  return [...links].flatMap(({ dialer, acceptor }) => [dialer, acceptor]).filter(({ up }) => up);
};

/**
 * Packets stopped or go again somewhere. Each end whose other side it can't hear gives up after 34 to 53 s (TCP), or
 * 45 to 60 s (UDP alone), unless it hears it again before.
 */
export const silence = (world: World): void => {
  const quiet = (end: End): 'tcp' | 'udp' | null => {
    const [mine, theirs] = [end.owner.host, end.peer.host];
    if (!world.reaches(mine.id, theirs.id) || !alive(end.peer)) return 'tcp';
    return end.link.established && (mine.udpBlocked || theirs.udpBlocked) ? 'udp' : null;
  };
  for (const end of allEnds(world)) {
    const other = end === end.link.dialer ? end.link.acceptor : end.link.dialer;
    const why = quiet(end);
    if (why === null) {
      // The other side gave up while nobody could tell: its kernel now says so.
      if (!other.up && other.owner.running)
        world.after(world.random.between(200, 5000), () => {
          if (quiet(end) === null) drop(world, end, resetText(end));
        });
      continue;
    }
    const patience =
      why === 'tcp' ? world.random.between(34_000, 53_000) : world.random.between(45_000, 60_000);
    world.after(patience, () => {
      const still = quiet(end);
      if (still === null || !alive(end.owner)) return;
      if (still === 'tcp') drop(world, end, `read tcp ${end.local}->${end.address}: i/o timeout`);
      else refuseLink(world, end, `no working forwarders to ${peerText(end.peer)}`);
    });
  }
};

/** A weaver that hung goes on: it finds the connections that the others gave up. */
export const wake = (world: World, weaver: Weaver): void => {
  for (const end of [...weaver.ends]) {
    const other = end === end.link.dialer ? end.link.acceptor : end.link.dialer;
    if (!other.up) drop(world, end, resetText(end));
  }
  check(world, weaver);
};
