import type { PeerName } from '../../cluster/peer-report.ts';
import { addressText, type Range } from './range.ts';

/** From `start` on up to the next token the addresses are `owner`'s. */
export type Token = { readonly start: number; readonly owner: PeerName; readonly version: number };

/** A peer that took part in the first election. */
export type Seed = { readonly name: PeerName; readonly nickname: string };

/** Who owns which part of the range (weave `ipam/ring`). Never changed in place; tokens are in order of start. */
export type Ring = {
  readonly range: Range;
  readonly seeds: readonly Seed[];
  readonly tokens: readonly Token[];
  readonly nicknames: ReadonlyMap<PeerName, string>;
};

export const emptyRing = (range: Range): Ring => ({ range, seeds: [], tokens: [], nicknames: new Map() });

export const isEmpty = (ring: Ring): boolean => ring.tokens.length === 0;

/** The first ring: the range halved again and again among the seeds, in order of their names. */
export const claim = (range: Range, electorate: readonly Seed[]): Ring => {
  const seeds = electorate.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tokens: Token[] = [];
  const divide = (start: number, size: number, part: readonly Seed[]): void => {
    const first = part[0];
    if (first === undefined) return;
    if (part.length === 1) {
      tokens.push({ start, owner: first.name, version: 0 });
      return;
    }
    const half = part.length >> 1;
    divide(start, size / 2, part.slice(0, half));
    divide(start + size / 2, size / 2, part.slice(half));
  };
  divide(range.start, range.size, seeds);
  return { range, seeds, tokens, nicknames: new Map(seeds.map(({ name, nickname }) => [name, nickname])) };
};

/** Tokens with the number of addresses each stands for. */
export const shares = (ring: Ring): readonly (Token & { readonly size: number })[] =>
  ring.tokens.map((token, index) => {
    const next = ring.tokens[index + 1]?.start ?? ring.range.start + ring.range.size;
    return { ...token, size: next - token.start };
  });

/** How many addresses a peer owns. */
export const owned = (ring: Ring, name: PeerName): number =>
  shares(ring).reduce((sum, { owner, size }) => (owner === name ? sum + size : sum), 0);

const withTokens = (ring: Ring, tokens: readonly Token[]): Ring => ({ ...ring, tokens });

/** What `from` owns becomes `to`'s, each version raised by `bump`. */
export const transfer = (ring: Ring, from: PeerName, to: Seed, bump: number): Ring => ({
  ...withTokens(
    ring,
    ring.tokens.map((token) =>
      token.owner === from ? { ...token, owner: to.name, version: token.version + bump } : token,
    ),
  ),
  nicknames: new Map([...ring.nicknames, [to.name, to.nickname]]),
});

/** Raises the version of one token, as an allocation in it does. */
export const touch = (ring: Ring, start: number): Ring =>
  withTokens(
    ring,
    ring.tokens.map((token) => (token.start === start ? { ...token, version: token.version + 1 } : token)),
  );

/** The upper half of the donor's largest share goes to `to`; null when the donor has none to give. */
export const donate = (ring: Ring, donor: PeerName, to: Seed): Ring | null => {
  const largest = shares(ring)
    .filter(({ owner, size }) => owner === donor && size >= 4)
    .reduce<(Token & { size: number }) | null>(
      (best, one) => (best === null || one.size > best.size ? one : best),
      null,
    );
  if (largest === null) return null;
  const start = largest.start + largest.size / 2;
  const tokens = ring.tokens.flatMap((token) =>
    token.start === largest.start
      ? [
          { ...token, version: token.version + 1 },
          { start, owner: to.name, version: 0 },
        ]
      : [token],
  );
  return { ...withTokens(ring, tokens), nicknames: new Map([...ring.nicknames, [to.name, to.nickname]]) };
};

const seedList = (seeds: readonly Seed[]) =>
  `[${seeds.map(({ name, nickname }) => `${name}(${nickname})`).join(' ')}]`;

/** A merge gives the ring that both can agree on, or the words with which weave drops the connection. */
export type Merge = { readonly ring: Ring } | { readonly conflict: string };

const sameTokens = (a: Ring, b: Ring) =>
  a.tokens.length === b.tokens.length &&
  a.tokens.every((token, index) => {
    const other = b.tokens[index] as Token;
    return token.start === other.start && token.owner === other.owner && token.version === other.version;
  });

/** In a calm cluster everybody merges the same two rings: the result, and whose tokens it changes. */
const remembered = new WeakMap<
  Ring,
  WeakMap<Ring, { readonly ring: Ring; readonly losers: ReadonlySet<PeerName> }>
>();

/** Reads a ring that came by gossip into our own (weave `ring.Merge`), as `self`. */
export const merge = (mine: Ring, theirs: Ring, self: PeerName): Merge => {
  if (theirs === mine || isEmpty(theirs)) return { ring: mine };
  const known = remembered.get(mine)?.get(theirs);
  if (known !== undefined && !known.losers.has(self)) return known;
  const merged = mergeAnew(mine, theirs, self);
  if ('ring' in merged && known === undefined) {
    const kept = new Map(mine.tokens.map((token) => [token.start, token]));
    const losers = merged.ring.tokens.flatMap((token) => {
      const before = kept.get(token.start);
      return before !== undefined && before !== token && before.version < token.version ? [before.owner] : [];
    });
    const memory = remembered.get(mine) ?? new WeakMap();
    remembered.set(mine, memory.set(theirs, { ring: merged.ring, losers: new Set(losers) }));
  }
  return merged;
};

const mergeAnew = (mine: Ring, theirs: Ring, self: PeerName): Merge => {
  if (theirs.range.cidr !== mine.range.cidr)
    return {
      conflict: `Incompatible IP allocation ranges (received: ${theirs.range.cidr}, ours: ${mine.range.cidr})`,
    };
  if (isEmpty(mine)) return { ring: theirs };
  const seedNames = (ring: Ring) => ring.seeds.map(({ name }) => name).join();
  if (seedNames(mine) !== seedNames(theirs))
    return {
      conflict: `IP allocation was seeded by different peers (received: ${seedList(theirs.seeds)}, ours: ${seedList(mine.seeds)})`,
    };
  const merged = new Map(mine.tokens.map((token) => [token.start, token]));
  let ours = true;
  for (const token of theirs.tokens) {
    const own = merged.get(token.start);
    if (own === undefined || own.version < token.version) {
      if (own?.owner === self)
        return {
          conflict: `Received update for IP range I own at ${addressText(token.start)} v${own.version}: incoming message says owner ${token.owner} v${token.version}`,
        };
      merged.set(token.start, token);
      ours = false;
    } else if (own.version === token.version && own.owner !== token.owner) {
      return {
        conflict: `Inconsistent entries for ${addressText(token.start)}: owned by ${own.owner} but incoming message says ${token.owner}`,
      };
    }
  }
  if (ours) return { ring: mine };
  const ring: Ring = {
    ...mine,
    tokens: [...merged.values()].sort((a, b) => a.start - b.start),
    nicknames: new Map([...mine.nicknames, ...theirs.nicknames]),
  };
  return { ring: sameTokens(ring, theirs) ? theirs : ring };
};
