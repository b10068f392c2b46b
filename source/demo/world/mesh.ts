import type { Millis } from '../../cluster/trouble.ts';
import type { Host } from './host.ts';
import { connect, refuseLink } from './links.ts';
import { type End, peerText, runningOn, type Target, type Weaver } from './weaver.ts';
import type { World } from './world.ts';

const port = 6783;
/** connection_maker.go */
const initialInterval = 2000;
const maxInterval = 6 * 60_000;
export const resetAfter = 60_000;

const ourself = 'cannot connect to ourself';

export const alive = (weaver: Weaver) => weaver.running && !weaver.hung;

export const nextTryNow = (world: World, target: Target): void => {
  target.tryAfter = world.now;
  target.tryInterval = initialInterval;
};

export const nextTryLater = (world: World, target: Target): void => {
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
