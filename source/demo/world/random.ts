/** A seeded generator, so that a world can be run twice with the same dice. */
export type Random = {
  /** 0 <= x < 1. */
  next(): number;
  /** low <= x < high. */
  between(low: number, high: number): number;
  /** A whole number, 0 <= x < below. */
  below(count: number): number;
  /** A copy in random order. */
  shuffle<T>(items: Iterable<T>): T[];
  /** `length` hexadecimal digits. */
  hex(length: number): string;
  uint64(): bigint;
};

/** mulberry32: small, fast, good enough for dice. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count: number) => Math.floor(next() * count);
  const hex = (length: number) => Array.from({ length }, () => below(16).toString(16)).join('');
  return {
    next,
    below,
    hex,
    between: (low, high) => low + next() * (high - low),
    shuffle: (items) => {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [copy[last], copy[other]] = [copy[other] as never, copy[last] as never];
      }
      return copy;
    },
    uint64: () => BigInt(`0x${hex(16)}`),
  };
};
