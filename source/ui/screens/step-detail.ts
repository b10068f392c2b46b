import type { StepPhase } from '../../maintenance/run.ts';
import { type Step, whyOptional } from '../../maintenance/step.ts';
import type { Judged } from '../../maintenance/verdict.ts';
import type { MaintenanceModel } from '../../session/maintenance/model.ts';
import type { Tone } from '../palette.ts';
import { levelGlyph, levelTone, phaseGlyph, phaseTone, phaseWord } from '../phase.ts';
import { blank, cell, type Line, line, span } from '../spans.ts';
import { age } from '../words.ts';
import { hardWrap, wrap } from '../wrap.ts';
import { stateSayings } from './step-state.ts';

const paragraph = (text: string, columns: number, tone: Tone = 'plain', indent = 1): readonly Line[] =>
  wrap(text, columns - indent).map((part) => [span(' '.repeat(indent)), span(part, tone)]);

const titled = (title: string, lines: readonly Line[]): readonly Line[] =>
  lines.length === 0 ? [] : [blank, line(` ${title}`, 'title'), ...lines];

/** Exact text, every character of it: what doesn't fit goes on below, behind a sign. */
export const exact = (
  lines: readonly string[],
  columns: number,
  tone: (text: string) => Tone,
): readonly Line[] =>
  lines.flatMap((text) =>
    hardWrap(text, columns - 3).map(
      (part, index): Line => [span(index === 0 ? '   ' : ' … ', 'info'), span(part, tone(text))],
    ),
  );

/** What a person decided about a check as it stands now: the decision falls with the sentence. */
function decided(model: MaintenanceModel, step: Step, one: Judged): string {
  const key = `${step.id}/${one.check}`;
  if (one.level === 'pass') return '';
  if (!one.never && model.run.overridden.get(key) === one.because) return ', overridden';
  if (one.level === 'warn') return model.run.acknowledged.get(key) === one.because ? ', acknowledged' : '';
  return one.never ? ', never overridden' : '';
}

/** A check with its word, and the reason in full. */
function judgedLines(model: MaintenanceModel, step: Step, one: Judged, columns: number): readonly Line[] {
  const word = `${one.level}${decided(model, step, one)}`;
  const tone = levelTone[one.level];
  const [head = '', ...rest] = wrap(`${one.title}: ${one.because}`, columns - 12);
  const long = word.length > 8;
  const first: Line = [
    span(` ${levelGlyph[one.level]} `, tone),
    span(cell(word, long ? word.length : 8), tone),
  ];
  const indent = span(' '.repeat(12));
  return long
    ? [first, ...[head, ...rest].map((part): Line => [indent, span(part)])]
    : [[...first, span(' '), span(head)], ...rest.map((part): Line => [indent, span(part)])];
}

const rank = { block: 0, unknown: 1, warn: 2, pass: 3 } as const;

function checks(model: MaintenanceModel, step: Step, phase: StepPhase, columns: number): readonly Line[] {
  const judged = 'judged' in phase ? phase.judged : [];
  const after = ['uncertain', 'verifying', 'failed'].includes(phase.phase);
  if (judged.length === 0) {
    if (after || step.before.length === 0) return [];
    return titled(
      'checks before it',
      step.before.flatMap(({ title }) => paragraph(`· ${title}`, columns)),
    );
  }
  const sorted = judged.toSorted((a, b) => rank[a.level] - rank[b.level]);
  return titled(
    after ? 'what is true now' : 'checks before it',
    sorted.flatMap((one) => judgedLines(model, step, one, columns)),
  );
}

function command(model: MaintenanceModel, step: Step, columns: number): readonly Line[] {
  const { action } = step;
  if (action.kind === 'look')
    return titled('command', paragraph('None: nothing is run.', columns, 'plain', 3));
  if (action.kind === 'human') return titled('by hand', paragraph(action.instruction, columns, 'plain', 3));
  const input =
    action.input === undefined ? [] : ['Its input is read from files just before; secrets are never shown.'];
  const lines =
    model.command.length === 0
      ? paragraph('It is made from what the look at the host shows.', columns, 'plain', 3)
      : exact(model.command, columns, () => 'plain');
  const goesOn = lines.some(([sign]) => sign?.text === ' … ');
  return titled(`exact command, on ${step.on}${goesOn ? ' (… continues a line)' : ''}`, [
    ...lines,
    ...input.flatMap((text) => paragraph(text, columns, 'plain', 3)),
  ]);
}

const diffTone = (text: string): Tone =>
  text.startsWith('+ ') || text === '+' ? 'good' : text.startsWith('- ') || text === '-' ? 'bad' : 'plain';

function afterwards(step: Step, columns: number): readonly Line[] {
  if (step.after.length === 0) return [];
  const steady = step.steady > 0 ? `, and then for ${age(step.steady)} without a break` : '';
  const by =
    step.inspects.length === 0
      ? 'by what every peer reports'
      : `by what every peer reports, and a look at ${step.inspects.join(', ')}`;
  return titled('looked at afterwards', [
    ...step.after.flatMap(({ title }) => paragraph(`· ${title}`, columns)),
    ...paragraph(
      `${step.settle === Number.POSITIVE_INFINITY ? 'as long as it takes' : `within ${age(step.settle)}`}${steady}; ${by}`,
      columns,
      'plain',
      3,
    ),
  ]);
}

const confirmation = (step: Step): string =>
  step.confirm.kind === 'type'
    ? `typing ${step.confirm.word}, since it can't be taken back`
    : `y${step.group === undefined ? '' : ', or Y for all of its kind'}`;

/** Everything about the step at hand, in the order in which it matters in its phase. */
export function stepDetail(
  model: MaintenanceModel,
  step: Step,
  phase: StepPhase,
  columns: number,
): readonly Line[] {
  const word = phaseWord(phase);
  const lock = model.run.lock;
  const head: readonly Line[] = [
    ...paragraph(step.title, columns, 'title'),
    [span(` ${phaseGlyph[word]} ${word}`, phaseTone[word]), span(step.on === null ? '' : `  on ${step.on}`)],
    ...(lock.kind === 'held'
      ? []
      : paragraph(
          `The lock is ${lock.kind}: ${lock.why.replace(/\.?$/, '.')} Nothing is let go.`,
          columns,
          'bad',
        )),
    ...stateSayings(model, step, phase).flatMap(({ text, tone }) => paragraph(text, columns, tone)),
  ];
  const optional = whyOptional(step, model.run.world);
  const why: readonly Line[] = [
    ...titled('why', paragraph(step.why, columns)),
    ...(optional === null ? [] : paragraph(`May be left out: ${optional}`, columns)),
  ];
  const judged = checks(model, step, phase, columns);
  // What a file becomes is what is confirmed; the script that writes it is long.
  const run: readonly Line[] = [
    ...titled('what changes in the file', exact(model.preview, columns, diffTone)),
    ...command(model, step, columns),
  ];
  const end: readonly Line[] = [
    ...afterwards(step, columns),
    ...titled('to undo it by hand', paragraph(step.undo, columns)),
    ...titled('let go by', paragraph(confirmation(step), columns)),
  ];
  const commandFirst = phase.phase === 'armed' || phase.phase === 'running';
  return commandFirst
    ? [...head, ...why, ...run, ...judged, ...end]
    : [...head, ...judged, ...why, ...run, ...end];
}
