import type { Millis } from '../source/cluster/trouble.ts';

/** One refresh: until the model that shows it was published, until the last answer was there, and what it cost us. */
export type Refresh = { readonly shown: Millis; readonly answered: Millis; readonly cpu: Millis };

/** What the worker is asked to do, once the first grid is there. */
export type SessionRequest =
  | { readonly kind: 'refresh'; readonly times: number }
  | { readonly kind: 'idle'; readonly ms: Millis };

export type SessionAnswer =
  /** The first full grid: ms since the session was opened (`shown`, `answered`) and since the process began (`sinceStart`). */
  | {
      readonly kind: 'first';
      readonly shown: Millis;
      readonly answered: Millis;
      readonly sinceStart: Millis;
      readonly cpu: Millis;
    }
  | { readonly kind: 'settled' }
  | { readonly kind: 'refreshed'; readonly runs: readonly Refresh[] }
  | { readonly kind: 'idled'; readonly cpu: Millis; readonly took: Millis };
