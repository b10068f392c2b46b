import type { PeerId } from './inventory.ts';
import type { PeerName, PeerRef, PeerReport } from './peer-report.ts';
import type { PeerWatch } from './sighting.ts';

/** The port weave listens on for its peers unless a target says otherwise. */
const WEAVE_PORT = 6783;

/**
 * Who is who: the configured peers in their order, with what is known of their weave names. A wrong match is worse than
 * none, so every doubt ends in null.
 */
export type Roster = {
  readonly ids: readonly PeerId[];
  readonly names: readonly (PeerName | null)[];
  readonly nicknames: readonly (string | null)[];
  /** Names that more than one configured host gives as its own, with those hosts. */
  readonly shared: ReadonlyMap<PeerName, readonly number[]>;
  /** The configured peer that goes by this name; null when none does, or more than one and the nickname doesn't tell. */
  readonly byRef: (ref: PeerRef) => number | null;
  /** The configured peer that listens at `IP:PORT`. */
  readonly byEndpoint: (endpoint: string) => number | null;
  /** Two rosters with the same key say the same. */
  readonly key: string;
};

/** What the peer itself says now; null unless its newest look gave a report. */
export function currentReport(watch: PeerWatch): PeerReport | null {
  return watch.look?.kind === 'report' ? watch.look.report : null;
}

/** Builds the roster, or gives `previous` back when nothing in it changed, so that what was derived from it stays good. */
export function buildRoster(watches: readonly PeerWatch[], previous?: Roster): Roster {
  const ids = watches.map((watch) => watch.peer.address);
  const endpoints = endpointsOf(watches);
  const own = watches.map((watch) => selfRef(currentReport(watch)));
  const ownNames = new Set(own.flatMap((ref) => (ref ? [ref.name] : [])));
  const told = own.every((ref) => ref !== null) ? [] : toldByOthers(watches, endpoints);
  const guesses = watches.map((watch, index) => {
    if (own[index]) return null;
    return told[index] ?? selfRef(watch.lastReport?.report ?? null) ?? byHostname(watch, watches);
  });
  const refs = own.map((ref, index) => {
    const guess = guesses[index];
    if (ref || !guess) return ref;
    const rivals = guesses.filter((other) => other?.name === guess.name).length;
    return ownNames.has(guess.name) || rivals > 1 ? null : guess;
  });
  const key = JSON.stringify([ids, refs.map((ref) => ref && [ref.name, ref.nickname]), [...endpoints]]);
  return previous?.key === key ? previous : assemble(ids, refs, endpoints, key);
}

function assemble(
  ids: readonly PeerId[],
  refs: readonly (PeerRef | null)[],
  endpoints: ReadonlyMap<string, number | null>,
  key: string,
): Roster {
  const holders = new Map<PeerName, number[]>();
  refs.forEach((ref, index) => {
    if (ref) holders.set(ref.name, [...(holders.get(ref.name) ?? []), index]);
  });
  return {
    ids,
    names: refs.map((ref) => ref?.name ?? null),
    nicknames: refs.map((ref) => (ref?.nickname ? ref.nickname : null)),
    shared: new Map([...holders].filter(([, indexes]) => indexes.length > 1)),
    byRef(ref) {
      const candidates = holders.get(ref.name);
      if (!candidates) return null;
      if (candidates.length === 1) return candidates[0] ?? null;
      const fitting = candidates.filter((index) => refs[index]?.nickname === ref.nickname);
      return fitting.length === 1 ? (fitting[0] ?? null) : null;
    },
    byEndpoint: (endpoint) => endpoints.get(endpoint) ?? null,
    key,
  };
}

function selfRef(report: PeerReport | null): PeerRef | null {
  return report && report.name !== '' ? { name: report.name, nickname: report.nickname } : null;
}

/** `IP:PORT` -> peer, by the configured address and by the row in which a peer meets itself. Null where two claim it. */
function endpointsOf(watches: readonly PeerWatch[]): Map<string, number | null> {
  const endpoints = new Map<string, number | null>();
  const claim = (endpoint: string, index: number): void => {
    const holder = endpoints.get(endpoint);
    endpoints.set(endpoint, holder === undefined || holder === index ? index : null);
  };
  watches.forEach((watch, index) => {
    claim(endpointOf(watch.peer.address), index);
    const report = currentReport(watch) ?? watch.lastReport?.report;
    for (const endpoint of report ? hintsOf(report).self : []) claim(endpoint, index);
  });
  return endpoints;
}

/** An address as it stands in PEERS, with the port that weave would dial. */
export function endpointOf(address: string): string {
  const colons = address.split(':').length - 1;
  if (colons === 1) return address;
  return colons === 0 ? `${address}:${WEAVE_PORT}` : `[${address.replace(/^\[|\]$/g, '')}]:${WEAVE_PORT}`;
}

/**
 * What others call the peer at each configured address: by live rows they dialled and by gossip, else by live rows that
 * came from that IP. Null where they don't agree, as when several peers come through one gateway.
 */
function toldByOthers(
  watches: readonly PeerWatch[],
  endpoints: ReadonlyMap<string, number | null>,
): (PeerRef | null)[] {
  const dialled: Told = new Map();
  const accepted: Told = new Map();
  for (const report of watches.map(currentReport)) {
    const hints = report && hintsOf(report);
    for (const [endpoint, ref] of hints?.dialled ?? []) note(dialled, endpoints.get(endpoint), ref);
    for (const [endpoint, ref] of hints?.accepted ?? []) note(accepted, endpoints.get(endpoint), ref);
  }
  return watches.map((_, index) => (dialled.has(index) ? dialled : accepted).get(index) ?? null);
}

/** What one report says of who is where. */
type Hints = {
  /** Where it met itself. */
  readonly self: readonly string[];
  readonly dialled: readonly (readonly [endpoint: string, ref: PeerRef])[];
  readonly accepted: readonly (readonly [endpoint: string, ref: PeerRef])[];
};

const hints = new WeakMap<PeerReport, Hints>();

function hintsOf(report: PeerReport): Hints {
  const cached = hints.get(report);
  if (cached) return cached;
  const live = report.connections.filter((row) => row.peer && row.state === 'established');
  const gossip = report.peers
    .flatMap((peer) => peer.links ?? [])
    .filter((link) => link.outbound && link.established);
  const read: Hints = {
    self: report.connections
      .filter((row) => row.fault === 'ourself' && row.outbound)
      .map((row) => row.address),
    dialled: [
      ...live.flatMap((row) => (row.outbound && row.peer ? [[row.address, row.peer] as const] : [])),
      ...gossip.map((link) => [link.address, link] as const),
    ],
    accepted: live.flatMap((row) =>
      !row.outbound && row.peer ? [[row.address.replace(/:\d+$/, `:${WEAVE_PORT}`), row.peer] as const] : [],
    ),
  };
  hints.set(report, read);
  return read;
}

type Told = Map<number, PeerRef | null>;

function note(told: Told, index: number | null | undefined, { name, nickname }: PeerRef): void {
  if (index === undefined || index === null) return;
  const before = told.get(index);
  told.set(index, before === undefined || before?.name === name ? { name, nickname } : null);
}

/** A host that answers by SSH while its weave doesn't: the one name that others pair with its hostname. */
function byHostname(watch: PeerWatch, watches: readonly PeerWatch[]): PeerRef | null {
  const hostname = watch.facts?.kind === 'facts' ? watch.facts.facts.hostname : '';
  if (hostname === '') return null;
  const names = new Set<PeerName>();
  for (const report of watches.map(currentReport)) {
    for (const peer of report?.peers ?? []) if (peer.nickname === hostname) names.add(peer.name);
    for (const entry of report?.ipam?.entries ?? []) if (entry.nickname === hostname) names.add(entry.owner);
  }
  const [name] = names;
  return name !== undefined && names.size === 1 ? { name, nickname: hostname } : null;
}
