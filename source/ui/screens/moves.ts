import { leavesNothing } from '../../maintenance/leaves-nothing.ts';
import type { Move } from '../../maintenance/moves.ts';
import type { Step } from '../../maintenance/step.ts';
import type { MaintenanceModel } from '../../session/maintenance/model.ts';
import { type Line, lineWidth, type Span, span } from '../spans.ts';
import { wrap } from '../wrap.ts';

/** The key of each move; the keymap binds the same ones. */
const moveKey: Readonly<Record<Move['kind'], string>> = {
  confirmed: 'y',
  'confirm-group': 'Y',
  acknowledged: 'k',
  overridden: 'o',
  'look-again': 'r',
  retry: 't',
  skip: 's',
  pause: 'p',
};

const stepOf = ({ steps, run }: MaintenanceModel): Step | undefined => steps[run.at];

function label(kind: Move['kind'], model: MaintenanceModel): string {
  const step = stepOf(model);
  switch (kind) {
    case 'confirmed':
      if (step?.confirm.kind === 'type') return `let it go (type ${step.confirm.word})`;
      if (step?.action.kind === 'command') return 'run it';
      return step?.action.kind === 'human' ? (step.action.when ?? 'it is done') : 'go on';
    case 'confirm-group':
      return 'run all of its kind';
    case 'acknowledged':
      return 'acknowledge a warning';
    case 'overridden':
      return 'override a check';
    case 'look-again':
      return 'look again';
    case 'retry':
      return 'try again';
    case 'skip':
      return 'leave it out';
    case 'pause':
      return leavesNothing(model.run) ? 'stop here' : 'pause';
  }
}

/** Each arming of a step has its number: it changes beside the key whenever anything in what it confirms did. */
const numbered = ({ run }: MaintenanceModel, kind: Move['kind']): string => {
  const phase = run.phases[run.at];
  return kind === 'confirmed' && phase?.phase === 'armed' ? ` #${phase.ticket}` : '';
};

/** The moves that can be made now, with their keys, in as few lines as that takes. */
export function possibleMoves(model: MaintenanceModel, columns: number): readonly Line[] {
  const lines: Span[][] = [];
  for (const { kind, whyNot } of model.moves) {
    if (whyNot !== null) continue;
    const parts = [span(moveKey[kind], 'strong'), span(` ${label(kind, model)}${numbered(model, kind)}`)];
    const last = lines.at(-1);
    if (last !== undefined && lineWidth(last) + 3 + lineWidth(parts) <= columns)
      last.push(span('   '), ...parts);
    else lines.push([span(' '), ...parts]);
  }
  return lines;
}

/** The moves that can't be made now, each with the reason. */
export const impossibleMoves = (model: MaintenanceModel, columns: number): readonly Line[] =>
  model.moves.flatMap(({ kind, whyNot }) => {
    if (whyNot === null) return [];
    const what = `${moveKey[kind]} ${label(kind, model)}`;
    return wrap(`${what}: ${whyNot}`, columns - 3).map(
      (part, index): Line => [span(index === 0 ? ' – ' : '   '), span(part)],
    );
  });
