import type { AddressSpace, RingVersion, Share } from './cluster-view.ts';
import type { PeerId } from './inventory.ts';
import type { PeerReport, RingEntry } from './peer-report.ts';

/** A report's ring as one comparable thing. */
type Ring = {
  readonly text: string;
  readonly key: string;
  readonly entries: readonly RingEntry[];
  /** Entries whose owner this peer calls unreachable. */
  readonly unreachable: readonly RingEntry[];
};

const rings = new WeakMap<PeerReport, Ring | null>();

/** The map token -> (owner, version) of a report, or null where it has no ring. Computed once a report. */
export function ringOf(report: PeerReport): Ring | null {
  const cached = rings.get(report);
  if (cached !== undefined) return cached;
  const ring = readRing(report);
  rings.set(report, ring);
  return ring;
}

function readRing(report: PeerReport): Ring | null {
  if (!report.ipam || report.ipam.entries.length === 0) return null;
  const entries = report.ipam.entries.toSorted((a, b) => compareTokens(a.token, b.token));
  const text = entries
    .map((entry) => `${entry.token} ${entry.size} ${entry.owner} ${entry.version}`)
    .join('\n');
  return { text, key: digest(text), entries, unreachable: entries.filter((entry) => !entry.known) };
}

/** The versions of the ring among the reports, most observers first, newest first among equals. */
export function readAddressSpace(
  ids: readonly PeerId[],
  reports: readonly (PeerReport | null)[],
): AddressSpace {
  const holders = new Map<string, number[]>();
  reports.forEach((report, index) => {
    const ring = report && ringOf(report);
    if (!ring) return;
    const known = holders.get(ring.text);
    if (known) known.push(index);
    else holders.set(ring.text, [index]);
  });
  const versions = [...holders.values()].map((observers) => ringVersion(observers, ids, reports));
  const space = mostCommon(reports);
  return {
    range: space?.range ?? null,
    rangeSize: space?.rangeSize ?? null,
    rings: versions.sort(
      (a, b) => b.observers.length - a.observers.length || age(b) - age(a) || (a.key < b.key ? -1 : 1),
    ),
  };
}

function age(ring: RingVersion): number {
  return ring.entries.reduce((sum, entry) => sum + entry.version, 0);
}

function ringVersion(
  observers: readonly number[],
  ids: readonly PeerId[],
  reports: readonly (PeerReport | null)[],
): RingVersion {
  const held = observers.flatMap((index) => {
    const report = reports[index];
    const ring = report && ringOf(report);
    return ring ? [ring] : [];
  });
  const entries = held[0]?.entries ?? [];
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const known = new Set(
    held.flatMap((ring) => ring.entries.flatMap((entry) => (entry.known ? [entry.owner] : []))),
  );
  const shares = new Map<string, Share>();
  for (const entry of entries) {
    const size = (shares.get(entry.owner)?.size ?? 0) + entry.size;
    shares.set(entry.owner, {
      name: entry.owner,
      nickname: entry.nickname,
      size,
      share: total > 0 ? size / total : 0,
      known: known.has(entry.owner),
    });
  }
  return {
    key: held[0]?.key ?? '',
    observers: observers.map((index) => ids[index] ?? ''),
    shares: [...shares.values()],
    entries: entries.map(({ token, size, owner, version }) => ({ token, size, owner, version })),
    total,
  };
}

function mostCommon(reports: readonly (PeerReport | null)[]): { range: string; rangeSize: number } | null {
  const counts = new Map<string, { range: string; rangeSize: number; count: number }>();
  for (const report of reports) {
    if (!report?.ipam || report.ipam.range === '') continue;
    const { range, rangeSize } = report.ipam;
    counts.set(range, { range, rangeSize, count: (counts.get(range)?.count ?? 0) + 1 });
  }
  return [...counts.values()].reduce<{ range: string; rangeSize: number; count: number } | null>(
    (best, next) => (best === null || next.count > best.count ? next : best),
    null,
  );
}

/** IPv4 tokens by number; whatever else by text. */
function compareTokens(a: string, b: string): number {
  const [left, right] = [tokenNumber(a), tokenNumber(b)];
  return left !== null && right !== null ? left - right : a < b ? -1 : a > b ? 1 : 0;
}

function tokenNumber(token: string): number | null {
  const parts = token.split('.');
  return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + Number(part), 0) : null;
}

/** Two 53-bit hashes (cyrb53) of a text: enough to tell rings apart on a screen; comparisons use the text itself. */
function digest(text: string): string {
  return hash(text, 0) + hash(text, 1);
}

function hash(text: string, seed: number): string {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, '0');
}
