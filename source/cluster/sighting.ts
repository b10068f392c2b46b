import type { HostFacts } from './host-facts.ts';
import type { InventoryPeer } from './inventory.ts';
import type { PeerReport } from './peer-report.ts';
import type { Millis, Trouble } from './trouble.ts';

/** By which of the read paths a report came. */
export type Via = 'status-port' | 'control-port' | 'curl' | 'weave-report';

/**
 * What one look at one peer gave. `seq` numbers the looks at a peer, so that a late answer that a newer one has
 * overtaken can be dropped; `at` is when the answer was there (monotonic ms).
 */
export type Sighting =
  | {
      readonly kind: 'report';
      readonly seq: number;
      readonly at: Millis;
      readonly took: Millis;
      readonly via: Via;
      readonly report: PeerReport;
    }
  | { readonly kind: 'silent'; readonly seq: number; readonly at: Millis; readonly why: Trouble }
  | {
      readonly kind: 'garbled';
      readonly seq: number;
      readonly at: Millis;
      readonly via: Via;
      readonly why: string;
      readonly excerpt: string;
    };

/** What one probe of the host gave. `skew` is its clock minus ours in ms, null when it can't be told. */
export type FactsSighting =
  | {
      readonly kind: 'facts';
      readonly seq: number;
      readonly at: Millis;
      readonly facts: HostFacts;
      readonly skew: Millis | null;
    }
  | { readonly kind: 'none'; readonly seq: number; readonly at: Millis; readonly why: Trouble };

/** All that is remembered of one configured peer between looks. */
export type PeerWatch = {
  readonly peer: InventoryPeer;
  /** The newest look, whatever it gave; null before the first. */
  readonly look: Sighting | null;
  /** Since when looks give this kind of answer (a report, a port that refuses, none); null or absent where that is not told. */
  readonly since?: Millis | null;
  /** The newest look that gave a report, kept (with its age) when the peer falls silent. */
  readonly lastReport: Extract<Sighting, { kind: 'report' }> | null;
  /** The newest probe. */
  readonly facts: FactsSighting | null;
  /** The newest probe that gave facts. */
  readonly lastFacts: Extract<FactsSighting, { kind: 'facts' }> | null;
  /** When the look that is under way began; null when none is. */
  readonly lookingSince: Millis | null;
};
