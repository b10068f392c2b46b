import {
  type DriftColumn,
  type DriftMatrix,
  type DriftRow,
  differs,
  driftColumns,
  driftMatrix,
} from '../../cluster/drift-matrix.ts';
import type { Model } from '../../session/model.ts';
import { width } from '../../text/width.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { driftWords, uncomparedWords, unknownWords } from '../drift-words.ts';
import { driftGlyph as sign } from '../glyphs.ts';
import { keyOf } from '../mend-keys.ts';
import type { Tone } from '../palette.ts';
import type { Screen } from '../screens.ts';
import { blank, cell, type Line, line, type Span, span } from '../spans.ts';
import { callName, plural } from '../words.ts';
import { wrap } from '../wrap.ts';
import { stillLooking } from './findings.ts';
import { page } from './page.ts';

const tone: Readonly<Record<keyof typeof sign, Tone>> = { same: 'good', differs: 'warn', unknown: 'info' };

/** Columns of one thing: its name, or a sign and a word, and a gap. */
const cellWidth = 12;

const countOf = (matrix: DriftMatrix): number => matrix.rows.filter(differs).length;

/** Who differs first, then who is not known in all; else in the order of the grid. */
function inOrder(rows: readonly DriftRow[]): readonly DriftRow[] {
  const rank = (row: DriftRow): number => {
    if (differs(row)) return 0;
    return driftColumns.some((column) => row.cells[column].how === 'unknown') ? 1 : 2;
  };
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** The things to compare in as many blocks beside each other's rows as the width takes, evenly. */
function blocksOf(room: number): readonly (readonly DriftColumn[])[] {
  const most = Math.max(1, Math.floor(room / cellWidth));
  const count = Math.ceil(driftColumns.length / most);
  const each = Math.ceil(driftColumns.length / count);
  return Array.from({ length: count }, (_, at) => driftColumns.slice(at * each, (at + 1) * each));
}

function tableLines(scene: Scene, matrix: DriftMatrix): readonly Line[] {
  const { model, columns } = scene;
  const rows = inOrder(matrix.rows);
  const longest = rows.reduce((most, { id }) => Math.max(most, width(callName(model, id))), 4);
  const label = Math.min(longest, columns < 80 ? 10 : 22);
  return blocksOf(columns - label - 3).flatMap((block, at): readonly Line[] => [
    ...(at === 0 ? [] : [blank]),
    [
      span(` ${cell('peer', label)}  `, 'title'),
      ...block.map((column) => span(cell(column, cellWidth), 'title')),
    ],
    ...rows.map(
      ({ id, cells }): Line => [
        span(` ${cell(callName(model, id), label)}  `),
        ...block.map((column): Span => {
          const { how, word } = cells[column];
          return span(`${cell(`${sign[how]} ${word}`, cellWidth - 1)} `, tone[how]);
        }),
      ],
    ),
  ]);
}

/** What `A` begins here, or why it does not. */
function nextWords(scene: Scene, many: number): string {
  const key = keyOf(scene, 'align', 'drift');
  if (key !== null) return `${key}: align, one confirmed host at a time; it restarts nothing.`;
  return many === 0 ? '' : 'This session only looks: align begins in one that may change the cluster.';
}

function paragraph(text: string, columns: number, first: Span): readonly Line[] {
  const indent = width(first.text);
  return wrap(text, columns - indent).map(
    (part, index): Line => [index === 0 ? first : span(' '.repeat(indent)), span(part)],
  );
}

function wordLines(scene: Scene, matrix: DriftMatrix): readonly Line[] {
  const { model, columns } = scene;
  const words = driftWords(model, matrix);
  const dark = [unknownWords(model, matrix), uncomparedWords(matrix)].filter((text) => text !== null);
  const next = nextWords(scene, countOf(matrix));
  return [
    ...words.flatMap(({ what, remedy }) => [
      ...paragraph(what, columns, span(` ${sign.differs} `, tone.differs)),
      ...paragraph(remedy, columns, span('   → ', 'strong')),
    ]),
    ...(words.length === 0 && !stillLooking(scene) ? [line(' Nothing that is known differs.', 'good')] : []),
    ...dark.flatMap((text) => paragraph(text, columns, span(` ${sign.unknown} `, tone.unknown))),
    ...(next === '' ? [] : [blank, ...paragraph(next, columns, span(' ', 'strong'))]),
  ];
}

function titleOf(matrix: DriftMatrix, looking: boolean): Line {
  const many = countOf(matrix);
  const all = matrix.rows.length;
  if (many > 0) return [span('drift: '), span(`${many} of ${plural(all, 'peer')} differ`, 'warn')];
  return [span('drift: '), looking ? span('looking', 'info') : span('nobody differs', 'good')];
}

/** Who differs in what: a row a peer, and below what it is and what to do. */
export function driftScreen(scene: Scene, at: Extract<Screen, { screen: 'drift' }>): Drawing {
  const matrix = driftMatrix(scene.model.view);
  return page(scene, 'drift', {
    title: titleOf(matrix, stillLooking(scene)),
    lines: [...tableLines(scene, matrix), blank, ...wordLines(scene, matrix)],
    scroll: at.scroll,
    name: 'the drift',
  });
}

/** One peer as a sentence: what differs, what is not known; silence means the same. */
function rowSentence(model: Model, { id, cells }: DriftRow): string {
  const odd = driftColumns.filter((column) => cells[column].how === 'differs');
  const dark = driftColumns.filter((column) => cells[column].how === 'unknown');
  const parts = [
    odd.length === 0
      ? 'differs in nothing that is known'
      : `differs in ${odd.map((column) => (cells[column].word === 'differs' ? column : `${column} (${cells[column].word})`)).join(', ')}`,
    ...(dark.length === 0 ? [] : [`unknown: ${dark.join(', ')}`]),
  ];
  return `${callName(model, id)} ${parts.join('; ')}.`;
}

/** The same for a screen reader. */
export function driftSentences(scene: Scene): readonly string[] {
  const { model } = scene;
  const matrix = driftMatrix(model.view);
  const next = nextWords(scene, countOf(matrix));
  return [
    `Drift: ${countOf(matrix)} of ${plural(matrix.rows.length, 'peer')} differ.`,
    ...inOrder(matrix.rows).map((row) => rowSentence(model, row)),
    ...driftWords(model, matrix).map(({ what, remedy }) => `${what} ${remedy}`),
    ...(next === '' ? [] : [next]),
    ...(scene.notice === null ? [] : [scene.notice]),
  ];
}
