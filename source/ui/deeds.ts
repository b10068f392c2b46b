import { leavesNothing } from '../maintenance/leaves-nothing.ts';
import { goesOn } from '../maintenance/moving.ts';
import { whyOptional } from '../maintenance/step.ts';
import { standing } from '../maintenance/transition.ts';
import type { Judged } from '../maintenance/verdict.ts';
import type { HumanEvent, MaintenanceModel } from '../session/maintenance/model.ts';
import { type Ask, breakWord, type Intent, type LettingGo } from './asking.ts';
import type { BeginDeed, Deed } from './binding.ts';
import type { LockSight } from './lock-sight.ts';
import { ticketOf } from './screens/checklist.ts';

/** What comes of a key on the checklist: a question, something for the run, or a sentence that says why not. */
export type Done =
  | { readonly kind: 'ask'; readonly ask: Ask }
  | { readonly kind: 'send'; readonly event: HumanEvent }
  | { readonly kind: 'say'; readonly text: string };

/** The deeds that are moves of the run. */
export type MoveDeed = Exclude<Deed, BeginDeed | LockDeed | 'yes' | 'look-lock'>;

/** The deeds that are ways on from a lock that can't just be taken. */
export type LockDeed = 'resume' | 'break' | 'survivors';

const moveOf = {
  confirm: 'confirmed',
  'confirm-group': 'confirm-group',
  acknowledge: 'acknowledged',
  override: 'overridden',
  'look-again': 'look-again',
  retry: 'retry',
  skip: 'skip',
  pause: 'pause',
} as const satisfies Record<MoveDeed, MaintenanceModel['moves'][number]['kind']>;

const ask = (question: Ask): Done => ({ kind: 'ask', ask: question });
const send = (event: HumanEvent): Done => ({ kind: 'send', event });
const say = (text: string): Done => ({ kind: 'say', text });

const changed = 'What stood on the screen has changed since. Read it again; nothing was done.';

/** The checks that still stand in the way of the step at hand, in their order. */
function inTheWay({ run, steps }: MaintenanceModel): readonly Judged[] {
  const step = steps[run.at];
  const phase = run.phases[run.at];
  return step === undefined || phase?.phase !== 'blocked' ? [] : standing(run, step, phase.judged);
}

/**
 * What a key on the checklist means now. `shown` is the ticket that the terminal shows: what is confirmed is what was
 * read, never what came since.
 */
export function deedOn(deed: MoveDeed, model: MaintenanceModel, shown: number | null): Done {
  const { run, steps } = model;
  const step = steps[run.at];
  if (run.ended !== null || step === undefined) return say('This maintenance is over.');
  const whyNot = model.moves.find(({ kind }) => kind === moveOf[deed])?.whyNot;
  if (whyNot !== null) return say(whyNot ?? 'That is no move of this step.');
  switch (deed) {
    case 'confirm':
    case 'confirm-group': {
      const ticket = ticketOf(model);
      if (ticket === null || ticket !== shown) return say(changed);
      const { confirm, id, title, undo } = step;
      if (confirm.kind === 'type')
        return ask({ kind: 'word', step: id, title, undo, word: confirm.word, ticket });
      return send({ kind: 'confirmed', ticket, ...(deed === 'confirm' ? {} : { group: true }) });
    }
    case 'acknowledge': {
      const first = inTheWay(model).find(({ level }) => level === 'warn');
      if (first === undefined) return say('No warning stands.');
      const { check, title, because } = first;
      return ask({ kind: 'acknowledge', step: step.id, check, title, because });
    }
    case 'override': {
      const first = inTheWay(model).find(({ level, never }) => level !== 'warn' && !never);
      if (first === undefined) return say('What blocks can not be overridden by any reason.');
      const { check, title, because } = first;
      const cluster = run.world?.view.cluster ?? '';
      return ask({ kind: 'override-reason', step: step.id, check, title, because, cluster });
    }
    case 'skip':
      return ask({
        kind: 'skip',
        step: step.id,
        title: step.title,
        optional: whyOptional(step, run.world) ?? '',
      });
    case 'pause':
      return ask({ kind: 'pause', step: step.id, ...lettingGo(model) });
    default:
      return send({ kind: deed });
  }
}

/** Why an answer that was given can't be sent any more, because what it was about has changed; null where it can. */
export function staleAnswer(
  { step, event, because }: Extract<Intent, { kind: 'send' }>,
  { run, steps }: MaintenanceModel,
): string | null {
  if (event.kind === 'pause') return run.ended === null ? null : 'This maintenance is over.';
  if (run.ended !== null || steps[run.at]?.id !== step) return changed;
  if (event.kind === 'confirmed') {
    const phase = run.phases[run.at];
    return phase?.phase === 'armed' && phase.ticket === event.ticket ? null : changed;
  }
  if (event.kind !== 'acknowledged' && event.kind !== 'overridden') return null;
  const phase = run.phases[run.at];
  const judged = phase !== undefined && 'judged' in phase ? phase.judged : [];
  return judged.find(({ check }) => check === event.check)?.because === because ? null : changed;
}

/** What a key on the lock screen asks, by what the screen shows. */
export function lockDeed(
  deed: LockDeed,
  { view, short }: Pick<LockSight, 'view' | 'short'>,
  cluster: string,
): Done {
  if (deed === 'survivors') {
    if (short === null)
      return say('No change was refused for too few peers: begin it first, then it can be asked again here.');
    const { whyNot } = short.shortage;
    return whyNot === null ? ask({ kind: 'survivors', short, cluster }) : say(whyNot);
  }
  const nothing = say('There is no lock that was left behind.');
  if (view === null) return nothing;
  if (deed === 'resume')
    return view.kind === 'left-behind' && view.record !== null
      ? ask({ kind: 'resume', record: view.record })
      : view.kind === 'broken'
        ? say('Which change it was can not be read, so it can not be resumed.')
        : nothing;
  const wanted = breakWord(view, cluster);
  return wanted === null ? nothing : ask({ kind: 'break-word', view, ...wanted });
}

/** Whether pausing gives the lock back, since nothing of the change is half done. */
export const freesLock = ({ run }: MaintenanceModel): boolean => leavesNothing(run);

/** What letting go of a maintenance means: whether the lock is given back, and what goes on by itself. */
const lettingGo = (model: MaintenanceModel): LettingGo => {
  const { run, steps } = model;
  const ran = ['running', 'verifying', 'uncertain'].includes(run.phases[run.at]?.phase ?? '');
  return { frees: freesLock(model), goesOn: ran ? goesOn(run, steps[run.at]) : null };
};

/** What leaving asks while a maintenance is open; null where nothing is under way. */
export function quitAsk(model: MaintenanceModel | null): Extract<Ask, { kind: 'quit' }> | null {
  if (model === null || model.run.ended !== null) return null;
  const { run, steps } = model;
  const running = run.phases[run.at]?.phase === 'running' ? (steps[run.at]?.on ?? null) : null;
  return { kind: 'quit', running, ...lettingGo(model) };
}

/** A question about letting go of a maintenance. */
export type LettingGoAsk = Extract<Ask, { kind: 'quit' | 'pause' }>;

const sameLettingGo = (a: LettingGoAsk, b: LettingGoAsk): boolean =>
  a.kind === b.kind &&
  a.frees === b.frees &&
  a.goesOn === b.goesOn &&
  (a.kind === 'quit' && b.kind === 'quit' ? a.running === b.running : true);

/**
 * How a question about letting go reads now that the maintenance went on under it: the very same object where all of it is
 * still true, or a sentence that says why there is nothing to ask any more.
 */
export function lettingGoAnew(before: LettingGoAsk, model: MaintenanceModel): LettingGoAsk | string {
  if (model.run.ended !== null) return 'The maintenance is over meanwhile.';
  if (before.kind === 'pause') {
    const whyNot = model.moves.find(({ kind }) => kind === 'pause')?.whyNot ?? null;
    if (whyNot !== null) return whyNot;
  }
  const now = before.kind === 'quit' ? quitAsk(model) : { ...before, ...lettingGo(model) };
  return now === null || sameLettingGo(before, now) ? before : now;
}
