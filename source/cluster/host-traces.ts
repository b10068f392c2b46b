/** What an earlier life of weave left on a host. Each is null when it could not be told. */
export type Leftovers = {
  readonly container: boolean | null;
  readonly volume: boolean | null;
  readonly bridge: boolean | null;
};

export const yesNo = (text: string | undefined): boolean | null =>
  text === 'yes' ? true : text === 'no' ? false : null;

/** Reads the fields that `leftovers` of the host's script prints. */
export const leftoversOf = (first: (field: string) => string | undefined): Leftovers => ({
  container: yesNo(first('left-container')),
  volume: yesNo(first('left-volume')),
  bridge: yesNo(first('left-bridge')),
});

/** The parts in words, for those of which `is` is true. */
export const leftoverWords = (
  { container, volume, bridge }: Leftovers,
  is: (part: boolean | null) => boolean,
): readonly string[] =>
  (
    [
      ['a weave container', container],
      ['ring data (weavedb)', volume],
      ['a weave bridge', bridge],
    ] as const
  ).flatMap(([words, part]) => (is(part) ? [words] : []));

/**
 * Destinations of `ip route list`, whatever type word stands in front. The default route is none that could overlap, and
 * those of weave's own bridge are left out, as `weave launch` does (its `netcheck` is told to ignore that bridge).
 */
export const destinations = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    if (words[words.indexOf('dev') + 1] === 'weave') return [];
    const to = words.slice(0, 2).find((word) => /^\d{1,3}(?:\.\d{1,3}){1,3}(?:\/\d{1,2})?$/.test(word));
    return to === undefined ? [] : [to];
  });
