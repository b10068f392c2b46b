/** How many letters must be put in, taken out, changed or swapped with their neighbour to make `b` of `a`. */
const distance = (a: string, b: string): number => {
  let [older, before]: readonly number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      now.push(
        Math.min(
          (before?.[j] ?? i) + 1,
          (now[j - 1] ?? j) + 1,
          (before?.[j - 1] ?? 0) + same,
          swapped ? (older?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [older, before] = [before, now];
  }
  return before?.[b.length] ?? a.length;
};

/** The name that was most likely meant, or null where none is within two slips and less than half of it. */
export const likeliest = (typed: string, names: readonly string[]): string | null => {
  const [best] = names
    .map((name) => ({ name, slips: distance(typed, name) }))
    .filter(({ name, slips }) => slips <= 2 && slips * 2 < name.length)
    .sort((a, b) => a.slips - b.slips);
  return best?.name ?? null;
};
