import type { LinkWord } from './cluster-view.ts';
import type { Reading } from './reading.ts';

/** Who sees whom, by index into the configured peers. */
export type Topology = {
  /** links[i][j]: what i itself says of its link to j. */
  readonly links: readonly (readonly LinkWord[])[];
  /** Groups of peers that see each other, largest first; a stopped peer is in none. */
  readonly cliques: readonly (readonly number[])[];
  /** seenBy[j]: peers whose own report counts j among Router.Peers. */
  readonly seenBy: readonly (readonly number[])[];
  /** Established links of each peer to configured ones: by its own report, else by what others say of it. */
  readonly established: readonly number[];
};

/**
 * Puts the readings together. `readings[i]` is null where peer i gave no report; `stopped[i]` where its weave is known
 * not to run. To see a peer is to have it in Router.Peers, so cliques show who can gossip, not the data path.
 */
export function readTopology(readings: readonly (Reading | null)[], stopped: readonly boolean[]): Topology {
  const silence: readonly LinkWord[] = readings.map(() => 'unknown');
  const seenBy: number[][] = readings.map(() => []);
  readings.forEach((reading, from) => {
    if (!reading) return;
    for (let to = 0; to < seenBy.length; to += 1)
      if (to !== from && reading.known[to]) seenBy[to]?.push(from);
  });
  return {
    links: readings.map((reading) => reading?.words ?? silence),
    cliques: cliquesOf(readings, stopped),
    seenBy,
    established: readings.map(
      (reading, index) =>
        reading?.established ?? readings.filter((other) => other?.words[index] === 'established').length,
    ),
  };
}

function cliquesOf(readings: readonly (Reading | null)[], stopped: readonly boolean[]): number[][] {
  const each = (from: number, to: number): boolean =>
    readings[from]?.known[to] === 1 && readings[to]?.known[from] === 1;
  let left = readings.flatMap((reading, index) => (reading ? [index] : []));
  const cliques: number[][] = [];
  while (left.length > 0) {
    const clique = largestAround(left, each);
    const taken = new Set(clique);
    cliques.push(clique);
    left = left.filter((index) => !taken.has(index));
  }
  const reporters = cliques.map((clique) => [...clique]);
  readings.forEach((reading, index) => {
    if (reading || stopped[index]) return;
    const home = homeOf(index, readings, reporters);
    if (home !== null) cliques[home]?.push(index);
  });
  for (const clique of cliques) clique.sort((a, b) => a - b);
  return cliques.sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

/** Greedy, best connected first: to see each other is all but transitive, so this finds the parts of a real mesh. */
function largestAround(left: readonly number[], each: (from: number, to: number) => boolean): number[] {
  const neighbours = (index: number): number[] =>
    left.filter((other) => other !== index && each(index, other));
  let seed = left[0] ?? 0;
  let around: number[] = neighbours(seed);
  for (const index of left) {
    if (around.length === left.length - 1) break;
    const others = neighbours(index);
    if (others.length > around.length) [seed, around] = [index, others];
  }
  const clique = [seed];
  for (const index of around)
    if (clique.every((member) => member === seed || each(index, member))) clique.push(index);
  return clique;
}

/** The group in which most members know a peer that doesn't speak for itself; null when nobody does. */
function homeOf(
  index: number,
  readings: readonly (Reading | null)[],
  cliques: readonly (readonly number[])[],
): number | null {
  let best: { home: number; knowing: number } | null = null;
  cliques.forEach((clique, home) => {
    const knowing = clique.filter((member) => readings[member]?.known[index] === 1).length;
    if (knowing * 2 > clique.length && knowing > (best?.knowing ?? 0)) best = { home, knowing };
  });
  return (best as { home: number } | null)?.home ?? null;
}
