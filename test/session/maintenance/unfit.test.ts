import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../source/cluster/change-kinds.ts';
import type { Inventory } from '../../../source/cluster/inventory.ts';
import { unfit } from '../../../source/session/maintenance/unfit.ts';
import { inventoryPeer } from '../../support/views.ts';

const inventory = {
  cluster: 'prod',
  peers: ['10.0.0.11', '10.0.0.12'].map(inventoryPeer),
  spares: [inventoryPeer('10.0.0.16')],
} as unknown as Inventory;

describe('what a change can not be of', () => {
  it.each<[ChangeKind, string | null, boolean, string | null]>([
    ['add-peer', '10.0.0.16', true, null],
    [
      'add-peer',
      '10.9.9.9',
      false,
      '10.9.9.9 is no host that this console was opened with. Leave it, and open it with weave-console add 10.9.9.9; or add it to the spares of prod, so that it can be reached.',
    ],
    ['add-peer', '10.0.0.11', true, '10.0.0.11 is a member already.'],
    [
      'restart-peer',
      '10.9.9.9',
      false,
      '10.9.9.9 is not in the config: add it to the spares of prod, so that it can be reached.',
    ],
    ['restart-peer', '10.0.0.16', true, '10.0.0.16 is not a member of prod.'],
    ['restart-peer', '10.0.0.11', true, null],
  ])('%s of %s', (kind, target, inConfig, why) => {
    expect(unfit(kind, target, inConfig, inventory)).toBe(why);
  });
});
