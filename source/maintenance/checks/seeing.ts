import type { ClusterView } from '../../cluster/cluster-view.ts';
import type { HostFacts } from '../../cluster/host-facts.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import { once } from '../../cluster/once.ts';
import type { PeerName, PeerReport } from '../../cluster/peer-report.ts';
import type { PeerWatch } from '../../cluster/sighting.ts';
import type { Millis, TroubleKind } from '../../cluster/trouble.ts';
import { listed } from '../../text/listed.ts';
import { withStop } from '../../text/stop.ts';
import type { Inspected } from '../inspection.ts';
import { unknown, type Verdict } from '../verdict.ts';
import type { World } from '../world.ts';

export { listed } from '../../text/listed.ts';

/** How old the look at a peer may be for a check to go by it, in ms. */
const lookFreshness: Millis = 15_000;

/** What is known of a host by looking at it, whether it is a member or a guest; undefined where nobody looks. */
export const watchOf = (world: World, id: PeerId): PeerWatch | undefined =>
  peersOf(world.view).get(id)?.watch ?? world.guests.get(id);

const peersOf = once(({ peers }: ClusterView) => new Map(peers.map((peer) => [peer.id, peer])));

/** What a look at a peer tells now: a report, or in half a sentence why there is none. */
export type Seen =
  | { readonly kind: 'report'; readonly report: PeerReport }
  | { readonly kind: 'none'; readonly looked: boolean; readonly why: string };

/** Why nothing was seen, in words that stay the same from look to look: what was acknowledged must not change. */
export const troubleWords: Readonly<Record<TroubleKind, string>> = {
  refused: 'connection refused',
  timeout: 'no answer in time',
  unreachable: 'host unreachable',
  dns: 'its name does not resolve',
  'host-key': 'its host key is not the known one',
  auth: 'login refused',
  'no-shell': 'no shell there',
  closed: 'the connection broke',
  protocol: 'it does not speak as it should',
};

/** What the last look at a peer tells, if it is fresh. */
export const seen = (world: World, id: PeerId): Seen => {
  const look = watchOf(world, id)?.look;
  if (!look) return { kind: 'none', looked: false, why: 'it was not looked at yet' };
  if (world.now - look.at > lookFreshness)
    return { kind: 'none', looked: false, why: 'the last look at it is too old' };
  if (look.kind === 'report') return { kind: 'report', report: look.report };
  return {
    kind: 'none',
    looked: true,
    why: look.kind === 'silent' ? troubleWords[look.why.kind] : 'its answer could not be read',
  };
};

/** What a peer reports now; null where it tells none. */
export const reportOf = (world: World, id: PeerId): PeerReport | null => {
  const it = seen(world, id);
  return it.kind === 'report' ? it.report : null;
};

/** The peers of these that told a report just now, with it. */
export const reporting = (
  world: World,
  ids: readonly PeerId[],
): readonly { readonly id: PeerId; readonly report: PeerReport }[] =>
  ids.flatMap((id) => {
    const report = reportOf(world, id);
    return report === null ? [] : [{ id, report }];
  });

/** The inspection of a host, when it gave something. */
export const inspectionOf = (world: World, id: PeerId): Inspected | null => {
  const inspection = world.inspections.get(id);
  return inspection?.kind === 'inspected' ? inspection : null;
};

/** Why there is no inspection of a host, to stand behind a colon; a whole sentence. */
export const whyNotInspected = (world: World, id: PeerId): string => {
  const inspection = world.inspections.get(id);
  return inspection?.kind === 'failed' ? withStop(inspection.why.text) : 'nobody has looked yet.';
};

/** What a check says of a host that could not be inspected. */
export const notInspected = (world: World, id: PeerId): Verdict =>
  unknown(`${called(world, id)} could not be inspected: ${whyNotInspected(world, id)}`);

/** What the host itself says, from the inspection or else from the last probe. */
export const factsOf = (world: World, id: PeerId): HostFacts | null =>
  inspectionOf(world, id)?.facts ?? watchOf(world, id)?.lastFacts?.facts ?? null;

/** Whether the host itself says that weave is down there: neither its unit nor its container runs. Null: it doesn't say. */
export const isDown = (world: World, id: PeerId): boolean | null => {
  const facts = inspectionOf(world, id)?.facts;
  if (facts === undefined || !facts.unit.known || !facts.container.known) return null;
  const still = ['inactive', 'failed', ''].includes(facts.unit.value.active);
  return still && ['exited', 'created', 'dead', 'absent'].includes(facts.container.value.status);
};

/** The peer name of a peer, by its last report however old: names don't change while a peer lives. */
export const nameOf = (world: World, id: PeerId): PeerName | null =>
  watchOf(world, id)?.lastReport?.report.name || null;

/** `h3 (10.0.0.13)`: nickname and address, or the address alone where the nickname is not known. */
export const called = (world: World, id: PeerId): string => {
  const nickname =
    watchOf(world, id)?.lastReport?.report.nickname ||
    inspectionOf(world, id)?.facts.hostname ||
    peersOf(world.view).get(id)?.nickname ||
    '';
  return nickname === '' || nickname === id ? id : `${nickname} (${id})`;
};

/** These hosts as `called` names them, listed. */
export const calledAll = (world: World, ids: readonly PeerId[]): string =>
  listed(ids.map((id) => called(world, id)));

/** The peers whose absence was acknowledged when the procedure began. */
export const away = (world: World): readonly PeerId[] => world.notes.away ?? [];

/** These peers without the ones that are known to be away. */
export const present = (world: World, ids: readonly PeerId[]): readonly PeerId[] =>
  ids.filter((id) => !away(world).includes(id));

/** These peers without the ones that are away or could not be inspected: what only their hosts know can't be asked. */
export const reachable = (world: World, ids: readonly PeerId[]): readonly PeerId[] =>
  present(world, ids).filter((id) => world.inspections.get(id)?.kind !== 'failed');
