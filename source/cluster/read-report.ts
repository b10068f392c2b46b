import type { z } from 'zod';
import { clean } from '../text/clean.ts';
import { readConnection } from './connection-info.ts';
import type { Connection, IpamReport, KnownPeer, PeerReport, ReadReport, RingEntry } from './peer-report.ts';
import { type RawIpam, type RawReport, type RawRouter, weaveReport } from './report-schema.ts';

/** Longest strings kept, in UTF-16 units: names and addresses, and a connection's Info. */
const NAME = 128;
const INFO = 4096;
const EXCERPT = 200;

/** UID is a uint64 and JSON.parse would round it. A quote inside a JSON string is always escaped, so this meets only keys. */
const UID = /"UID"\s*:\s*(\d+)(?=\s*[,}])/g;

/** Reads the bytes of GET /report, whole or as the projection asks for it. Never throws. */
export function readReport(bytes: string): ReadReport {
  let json: unknown;
  try {
    json = JSON.parse(bytes.replace(UID, '"UID":"$1"'));
  } catch {
    return garbled(
      bytes,
      bytes.trim() === '' ? 'the answer is empty' : 'the answer is not JSON, or was cut short',
    );
  }
  const parsed = weaveReport.safeParse(json);
  if (!parsed.success) return garbled(bytes, wrongType(parsed.error));
  const { Router, IPAM, Version } = parsed.data;
  if (!Router && !IPAM && typeof Version !== 'string')
    return garbled(bytes, 'JSON, but without Version, Router and IPAM');
  return { kind: 'report', report: new Reading(parsed.data).report() };
}

function garbled(bytes: string, why: string): ReadReport {
  return { kind: 'garbled', why, excerpt: clean(bytes, EXCERPT) };
}

function wrongType(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'the answer is not a report';
  const path = issue.path.map((key, index) =>
    typeof key === 'number' ? `[${key}]` : `${index ? '.' : ''}${String(key)}`,
  );
  return clean(`${path.join('') || 'the answer'}: ${issue.message}`, EXCERPT);
}

/** One pass over a raw report; remembers which fields were not there. */
class Reading {
  readonly #raw: RawReport;
  readonly #missing = new Set<string>();

  constructor(raw: RawReport) {
    this.#raw = raw;
  }

  report(): PeerReport {
    const raw = this.#raw;
    const router = raw.Router ?? {};
    if (raw.Router === undefined || raw.Router === null) this.#missing.add('Router');
    else this.#noteMissing('Router', raw.Router, ROUTER_FIELDS);
    this.#noteMissing('', raw, ['Ready', 'Version', 'IPAM']);
    const { ProtocolMinVersion: min, ProtocolMaxVersion: max } = router;
    return {
      ready: raw.Ready ?? false,
      version: name(raw.Version),
      name: name(router.Name),
      nickname: name(router.NickName),
      encryption: router.Encryption ?? null,
      discovery: router.PeerDiscovery ?? null,
      protocol: typeof min === 'number' && typeof max === 'number' ? { min, max } : null,
      terminations: router.TerminationCount ?? null,
      targets: (router.Targets ?? []).map(name),
      connections: this.#connections(router),
      peers: this.#peers(router),
      ipam: raw.IPAM ? this.#ipam(raw.IPAM) : null,
      missing: [...this.#missing],
    };
  }

  #connections(router: RawRouter): Connection[] {
    return (router.Connections ?? []).map((row) => {
      this.#noteMissing('Router.Connections[]', row, CONNECTION_FIELDS);
      const { name: overlay, mtu, encrypted } = row.Attrs ?? {};
      return readConnection({
        address: name(row.Address),
        outbound: row.Outbound ?? false,
        state: row.State ?? '',
        info: clean(row.Info ?? '', INFO),
        attrs: {
          name: typeof overlay === 'string' ? name(overlay) : null,
          mtu: typeof mtu === 'number' ? mtu : null,
          encrypted: typeof encrypted === 'boolean' ? encrypted : null,
        },
      });
    });
  }

  /** The projection leaves out UID and Connections on purpose, so these are null and not `missing`. */
  #peers(router: RawRouter): KnownPeer[] {
    return (router.Peers ?? []).map((peer) => {
      this.#noteMissing('Router.Peers[]', peer, ['Name', 'NickName']);
      return {
        name: name(peer.Name),
        nickname: name(peer.NickName),
        uid: peer.UID === null || peer.UID === undefined ? null : name(String(peer.UID)),
        links:
          peer.Connections === undefined
            ? null
            : (peer.Connections ?? []).map((link) => ({
                name: name(link.Name),
                nickname: name(link.NickName),
                address: name(link.Address),
                outbound: link.Outbound ?? false,
                established: link.Established ?? false,
              })),
      };
    });
  }

  #ipam(raw: RawIpam): IpamReport {
    this.#noteMissing('IPAM', raw, IPAM_FIELDS);
    const paxos = raw.Paxos;
    return {
      paxos: paxos
        ? { elector: paxos.Elector ?? false, known: whole(paxos.KnownNodes), quorum: whole(paxos.Quorum) }
        : null,
      range: name(raw.Range),
      rangeSize: whole(raw.RangeNumIPs),
      activeIps: whole(raw.ActiveIPs),
      defaultSubnet: name(raw.DefaultSubnet),
      entries: (raw.Entries ?? []).map((entry): RingEntry => {
        this.#noteMissing('IPAM.Entries[]', entry, ENTRY_FIELDS);
        return {
          token: name(entry.Token),
          size: whole(entry.Size),
          owner: name(entry.Peer),
          nickname: name(entry.Nickname),
          known: entry.IsKnownPeer ?? false,
          version: whole(entry.Version),
        };
      }),
      pendingClaims: raw.PendingClaims?.length ?? 0,
      pendingAllocates: raw.PendingAllocates?.length ?? 0,
    };
  }

  #noteMissing(path: string, value: Readonly<Record<string, unknown>>, fields: readonly string[]): void {
    for (const field of fields) {
      if (value[field] === undefined) this.#missing.add(path === '' ? field : `${path}.${field}`);
    }
  }
}

const ROUTER_FIELDS = [
  'Name',
  'NickName',
  'Encryption',
  'PeerDiscovery',
  'ProtocolMinVersion',
  'ProtocolMaxVersion',
  'TerminationCount',
  'Targets',
  'Connections',
  'Peers',
];
const CONNECTION_FIELDS = ['Address', 'Outbound', 'State', 'Info'];
const ENTRY_FIELDS = ['Token', 'Size', 'Peer', 'Nickname', 'IsKnownPeer', 'Version'];
const IPAM_FIELDS = [
  'Paxos',
  'Range',
  'RangeNumIPs',
  'DefaultSubnet',
  'Entries',
  'PendingClaims',
  'PendingAllocates',
];

function name(raw: string | null | undefined): string {
  return raw ? clean(raw, NAME) : '';
}

/** Counts are whole and not negative in weave; whatever else comes must not get further. */
function whole(value: number | null | undefined): number {
  return Number.isSafeInteger(value) ? Math.max(0, value ?? 0) : 0;
}
