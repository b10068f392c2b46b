import type { DriftKind } from './cluster-view.ts';
import type { PeerId } from './inventory.ts';
import { compareLists, type ListComparison, oddOnesOut } from './lists.ts';
import type { PeerReport } from './peer-report.ts';
import type { FactsSighting, PeerWatch } from './sighting.ts';
import type { Millis } from './trouble.ts';

/** A host clock this far from the others is worth a word; weave itself refuses links beyond 900 s. */
export const CLOCK_TOLERANCE: Millis = 60_000;

/** Where the peers differ from each other in what should be the same everywhere, by index. */
export type Drift = {
  /** PEERS in the hosts' environment files. */
  readonly files: ListComparison;
  /** Hosts whose environment file is missing or sets no PEERS. */
  readonly listless: readonly number[];
  /** Router.Targets of the running peers. */
  readonly targets: ListComparison;
  readonly units: readonly number[];
  readonly versions: { readonly usual: string | null; readonly odd: readonly number[] };
  readonly ranges: { readonly usual: string | null; readonly odd: readonly number[] };
  readonly subnets: { readonly usual: string | null; readonly odd: readonly number[] };
  readonly encryption: { readonly usual: boolean | null; readonly odd: readonly number[] };
  /** Clock of each host minus the middle of all, in ms; null where unknown or with fewer than two. */
  readonly clocks: readonly (Millis | null)[];
  /** The kinds for each peer, for its row in the grid. */
  readonly kinds: readonly (readonly DriftKind[])[];
};

type Facts = Extract<FactsSighting, { kind: 'facts' }>;

/** Compares what reports and probes say. What isn't known differs from nothing. */
export function readDrift(
  ids: readonly PeerId[],
  watches: readonly PeerWatch[],
  reports: readonly (PeerReport | null)[],
): Drift {
  const facts = watches.map((watch): Facts | null => (watch.facts?.kind === 'facts' ? watch.facts : null));
  const environments = facts.map((sighting) => sighting?.facts.environment ?? null);
  const drift = {
    files: compareLists(
      ids,
      environments.map((file) =>
        file?.state === 'read' && file.peers && file.peers.length > 0 ? file.peers : null,
      ),
    ),
    listless: environments.flatMap((file, index) =>
      file?.state === 'missing' || (file?.state === 'read' && (file.peers ?? []).length === 0) ? [index] : [],
    ),
    targets: compareLists(
      ids,
      reports.map((report) => (report && !report.missing.includes('Router.Targets') ? report.targets : null)),
    ),
    units: oddOnesOut(
      facts.map((sighting) => (sighting?.facts.unit.known ? sighting.facts.unit.value.digest : null)),
    ).odd,
    versions: oddOnesOut(reports.map((report) => report?.version || null)),
    ranges: oddOnesOut(reports.map((report) => report?.ipam?.range || null)),
    subnets: oddOnesOut(reports.map((report) => report?.ipam?.defaultSubnet || null)),
    encryption: oddOnesOut(reports.map((report) => report?.encryption ?? null)),
    clocks: clockOffsets(facts),
  };
  const kinds = ids.map((): DriftKind[] => []);
  const mark = (kind: DriftKind, indexes: readonly number[]): void => {
    for (const index of indexes) kinds[index]?.push(kind);
  };
  mark('peers', [...new Set([...drift.files.differing.map((item) => item.index), ...listlessAmong(drift)])]);
  mark('unit', drift.units);
  mark('version', drift.versions.odd);
  mark('range', [...new Set([...drift.ranges.odd, ...drift.subnets.odd])]);
  mark('encryption', drift.encryption.odd);
  mark(
    'targets',
    drift.targets.differing.map((item) => item.index),
  );
  mark(
    'clock',
    drift.clocks.flatMap((offset, index) => (Math.abs(offset ?? 0) > CLOCK_TOLERANCE ? [index] : [])),
  );
  return { ...drift, kinds };
}

/** Hosts without a list, where others have one. Where nobody has, the list comes from elsewhere. */
export function listlessAmong(drift: Pick<Drift, 'files' | 'listless'>): readonly number[] {
  return drift.files.reference === null ? [] : drift.listless;
}

function clockOffsets(facts: readonly (Facts | null)[]): (Millis | null)[] {
  const skews = facts.map((sighting) => sighting?.skew ?? null);
  const sorted = skews.filter((skew) => skew !== null).sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return skews.map((skew) =>
    skew === null || middle === undefined || sorted.length < 2 ? null : skew - middle,
  );
}
