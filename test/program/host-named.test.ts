import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import type { Inventory } from '../../source/cluster/inventory.ts';
import { hostNamed } from '../../source/program/host-named.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { traceAddress, traceWatches } from '../support/watches.ts';

const NAME = '82:93:65:46:db:ca';
const inventory = (hosts: readonly string[]): Inventory => ({
  cluster: 'prod',
  color: null,
  readOnly: false,
  interval: 2000,
  peers: hosts.map((host) => inventoryPeer({ address: traceAddress(host) })),
  spares: [],
});
/** h1 and h2 answer, h5 is dead and was never seen; h3 and h4 are no members here unless they are named. */
const named = (word: string, hosts: readonly string[]) => {
  const view = buildView('c', traceWatches('11-rmpeer/a-h5-dead', hosts), { now: 1000 });
  return hostNamed(word, inventory(hosts), view).address;
};

describe('a host by a word, where it died before anybody looked', () => {
  it.each(['h5', NAME, traceAddress('h5')])('%s is the one peer that has no name', (word) => {
    expect(named(word, ['h1', 'h2', 'h5'])).toBe(traceAddress('h5'));
  });

  it.each(['h5', NAME])('%s is nobody where several have none', (word) => {
    expect(() => named(word, ['h1', 'h2', 'h5', 'h6'])).toThrow(
      `${JSON.stringify(word)} is out of sight, and nobody tells which of 10.77.0.15, 10.77.0.16 it is: name the host by its address.`,
    );
  });

  it('a nickname that a living peer has, too, is ambiguous: both are listed', () => {
    const hosts = ['h1', 'h2', 'h5'];
    const watches = traceWatches('11-rmpeer/a-h5-dead', hosts).map((watch, index) => {
      if (index !== 1 || watch.look?.kind !== 'report') return watch;
      const look = { ...watch.look, report: { ...watch.look.report, nickname: 'h5' } };
      return { ...watch, look, lastReport: look };
    });
    const view = buildView('c', watches, { now: 1000 });
    expect(() => hostNamed('h5', inventory(hosts), view)).toThrow(
      `"h5" is 10.77.0.12 and the owner ${NAME}, which is out of sight: name the host by its address.`,
    );
    expect(hostNamed(NAME, inventory(hosts), view).address).toBe(traceAddress('h5'));
  });

  it('is an error where nobody goes by the word', () => {
    expect(() => named('h9', ['h1', 'h2', 'h5'])).toThrow('prod has no host "h9"');
  });
});
