/** The value below which the share `part` (0..1) of the values lies, by the nearest rank. NaN of nothing. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Adds `next` and again until there are `least` results, or `most` ms have gone by since the start. */
export const repeat = async <T>(least: number, most: number, next: () => Promise<T>): Promise<T[]> => {
  const began = performance.now();
  const results: T[] = [await next()];
  while (results.length < least && performance.now() - began < most) results.push(await next());
  return results;
};
