import type { Roster } from './roster.ts';
import type { Millis } from './trouble.ts';

/** A link that is `pending`: since which look, and the newest look that said so. */
export type PendingSpell = { readonly since: Millis; readonly last: Millis };

/** What the next view needs to know of the ones before it: since when things stand that only time can judge. */
export type Memory = {
  readonly roster: Roster;
  /** By `observer index>target index`. */
  readonly pending: ReadonlyMap<string, PendingSpell>;
  /** Since when a value of a token that others have moved on from is still held, by `token owner version`. */
  readonly stale: ReadonlyMap<string, Millis>;
  /** Since when somebody else claims a token whose owner still says that it owns it, by `token owner`. */
  readonly claims: ReadonlyMap<string, Millis>;
};
