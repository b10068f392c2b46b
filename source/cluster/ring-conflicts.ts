import type { RingVersion } from './cluster-view.ts';
import type { Memory } from './memory.ts';
import { once } from './once.ts';
import type { PeerReport } from './peer-report.ts';
import type { Roster } from './roster.ts';
import type { PeerWatch } from './sighting.ts';
import type { Millis } from './trouble.ts';

/** How long a value may lag behind before it is an alarm: twice what was seen, and more than one gossip round (30 s). */
const LAG = 40_000;

/** rmpeer and reset add about a hundred to an entry's version; allocation adds one. */
const TAKEOVER = 100;

/** A token about which two rings don't agree. `peers` are configured peers by index: its owner first, or who lags. */
export type RingConflict = {
  readonly token: string;
  /** `claimed`: its owner says "mine", others say it belongs to somebody else. `stuck`: a value that doesn't catch up. */
  readonly kind: 'claimed' | 'stuck';
  /** False where a change that was under way between two looks could explain it. */
  readonly certain: boolean;
  readonly peers: readonly number[];
  readonly ours: string;
  readonly theirs: string;
};

export type RingConflicts = {
  readonly conflicts: readonly RingConflict[];
  readonly claims: Memory['claims'];
  readonly stale: Memory['stale'];
};

type Value = RingVersion['entries'][number];

/** All that the comparison reads. `first` is true when there was no view before this one. */
export type RingInputs = {
  readonly roster: Roster;
  readonly watches: readonly PeerWatch[];
  readonly reports: readonly (PeerReport | null)[];
  readonly rings: readonly RingVersion[];
  readonly apart: (a: RingVersion, b: RingVersion) => boolean;
  /** The clique of each peer by id; peers of different cliques may rightly differ for as long as the cut lasts. */
  readonly cliqueOf: ReadonlyMap<string, number>;
  readonly now: Millis;
  readonly first: boolean;
};

/**
 * Where the maps token -> (owner, version) differ for good. Only the owner of a token may give it away, so its own
 * later word against somebody else's claim is proof; any other difference is lag until it has lasted.
 */
export function ringConflicts(inputs: RingInputs, before: Memory | undefined): RingConflicts {
  if (inputs.rings.length < 2) return { conflicts: [], claims: new Map(), stale: new Map() };
  const claimed = claimedTokens(inputs, before?.claims);
  const stuck = stuckValues(inputs, before?.stale);
  const tokens = new Set(claimed.conflicts.map((conflict) => conflict.token));
  return {
    conflicts: [...claimed.conflicts, ...stuck.conflicts.filter((conflict) => !tokens.has(conflict.token))],
    claims: claimed.since,
    stale: stuck.since,
  };
}

function claimedTokens(inputs: RingInputs, before: Memory['claims'] | undefined) {
  const { roster, rings, now } = inputs;
  const since = new Map<string, Millis>();
  const conflicts: RingConflict[] = [];
  const ringOf = new Map(
    rings.toReversed().flatMap((ring) => ring.observers.map((id) => [id, ring] as const)),
  );
  for (const [index, name] of roster.names.entries()) {
    const ring = ringOf.get(roster.ids[index] ?? '');
    const look = inputs.watches[index]?.look;
    if (!ring || name === null || look?.kind !== 'report') continue;
    const own = new Map(
      ring.entries.filter((entry) => entry.owner === name).map((entry) => [entry.token, entry]),
    );
    if (own.size === 0) continue;
    for (const other of rings) {
      if (other === ring || inputs.apart(ring, other)) continue;
      const told = byToken(other);
      for (const theirs of [...own.keys()].flatMap((token) => told.get(token) ?? [])) {
        const ours = own.get(theirs.token);
        if (!ours || theirs.owner === name || theirs.version <= ours.version) continue;
        const key = `${theirs.token} ${name}`;
        since.set(key, before?.get(key) ?? now);
        const certain = look.at - look.took > (since.get(key) ?? now);
        const jump = theirs.version - ours.version >= TAKEOVER - 1;
        if (!certain && !(inputs.first && jump)) continue;
        const taker = roster.byRef({ name: theirs.owner, nickname: '' });
        conflicts.push({
          token: theirs.token,
          kind: 'claimed',
          certain,
          peers: taker === null ? [index] : [index, taker],
          ours: said(ours),
          theirs: said(theirs),
        });
        own.delete(theirs.token);
      }
    }
  }
  return { since, conflicts };
}

const byToken = once(({ entries }: RingVersion) => {
  const told = new Map<string, Value[]>();
  for (const entry of entries) {
    const same = told.get(entry.token);
    if (same) same.push(entry);
    else told.set(entry.token, [entry]);
  }
  return told;
});

function stuckValues(inputs: RingInputs, before: Memory['stale'] | undefined) {
  const since = new Map<string, Millis>();
  const conflicts: RingConflict[] = [];
  for (const group of groupsOf(inputs)) {
    const newest = new Map<string, Value>();
    for (const entry of group.flatMap((ring) => ring.entries)) {
      const best = newest.get(entry.token);
      if (!best || entry.version > best.version) newest.set(entry.token, entry);
    }
    for (const ring of group) {
      const held = new Map(ring.entries.map((entry) => [entry.token, entry]));
      for (const [token, best] of newest) {
        const value = held.get(token);
        if (value && value.version === best.version && value.owner === best.owner) continue;
        const key = value ? `${token} ${value.owner} ${value.version}` : `${token} -`;
        since.set(key, since.get(key) ?? before?.get(key) ?? inputs.now);
        if (inputs.now - (since.get(key) ?? inputs.now) < LAG) continue;
        conflicts.push({
          token,
          kind: 'stuck',
          certain: true,
          peers: ring.observers.map((id) => inputs.roster.ids.indexOf(id)),
          ours: value ? said(value) : 'nothing',
          theirs: said(best),
        });
      }
    }
  }
  return { since, conflicts };
}

/** The rings that meet within one clique, for each clique where more than one does. */
function groupsOf({ rings, cliqueOf }: RingInputs): RingVersion[][] {
  const groups = new Map<number, Map<string, RingVersion>>();
  for (const ring of rings) {
    for (const id of ring.observers) {
      const clique = cliqueOf.get(id);
      if (clique === undefined) continue;
      const group = groups.get(clique) ?? new Map<string, RingVersion>();
      groups.set(clique, group);
      const part = group.get(ring.key);
      group.set(ring.key, { ...ring, observers: [...(part?.observers ?? []), id] });
    }
  }
  return [...groups.values()].filter((group) => group.size > 1).map((group) => [...group.values()]);
}

function said(value: Value): string {
  return `${value.owner} v${value.version}`;
}

const ownersOf = once(({ shares }: RingVersion) => new Set(shares.map(({ name }) => name)));
const takenOver = once(({ entries }: RingVersion) => entries.some(({ version }) => version >= TAKEOVER));

/**
 * Two rings that were seeded apart: no owner in common, held by peers that don't see each other, and no take-over in
 * either that would explain it (a peer removed on both sides of a partition is a divergence, not another seed).
 */
export function ringsApart(a: RingVersion, b: RingVersion, cliqueOf: ReadonlyMap<string, number>): boolean {
  const owners = ownersOf(a);
  if (b.shares.some((share) => owners.has(share.name))) return false;
  if (takenOver(a) || takenOver(b)) return false;
  const cliques = new Set(a.observers.map((id) => cliqueOf.get(id)));
  return !b.observers.some((id) => cliques.has(cliqueOf.get(id)));
}
