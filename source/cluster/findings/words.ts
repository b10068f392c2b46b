import { clean } from '../../text/clean.ts';
import { listed } from '../../text/listed.ts';
import type { PeerId } from '../inventory.ts';
import type { PeerName } from '../peer-report.ts';
import type { Picture } from '../picture.ts';
import type { Roster } from '../roster.ts';
import type { PeerWatch } from '../sighting.ts';

/** A configured peer for a sentence: its nickname where that tells it from all others, else its address. */
export function label(roster: Roster, index: number): string {
  const nickname = roster.nicknames[index] ?? null;
  const id = roster.ids[index] ?? '?';
  if (nickname === null) return id;
  return roster.nicknames.indexOf(nickname) === roster.nicknames.lastIndexOf(nickname)
    ? nickname
    : `${nickname} (${id})`;
}

/** `nickname (address)`, for findings where nicknames can't be trusted. */
export function fullLabel(roster: Roster, index: number): string {
  const nickname = roster.nicknames[index] ?? null;
  const id = roster.ids[index] ?? '?';
  return nickname === null || nickname === id ? id : `${nickname} (${id})`;
}

/** A host that is no member: its own name where the probe told it, and its address. */
export function hostLabel({ peer, lastFacts }: PeerWatch): string {
  const hostname = lastFacts?.facts.hostname ?? '';
  return hostname === '' ? peer.address : `${hostname} (${peer.address})`;
}

/** Several configured peers in a sentence. */
export function labels(roster: Roster, indexes: readonly number[]): string {
  return listed(indexes.map((index) => label(roster, index)));
}

/** Their ids. */
export function idsOf(roster: Roster, indexes: readonly number[]): PeerId[] {
  return indexes.map((index) => roster.ids[index] ?? '');
}

/** An owner in a ring: the configured peer if it is one, else its nickname and name as the ring has them. */
export function ownerLabel(picture: Picture, name: PeerName, nickname: string): string {
  const index = picture.roster.byRef({ name, nickname });
  return index === null ? (nickname ? `${nickname} (${name})` : name) : label(picture.roster, index);
}

/** `is` or `are`, `has` or `have`: by how many. */
export function verb(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** 0..1 as percent, with a decimal below ten. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)}%`;
}

/** A remote sentence (an Info, a trouble) cut to what a line can bear. */
export function quote(text: string, max = 160): string {
  return `“${clean(text, max)}”`;
}
