import { connectionRows } from './connection-rows.ts';
import type { GoValue } from './go-json.ts';
import { addressText } from './range.ts';
import { shares } from './ring.ts';
import type { Weaver } from './weaver.ts';
import type { World } from './world.ts';

const orNull = <T extends GoValue>(items: readonly T[]): readonly T[] | null =>
  items.length === 0 ? null : items;

/** Of two weavers with one name a peer knows only one: the one it is connected to, else the younger. */
const visible = (weaver: Weaver): Weaver[] => {
  const byName = new Map<string, Weaver>([[weaver.name, weaver]]);
  const linked = new Set([...weaver.ends].map(({ peer }) => peer));
  const order = [...weaver.known.keys()].sort(
    (a, b) => Number(linked.has(a)) - Number(linked.has(b)) || a.startedAt - b.startedAt,
  );
  for (const other of order) if (other.name !== weaver.name) byName.set(other.name, other);
  return [...byName.values()];
};

const gossipLinks = (world: World, weaver: Weaver): GoValue =>
  orNull(
    world.dice.shuffle(weaver.ends).map((end) => ({
      Name: end.peer.name,
      NickName: end.peer.nickname,
      Address: end.address,
      Outbound: end.outbound,
      Established: end.link.established,
    })),
  );

const router = (world: World, weaver: Weaver) => {
  const peers = visible(weaver);
  const near = [...weaver.ends].filter(({ link }) => link.established).map(({ peer }) => peer);
  const routed = near.length === 0 ? [weaver] : peers;
  return {
    Protocol: 'weave',
    ProtocolMinVersion: 1,
    ProtocolMaxVersion: 2,
    Encryption: weaver.options.password !== null,
    PeerDiscovery: true,
    Name: weaver.name,
    NickName: weaver.nickname,
    Port: 6783,
    // The part that grows with the square of the peers is made only if somebody reads it.
    Peers: world.dice.shuffle(peers).map((peer) => ({
      Name: peer.name,
      NickName: peer.nickname,
      UID: peer.uid,
      ShortID: peer.shortId,
      Version: peer.version,
      get Connections(): GoValue {
        return gossipLinks(world, peer);
      },
    })),
    UnicastRoutes: world.dice.shuffle(routed).map((peer) => ({
      Dest: peer.name,
      Via: peer === weaver ? '00:00:00:00:00:00' : (near.includes(peer) ? peer : (near[0] as Weaver)).name,
    })),
    BroadcastRoutes: world.dice.shuffle(routed).map((peer) => ({
      Source: peer.name,
      Via: peer === weaver ? orNull(near.map(({ name }) => name)) : null,
    })),
    Connections: orNull(world.dice.shuffle(connectionRows(world, weaver))),
    TerminationCount: weaver.terminations,
    Targets: orNull(world.dice.shuffle(weaver.direct)),
    OverlayDiagnostics: { sleeve: null },
    TrustedSubnets: [],
    Interface: 'vethwe-pcap (via pcap)',
    CaptureStats: { PacketsDropped: 0, PacketsIfDropped: 0, PacketsReceived: 7 },
    MACs: null,
  };
};

const ipam = (weaver: Weaver) => {
  const names = new Set(visible(weaver).map(({ name }) => name));
  const { election, options } = weaver;
  return {
    Paxos: election && { Elector: true, KnownNodes: election.known.size, Quorum: election.quorum },
    Range: options.range,
    RangeNumIPs: weaver.ring.range.size,
    ActiveIPs: [...weaver.allocated.values()].flat().length,
    DefaultSubnet: options.range,
    Entries: orNull(
      shares(weaver.ring).map(({ start, size, owner, version }) => ({
        Token: addressText(start),
        Size: size,
        Peer: owner,
        Nickname: weaver.ring.nicknames.get(owner) ?? '',
        IsKnownPeer: names.has(owner),
        Version: version,
      })),
    ),
    PendingClaims: null,
    PendingAllocates: null,
  };
};

/** The structure behind `GET /report`, fields in weave's order, lists in random order as weave's are. */
export const reportOf = (world: World, weaver: Weaver) => ({
  Ready: true,
  Version: '2.8.1',
  VersionCheck: { Enabled: false, Success: false, NewVersion: '', NextCheckAt: '0001-01-01T00:00:00Z' },
  Router: router(world, weaver),
  IPAM: ipam(weaver),
  DNS: {
    Domain: 'weave.local.',
    Upstream: ['10.255.255.53'],
    Address: '172.17.0.1:53',
    TTL: 1,
    Entries: null,
  },
  Proxy: { Addresses: ['unix:///var/run/weave/weave.sock'] },
  Plugin: {
    Config: {
      Socket: '/run/docker/plugins/weave.sock',
      MeshSocket: '/run/docker/plugins/weavemesh.sock',
      Enable: true,
      EnableV2: false,
      EnableV2Multicast: false,
      DNS: true,
      DefaultSubnet: weaver.options.range,
      ProcPath: '/proc',
    },
    DriverName: 'weave',
    MeshDriverName: 'weavemesh',
  },
});

export type WeaveReport = ReturnType<typeof reportOf>;
