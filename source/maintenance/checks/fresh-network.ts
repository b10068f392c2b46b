import { overlaps } from '../../cluster/cidr.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { resolving, worstClocks } from './new-host.ts';
import { ofEachInspected, together } from './of-each.ts';
import { called, calledAll, inspectionOf, listed, reachable } from './seeing.ts';

/** No route lies in the range that weave will hand out: launch would refuse. `range`: null where it is not known. */
export const rangeFreeEverywhere = (
  ids: readonly PeerId[],
  range: (world: World) => string | null,
): Check => ({
  id: 'range-free',
  title: 'The routes leave the address range free',
  judge: (world) => {
    const wanted = range(world);
    if (wanted === null) return unknown('Which address range weave will have could not be told.');
    return ofEachInspected(
      ids,
      { id: '', title: '', passes: `No route overlaps ${wanted}.` },
      ({ routes }, name) => {
        if (!routes.known) return unknown(`The routes of ${name} are not known: ${routes.because}.`);
        const taken = routes.value.filter((route) => overlaps(route, wanted));
        return taken.length > 0
          ? block(
              `${name} has a route to ${listed(taken)}, which overlaps weave's range ${wanted}: weave would not start there.`,
            )
          : pass(name);
      },
    ).judge(world);
  },
});

/** Every entry of the list resolves on every host. */
export const allResolve = (ids: readonly PeerId[]): Check => ({
  id: 'resolves',
  title: 'Every entry of the list resolves everywhere',
  judge: (world) =>
    resolving(
      world,
      reachable(world, ids).flatMap((on) => ids.map((address) => [on, address] as const)),
      'Every entry resolves on every host.',
    ),
});

/** No two clocks are far apart: weave refuses more than 15 minutes. */
export const clocksNear = (ids: readonly PeerId[]): Check => ({
  id: 'clocks',
  title: 'The clocks agree',
  judge: (world) => {
    const told = reachable(world, ids).map((id) => ({ id, skew: inspectionOf(world, id)?.skew ?? null }));
    const open = told.filter(({ skew }) => skew === null).map(({ id }) => id);
    if (open.length > 0) return unknown(`The clock of ${calledAll(world, open)} could not be read.`);
    const sorted = told.toSorted((a, b) => (a.skew ?? 0) - (b.skew ?? 0));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first === undefined || last === undefined) return unknown('No host could be asked.');
    return worstClocks(world, first.id, last.id, (last.skew ?? 0) - (first.skew ?? 0));
  },
});

/** TCP 6783 passes between every two of them, both ways, and nothing answers there. A refusal is as good as an answer. */
export const portsPass = (ids: readonly PeerId[]): Check => ({
  id: 'ports',
  title: 'TCP 6783 passes between all of them',
  judge: (world) => {
    const asked = reachable(world, ids);
    const [busy, barred, open] = [new Set<PeerId>(), new Set<string>(), new Set<string>()];
    for (const on of asked)
      for (const to of asked) {
        const reach = on === to ? 'refused' : (inspectionOf(world, on)?.reaches.get(to) ?? 'unknown');
        const way = `from ${called(world, on)} to ${called(world, to)}`;
        if (reach === 'open') busy.add(to);
        else if (reach === 'unknown') open.add(way);
        else if (reach !== 'refused') barred.add(`${way} (${reach})`);
      }
    return together(
      [
        ...(busy.size === 0
          ? []
          : [
              block(
                `Something answers on TCP 6783 of ${calledAll(world, [...busy])} already: look what it is.`,
              ),
            ]),
        ...(barred.size === 0
          ? []
          : [
              block(
                `TCP 6783 does not pass ${listed([...barred])}: check the firewalls, UDP 6783 and 6784 too.`,
              ),
            ]),
        ...(open.size === 0
          ? []
          : [unknown(`Whether TCP 6783 passes ${listed([...open])} could not be told.`)]),
      ],
      asked.length === 1
        ? 'There is one host only.'
        : 'TCP 6783 passes between all. UDP 6783 and 6784 show only when the links are established.',
    );
  },
});
