import type { StepPhase } from '../../maintenance/run.ts';
import type { MaintenanceModel } from '../../session/maintenance/model.ts';
import { fit as shorten, width } from '../../text/width.ts';
import { copied, type Drawing, type Scene } from '../drawing.ts';
import { footer, header, rule } from '../header.ts';
import { phaseGlyph, phaseTone, phaseWord } from '../phase.ts';
import { type Screen, scrollOf, windowTop } from '../screens.ts';
import { blank, cell, cutLine, type Line, line, lineWidth, span } from '../spans.ts';
import { plural } from '../words.ts';
import { wrap } from '../wrap.ts';
import { impossibleMoves, possibleMoves } from './moves.ts';
import { offScreen } from './page.ts';
import { summaryLines } from './run-summary.ts';
import { stepDetail } from './step-detail.ts';

/** Narrower than this, the list of steps is one line. */
export const listBelow = 100;
/** Columns of the list of steps. */
const listWidthOf = (columns: number): number => Math.min(58, Math.floor(columns * 0.4));

/** A title in `columns`: its end, where the host is named, stays. */
function shortTitle(text: string, columns: number): string {
  if (width(text) <= columns) return cell(text, columns);
  const words = text.split(' ');
  const tail = words.at(-1) ?? '';
  const room = columns - width(tail) - 1;
  return room < 8 ? cell(text, columns) : cell(`${shorten(text, room)} ${tail}`, columns);
}

const waiting: StepPhase = { phase: 'waiting' };

/** Steps as a list: sign, word, title; the one at hand is marked. */
function stepList(model: MaintenanceModel, room: number, columns: number): readonly Line[] {
  const { steps, run } = model;
  const at = Math.min(run.at, steps.length - 1);
  const first = windowTop(Math.max(0, at - Math.floor(room / 2)), at, room, steps.length);
  return steps.slice(first, first + room).map((step, offset): Line => {
    const index = first + offset;
    const word = phaseWord(run.phases[index] ?? waiting);
    const here = index === run.at;
    return [
      span(here ? '▸' : ' ', 'strong'),
      span(`${phaseGlyph[word]} ${cell(word, 12)} `, phaseTone[word]),
      span(shortTitle(`${index + 1} ${step.title}`, columns - 17), here ? 'strong' : 'plain'),
    ];
  });
}

/** All steps in one line: which of how many, a sign each, and the word. */
function stepLine(model: MaintenanceModel, columns: number): Line {
  const { steps, run } = model;
  const word = phaseWord(run.phases[run.at] ?? { phase: 'done', at: 0, already: false });
  const head: Line = [
    span(` step ${Math.min(run.at + 1, steps.length)}/${steps.length} `, 'strong'),
    span(`${phaseGlyph[word]} ${word}  `, phaseTone[word]),
  ];
  const signs = steps.map((_, index) => {
    const each = phaseWord(run.phases[index] ?? waiting);
    return span(phaseGlyph[each], phaseTone[each]);
  });
  return cutLine([...head, ...signs], columns);
}

const lockWords = ({ lock, run }: MaintenanceModel): string => {
  if (run.ended !== null) return '';
  const alone = lock.record.survivors === null ? '' : ': survivors only';
  return `lock ${lock.have} of ${lock.voters.length} peers, ${lock.need} needed${alone}`;
};

/** Newest output, as many lines as there is room for. */
function outputLines(model: MaintenanceModel, room: number, columns: number): readonly Line[] {
  if (model.output.length === 0 || room < 2) return [];
  const shown = model.output.slice(-(room - 1));
  const more = model.output.length - shown.length;
  return [
    rule(line('output, newest last'), more > 0 ? plural(more, 'earlier line') : '', columns),
    ...shown.map((text) => cutLine([span(' '), span(text)], columns)),
  ];
}

const beside = (left: Line, right: Line, listWidth: number): Line => [
  ...left,
  span(' '.repeat(Math.max(0, listWidth - lineWidth(left)))),
  span('│ '),
  ...right,
];

/** What a scroll position belongs to: a step as it is read before it goes, while it goes, and after. */
const anchorOf = ({ run, steps }: MaintenanceModel): string => {
  const phase = run.ended === null ? (run.phases[run.at]?.phase ?? 'done') : 'ended';
  const reading = ['checking', 'blocked', 'armed'].includes(phase) ? 'before' : phase;
  return `${steps[run.at]?.id ?? ''}/${reading}`;
};

/** The ticket that a confirmation on this screen would carry; null where the step can't be let go. */
export const ticketOf = ({ run }: MaintenanceModel): number | null => {
  const phase = run.phases[run.at];
  return run.ended === null && phase?.phase === 'armed' ? phase.ticket : null;
};

/** The checklist: steps, the step at hand, what was printed, and what can be done now. */
export function checklistScreen(scene: Scene, at: Extract<Screen, { screen: 'checklist' }>): Drawing {
  const model = scene.maintenance;
  const { columns, height } = scene;
  if (model === null) return nothing(scene);
  const { run, steps } = model;
  const step = steps[run.at];
  const over = run.ended !== null || step === undefined;
  const wide = columns >= listBelow;
  const tall = height >= 30;
  const listWidth = listWidthOf(columns);
  const detailWidth = wide ? columns - listWidth - 2 : columns;
  const notNow = over ? [] : impossibleMoves(model, tall ? columns : detailWidth);
  const content: readonly Line[] = over
    ? summaryLines(model, detailWidth)
    : [
        ...stepDetail(model, step, run.phases[run.at] ?? waiting, detailWidth),
        ...(tall || notNow.length === 0 ? [] : [blank, line(' not now', 'title'), ...notNow]),
      ];
  const top = header(scene, true).slice(0, height < 22 ? 1 : 2);
  const moves: readonly Line[] = over
    ? []
    : [
        rule(line('moves'), lockWords(model), columns),
        ...possibleMoves(model, columns),
        ...(tall ? notNow : []),
      ];
  const room = Math.max(1, height - top.length - 2 - (wide ? 0 : 1) - moves.length);
  const output = outputLines(model, Math.min(tall ? 8 : 4, Math.floor(room / 3)), columns);
  const body = Math.max(1, room - output.length);
  const maxScroll = Math.max(0, content.length - body);
  const anchor = anchorOf(model);
  const scroll = Math.min(scrollOf(at, anchor), maxScroll);
  const shown = content.slice(scroll, scroll + body);
  const below = content.length - scroll - shown.length;
  const list = wide ? stepList(model, body, listWidth) : [];
  const filled = Array.from({ length: body }, (_, index): Line => {
    const right = cutLine(shown[index] ?? blank, detailWidth);
    return wide ? beside(list[index] ?? blank, right, listWidth) : right;
  });
  const place = over ? 'ended' : `step ${run.at + 1} of ${steps.length}`;
  const lines = [
    ...top,
    rule([span(run.procedure.title, 'title'), span(`  ${place}`)], offScreen(scroll, below), columns),
    ...(wide ? [] : [stepLine(model, columns)]),
    ...filled,
    ...output,
    ...moves,
  ].slice(0, Math.max(0, height - 1));
  return {
    lines: [...lines, footer(scene, 'checklist')].map((parts) => cutLine(parts, columns)),
    page: body,
    maxScroll,
    maxLeft: 0,
    anchor,
    ids: [],
    subject: subjectOf(model, content, over),
  };
}

function subjectOf(model: MaintenanceModel, content: readonly Line[], over: boolean): Drawing['subject'] {
  return over || model.command.length === 0
    ? { name: over ? 'the summary' : 'the step', text: copied(content) }
    : { name: 'the command', text: model.command.join('\n') };
}

function nothing(scene: Scene): Drawing {
  const top = header(scene).slice(0, Math.max(0, scene.height - 3));
  const text = wrap('No maintenance was begun in this session.', scene.columns - 2);
  const body = [rule(line('maintenance'), '', scene.columns), ...text.map((part) => line(` ${part}`))];
  const filler = Array.from(
    { length: Math.max(0, scene.height - top.length - body.length - 1) },
    () => blank,
  );
  const lines = [...top, ...body, ...filler, footer(scene, 'checklist')];
  return { lines: lines.slice(-scene.height), page: 1, maxScroll: 0, maxLeft: 0, ids: [], subject: null };
}
