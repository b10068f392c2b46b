import type { PeerId } from '../../cluster/inventory.ts';
import type { Inspected } from '../inspection.ts';
import { type Check, type Level, pass, unknown, type Verdict } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, inspectionOf, notInspected, reachable } from './seeing.ts';

const shown = 5;
const worstFirst: readonly Level[] = ['block', 'unknown', 'warn', 'pass'];

/** What several verdicts come to: the worst level, with every sentence that isn't a pass, the worst first. */
export const together = (verdicts: readonly Verdict[], passes: string): Verdict => {
  const wrong = worstFirst
    .filter((level) => level !== 'pass')
    .flatMap((level) => verdicts.filter((one) => one.level === level));
  const [worst] = wrong;
  if (worst === undefined) return pass(passes);
  const words = [...new Set(wrong.map(({ because }) => because))];
  const more = words.length > shown + 1 ? [`There are ${words.length - shown} more like this.`] : [];
  return {
    level: worst.level,
    because: [...words.slice(0, more.length > 0 ? shown : words.length), ...more].join(' '),
  };
};

/**
 * One check of many hosts: it names each of them with which something is wrong. Hosts that can't be asked are left out,
 * because another check names those.
 */
export const ofEach = (
  ids: readonly PeerId[],
  given: Pick<Check, 'id' | 'title' | 'never'> & { readonly passes: string },
  judge: (id: PeerId, world: World) => Verdict,
): Check => ({
  id: given.id,
  title: given.title,
  ...(given.never ? { never: true as const } : {}),
  judge: (world) => {
    const asked = reachable(world, ids);
    if (asked.length === 0) return unknown('No host could be asked.');
    return together(
      asked.map((id) => judge(id, world)),
      given.passes,
    );
  },
});

/** The same for what the inspection of each host tells; without one it is unknown. */
export const ofEachInspected = (
  ids: readonly PeerId[],
  given: Pick<Check, 'id' | 'title' | 'never'> & { readonly passes: string },
  judge: (it: Inspected, name: string, world: World) => Verdict,
): Check =>
  ofEach(ids, given, (id, world) => {
    const it = inspectionOf(world, id);
    return it === null ? notInspected(world, id) : judge(it, called(world, id), world);
  });
