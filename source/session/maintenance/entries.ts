import type { Outcome } from '../../commands/command.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { RunNote } from '../../maintenance/run.ts';
import { clean, cleanLines } from '../../text/clean.ts';
import { withoutSecrets } from '../../text/said-secret.ts';

const mostLines = 40;
const mostColumns = 400;

/** What a command printed, for people: both streams, cleaned and cut, without what looks like a secret. */
export const printed = (outcome: Outcome): readonly string[] => {
  const text =
    outcome.kind === 'unsent'
      ? ''
      : outcome.kind === 'lost'
        ? outcome.stdout
        : `${outcome.stdout}${outcome.stderr}`;
  return text.trim() === '' ? [] : cleanLines(text, mostLines, mostColumns).map(withoutSecrets);
};

type Stamp = { readonly at: string; readonly run: string };

/** The line of the journal that says how a command ended. */
export const outcomeEntry = (
  stamp: Stamp,
  step: string,
  attempt: number,
  outcome: Outcome,
): JournalEntry => ({
  kind: 'outcome',
  ...stamp,
  step,
  attempt,
  how: outcome.kind,
  code: outcome.kind === 'exited' ? outcome.code : null,
  output: printed(outcome).join('\n'),
  why:
    outcome.kind === 'killed'
      ? `signal ${clean(outcome.signal, 40)}`
      : outcome.kind === 'exited'
        ? ''
        : clean(outcome.why.text, 1000),
});

/** The line of the journal for what a run has to say. */
export const noteEntry = (stamp: Stamp, note: RunNote): JournalEntry => {
  switch (note.what) {
    case 'verified':
      return {
        kind: 'verified',
        ...stamp,
        step: note.step,
        already: note.already,
        because: [...note.because],
      };
    case 'not-verified':
      return { kind: 'not-verified', ...stamp, step: note.step, why: note.why, because: [...note.because] };
    case 'uncertain':
      return { kind: 'uncertain', ...stamp, step: note.step, why: note.why };
    case 'said':
      return { kind: 'said', ...stamp, step: note.step, words: note.words };
    case 'lock':
      return { kind: 'lock', ...stamp, state: note.state, why: note.why };
    default:
      return { kind: note.what, ...stamp, step: note.step, check: note.check, reason: note.reason };
  }
};
