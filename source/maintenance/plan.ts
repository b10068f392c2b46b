import { type Command, commandLine, needsSudo } from '../commands/command.ts';
import { commandOf, judgeStep } from './consider.ts';
import type { Procedure, Step } from './step.ts';
import { allPass, type Judged, judgeAll } from './verdict.ts';
import type { Notes, World } from './world.ts';

const SIGNS: Readonly<Record<Judged['level'], string>> = {
  pass: 'pass   ',
  warn: 'warn   ',
  block: 'BLOCK  ',
  unknown: 'unknown',
};

/** By when the postconditions must hold, in words. */
const within = (settle: number): string =>
  settle === Number.POSITIVE_INFINITY ? 'as long as it takes' : `within ${Math.round(settle / 1000)} s`;

const indented = (text: string, by: string): string[] =>
  text.split('\n').map((line) => `${by}${line}`.trimEnd());

/** What is said of what a command is told by its standard input, which is never shown; nothing where it is told nothing. */
const inputWords = (command: Command | null, action: Step['action']): readonly string[] => {
  if (action.kind !== 'command') return [];
  if (action.input !== undefined)
    return ['Its standard input is made from files that are read just before; secrets are never shown.'];
  return command?.input === undefined ? [] : ['What the file must still be goes by standard input.'];
};

/** The exact command of a step, on as many lines as it has; as the account of its host would run it. */
export const commandLines = (procedure: Procedure, step: Step, world: World | null): readonly string[] => {
  const { action } = step;
  if (action.kind === 'look') return ['Nothing is run.'];
  if (action.kind === 'human') return [`By hand: ${action.instruction}`];
  if (world === null) return [`The command is made from what ${step.on} shows when it is looked at.`];
  const command = commandOf(step, world);
  if (command === null) return [`The command can't be made from what is known of ${step.on} now.`];
  const host = procedure.hosts.find(({ address }) => address === step.on);
  const line = commandLine(command, { sudo: host !== undefined && needsSudo(host) });
  return [...line.split('\n'), ...inputWords(command, action)];
};

/**
 * The notes that a procedure would go by if its first step were let go now, so that a plan shows what would be written.
 */
export const plannedNotes = (procedure: Procedure, world: World | null): Notes => {
  if (world === null) return {};
  const [first] = procedure.steps(world.notes);
  return { ...first?.takesNotes?.(world), ...world.notes };
};

const headOf = (step: Step, number: number, of: number): string[] => [
  '',
  `${number}/${of} ${step.title}${step.on === null ? '' : ` [on ${step.on}]`}`,
];

/** Whether nothing is left to do for this step as the world is, so that a run would find it done. */
const isDone = (step: Step, world: World): boolean =>
  step.action.kind === 'command' && step.after.length > 0 && allPass(judgeAll(step.after, world));

const doneLines = (step: Step, world: World): string[] => [
  '    done already, so nothing is run:',
  ...judgeAll(step.after, world).map(({ because }) => `      ${because}`),
];

const stepLines = (
  procedure: Procedure,
  step: Step,
  number: number,
  of: number,
  world: World | null,
): string[] => {
  const judged = world === null ? [] : judgeStep(step, world);
  const preview = world === null ? [] : (step.preview?.(world) ?? []);
  return [
    ...headOf(step, number, of),
    ...indented(step.why, '    '),
    ...(step.optional === undefined ? [] : [`    may be left out: ${step.optional}`]),
    `    confirmed by: ${step.confirm.kind === 'key' ? 'y' : `typing ${step.confirm.word}`}${step.group === undefined ? '' : ' (or all of its kind together)'}`,
    '    before:',
    ...(world === null
      ? step.before.map(({ title }) => `      -       ${title}`)
      : judged.map(
          (one) =>
            `      ${SIGNS[one.level]} ${one.title}: ${one.because}${one.never && one.level !== 'pass' ? ' (never overridden)' : ''}`,
        )),
    ...(preview.length === 0 ? [] : ['    writes:', ...preview.map((line) => `      ${line}`.trimEnd())]),
    '    runs:',
    ...commandLines(procedure, step, world).map((line) => `      ${line}`.trimEnd()),
    ...(step.after.length === 0
      ? []
      : [
          `    done when, ${within(step.settle)}${step.steady > 0 ? ` and then for ${Math.round(step.steady / 1000)} s` : ''}:`,
          ...step.after.map(({ title }) => `      ${title}`),
        ]),
    `    undo: ${step.undo}`,
  ];
};

/**
 * The checklist as plain lines: its steps, its checks as they stand in `world` (null: nobody has looked), the exact
 * commands. Runs nothing. Checks of later steps are judged by the world as it is, so some block until the steps before
 * them are done.
 */
export const planLines = (procedure: Procedure, world: World | null): string[] => {
  const notes = plannedNotes(procedure, world);
  const planned = world === null ? null : { ...world, notes };
  const steps = procedure.steps(notes);
  /** Hosts that a step before would change: what holds there now says nothing of later. */
  const touched = new Set<string>();
  return [
    `${procedure.title}: ${steps.length} steps. Nothing is run by this.`,
    ...steps.flatMap((step, at) => {
      const untouched = step.on !== null && !touched.has(step.on);
      if (planned !== null && untouched && isDone(step, planned))
        return [...headOf(step, at + 1, steps.length), ...doneLines(step, planned)];
      if (step.on !== null && step.action.kind !== 'look') touched.add(step.on);
      // The first step is judged as it stands: what it would note was not acknowledged by anybody yet.
      return stepLines(procedure, step, at + 1, steps.length, at === 0 ? world : planned);
    }),
  ];
};
