import type { JournalEntry, Opened } from './entry.ts';

/** How a step stands by the journal alone. The world must be looked at before anything is concluded from it. */
export type StepHistory = {
  readonly step: string;
  readonly attempts: number;
  /** `uncertain`: an intent without an outcome, or an outcome that says so. */
  readonly state: 'verified' | 'not-verified' | 'skipped' | 'uncertain' | 'ran' | 'not-run';
  /** Whether any attempt of it may have run: one that was not sent for certain did not. */
  readonly sent: boolean;
};

/** What a journal says of one maintenance. */
export type History = {
  readonly run: string;
  readonly opened: Opened;
  readonly lastAt: string;
  readonly steps: readonly StepHistory[];
  readonly overrides: readonly { readonly step: string; readonly check: string; readonly reason: string }[];
  /** The epoch of the lock when it was opened or resumed last; null where it was not written down. */
  readonly epoch: number | null;
  /** The step that was arrived at last, and what was noted until then. */
  readonly at: string | null;
  readonly notes: Readonly<Record<string, readonly string[]>>;
  /** `open`: it was neither finished nor paused, so its console died or is still at it. */
  readonly end: 'finished' | 'paused' | 'lost-lock' | 'open';
};

/** Replays the entries of one maintenance; null where no entry opens it. */
export const replay = (entries: readonly JournalEntry[]): History | null => {
  const opened = entries.find((entry): entry is Opened => entry.kind === 'opened');
  if (opened === undefined) return null;
  const steps = new Map<string, StepHistory>();
  const set = (step: string, state: StepHistory['state'], more: Partial<StepHistory> = {}) =>
    steps.set(step, { step, attempts: 0, sent: false, ...steps.get(step), state, ...more });
  let sentBefore = false;
  const overrides: { step: string; check: string; reason: string }[] = [];
  let end: History['end'] = 'open';
  let at: string | null = null;
  let epoch: number | null = null;
  let notes: History['notes'] = {};
  for (const entry of entries) {
    switch (entry.kind) {
      case 'opened':
        end = 'open';
        epoch = entry.epoch ?? null;
        break;
      case 'arrived':
        at = entry.step;
        notes = entry.notes;
        break;
      case 'intent':
        sentBefore = steps.get(entry.step)?.sent ?? false;
        set(entry.step, 'uncertain', { attempts: (steps.get(entry.step)?.attempts ?? 0) + 1, sent: true });
        break;
      case 'outcome':
        if (entry.how === 'unsent') set(entry.step, 'not-run', { sent: sentBefore });
        else set(entry.step, entry.how === 'lost' ? 'uncertain' : 'ran');
        break;
      case 'verified':
      case 'not-verified':
      case 'skipped':
        set(entry.step, entry.kind);
        break;
      case 'uncertain':
        set(entry.step, 'uncertain', { sent: true });
        break;
      case 'override':
        overrides.push({ step: entry.step, check: entry.check, reason: entry.reason });
        break;
      case 'closed':
        end = entry.how;
        break;
      default:
        break;
    }
  }
  return {
    run: opened.run,
    opened,
    lastAt: entries.at(-1)?.at ?? opened.at,
    steps: [...steps.values()],
    overrides,
    at,
    notes,
    epoch,
    end,
  };
};
