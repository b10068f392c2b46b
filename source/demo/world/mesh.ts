import type { Millis } from '../../cluster/trouble.ts';
import { goTime } from './go-time.ts';
import type { Host } from './host.ts';
import { exchange } from './ipam.ts';
import { topologyChanged } from './topology.ts';
import { type End, type Link, peerText, runningOn, type Target, type Weaver } from './weaver.ts';
import type { World } from './world.ts';

const port = 6783;
/** connection_maker.go */
const initialInterval = 2000;
const maxInterval = 6 * 60_000;
const resetAfter = 60_000;

const ourself = 'cannot connect to ourself';

const alive = (weaver: Weaver) => weaver.running && !weaver.hung;

const nextTryNow = (world: World, target: Target): void => {
  target.tryAfter = world.now;
  target.tryInterval = initialInterval;
};

const nextTryLater = (world: World, target: Target): void => {
  target.tryAfter = world.now + target.tryInterval / 2 + world.random.below(target.tryInterval);
  target.tryInterval = Math.min(target.tryInterval * 1.5, maxInterval);
};

/** `host3` -> `10.0.0.3:6783`: what the connection maker dials for a target as it was typed. */
const dialAddress = (world: World, peer: string): string => {
  const [name, given] = peer.split(':');
  return `${world.resolve(peer)?.address ?? name}:${given ?? port}`;
};

/** The connection maker looks what to dial, dials it and makes an appointment for the next time (`checkStateAndAttemptConnections`). */
export const check = (world: World, weaver: Weaver): void => {
  weaver.cancelCheck();
  if (!alive(weaver)) return;
  const connectedPeers = new Set([...weaver.ends].map(({ peer }) => peer.name));
  const connectedTargets = new Set([...weaver.ends].map(({ address }) => address));
  const inbound = new Set([...weaver.ends].flatMap((end) => (end.outbound ? [] : [end.peer.host.address])));
  const valid = new Set<string>();
  const direct = new Set<string>();

  const add = (address: string): void => {
    if (connectedTargets.has(address)) return;
    valid.add(address);
    if (weaver.targets.has(address)) return;
    weaver.targets.set(address, {
      state: 'waiting',
      lastError: null,
      tryAfter: world.now,
      tryInterval: initialInterval,
    });
  };

  for (const peer of weaver.direct) {
    const address = dialAddress(world, peer);
    direct.add(address);
    if (!(inbound.has(address.slice(0, address.lastIndexOf(':'))) && !peer.includes(':'))) add(address);
  }
  // Discovery: whoever somebody else is connected to.
  for (const other of weaver.known.keys()) {
    if (other.name === weaver.name || connectedPeers.has(other.name)) continue;
    if (other.ends.size > 0) add(`${other.host.address}:${port}`);
  }

  let next = Number.POSITIVE_INFINITY;
  for (const [address, target] of weaver.targets) {
    if (target.state !== 'waiting' && target.state !== 'suspended') continue;
    if (!valid.has(address)) {
      if (direct.has(address)) target.state = 'suspended';
      else weaver.targets.delete(address);
      continue;
    }
    if (target.tryAfter === null) continue;
    target.state = 'waiting';
    if (target.tryAfter > world.now) next = Math.min(next, target.tryAfter);
    else dial(world, weaver, address, target);
  }
  weaver.cancelCheck =
    next < Number.POSITIVE_INFINITY ? world.after(next - world.now, () => check(world, weaver)) : () => {};
};

/** `connectionAborted`: a dial came to nothing. */
const aborted = (world: World, weaver: Weaver, target: Target, error: string): void => {
  target.state = 'waiting';
  target.lastError = error;
  if (error === ourself || error.endsWith('peer names collision')) target.tryAfter = null;
  else nextTryLater(world, target);
  check(world, weaver);
};

const dial = (world: World, weaver: Weaver, address: string, target: Target): void => {
  target.state = 'attempting';
  const host = world.resolve(address);
  const later = (delay: Millis, run: () => void): void => {
    world.after(delay, () => {
      // A weaver that hangs gets to it when it goes on.
      if (!weaver.running || weaver.targets.get(address) !== target) return;
      if (weaver.hung) later(1000, run);
      else run();
    });
  };
  const fail = (delay: Millis, error: string): void =>
    later(delay, () => {
      if (error !== ourself) world.log(weaver, `->[${address}] error during connection attempt: ${error}`);
      aborted(world, weaver, target, error);
    });
  world.log(weaver, `->[${address}] attempting connection`);
  const trip = world.random.between(0.5, 5) + world.latency;
  if (host === weaver.host) fail(5, ourself);
  else if (host === null || !world.reaches(weaver.host.id, host.id))
    // Between hosts of one network: no answer to ARP for 3 s.
    fail(world.random.between(2900, 3100), `dial tcp :0->${address}: connect: no route to host`);
  else if (runningOn(host) === null || !address.endsWith(`:${port}`))
    fail(trip, `dial tcp :0->${address}: connect: connection refused`);
  else later(2 * trip, () => handshake(world, weaver, host, address, target));
};

const ephemeral = (world: World) => 32_768 + world.random.below(28_000);

const handshake = (world: World, weaver: Weaver, host: Host, address: string, target: Target) => {
  const peer = runningOn(host);
  const local = `${weaver.host.address}:${ephemeral(world)}`;
  const refuse = (error: string): void => {
    world.log(weaver, `->[${address}] connection shutting down due to error during handshake: ${error}`);
    aborted(world, weaver, target, error);
  };
  if (peer === null || !world.reaches(weaver.host.id, host.id))
    return refuse(`dial tcp :0->${address}: connect: connection refused`);
  if (peer.hung) {
    const error = `failed to receive remote protocol header: read tcp ${local}->${address}: i/o timeout`;
    world.after(10_000, () => {
      if (alive(weaver) && weaver.targets.get(address) === target) refuse(error);
    });
    return;
  }
  const [ours, theirs] = [weaver.options.password, peer.options.password];
  if (ours !== null && theirs === null)
    return refuse('password specified, but peer requested an unencrypted connection');
  if (ours === null && theirs !== null)
    return refuse('no password specified, but peer requested an encrypted connection');
  if (weaver.name === peer.name)
    return refuse(`local "${peerText(weaver)}" and remote "${peerText(peer)}" peer names collision`);
  const double = (side: Weaver, other: Weaver) =>
    [...side.ends].filter((end) => end.peer.name === other.name);
  const [here, there] = [double(weaver, peer), double(peer, weaver)];
  const multiple = (end: Pick<End, 'owner' | 'peer'>) =>
    `Multiple connections to ${peerText(end.peer)} added to ${peerText(end.owner)}`;
  if (here.length + there.length > 0) {
    // Of two connections to one peer either may win; of two peers with one name, too.
    const clones = [...here, ...there].some((end) => end.peer !== peer && end.peer !== weaver);
    if (!clones || world.random.next() < 0.5)
      return refuse(
        here.length > 0
          ? multiple({ owner: weaver, peer })
          : `read tcp ${local}->${address}: read: connection reset by peer`,
      );
    for (const end of here) refuseLink(world, end, multiple({ owner: weaver, peer }));
    for (const end of there) refuseLink(world, end, multiple({ owner: peer, peer: weaver }));
  }
  connect(world, weaver, peer, address, local, target);
};

const connect = (
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

/** A row of `Router.Connections`. */
export type ConnectionRow = {
  readonly Address: string;
  readonly Outbound: boolean;
  readonly State: string;
  readonly Info: string;
  readonly Attrs: { readonly encrypted?: boolean; readonly mtu: number; readonly name: string } | null;
};

/** The rows that a weaver reports, live connections first (`status.go`). */
export const connectionRows = (world: World, weaver: Weaver): ConnectionRow[] => {
  const encrypted = weaver.options.password !== null;
  const mtu = encrypted ? 1414 : 1438;
  const live = [...weaver.ends].map((end): ConnectionRow => {
    const info = `sleeve ${peerText(end.peer)}`;
    return {
      Address: end.address,
      Outbound: end.outbound,
      State: end.link.established ? 'established' : 'pending',
      Info: encrypted ? `encrypted   ${info}` : info,
      Attrs: {
        ...(encrypted ? { encrypted } : {}),
        mtu: end.link.established ? mtu : 65_535,
        name: 'sleeve',
      },
    };
  });
  const dead = [...weaver.targets].flatMap(([Address, target]): ConnectionRow[] => {
    const row = (State: string, Info: string) => [{ Address, Outbound: true, State, Info, Attrs: null }];
    if (target.state === 'attempting')
      return target.lastError === null ? row('connecting', '') : row('retrying', target.lastError);
    if (target.state !== 'waiting') return [];
    const until =
      target.tryAfter === null
        ? 'never'
        : goTime(world.wall(weaver.host, target.tryAfter), target.tryAfter - weaver.startedAt);
    return target.lastError === null
      ? row('waiting', `until: ${until}`)
      : row('failed', `${target.lastError}, retry: ${until}`);
  });
  return [...live, ...dead];
};
