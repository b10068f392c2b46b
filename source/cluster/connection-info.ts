import type { Connection, ConnectionFault, ConnectionState, PeerRef } from './peer-report.ts';

const STATES: ReadonlySet<string> = new Set([
  'established',
  'pending',
  'connecting',
  'retrying',
  'failed',
  'waiting',
]);

/** What an error in Info means: the first that fits. The strings are those of weave 2.8.1 and its mesh. */
const FAULTS: readonly (readonly [ConnectionFault, RegExp])[] = [
  ['ourself', /cannot connect to ourself/],
  ['seeded-apart', /IP allocation was seeded by different peers/],
  ['range-mismatch', /Incompatible IP allocation (?:ranges|subnets)/],
  ['ring-conflict', /Received update for IP range I own|Inconsistent entries for/],
  ['name-collision', /peer names collision/],
  ['password', /password specified, but peer|Unable to decrypt|message authentication/],
  ['version', /version range \[?.*incompatible|incompatible with ours/],
  ['clock', /host clock skew/],
  ['duplicate', /Multiple connections to /],
  ['no-forwarders', /no working forwarders to /],
  ['refused', /connection refused/],
  ['no-route', /no route to host|network is unreachable|host is down|operation not permitted/],
  ['timeout', /i\/o timeout|timed out|deadline exceeded/],
  ['reset', /connection reset by peer|broken pipe|\bEOF\b/],
  ['unresolvable', /no such host|server misbehaving|lookup \S+/],
];

/** `encrypted   sleeve NAME(NICK)`, `sleeve NAME(NICK)`, `unencrypted fastdp NAME(NICK)`. */
const LIVE = /^(?:(encrypted|unencrypted)\s+)?(\S+)\s+([^\s(]+)\((.*)\)$/;

/** Who an error names as the other end. */
const NAMED = [
  /no working forwarders to ([^\s(]+)\((.*)\)$/,
  /remote "([^\s("]+)\((.*)\)" peer names collision/,
];

const RETRY = ', retry: ';

/** A row of Router.Connections as it came, its strings already clean. */
export type RawConnection = {
  readonly address: string;
  readonly outbound: boolean;
  readonly state: string;
  readonly info: string;
  readonly attrs: {
    readonly name: string | null;
    readonly mtu: number | null;
    readonly encrypted: boolean | null;
  };
};

/** Reads a row's Info: who is at the other end, by which overlay, or why nobody is. */
export function readConnection(raw: RawConnection): Connection {
  const state = connectionState(raw.state);
  const common = { address: raw.address, outbound: raw.outbound, state, info: raw.info };
  if (state === 'established' || state === 'pending') {
    const live = LIVE.exec(raw.info);
    return {
      ...common,
      peer: live ? { name: live[3] ?? '', nickname: live[4] ?? '' } : null,
      overlay: raw.attrs.name ?? live?.[2] ?? null,
      encrypted: raw.attrs.encrypted ?? live?.[1] === 'encrypted',
      mtu: raw.attrs.mtu,
      fault: null,
      retry: null,
    };
  }
  const at = raw.info.lastIndexOf(RETRY);
  const error = at === -1 ? raw.info : raw.info.slice(0, at);
  return {
    ...common,
    peer: namedPeer(error),
    overlay: null,
    encrypted: false,
    mtu: raw.attrs.mtu,
    fault: error === '' ? null : faultOf(error),
    // Go adds its monotonic clock (`m=+43.5`), which says nothing to anybody else.
    retry: at === -1 ? null : raw.info.slice(at + RETRY.length).replace(/ m=[+-][\d.]+$/, ''),
  };
}

/** The time of day in a peer's own text for its next try, else the text as it is. */
export function retryWords(retry: string): string {
  if (retry === 'never') return 'never tried again';
  const time = /\b(\d\d:\d\d:\d\d)\b.*?([+-]\d{4})/.exec(retry);
  return `next try ${time === null ? retry : `at ${time[1]} (${time[2]}, its clock)`}`;
}

/** The two seed lists of `IP allocation was seeded by different peers (received: [...], ours: [...])`. */
export function readSeeds(info: string): { readonly received: PeerRef[]; readonly ours: PeerRef[] } | null {
  const lists = /\(received: \[([^\]]*)\], ours: \[([^\]]*)\]\)/.exec(info);
  return lists ? { received: peerRefs(lists[1] ?? ''), ours: peerRefs(lists[2] ?? '') } : null;
}

function peerRefs(list: string): PeerRef[] {
  return [...list.matchAll(/([^\s()]+)\(([^()]*)\)/g)].map((found) => ({
    name: found[1] ?? '',
    nickname: found[2] ?? '',
  }));
}

function connectionState(word: string): ConnectionState {
  return STATES.has(word) ? (word as ConnectionState) : 'unknown';
}

function faultOf(error: string): ConnectionFault {
  return FAULTS.find(([, pattern]) => pattern.test(error))?.[0] ?? 'other';
}

function namedPeer(error: string): PeerRef | null {
  for (const pattern of NAMED) {
    const found = pattern.exec(error);
    if (found) return { name: found[1] ?? '', nickname: found[2] ?? '' };
  }
  return null;
}
