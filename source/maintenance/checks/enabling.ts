import type { PeerId } from '../../cluster/inventory.ts';
import { startsAtBoot } from '../../cluster/unit-files.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import { called, inspectionOf, notInspected } from './seeing.ts';

/** `systemctl enable` can do something for this unit. */
export const canBeEnabled = (id: PeerId): Check => ({
  id: 'can-be-enabled',
  title: `The unit of ${id} can be enabled`,
  judge: (world) => {
    const unit = inspectionOf(world, id)?.facts.unit;
    if (unit === undefined) return notInspected(world, id);
    if (!unit.known) return unknown(`The unit of ${called(world, id)} is not known: ${unit.because}.`);
    const { load, enabled } = unit.value;
    if (load === 'masked' || enabled.startsWith('masked'))
      return block(`The unit of ${called(world, id)} is masked: systemctl unmask it there first.`);
    if (load !== 'loaded') return block(`${called(world, id)} has no unit for weave (${load}).`);
    if (enabled === 'static')
      return block(`The unit of ${called(world, id)} has no [Install] part, by which it could be enabled.`);
    return pass(`The unit of ${called(world, id)} is ${enabled || 'not enabled'}.`);
  },
});

/** Weave starts with the host. */
export const unitEnabled = (id: PeerId): Check => ({
  id: 'unit-enabled',
  title: `Weave starts with ${id}`,
  judge: (world) => {
    const unit = inspectionOf(world, id)?.facts.unit;
    if (unit === undefined) return notInspected(world, id);
    if (!unit.known) return unknown(`The unit of ${called(world, id)} is not known: ${unit.because}.`);
    const { enabled } = unit.value;
    return startsAtBoot(enabled)
      ? pass(`The unit of ${called(world, id)} is enabled.`)
      : block(`The unit of ${called(world, id)} is ${enabled || 'not enabled'}.`);
  },
});

/** What brings weave back on a host whose unit is enabled in some way, as a clause; `disable` leaves alone what lies in /run. */
export const bringsBack = (enabled: string): string =>
  enabled === 'enabled-runtime'
    ? 'until the next boot, and whatever enables it at each boot (systemctl disable --runtime there) would bring it back'
    : 'a reboot would bring it back';
