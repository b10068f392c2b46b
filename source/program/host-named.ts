import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Inventory, InventoryPeer } from '../cluster/inventory.ts';
import { UsageProblem } from '../disk/problem.ts';
import { lookOnce } from '../session/look-once.ts';
import { openFleet } from './fleet.ts';

/** Owners in the ring that go by this word and whose address nobody tells: peers that died before anybody looked. */
const strayOwners = (word: string, view: ClusterView): readonly string[] => {
  const named = new Set(view.peers.map(({ name }) => name));
  const shares = view.space.rings.flatMap((ring) => ring.shares);
  return [
    ...new Set(
      shares
        .filter(({ name, nickname }) => (name === word || nickname === word) && !named.has(name))
        .map(({ name }) => name),
    ),
  ];
};

/** The host that a person means by an address, nickname or peer name. Throws UsageProblem when it is none or several. */
export const hostNamed = (word: string, inventory: Inventory, view: ClusterView): InventoryPeer => {
  const hosts = [...inventory.peers, ...inventory.spares];
  const ids = view.peers
    .filter(
      ({ id, nickname, name, watch }) =>
        [id, nickname, name].includes(word) ||
        // A peer that never ran has no nickname yet; it would be its hostname.
        (nickname === null && watch.lastFacts?.facts.hostname === word),
    )
    .map(({ id }) => id);
  const found = hosts.filter(
    ({ address, host }) => address === word || host === word || ids.includes(address),
  );
  const strays = strayOwners(word, view);
  const nameless = view.peers.filter(({ name }) => name === null).map(({ id }) => id);
  if (strays.length > 0 && strays.length + found.length > 1)
    throw new UsageProblem(
      `${JSON.stringify(word)} is ${[...found.map(({ address }) => address), ...strays.map((name) => `the owner ${name}, which is out of sight`)].join(' and ')}: name the host by its address.`,
    );
  if (strays.length === 1 && nameless.length > 1)
    throw new UsageProblem(
      `${JSON.stringify(word)} is out of sight, and nobody tells which of ${nameless.join(', ')} it is: name the host by its address.`,
    );
  const stray = strays.length === 1 ? hosts.find(({ address }) => address === nameless[0]) : undefined;
  const [only = stray] = found;
  if (only === undefined)
    throw new UsageProblem(
      `${inventory.cluster} has no host ${JSON.stringify(word)}; it has ${hosts.map(({ address }) => address).join(', ')}.`,
    );
  if (found.length > 1)
    throw new UsageProblem(
      `${JSON.stringify(word)} is ${found.map(({ address }) => address).join(' and ')}: name it by its address.`,
    );
  return only;
};

/** The same for a cluster that was not looked at yet; looks once where an address alone doesn't tell. */
export const findHost = async (word: string, inventory: Inventory): Promise<InventoryPeer> => {
  const hosts = [...inventory.peers, ...inventory.spares];
  const plain = hosts.find(({ address }) => address === word);
  if (plain !== undefined) return plain;
  const reach = openFleet(inventory);
  try {
    return hostNamed(word, inventory, await lookOnce(inventory, reach.lookerOf, reach.parts.clock));
  } finally {
    await reach.parts.close();
  }
};
