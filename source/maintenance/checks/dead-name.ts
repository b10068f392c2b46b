import { isIpv4 } from '../../cluster/cidr.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerName, PeerRef } from '../../cluster/peer-report.ts';
import { isPeerName } from '../../commands/weave.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { called, listed, nameOf, reporting, watchOf } from './seeing.ts';

/**
 * The peer name of a host that may never have answered this console. `elimination`: nobody tells its address, but one owner
 * is out of sight and one configured peer has no name. `none`: no owner is out of sight, so it owns nothing.
 */
export type DeadName =
  | { readonly kind: 'known'; readonly ref: PeerRef; readonly how: 'told' | 'host-name' | 'elimination' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unknown';
      readonly candidates: readonly PeerRef[];
      readonly nameless: readonly PeerId[];
    };

/** The name of a configured peer by its own last report, or by what others tell of its address. */
export const configuredName = (world: World, id: PeerId): PeerName | null =>
  nameOf(world, id) ?? world.view.peers.find((peer) => peer.id === id)?.name ?? null;

/** Owners in the rings of these peers that are out of sight and are neither one of them nor `id`. */
export const strangers = (world: World, survivors: readonly PeerId[], id: PeerId): readonly PeerRef[] => {
  const members = new Set([...survivors, id].map((one) => configuredName(world, one)));
  const found = new Map<PeerName, PeerRef>();
  for (const { report } of reporting(world, survivors))
    for (const { owner, nickname, known } of report.ipam?.entries ?? [])
      if (!known && !members.has(owner)) found.set(owner, { name: owner, nickname });
  return [...found.values()];
};

/** The nickname that goes with a name, as any survivor has it. */
const nicknameOf = (world: World, id: PeerId, survivors: readonly PeerId[], name: PeerName): string =>
  watchOf(world, id)?.lastReport?.report.nickname ||
  reporting(world, survivors)
    .flatMap(({ report }) => report.ipam?.entries ?? [])
    .find(({ owner, nickname }) => owner === name && nickname !== '')?.nickname ||
  world.view.peers.find((peer) => peer.id === id)?.nickname ||
  '';

/** By what was noted, what it told itself, what others tell of its address, its host name, or by elimination. */
export const deadName = (world: World, id: PeerId, survivors: readonly PeerId[]): DeadName => {
  const noted = world.notes.name;
  if (noted !== undefined) {
    const [name] = noted;
    if (name === undefined) return { kind: 'none' };
    return { kind: 'known', ref: { name, nickname: world.notes.nickname?.[0] ?? '' }, how: 'told' };
  }
  const told = configuredName(world, id);
  if (told !== null) {
    const nickname = nicknameOf(world, id, survivors, told);
    return { kind: 'known', ref: { name: told, nickname }, how: 'told' };
  }
  const candidates = strangers(world, survivors, id);
  const host = watchOf(world, id)?.peer.host ?? '';
  const own = [id, host].map((word) => (isIpv4(word) ? word : word.replace(/[.:].*$/, '')));
  const namesakes = candidates.filter(({ nickname }) => own.includes(nickname));
  const [namesake] = namesakes;
  if (namesake !== undefined && namesakes.length === 1)
    return { kind: 'known', ref: namesake, how: 'host-name' };
  const nameless = survivors.filter((one) => configuredName(world, one) === null);
  const [only] = candidates;
  if (only === undefined && nameless.length === 0) return { kind: 'none' };
  if (only !== undefined && candidates.length === 1 && nameless.length === 0)
    return { kind: 'known', ref: only, how: 'elimination' };
  return { kind: 'unknown', candidates, nameless: [...nameless, id] };
};

/** Its peer name; null while it is not known, or where it has none to reclaim. */
export const nameToReclaim = (world: World, id: PeerId, survivors: readonly PeerId[]): PeerName | null => {
  const found = deadName(world, id, survivors);
  return found.kind === 'known' ? found.ref.name : null;
};

/** `h5 (10.0.0.15)`, also where only the rings know its nickname. */
export const calledDead = (world: World, id: PeerId, survivors: readonly PeerId[]): string => {
  const found = deadName(world, id, survivors);
  const nickname = found.kind === 'known' ? found.ref.nickname : '';
  return nickname === '' || nickname === id ? called(world, id) : `${nickname} (${id})`;
};

/** `82:93:65:46:db:ca (h5)`: a peer name, with the nickname where there is one. */
export const refWords = ({ name, nickname }: PeerRef): string =>
  nickname === '' ? name : `${name} (${nickname})`;

/** It is certain which peer name is reclaimed: weave's ring knows names only, and a wrong one is a living peer's. */
export const nameTold = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'name',
  title: `Which peer name ${id} has`,
  never: true,
  judge: (world) => {
    if (reporting(world, survivors).length === 0) return unknown('No survivor told a report just now.');
    const found = deadName(world, id, survivors);
    if (found.kind === 'unknown')
      return unknown(
        found.candidates.length === 0
          ? `Nobody tells the peer name of ${id}, and ${listed(found.nameless)} have none here: what it owns can't be told.`
          : `Nobody tells which peer name ${id} has. Out of sight are ${listed(found.candidates.map(refWords))}; without a name here are ${listed(found.nameless)}. Bring back the others first, or start this console where it has seen ${id}.`,
      );
    if (found.kind === 'none')
      return warn(
        `No owner of address space is out of sight, so ${id} owns nothing: weave rmpeer is not needed, and only lists and targets are put in order.`,
      );
    const { ref, how } = found;
    if (!isPeerName(ref.name))
      return block(`${id} has the peer name ${JSON.stringify(ref.name)}, which weave rmpeer can't be given.`);
    if (how === 'elimination')
      return warn(
        `Nobody tells the address of ${refWords(ref)}. It is taken for ${id}, because it is the only owner out of sight and ${id} the only peer here without a name. Make sure that no other host has this name.`,
      );
    return pass(`${called(world, id)} has the peer name ${refWords(ref)}.`);
  },
});
