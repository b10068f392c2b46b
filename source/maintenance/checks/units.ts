import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { unitName } from '../../commands/unit.ts';
import { clean } from '../../text/clean.ts';
import type { UnitFile } from '../inspection.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, calledAll, inspectionOf, listed, notInspected, watchOf } from './seeing.ts';

type Loaded = { readonly id: PeerId; readonly unit: UnitFile; readonly digest: string };

/** The hosts that have a unit to compare. */
const loaded = (world: World, ids: readonly PeerId[]): readonly Loaded[] =>
  ids.flatMap((id) => {
    const it = inspectionOf(world, id);
    if (it === null || !it.facts.unit.known || it.facts.unit.value.load !== 'loaded') return [];
    const { digest } = it.unitFile;
    return digest === null ? [] : [{ id, unit: it.unitFile, digest }];
  });

/** Hosts with the same unit file, the most common first. */
const grouped = (units: readonly Loaded[]): readonly (readonly Loaded[])[] => {
  const groups = new Map<string, Loaded[]>();
  for (const one of units) groups.set(one.digest, [...(groups.get(one.digest) ?? []), one]);
  return [...groups.values()].sort((a, b) => b.length - a.length);
};

/** The drop-ins of a unit as one text; a drop-in that could not be read is like no other. */
const dropInsOf = (id: PeerId, { dropIns }: UnitFile): string =>
  dropIns.map(({ name, digest }) => `${name} ${digest ?? id}`).join('\n');

/** The host whose unit is what most have; null where no host has one. */
export const unitReference = (world: World, ids: readonly PeerId[]): PeerId | null =>
  grouped(loaded(world, ids))[0]?.[0]?.id ?? null;

/** Which unit is right can be told by counting. */
export const unitsDecided = (ids: readonly PeerId[]): Check => ({
  id: 'units',
  title: 'Which unit is right can be told',
  judge: (world) => {
    const [first, second, ...more] = grouped(loaded(world, ids));
    const names = (group: readonly Loaded[]) =>
      calledAll(
        world,
        group.map(({ id }) => id),
      );
    if (first === undefined)
      return warn('No host has a unit for weave that could be read: the documented one will be installed.');
    if (second === undefined) return pass(`${names(first)} ${first.length > 1 ? 'have' : 'has'} one unit.`);
    const others = [second, ...more].map(names);
    if (first.length === second.length)
      return block(
        `${names(first)} ${first.length > 1 ? 'have' : 'has'} one unit, ${listed(others)} another, and which is right can't be told. Make them alike by hand, then look again; overridden, that of ${called(world, first[0]?.id ?? '')} is written everywhere.`,
      );
    return pass(`${names(first)} have one unit, ${listed(others)} another: it is made like that of most.`);
  },
});

/** The unit of this host is one that can be replaced: the administrator's own, not masked, and with no drop-ins but the others'. */
export const unitReplaceable = (from: PeerId | undefined, id: PeerId): Check => ({
  id: 'unit-replaceable',
  title: `The unit of ${id} can be replaced`,
  judge: (world) => {
    const it = inspectionOf(world, id);
    if (it === null) return notInspected(world, id);
    const { unit } = it.facts;
    const name = called(world, id);
    if (!unit.known) return unknown(`The unit of ${name} is not known: ${unit.because}.`);
    const { load, enabled } = unit.value;
    if (load === 'masked' || enabled.startsWith('masked'))
      return block(`The unit of ${name} is masked: systemctl unmask it there first.`);
    if (load === 'not-found') return pass(`${name} has no unit yet.`);
    const { path, digest } = it.unitFile;
    if (digest === null) return unknown(`The unit file of ${name} could not be read.`);
    const own = `/etc/systemd/system/${unitName(watchOf(world, id)?.peer.unit ?? 'weave')}`;
    if (!path.endsWith(own))
      return block(
        `The unit of ${name} is ${path}, not the administrator's own in /etc/systemd/system: make it like the others by hand.`,
      );
    const theirs = from === undefined ? null : inspectionOf(world, from);
    if (from !== undefined && theirs !== null && from !== id) {
      const odd = dropInsOf(id, it.unitFile) !== dropInsOf(from, theirs.unitFile);
      const names = [...new Set([...it.unitFile.dropIns, ...theirs.unitFile.dropIns].map((one) => one.name))];
      if (odd)
        return block(
          `${name} and ${called(world, from)} do not have the same drop-ins (${listed(names)}): make those alike by hand.`,
        );
    }
    return pass(`The unit of ${name} can be replaced.`);
  },
});

/** Whether a unit with these lines reads this environment file; its path may be seen from outside a root of its own. */
const readsFile = (lines: readonly string[], path: string): boolean =>
  lines.some((line) => {
    const named = /^\s*EnvironmentFile=-?"?(\/[^"]+?)"?\s*$/.exec(line)?.[1];
    return named !== undefined && path.endsWith(named);
  });

/** The unit that starts weave on this host reads the file that its list stands in: another list is not looked at here. */
export const unitReadsList = ({ address: id, environmentFile }: InventoryPeer): Check => ({
  id: 'unit-reads-list',
  title: `The unit of ${id} reads ${environmentFile}`,
  judge: (world) => {
    const it = inspectionOf(world, id);
    if (it === null) return notInspected(world, id);
    const name = called(world, id);
    const { lines, dropIns, digest } = it.unitFile;
    if (it.facts.unit.known && it.facts.unit.value.load === 'not-found')
      return pass(`${name} has no unit that could read another file.`);
    if (digest === null) return unknown(`The unit file of ${name} could not be read.`);
    if (readsFile(lines, environmentFile)) return pass(`The unit of ${name} reads ${environmentFile}.`);
    return dropIns.length > 0
      ? warn(
          `The unit file of ${name} does not name ${environmentFile}; one of its drop-ins may (${listed(dropIns.map((one) => one.name))}). Without that, weave starts with no list, as a cluster of its own.`,
        )
      : block(
          `The unit of ${name} does not read ${environmentFile}, so weave would start with another list, or with none as a cluster of its own. Correct the unit, or the environment file in the cluster's config.`,
        );
  },
});

/**
 * The unit of `from` does on `to` what it does there: it reads the file that the list is written to, since without one
 * weave starts as a cluster of its own, and holds nothing that is the other host's own.
 */
export const unitFitsThere = (from: InventoryPeer | null, to: InventoryPeer): Check => ({
  id: 'unit-fits',
  title: `The unit would start weave on ${to.address} with its own list`,
  judge: (world) => {
    if (from === null || from.address === to.address) return pass('Nothing is copied from another host.');
    const it = inspectionOf(world, from.address);
    if (it === null) return notInspected(world, from.address);
    const [theirs, ours] = [called(world, from.address), called(world, to.address)];
    const { lines, dropIns } = it.unitFile;
    if (dropIns.length === 0 && !readsFile(lines, to.environmentFile))
      return block(
        `The unit of ${theirs} does not read ${to.environmentFile}: weave on ${ours} would start without the list, as a cluster of its own.`,
      );
    const names = [from.address, it.facts.hostname].filter((name) => name !== '');
    const own = lines.find(
      (line) =>
        /(?:^|[\s"'])--?(?:name|nickname)(?:[\s="']|$)/.test(line) ||
        names.some((name) => line.split(/[^\w.-]+/).includes(name)),
    );
    return own === undefined
      ? pass(`The unit of ${theirs} reads ${to.environmentFile} and names no host.`)
      : block(
          `The unit of ${theirs} has ${JSON.stringify(clean(own.trim(), 160))}, which is that host's own: two peers with one name or address break the cluster at the next start. Make the unit by hand.`,
        );
  },
});

/** The host whose unit is copied has it as it was when it was chosen. */
export const unitAsNoted = (noted: readonly string[] | undefined): Check => ({
  id: 'unit-as-noted',
  title: 'The unit to copy is what it was when it was chosen',
  never: true,
  judge: (world) => {
    const [from, stamp] = noted ?? [];
    if (noted === undefined) return unknown('No unit was chosen that the others are made like.');
    if (from === undefined) return pass('It is the documented unit.');
    const it = inspectionOf(world, from);
    if (it === null) return notInspected(world, from);
    if (it.unitFile.stamp === null)
      return unknown(
        `Whether the unit of ${called(world, from)} was changed can't be told: stat gives nothing there.`,
      );
    return it.unitFile.stamp === stamp
      ? pass(`The unit of ${called(world, from)} is what it was when it was chosen.`)
      : block(
          `The unit of ${called(world, from)} was changed since it was chosen: see what was done there, pause this, and align anew.`,
        );
  },
});

/** The unit is, drop-ins and all, that of the other host, and systemd has read it. */
export const unitLikeThat = (from: PeerId, id: PeerId): Check => ({
  id: 'unit-alike',
  title: `The unit of ${id} is that of ${from}`,
  judge: (world) => {
    const [theirs, ours] = [inspectionOf(world, from), inspectionOf(world, id)];
    if (theirs === null) return notInspected(world, from);
    if (ours === null) return notInspected(world, id);
    const name = called(world, id);
    if (!ours.facts.unit.known || ours.facts.unit.value.load !== 'loaded')
      return block(`${name} has no unit for weave that systemd could load.`);
    if (ours.unitFile.digest === null) return unknown(`The unit file of ${name} could not be read.`);
    if (ours.unitFile.digest !== theirs.unitFile.digest)
      return block(`The unit of ${name} is not that of ${called(world, from)}.`);
    if (dropInsOf(id, ours.unitFile) !== dropInsOf(from, theirs.unitFile))
      return block(`${name} has other drop-ins for its unit than ${called(world, from)}.`);
    if (ours.unitFile.unread !== false)
      return block(`Systemd on ${name} does not say that it has read the unit as it is now.`);
    return pass(`The unit of ${name} is that of ${called(world, from)}.`);
  },
});
