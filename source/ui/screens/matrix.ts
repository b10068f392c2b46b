import type { LinkWord } from '../../cluster/cluster-view.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { Model } from '../../session/model.ts';
import { width } from '../../text/width.ts';
import { copied, type Drawing, type Scene } from '../drawing.ts';
import { linkGlyph } from '../glyphs.ts';
import { footer, header, rule } from '../header.ts';
import type { Screen } from '../screens.ts';
import { blank, cell, cutLine, type Line, line, lineWidth, type Span, span } from '../spans.ts';
import { callName } from '../words.ts';
import { wrap } from '../wrap.ts';
import { offScreen } from './page.ts';
import { linkTone } from './peer-links.ts';

/** The matrix's order: clique after clique, then those in none, so that a partition shows as blocks. */
function matrixOrder(model: Model): {
  readonly order: readonly number[];
  readonly starts: readonly number[];
} {
  const { peers, quorum } = model.view;
  const place = new Map(peers.map(({ id }, index) => [id, index]));
  const seen = new Set<number>();
  const starts: number[] = [];
  const take = (indexes: readonly number[]): void => {
    const fresh = indexes.filter((index) => !seen.has(index));
    if (fresh.length > 0 && seen.size > 0) starts.push(seen.size);
    for (const index of fresh) seen.add(index);
  };
  for (const clique of quorum.mesh.cliques) {
    take(clique.flatMap((id) => place.get(id) ?? []));
  }
  take(peers.map((_, index) => index));
  return { order: [...seen], starts };
}

const name = (model: Model, id: PeerId | undefined): string => (id === undefined ? '?' : callName(model, id));

/** Groups under the matrix: who sees whom. */
function groupLines(model: Model, columns: number): readonly Line[] {
  const { cliques } = model.view.quorum.mesh;
  const inOne = new Set(cliques.flat());
  const alone = model.view.peers.filter(({ id }) => !inOne.has(id)).map(({ id }) => id);
  const groups = [
    ...cliques.map((ids, index) => [`group ${index + 1}`, ids] as const),
    ...(alone.length === 0 ? [] : [['in no group', alone] as const]),
  ];
  if (cliques.length === 1 && alone.length === 0) return [line(' all see each other', 'good')];
  return groups.flatMap(([label, ids]) =>
    wrap(`${label} (${ids.length}): ${ids.map((id) => name(model, id)).join(' ')}`, columns - 1).map((part) =>
      line(` ${part}`),
    ),
  );
}

/** What the signs mean, in as many lines as that takes. */
function legendLines(columns: number): readonly Line[] {
  const lines: Span[][] = [[]];
  for (const word of Object.keys(linkGlyph) as LinkWord[]) {
    const entry = [span(` ${linkGlyph[word]}`, linkTone[word]), span(` ${word} `)];
    const last = lines.at(-1);
    if (last !== undefined && lineWidth([...last, ...entry]) <= columns) last.push(...entry);
    else lines.push(entry);
  }
  return lines;
}

/** Digits of the column numbers, one line a digit, read from top to bottom. */
function numberLines(
  numbers: readonly number[],
  digits: number,
  between: (position: number) => string,
  indent: number,
): readonly Line[] {
  const needed = String(numbers.at(-1) ?? 0).length;
  return Array.from({ length: needed }, (_, line) => line + digits - needed).map((row) => {
    const text = numbers
      .map((value, index) => between(index) + (String(value).padStart(digits)[row] ?? ' '))
      .join('');
    return line(' '.repeat(indent) + text, 'title');
  });
}

/** N x N: a row is what that peer itself says of its links, a column is who it speaks of. */
export function matrixScreen(scene: Scene, at: Extract<Screen, { screen: 'matrix' }>): Drawing {
  const { model, columns, height } = scene;
  const { order, starts } = matrixOrder(model);
  const { peers, links } = model.view;
  const digits = String(order.length).length;
  const longest = order.reduce((most, index) => Math.max(most, width(name(model, peers[index]?.id))), 0);
  const label = Math.min(longest, columns < 60 ? 8 : 20);
  const indent = 1 + digits + 1 + label + 1;
  const perCell = (columns - indent) / (order.length * 2 + starts.length * 2) >= 1 ? 2 : 1;
  const span1 = perCell === 2 ? ' ' : '';
  const divider = perCell === 2 ? ' │' : '│';
  const fits = (from: number): number => {
    let used = indent;
    let to = from;
    while (to < order.length) {
      used += perCell + (starts.includes(to) && to > from ? divider.length : 0);
      if (used > columns) break;
      to += 1;
    }
    return to - from;
  };
  let maxLeft = order.length;
  while (maxLeft > 0 && maxLeft - 1 + fits(maxLeft - 1) >= order.length) maxLeft -= 1;
  const left = Math.min(at.left, maxLeft);
  const wide = Math.max(1, fits(left));
  const shown = order.slice(left, left + wide);
  const between = (position: number): string =>
    (starts.includes(left + position) && position > 0 ? divider : '') + span1;

  const rowOf = (index: number, number: number): Line => {
    const cells = shown.flatMap((other, position): readonly Span[] => {
      const before = span(between(position));
      if (other === index) return [before, span('─')];
      const word = links[index]?.[other] ?? 'unknown';
      return [before, span(linkGlyph[word], linkTone[word])];
    });
    return [
      span(` ${String(number).padStart(digits)} ${cell(name(model, peers[index]?.id), label)} `),
      ...cells,
    ];
  };
  const dividerLine = line(
    ' '.repeat(indent) +
      shown
        .map(
          (_, position) =>
            (between(position).includes('│') ? (perCell === 2 ? '─┼' : '┼') : '') + '─'.repeat(perCell),
        )
        .join(''),
  );
  const body = order.flatMap((index, position): readonly Line[] =>
    starts.includes(position) ? [dividerLine, rowOf(index, position + 1)] : [rowOf(index, position + 1)],
  );

  const top = header(scene).slice(0, Math.max(0, height - 4));
  const numbers = numberLines(
    shown.map((_, index) => left + index + 1),
    digits,
    between,
    indent,
  );
  const legend = legendLines(columns);
  const groups = groupLines(model, columns).slice(0, Math.max(1, Math.floor(height / 4)));
  const fixed = top.length + 1 + numbers.length + groups.length + legend.length + 1;
  const room = Math.max(1, height - fixed);
  const maxScroll = Math.max(0, body.length - room);
  const scroll = Math.min(at.scroll, maxScroll);
  const rows = body.slice(scroll, scroll + room);
  const sideways = [
    left > 0 ? `← ${left} more` : '',
    left + shown.length < order.length ? `→ ${order.length - left - shown.length} more` : '',
  ];
  const beyond = [offScreen(scroll, body.length - scroll - rows.length), ...sideways]
    .filter((part) => part !== '')
    .join('  ');
  const drawn: readonly Line[] = [
    ...top,
    rule([span('each row: what that peer says of the columns')], beyond, columns),
    ...numbers,
    ...rows,
    ...groups,
    ...legend,
  ];
  const filler = Array.from({ length: Math.max(0, height - drawn.length - 1) }, () => blank);
  const lines = [...drawn, ...filler].slice(0, Math.max(0, height - 1)).concat([footer(scene, 'matrix')]);
  return {
    lines: lines.map((parts) => cutLine(parts, columns)),
    page: room,
    maxScroll,
    maxLeft,
    ids: [],
    subject: { name: 'the matrix', text: copied([...numbers, ...body, ...groups, ...legend]) },
  };
}
