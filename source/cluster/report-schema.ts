import { z } from 'zod';

/**
 * GET /report as far as this program reads it. Go writes `null` for an empty slice and leaves out what a version does
 * not have, so everything may be null or missing; only a value of another type is an error.
 */
const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullish();

/** A bag of whatever the overlay likes to tell: never a reason to refuse a report. */
const attrs = z
  .object({ name: z.unknown(), mtu: z.unknown(), encrypted: z.unknown() })
  .partial()
  .nullish()
  .catch(null);

const connection = z.object({ Address: text, Outbound: flag, State: text, Info: text, Attrs: attrs });

const gossipLink = z.object({ Name: text, NickName: text, Address: text, Outbound: flag, Established: flag });

const peer = z.object({
  Name: text,
  NickName: text,
  UID: z.union([z.string(), z.number()]).nullish(),
  Connections: list(gossipLink),
});

const router = z.object({
  Name: text,
  NickName: text,
  Encryption: flag,
  PeerDiscovery: flag,
  ProtocolMinVersion: number,
  ProtocolMaxVersion: number,
  TerminationCount: number,
  Targets: list(z.string()),
  Connections: list(connection),
  Peers: list(peer),
});

const entry = z.object({
  Token: text,
  Size: number,
  Peer: text,
  Nickname: text,
  IsKnownPeer: flag,
  Version: number,
});

const ipam = z.object({
  Paxos: z.object({ Elector: flag, KnownNodes: number, Quorum: number }).nullish(),
  Range: text,
  RangeNumIPs: number,
  ActiveIPs: number,
  DefaultSubnet: text,
  Entries: list(entry),
  PendingClaims: list(z.unknown()),
  PendingAllocates: list(z.unknown()),
});

export const weaveReport = z.object({
  Ready: flag,
  Version: text,
  Router: router.nullish(),
  IPAM: ipam.nullish(),
});

export type RawReport = z.infer<typeof weaveReport>;
export type RawRouter = z.infer<typeof router>;
export type RawIpam = z.infer<typeof ipam>;
