import { isIpv4 } from '../../cluster/cidr.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { World } from '../world.ts';
import { factsOf, reporting, watchOf } from './seeing.ts';

const withPort = (text: string): readonly string[] => [text, `${text}:6783`];

/**
 * `IP:PORT` by which the others dial a peer, from their outbound rows that name it. A row of a peer that is gone names
 * nobody, so this has to be noted while the peer is there.
 */
export const dialled = (world: World, id: PeerId, others: readonly PeerId[]): readonly string[] => {
  const name = watchOf(world, id)?.lastReport?.report.name;
  const rows = reporting(world, others).flatMap(({ report }) =>
    report.connections.filter(({ outbound, peer }) => outbound && peer !== null && peer.name === name),
  );
  const own = isIpv4(id) ? [`${id}:6783`] : [];
  return [...new Set([...own, ...rows.map(({ address }) => address)])];
};

/** The very strings in Targets of `on` that mean `id`: weave forgets nothing else, and says nothing if it didn't. */
export const targetStrings = (
  world: World,
  on: PeerId,
  id: PeerId,
  others: readonly PeerId[],
  /** Its nickname, where it never told it itself. */
  told = '',
): readonly string[] => {
  const facts = factsOf(world, id);
  const nickname = watchOf(world, id)?.lastReport?.report.nickname ?? told;
  const ips = dialled(world, id, others).map((address) => address.replace(/:\d+$/, ''));
  const names = [id, nickname, facts?.hostname ?? '', watchOf(world, id)?.peer.host ?? '', ...ips];
  const known = new Set([
    ...names.filter((name) => name !== '').flatMap(withPort),
    ...dialled(world, id, others),
  ]);
  return reporting(world, [on]).flatMap(({ report }) => report.targets.filter((target) => known.has(target)));
};
