import { readFileSync } from 'node:fs';

// The captured report is of a real cluster of five; a cluster of N has the same rows, N times (and N x N for Peers[].Connections).

type Row = Record<string, unknown>;
type Captured = {
  Router: Row & { Peers: Row[]; Connections: Row[]; MACs: Row[] };
  IPAM: Row & { RangeNumIPs: number; Entries: Row[] };
} & Row;

const captured = new URL('../test/fixtures/traces/03-primed-5of5/b-with-ips/h1.report.json', import.meta.url);

/** The answers of one peer: the whole report, and what the template of the console's request leaves of it. */
export type Answers = { readonly full: readonly Buffer[]; readonly projected: Buffer };

const nameOf = (index: number): string =>
  `12:e0:96:5c:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`;

/** A 64-bit number that no double can hold, as weave's UIDs are; written as text, its quotes taken off at the end. */
const uidOf = (index: number): string => `uid:${13_659_608_737_118_955_731n - BigInt(index)}`;

const text = (value: unknown): string => JSON.stringify(value, null, 4).replace(/"uid:(\d+)"/g, '$1');

const ipv4 = (value: number): string => [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');

/** The same before there is a ring: the first peer was primed and waits for one more, the others are idle. */
export const waitingOf = (answers: readonly Answers[]): Answers[] =>
  answers.map(({ full, projected }, index) => {
    const report = JSON.parse(projected.toString()) as Captured;
    const quorum = Math.floor(answers.length / 2) + 1;
    const Paxos = index === 0 ? { Elector: true, KnownNodes: quorum - 1, Quorum: quorum } : null;
    const waits = { ...report, IPAM: { ...report.IPAM, Entries: null, Paxos } };
    return { full, projected: Buffer.from(JSON.stringify(waits)) };
  });

/**
 * What each of `addresses.length` peers of one healthy cluster would answer. Every peer is known to, connected to and an owner beside
 * all others, so the size and the work of reading it are those of a real cluster of that size.
 */
export const answersOf = (addresses: readonly string[]): Answers[] => {
  const report = JSON.parse(readFileSync(captured, 'utf8')) as Captured;
  const { Router, IPAM } = report;
  const [peerRow = {}] = Router.Peers;
  const [gossipRow = {}] = peerRow.Connections as Row[];
  const [connectionRow = {}] = Router.Connections;
  const ourself = Router.Connections.find((row) => row.State === 'failed') ?? {};
  const [macRow = {}] = Router.MACs;
  const [entryRow = {}] = IPAM.Entries;

  const all = addresses.map((address, index) => ({
    address,
    port: `${address}:6783`,
    name: nameOf(index),
    nick: `h${index + 1}`,
  }));
  const others = (index: number) => all.filter((_, other) => other !== index);
  const size = Math.floor(IPAM.RangeNumIPs / all.length);
  const entries = all.map(({ name, nick }, index) => ({
    ...entryRow,
    Token: ipv4(0x0a200000 + index * size),
    Size: index === all.length - 1 ? IPAM.RangeNumIPs - index * size : size,
    Peer: name,
    Nickname: nick,
  }));
  const peers = all.map(({ name, nick }, index) => ({
    ...peerRow,
    Name: name,
    NickName: nick,
    UID: uidOf(index),
    Connections: others(index).map((other) => ({
      ...gossipRow,
      Name: other.name,
      NickName: other.nick,
      Address: other.port,
    })),
  }));
  // Of one text for all peers: at 100 peers it is 2 MB.
  const peersText = Buffer.from(text(peers));

  return all.map(({ name, nick, port }, index) => {
    const router = {
      ...Router,
      Name: name,
      NickName: nick,
      UnicastRoutes: all.map((peer) => ({ Dest: peer.name, Via: peer.name })),
      BroadcastRoutes: all.map((peer) => ({
        Source: peer.name,
        Via: peer.name === name ? others(index).map((other) => other.name) : null,
      })),
      Connections: [
        ...others(index).map((other) => ({
          ...connectionRow,
          Address: other.port,
          Info: `sleeve ${other.name}(${other.nick})`,
        })),
        { ...ourself, Address: port },
      ],
      Targets: addresses,
      MACs: all.map((peer) => ({ ...macRow, Mac: peer.name, Name: peer.name, NickName: peer.nick })),
      Peers: 'here',
    };
    const ipam = { ...IPAM, Entries: entries };
    const [before = '', after = ''] = text({ ...report, Router: router, IPAM: ipam }).split('"here"');
    const projected = {
      Ready: report.Ready,
      Version: report.Version,
      Router: {
        Name: name,
        NickName: nick,
        Encryption: Router.Encryption,
        ProtocolMinVersion: Router.ProtocolMinVersion,
        ProtocolMaxVersion: Router.ProtocolMaxVersion,
        PeerDiscovery: Router.PeerDiscovery,
        TerminationCount: Router.TerminationCount,
        Targets: addresses,
        Connections: router.Connections,
        Peers: all.map((peer) => ({ Name: peer.name, NickName: peer.nick })),
      },
      IPAM: ipam,
    };
    return {
      full: [Buffer.from(before), peersText, Buffer.from(after)],
      projected: Buffer.from(JSON.stringify(projected)),
    };
  });
};
