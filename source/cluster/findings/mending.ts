import { type ChangeKind, type Mend, verbs } from '../change-kinds.ts';
import type { RingVersion } from '../cluster-view.ts';
import { hostWord } from '../peer-state.ts';
import type { Picture } from '../picture.ts';
import { majorityOf } from '../quorum.ts';

/** The part of a finding that says which procedure mends it; nothing without a target. */
export function mendBy(
  kind: ChangeKind,
  { roster }: Pick<Picture, 'roster'>,
  target: number | undefined,
): { readonly mend?: Mend } {
  const id = target === undefined ? undefined : roster.ids[target];
  return id === undefined ? {} : { mend: { kind, target: id } };
}

/** The same for a procedure that is about the whole cluster. */
export const mendAll = (kind: 'align' | 'bootstrap'): { readonly mend: Mend } => ({
  mend: { kind, target: null },
});

/** `weave-console restart 10.0.0.15`: the mend as a command line. */
export const mendCommand = ({ kind, target }: Mend): string =>
  `weave-console ${verbs[kind]}${target === null ? '' : ` ${target}`}`;

/** The first of these peers that its unit can start again: stopped, and its host has the unit. */
export function startable(
  { view, watches }: Pick<Picture, 'view' | 'watches'>,
  peers: readonly number[],
): number | undefined {
  return peers.find((index) => {
    const watch = watches[index];
    const hasUnit = watch !== undefined && hostWord(watch).unit?.load !== 'not-found';
    return hasUnit && view.peers[index]?.state === 'stopped';
  });
}

/**
 * The peers whose ring is the wrong one about a token: those that differ from what a majority of all configured peers
 * hold. Empty where no majority is seen to agree, since unseen peers may hold either.
 */
export function ringMinority(
  { view, roster }: Pick<Picture, 'view' | 'roster'>,
  token: string,
): readonly number[] {
  const { rings } = view.space;
  const by = (value: (ring: RingVersion) => string): readonly number[] | null => {
    const holders = new Map<string, number[]>();
    for (const ring of rings) {
      const word = value(ring);
      const indexes = ring.observers.map((id) => roster.ids.indexOf(id));
      holders.set(word, [...(holders.get(word) ?? []), ...indexes]);
    }
    if (holders.size < 2) return null;
    const groups = [...holders.values()].sort((a, b) => b.length - a.length);
    return (groups[0]?.length ?? 0) >= majorityOf(roster.ids.length)
      ? groups.slice(1).flat().sort(ascending)
      : [];
  };
  const entry = (ring: RingVersion) => ring.entries.find((each) => each.token === token);
  return by((ring) => entry(ring)?.owner ?? '') ?? by((ring) => `${entry(ring)?.version ?? ''}`) ?? [];
}

const ascending = (a: number, b: number): number => a - b;
