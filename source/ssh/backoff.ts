import type { Millis, TroubleKind } from '../cluster/trouble.ts';

type Pace = { readonly first: Millis; readonly most: Millis };

/** Hosts that come back should show at once; refused logins must not look like an attack to the host. */
const PACES: Partial<Record<TroubleKind, Pace>> = {
  auth: { first: 30_000, most: 300_000 },
  'host-key': { first: 15_000, most: 60_000 },
};
const USUAL: Pace = { first: 500, most: 10_000 };

/**
 * How long to wait after the nth failure in a row (1 is the first), in ms: doubling up to a most that depends on what
 * went wrong, of which a random half is taken off so that peers don't come back in step. `random` is 0 <= x < 1.
 */
export const backoff = (failures: number, kind: TroubleKind, random: number): Millis => {
  const { first, most } = PACES[kind] ?? USUAL;
  const full = Math.min(most, first * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(full * (1 - random / 2));
};
