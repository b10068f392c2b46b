import type { LinkWord } from './cluster-view.ts';
import type { Connection, ConnectionFault, PeerReport } from './peer-report.ts';
import type { Roster } from './roster.ts';

/** Why a peer has no link to another, in its own words; `info` without the time of the next try. */
export type LinkFault = {
  readonly from: number;
  readonly to: number;
  readonly fault: ConnectionFault;
  readonly info: string;
};

/** What one report says of each configured peer, by index. */
export type Reading = {
  /** The best of its rows for each peer: a live row stands above the stale failure beside it. */
  readonly words: readonly LinkWord[];
  /** 1 where the peer counts the other among Router.Peers. */
  readonly known: Uint8Array;
  readonly faults: readonly LinkFault[];
  /** Rows that failed and whose other end is no configured peer. */
  readonly strays: readonly Connection[];
  readonly established: number;
  /** Peers to which its link is pending. */
  readonly pending: readonly number[];
};

const RANK: Readonly<Record<Connection['state'], number>> = {
  established: 6,
  pending: 5,
  connecting: 4,
  retrying: 3,
  failed: 2,
  waiting: 2,
  unknown: 1,
};

const read = new WeakMap<
  PeerReport,
  { readonly roster: Roster; readonly index: number; readonly reading: Reading }
>();

/** Reads a report against the roster. The same report and roster give the same object. */
export function readingOf(report: PeerReport, index: number, roster: Roster): Reading {
  const cached = read.get(report);
  if (cached?.roster === roster && cached.index === index) return cached.reading;
  const reading = readRow(report, index, roster);
  read.set(report, { roster, index, reading });
  return reading;
}

function readRow(report: PeerReport, index: number, roster: Roster): Reading {
  const best: (Connection | undefined)[] = [];
  const strays: Connection[] = [];
  for (const row of report.connections) {
    if (row.fault === 'ourself') continue;
    const to = otherEnd(row, roster);
    if (to === null && row.fault) strays.push(row);
    if (to === null || to === index) continue;
    const before = best[to];
    if (!before || RANK[row.state] > RANK[before.state]) best[to] = row;
  }
  const known = new Uint8Array(roster.ids.length);
  for (const peer of report.peers) {
    const to = roster.byRef(peer);
    if (to !== null) known[to] = 1;
  }
  known[index] = 1;
  const words = roster.ids.map((_, to) => linkWord(best[to]));
  const faults = best.flatMap((row, to): LinkFault[] =>
    row?.fault ? [{ from: index, to, fault: row.fault, info: errorOf(row) }] : [],
  );
  return {
    words,
    known,
    faults,
    strays,
    established: words.filter((word) => word === 'established').length,
    pending: words.flatMap((word, to) => (word === 'pending' ? [to] : [])),
  };
}

/**
 * The configured peer at the other end of a row. The name in Info decides for a live row; an address counts only for
 * rows that were dialled, since inbound rows have ephemeral ports, and never against the name of a live row.
 */
function otherEnd(row: Connection, roster: Roster): number | null {
  const named = row.peer ? roster.byRef(row.peer) : null;
  const dialled = row.outbound ? roster.byEndpoint(row.address) : null;
  if (row.fault) return dialled ?? named;
  if (named !== null || dialled === null || !row.peer) return named ?? dialled;
  const name = roster.names[dialled];
  return name === null || roster.shared.has(name ?? '') ? dialled : null;
}

function errorOf(row: Connection): string {
  return row.retry === null ? row.info : row.info.slice(0, row.info.lastIndexOf(', retry: '));
}

function linkWord(row: Connection | undefined): LinkWord {
  if (!row) return 'none';
  return row.state === 'waiting' || row.state === 'unknown' ? 'unknown' : row.state;
}
