import type { RingVersion, Share } from '../../cluster/cluster-view.ts';
import type { Model } from '../../session/model.ts';
import { width } from '../../text/width.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { type OwnerColor, ownerColors, type Tone } from '../palette.ts';
import type { Screen } from '../screens.ts';
import { blank, cell, type Line, line, type Span, span } from '../spans.ts';
import { callName, count, percent, plural } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The sign of the n-th owner in the bar; after two alphabets they repeat. */
const ownerSign = (index: number): string => letters[index % letters.length] ?? '?';

const ownerTone = (index: number, reachable: boolean): Tone =>
  reachable ? `owner-${(index % ownerColors) as Exclude<OwnerColor, 'gone'>}` : 'owner-gone';

/** A stretch of the range and its owner, as an index into the ring's shares. */
export type Stretch = { readonly owner: number; readonly size: number };

const tokenValue = (token: string): number =>
  token.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** The ring in the order of its addresses; neighbours with the same owner are one stretch. */
export function stretches(ring: RingVersion): readonly Stretch[] {
  const index = new Map(ring.shares.map(({ name }, place) => [name, place]));
  const merged: { owner: number; size: number }[] = [];
  for (const entry of [...ring.entries].sort((a, b) => tokenValue(a.token) - tokenValue(b.token))) {
    const owner = index.get(entry.owner) ?? -1;
    const last = merged.at(-1);
    if (last !== undefined && last.owner === owner) last.size += entry.size;
    else merged.push({ owner, size: entry.size });
  }
  return merged.filter(({ size }) => size > 0);
}

/** Cells of the bar for each stretch: to scale, rounded so that their sum is `columns`. */
export function barCells(parts: readonly Stretch[], columns: number): readonly number[] {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return parts.map(() => 0);
  let before = 0;
  let used = 0;
  return parts.map(({ size }) => {
    before += size;
    const end = Math.round((before / total) * columns);
    const cells = end - used;
    used = end;
    return cells;
  });
}

/** Each owner's place in the alphabet, the same in every version of the ring. */
export type Signs = ReadonlyMap<string, number>;

function ownerSigns(rings: readonly RingVersion[]): Signs {
  const names = new Set(rings.flatMap(({ shares }) => shares.map(({ name }) => name)));
  return new Map([...names].map((name, index) => [name, index]));
}

/** The whole range as one bar, with each owner's letter, name and percent in its stretch where that fits. */
function spaceBar(ring: RingVersion, columns: number, signs: Signs): Line {
  const parts = stretches(ring);
  const cells = barCells(parts, columns);
  return parts.flatMap(({ owner, size }, index): readonly Span[] => {
    const room = cells[index] ?? 0;
    if (room === 0) return [];
    const share = ring.shares[owner];
    const place = signs.get(share?.name ?? '');
    const sign = place === undefined ? '?' : ownerSign(place);
    const label = [
      `${sign} ${share?.nickname ?? ''} ${percent(size / ring.total)}`,
      `${sign} ${share?.nickname ?? ''}`,
      sign,
    ].find((text) => width(text) <= room - 1);
    const gone = share !== undefined && !share.known;
    const fill = gone ? '×' : sign;
    const text =
      label === undefined ? fill.repeat(room) : label + (gone ? '×' : ' ').repeat(room - width(label) - 1);
    const edge = label === undefined ? '' : '│';
    return [span(text + edge, place === undefined ? 'plain' : ownerTone(place, !gone))];
  });
}

/** Who reaches an owner: all, nobody, or only the part of a cut mesh that it is in, numbered as the matrix does. */
function reached({ known, name }: Share, { view }: Model): Span {
  if (!known) return span('UNREACHABLE', 'bad');
  const { cliques } = view.quorum.mesh;
  const owner = view.peers.find((peer) => peer.name === name)?.id;
  const group = cliques.findIndex((ids) => owner !== undefined && ids.includes(owner));
  return cliques.length < 2 || group < 0 ? span('reachable') : span(`only in group ${group + 1}`, 'warn');
}

function shareTable(ring: RingVersion, model: Model, columns: number, signs: Signs): readonly Line[] {
  const names = ring.shares.map(({ nickname, name }) => `${nickname} (${name})`);
  const wide = Math.min(Math.max(10, columns - 40), Math.max(10, ...names.map(width)));
  return ring.shares.map((share, index) => [
    span(' '),
    span(` ${ownerSign(signs.get(share.name) ?? 0)} `, ownerTone(signs.get(share.name) ?? 0, share.known)),
    span(
      ` ${cell(names[index] ?? '', wide)} ${count(share.size).padStart(11)} ${percent(share.share).padStart(4)}  `,
    ),
    reached(share, model),
  ]);
}

/** Where another version of the ring differs from the first one, token by token. */
export function differences(first: RingVersion, other: RingVersion): readonly string[] {
  const name = (ring: RingVersion, owner: string): string =>
    ring.shares.find((share) => share.name === owner)?.nickname ?? owner;
  const mine = new Map(first.entries.map((entry) => [entry.token, entry]));
  const theirs = new Map(other.entries.map((entry) => [entry.token, entry]));
  const tokens = [...new Set([...mine.keys(), ...theirs.keys()])].sort(
    (a, b) => tokenValue(a) - tokenValue(b),
  );
  return tokens.flatMap((token) => {
    const [a, b] = [mine.get(token), theirs.get(token)];
    if (a !== undefined && b !== undefined && a.owner === b.owner) {
      return a.version === b.version
        ? []
        : [`${token}: ${name(first, a.owner)}, version ${b.version} here, ${a.version} in ring 1`];
    }
    const here =
      b === undefined ? 'no token here' : `owned by ${name(other, b.owner)} (version ${b.version}) here`;
    const there =
      a === undefined ? 'no token in ring 1' : `by ${name(first, a.owner)} (version ${a.version}) in ring 1`;
    return [`${token}: ${here}, ${there}`];
  });
}

const mostDifferences = 12;

function ringLines(
  model: Model,
  rings: readonly RingVersion[],
  columns: number,
  signs: Signs,
): readonly Line[] {
  const [first] = rings;
  if (first === undefined || rings.length < 2) return [];
  return rings.flatMap((ring, index): readonly Line[] => {
    const observers = ring.observers.map((id) => callName(model, id)).join(' ');
    const differ = index === 0 ? [] : differences(first, ring);
    const shown = differ.slice(0, mostDifferences);
    return [
      blank,
      ...wrap(
        `ring ${index + 1}, held by ${plural(ring.observers.length, 'peer')}: ${observers}`,
        columns - 1,
      ).map((part) => line(` ${part}`, 'title')),
      [span(' '), ...spaceBar(ring, Math.max(4, columns - 2), signs)],
      ...shown.flatMap((text) => wrap(text, columns - 3).map((part) => line(`   ${part}`))),
      ...(differ.length > shown.length ? [line(`   +${differ.length - shown.length} more differences`)] : []),
    ];
  });
}

/** The range as one bar, the table of shares, and who disagrees. */
function spaceLines(scene: Scene): readonly Line[] {
  const { model, columns } = scene;
  const { rings } = model.view.space;
  const [ring] = rings;
  if (ring === undefined || ring.entries.length === 0) {
    const waiting = model.view.peers.some((peer) => peer.state === 'unseen');
    return [
      blank,
      line(waiting ? ' Looking; no ring seen so far.' : ' No peer has a ring: nobody owns addresses yet.'),
    ];
  }
  const signs = ownerSigns(rings);
  const parts = stretches(ring);
  const hidden = barCells(parts, Math.max(4, columns - 2)).filter((cells) => cells === 0).length;
  const gone = ring.shares.filter(({ known }) => !known).reduce((sum, { share }) => sum + share, 0);
  return [
    [span(' '), ...spaceBar(ring, Math.max(4, columns - 2), signs)],
    ...(hidden === 0 ? [] : [line(` +${hidden} stretches are too small for the bar`)]),
    blank,
    ...shareTable(ring, model, columns, signs),
    ...(gone > 0 ? [line(` ${percent(gone)} of the range belongs to peers that nobody reaches`, 'bad')] : []),
    blank,
    rings.length === 1
      ? line(
          ` ${ring.observers.length === 1 ? 'Only one peer holds this ring' : `All ${ring.observers.length} peers that answer hold the same ring`}.`,
          'good',
        )
      : line(` ${rings.length} different rings: who disagrees`, 'bad'),
    ...ringLines(model, rings, columns, signs),
  ];
}

export function spaceScreen(scene: Scene, at: Extract<Screen, { screen: 'space' }>): Drawing {
  const { range, rangeSize } = scene.model.view.space;
  const size = rangeSize === null ? '' : `, ${count(rangeSize)} addresses`;
  return page(scene, 'space', {
    title: line(`address space ${range ?? 'unknown'}${size}`),
    lines: spaceLines(scene),
    scroll: at.scroll,
    name: 'the address space',
  });
}
