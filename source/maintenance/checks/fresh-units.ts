import type { PeerId } from '../../cluster/inventory.ts';
import { unitText } from '../../commands/unit.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { together } from './of-each.ts';
import { called, calledAll, factsOf, inspectionOf, present, reachable, watchOf } from './seeing.ts';

/** The unit there is, line for line and without drop-ins, what a host without one would get. */
const hasConfiguredUnit = (world: World, id: PeerId): boolean => {
  const [unit, peer] = [inspectionOf(world, id)?.unitFile, watchOf(world, id)?.peer];
  if (unit === undefined || peer === undefined || unit.dropIns.length > 0) return false;
  return unit.lines.join('\n').trimEnd() === unitText(peer).trimEnd();
};

/** No unit is masked or restarts by itself, and those that are there are the same; where none is, one gets installed. */
export const unitsFit = (ids: readonly PeerId[]): Check => ({
  id: 'units',
  title: 'The units that are there already fit',
  judge: (world) => {
    const asked = reachable(world, ids);
    const wrong: Verdict[] = [];
    const found = new Map<string, PeerId[]>();
    for (const id of asked) {
      const name = called(world, id);
      const unit = inspectionOf(world, id)?.facts.unit;
      if (!unit?.known) {
        wrong.push(unknown(`The unit of ${name} is not known: ${unit?.because ?? 'it was not inspected'}.`));
        continue;
      }
      const { load, enabled, digest, restart } = unit.value;
      if (load === 'not-found') continue;
      found.set(digest ?? '', [...(found.get(digest ?? '') ?? []), id]);
      if (load === 'masked' || enabled === 'masked')
        wrong.push(block(`The unit of ${name} is masked: systemctl unmask it there first.`));
      else if (restart !== 'no' && restart !== '')
        wrong.push(
          block(
            `The unit of ${name} has Restart=${restart}: after a reset systemd would launch it again. Set Restart=no there (systemctl edit) first.`,
          ),
        );
    }
    const there = [...found.values()].flat();
    if (found.size > 1)
      wrong.push(
        warn(`The units of ${calledAll(world, there)} are not all the same: compare systemctl cat.`),
      );
    else if (there.length < asked.length) {
      const other = there.filter((id) => !hasConfiguredUnit(world, id));
      if (other.length > 0)
        wrong.push(
          warn(
            `${calledAll(world, other)} ${other.length > 1 ? 'have' : 'has'} another unit than the others will get, and it stays: make it the same by hand, or take it away.`,
          ),
        );
    }
    if (asked.length === 0) return unknown('No host could be asked.');
    return together(
      wrong,
      there.length === asked.length
        ? 'All have the same unit, which stays.'
        : 'Each that has no unit gets the same.',
    );
  },
});

/** The units are the same on all: whoever has another starts otherwise after the next reboot. */
export const sameUnits = (ids: readonly PeerId[]): Check => ({
  id: 'same-units',
  title: 'The same unit is installed everywhere',
  judge: (world) => {
    const groups = new Map<string, PeerId[]>();
    for (const id of present(world, ids)) {
      const unit = factsOf(world, id)?.unit;
      const digest = unit?.known ? unit.value.digest : null;
      if (digest === null) return warn(`The unit of ${called(world, id)} could not be compared.`);
      groups.set(digest, [...(groups.get(digest) ?? []), id]);
    }
    const [usual, ...others] = [...groups.values()].sort((a, b) => b.length - a.length);
    return usual !== undefined && others.length === 0
      ? pass(`All ${usual.length} have the same unit.`)
      : warn(
          `The units of ${calledAll(world, others.flat())} differ from the others: compare systemctl cat there and on ${calledAll(world, (usual ?? []).slice(0, 1))}.`,
        );
  },
});
