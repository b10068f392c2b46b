import { bareEntry } from './environment-file.ts';
import type { PeerId } from './inventory.ts';

/** A list of peers as one host has it, against what the others have. */
export type ListDifference = {
  readonly index: number;
  /** Peers that the reference has and this list doesn't, and the other way round. */
  readonly lacks: readonly string[];
  readonly extra: readonly string[];
};

export type ListComparison = {
  /** The configured peers where at least one host has exactly these, else what most hosts have; null without lists. */
  readonly reference: readonly string[] | null;
  readonly differing: readonly ListDifference[];
};

/**
 * Compares lists of peers as sets: order means nothing to weave, and neither does whether the own address is in it.
 * `lists[i]` is the list of peer i, or null where it has none to compare.
 */
export function compareLists(
  ids: readonly PeerId[],
  lists: readonly (readonly string[] | null)[],
): ListComparison {
  const known = new Set(ids);
  const sets = lists.map((list, index) => list && normalised(list, ids[index] ?? '', ids, known));
  const counts = new Map<string, { list: readonly string[]; count: number }>();
  for (const set of sets) {
    if (set) counts.set(set.key, { list: set.list, count: (counts.get(set.key)?.count ?? 0) + 1 });
  }
  if (counts.size === 0) return { reference: null, differing: [] };
  const most = [...counts.values()].reduce((best, next) => (next.count > best.count ? next : best));
  const reference = (counts.get(ids.toSorted().join(' ')) ?? most).list;
  const wanted = reference.join(' ');
  const differing = sets.flatMap((set, index): ListDifference[] =>
    set === null || set.key === wanted ? [] : [{ index, ...difference(set.list, reference) }],
  );
  return { reference, differing };
}

/** What `list` lacks of `reference`, and what it has beyond it. */
export function difference(
  list: readonly string[],
  reference: readonly string[],
): { lacks: readonly string[]; extra: readonly string[] } {
  const [has, wants] = [new Set(list), new Set(reference)];
  return {
    lacks: reference.filter((item) => !has.has(item)),
    extra: list.filter((item) => !wants.has(item)),
  };
}

type Normalised = { readonly list: readonly string[]; readonly key: string };

const read = new WeakMap<
  readonly string[],
  { readonly own: string; readonly ids: readonly PeerId[]; readonly as: Normalised }
>();

/** Sorted, without doubles, with the own address. A list of other words (host names, say) is compared as it is. */
function normalised(
  list: readonly string[],
  own: string,
  ids: readonly PeerId[],
  known: ReadonlySet<string>,
): Normalised {
  const cached = read.get(list);
  if (cached?.own === own && cached.ids === ids) return cached.as;
  const items = list.map((item) => (known.has(item) ? item : bareEntry(item)));
  const comparable = items.length === 0 || items.some((item) => known.has(item));
  const sorted = [...new Set(comparable ? [...items, own] : items)].sort();
  const as = { list: sorted, key: sorted.join(' ') };
  read.set(list, { own, ids, as });
  return as;
}

/** The value most of them have, and who has another one. Nulls say nothing; ties go to the first in order. */
export function oddOnesOut<T>(values: readonly (T | null)[]): {
  readonly usual: T | null;
  readonly odd: readonly number[];
} {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  let usual: T | null = null;
  for (const [value, count] of counts) if (usual === null || count > (counts.get(usual) ?? 0)) usual = value;
  return { usual, odd: values.flatMap((value, index) => (value === null || value === usual ? [] : [index])) };
}
