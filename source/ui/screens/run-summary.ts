import { goneWithout } from '../../lock/record.ts';
import { leavesNothing, untouchedBy } from '../../maintenance/leaves-nothing.ts';
import { goesOn } from '../../maintenance/moving.ts';
import type { Run, StepPhase } from '../../maintenance/run.ts';
import type { Step } from '../../maintenance/step.ts';
import type { MaintenanceModel } from '../../session/maintenance/model.ts';
import type { Tone } from '../palette.ts';
import { phaseGlyph, phaseTone, phaseWord } from '../phase.ts';
import { blank, type Line, line, span } from '../spans.ts';
import { plural } from '../words.ts';
import { wrap } from '../wrap.ts';
import { wanting } from './step-state.ts';

type How = NonNullable<Run['ended']>['how'];

const ending: Readonly<Record<How, { readonly text: string; readonly tone: Tone }>> = {
  finished: { text: 'Finished. The lock was given back.', tone: 'good' },
  paused: {
    text: 'Paused. The record of the lock stays on the peers: whoever opens the lock screen (l) can resume this; nobody can begin another change until then.',
    tone: 'warn',
  },
  'lost-lock': {
    text: 'Ended, because the lock is not ours any more: somebody else may be changing the cluster. Nothing more was run. The lock screen (l) shows who has it.',
    tone: 'bad',
  },
};

/** Where nothing is half done, pausing is stopping. */
const stopped = (run: Run, step: Step | undefined): (typeof ending)[How] => {
  const on = goesOn(run, step);
  return {
    text: `${untouchedBy(run) ? 'Stopped before anything was changed.' : 'Stopped.'} The lock was given back.${on === null ? '' : ` If it was begun, ${on}`}`,
    tone: 'warn',
  };
};

const inFull = (text: string, columns: number, tone: Tone = 'plain'): readonly Line[] =>
  wrap(text, columns - 2).map((part) => line(` ${part}`, tone));

/** What the step left behind, for its line in the summary. */
function remark(phase: StepPhase): string {
  switch (phase.phase) {
    case 'skipped':
      return `left out: ${phase.reason}`;
    case 'failed':
      return phase.changed === 'no' ? `nothing was changed: ${phase.why}` : phase.why;
    case 'uncertain':
      return `it may have happened: ${phase.why}`;
    case 'blocked':
      return wanting(phase.judged).join(' ');
    default:
      return '';
  }
}

/** What still wants somebody comes first. */
const groups = ['left to do', 'left out', 'found done', 'done'] as const;

const groupOf = (phase: StepPhase): (typeof groups)[number] => {
  if (phase.phase === 'done') return phase.already ? 'found done' : 'done';
  return phase.phase === 'skipped' ? 'left out' : 'left to do';
};

/** Warnings that were acknowledged on the way: some of them say what is left to do. */
const acknowledged = ({ run }: MaintenanceModel): readonly string[] => [
  ...new Set(run.acknowledged.values()),
];

/** How a maintenance ended: step by step, what is left to do, and where it is written down. */
export function summaryLines(model: MaintenanceModel, columns: number): readonly Line[] {
  const { run, steps } = model;
  const how = run.ended?.how ?? 'finished';
  const end = how === 'paused' && leavesNothing(run) ? stopped(run, steps[run.at]) : ending[how];
  const rows = steps.map((step, index) => ({
    step,
    phase: run.phases[index] ?? { phase: 'waiting' as const },
  }));
  const counts = groups.map((group) => ({
    group,
    n: rows.filter(({ phase }) => groupOf(phase) === group).length,
  }));
  const noted = acknowledged(model);
  const missing = goneWithout(model.lock.record);
  return [
    ...inFull(run.procedure.title, columns, 'title'),
    ...inFull(end.text, columns, end.tone),
    ...inFull(
      `${plural(steps.length, 'step')}: ${counts.flatMap(({ group, n }) => (n === 0 ? [] : [`${n} ${group}`])).join(', ')}.`,
      columns,
    ),
    ...(missing.length === 0
      ? []
      : inFull(
          `It went on with the survivors only: ${missing.join(', ')} could not be locked.`,
          columns,
          'warn',
        )),
    blank,
    line(' written down', 'title'),
    ...inFull(
      `Journal ${run.id}: weave-console history show ${run.id}; with --markdown it is a text for the ticket. Its file is weave-console/journal/${run.id}.jsonl in the state folder (XDG_STATE_HOME, else ~/.local/state).`,
      columns,
    ),
    ...(noted.length === 0
      ? []
      : [
          blank,
          line(' warnings that were acknowledged', 'title'),
          ...noted.flatMap((text) => inFull(`▲ ${text}`, columns)),
        ]),
    ...groups.flatMap((group): readonly Line[] => {
      const those = rows.filter(({ phase }) => groupOf(phase) === group);
      if (those.length === 0) return [];
      return [
        blank,
        line(` ${group}`, 'title'),
        ...those.flatMap(({ step, phase }) => {
          const word = phaseWord(phase);
          const note = remark(phase);
          return wrap(`${step.title}${note === '' ? '' : ` (${note})`}`, columns - 4).map(
            (part, index): Line => [
              index === 0 ? span(` ${phaseGlyph[word]} `, phaseTone[word]) : span('   '),
              span(part),
            ],
          );
        }),
      ];
    }),
  ];
}
