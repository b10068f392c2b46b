import type { ChangeKind } from '../cluster/change-kinds.ts';
import type { PeerId } from '../cluster/inventory.ts';
import { isWeaveAddress } from '../commands/weave.ts';
import { TYPED_LENGTH } from '../lock/consent.ts';
import type { LockRecord } from '../lock/record.ts';
import type { ChangeRequest, HumanEvent, LockView } from '../session/maintenance/model.ts';
import type { Short, Work } from './lock-sight.ts';

/** What stood on the screen when somebody decided about a check. */
type Shown = {
  readonly step: string;
  readonly check: string;
  readonly title: string;
  readonly because: string;
};

/** What it means to let go of a maintenance. */
export type LettingGo = {
  /** The lock is given back, and no record of it stays. */
  readonly frees: boolean;
  /** What goes on by itself, as a sentence; null where nothing does. */
  readonly goesOn: string | null;
};

/** A question that a person answers by `y` alone, or by typing. None has an answer that is taken by default. */
export type Ask =
  | { readonly kind: 'address' }
  | { readonly kind: 'reason'; readonly change: ChangeKind; readonly target: PeerId | null }
  | { readonly kind: 'begin'; readonly request: ChangeRequest }
  | {
      readonly kind: 'word';
      readonly step: string;
      readonly title: string;
      readonly undo: string;
      readonly word: string;
      readonly ticket: number;
    }
  | ({ readonly kind: 'acknowledge' } & Shown)
  | ({ readonly kind: 'override-reason'; readonly cluster: string } & Shown)
  | ({ readonly kind: 'override-name'; readonly cluster: string; readonly reason: string } & Shown)
  | {
      readonly kind: 'skip';
      readonly step: string;
      readonly title: string;
      readonly optional: string;
    }
  | ({ readonly kind: 'pause'; readonly step: string } & LettingGo)
  | ({ readonly kind: 'quit'; readonly running: string | null } & LettingGo)
  | { readonly kind: 'resume'; readonly record: LockRecord }
  | { readonly kind: 'break-word'; readonly view: LockView; readonly word: string; readonly what: string }
  | { readonly kind: 'break-reason'; readonly view: LockView; readonly typed: string }
  | { readonly kind: 'survivors'; readonly short: Short; readonly cluster: string };

/** What an answer sets going. `because` is the sentence that was shown; where it changed since, nothing is sent. */
export type Intent =
  | Work
  | {
      readonly kind: 'send';
      readonly step: string;
      readonly event: HumanEvent;
      readonly because: string | null;
    }
  | { readonly kind: 'quit' };

export type Answer =
  | { readonly kind: 'ask'; readonly ask: Ask }
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'do'; readonly intent: Intent };

const wrong = (why: string): Answer => ({ kind: 'wrong', why });
const next = (ask: Ask): Answer => ({ kind: 'ask', ask });
const act = (intent: Intent): Answer => ({ kind: 'do', intent });
const send = (step: string, event: HumanEvent, because: string | null = null): Answer =>
  act({ kind: 'send', step, event, because });

/** Whether `y` alone answers it; everything else is typed and ended by Enter. */
export const isYesNo = (ask: Ask): boolean =>
  ['begin', 'acknowledge', 'pause', 'quit', 'resume'].includes(ask.kind);

/** Whether it wants a certain word, which must be typed by hand: pasting it would prove nothing. */
export const wantsWord = (ask: Ask): boolean =>
  ['word', 'override-name', 'break-word', 'survivors'].includes(ask.kind);

/** What is typed to break a lock that was shown: the beginning of its id; the cluster's name where none can be read. */
export const breakWord = (
  view: LockView,
  cluster: string,
): { readonly word: string; readonly what: string } | null => {
  if (view.kind === 'left-behind' && view.record !== null)
    return {
      word: view.record.id.slice(0, TYPED_LENGTH),
      what: `the first ${TYPED_LENGTH} characters of the lock's id`,
    };
  return view.kind === 'broken' ? { word: cluster, what: "the cluster's name" } : null;
};

/** What the answer means. `text` is what was typed; a question for `y` is answered by calling this at all. */
export function answer(ask: Ask, text: string): Answer {
  const given = text.trim();
  switch (ask.kind) {
    case 'address':
      return isWeaveAddress(given)
        ? next({ kind: 'reason', change: 'add-peer', target: given })
        : wrong(given === '' ? 'Type an address, or Esc.' : `“${given}” is no address that weave takes.`);
    case 'reason':
      return next({
        kind: 'begin',
        request: { kind: ask.change, target: ask.target, reason: given },
      });
    case 'begin':
      return act({ kind: 'begin', request: ask.request });
    case 'word':
      return given === ask.word
        ? send(ask.step, { kind: 'confirmed', ticket: ask.ticket, typed: given })
        : wrong(`That is not ${ask.word}. Nothing was done.`);
    case 'acknowledge':
      return send(ask.step, { kind: 'acknowledged', check: ask.check }, ask.because);
    case 'override-reason':
      return given === ''
        ? wrong('A reason is needed: it is written to the journal.')
        : next({ ...ask, kind: 'override-name', reason: given });
    case 'override-name':
      return given === ask.cluster
        ? send(
            ask.step,
            { kind: 'overridden', check: ask.check, reason: ask.reason, typed: given },
            ask.because,
          )
        : wrong(`That is not ${ask.cluster}. Nothing was overridden.`);
    case 'skip':
      return given === ''
        ? wrong('A reason is needed: it is written to the journal.')
        : send(ask.step, { kind: 'skip', reason: given });
    case 'pause':
      return send(ask.step, { kind: 'pause' });
    case 'quit':
      return act({ kind: 'quit' });
    case 'resume':
      return act({ kind: 'resume', record: ask.record });
    case 'break-word':
      return given === ask.word
        ? next({ kind: 'break-reason', view: ask.view, typed: given })
        : wrong(`That is not ${ask.word}. The lock stays as it is.`);
    case 'break-reason':
      return given === ''
        ? wrong('A reason is needed: whoever left the lock wants to know.')
        : act({ kind: 'break', view: ask.view, typed: ask.typed, reason: given });
    case 'survivors':
      return given === ask.cluster
        ? act({ ...ask.short.work, survivors: { seen: ask.short.shortage.seen, typed: given } })
        : wrong(`That is not ${ask.cluster}. Nothing was begun.`);
  }
}
