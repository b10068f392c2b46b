import type { PendingSpell } from './memory.ts';
import type { Reading } from './reading.ts';
import type { PeerWatch } from './sighting.ts';

/**
 * weave replaces a pending link after about 60 s by another pending one, and a look may fall into the moment between;
 * so a spell ends only when the link was established, or was gone for longer than this.
 */
const GAP = 10_000;

/** Carries the spells of pending links on by one view. Only a report can end one; a silent observer says nothing. */
export function pendingSpells(
  watches: readonly PeerWatch[],
  readings: readonly (Reading | null)[],
  before: ReadonlyMap<string, PendingSpell> | undefined,
): ReadonlyMap<string, PendingSpell> {
  const spells = new Map(before);
  for (const [key, spell] of spells) {
    const [from = -1, to = -1] = key.split('>').map(Number);
    const word = readings[from]?.words[to];
    if (word === undefined || word === 'pending') continue;
    if (word === 'established' || (watches[from]?.look?.at ?? 0) - spell.last > GAP) spells.delete(key);
  }
  readings.forEach((reading, from) => {
    const at = watches[from]?.look?.at;
    if (!reading || at === undefined) return;
    for (const to of reading.pending) {
      const key = `${from}>${to}`;
      spells.set(key, { since: spells.get(key)?.since ?? at, last: at });
    }
  });
  return spells;
}
