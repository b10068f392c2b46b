import { z } from 'zod';

const step = z.string();
const text = z.string();
const because = z.array(z.string());

/** What every line of a journal has: when (wall clock, ISO), and which maintenance it belongs to. */
const stamp = { at: z.iso.datetime(), run: z.string() };

/** What was known when a maintenance was opened, taken up again or taken over. */
const opened = z.object({
  ...stamp,
  kind: z.literal('opened'),
  how: z.enum(['new', 'resumed', 'taken-over']),
  cluster: text,
  procedure: text,
  /** Null for a change of the whole cluster. */
  target: text.nullable(),
  members: z.array(text),
  who: text,
  host: text,
  version: text,
  reason: text,
  lock: text,
  /** Which hands of the lock this session is: one more each time it is resumed or taken over. */
  epoch: z.int().optional(),
  /** Peers without which it goes on: too few could be locked, and a person typed the cluster's name. */
  missing: z.array(text).optional(),
});

/** Written and on disk before a command is sent. An intent without an outcome may have happened. */
const intent = z.object({
  ...stamp,
  kind: z.literal('intent'),
  step,
  attempt: z.int(),
  on: text,
  /** The exact command line, as shown and as sent. */
  command: text,
});

const outcome = z.object({
  ...stamp,
  kind: z.literal('outcome'),
  step,
  attempt: z.int(),
  how: z.enum(['exited', 'killed', 'unsent', 'lost']),
  code: z.int().nullable(),
  /** Cleaned, cut, without secrets. */
  output: text,
  why: text,
});

/** Arrived at a step, with what was noted until then: where a resumed run goes on. */
const arrived = z.object({
  ...stamp,
  kind: z.literal('arrived'),
  step,
  notes: z.record(z.string(), z.array(z.string())),
});

const verified = z.object({ ...stamp, kind: z.literal('verified'), step, already: z.boolean(), because });
const notVerified = z.object({ ...stamp, kind: z.literal('not-verified'), step, why: text, because });
const uncertain = z.object({ ...stamp, kind: z.literal('uncertain'), step, why: text });
/** What a person said of a step that is done by hand. */
const said = z.object({ ...stamp, kind: z.literal('said'), step, words: text });
const decision = z.object({
  ...stamp,
  kind: z.enum(['acknowledged', 'override', 'skipped']),
  step,
  check: text,
  reason: text,
});
const lock = z.object({ ...stamp, kind: z.literal('lock'), state: text, why: text });
const closed = z.object({
  ...stamp,
  kind: z.literal('closed'),
  how: z.enum(['finished', 'paused', 'lost-lock']),
});

/** One line of a journal. */
const journalEntry = z.discriminatedUnion('kind', [
  opened,
  arrived,
  intent,
  outcome,
  verified,
  notVerified,
  uncertain,
  said,
  decision,
  lock,
  closed,
]);
export type JournalEntry = z.infer<typeof journalEntry>;
export type Opened = z.infer<typeof opened>;

/** A journal as its file gives it. A crash may leave a last line half written; any other bad line is told. */
export type ReadJournal = {
  readonly entries: readonly JournalEntry[];
  readonly problems: readonly string[];
  readonly torn: boolean;
};

/** One entry as its line, line end included. */
export const journalLine = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`;

/** Reads the text of a journal file. Never throws: what can't be read is said with its line number. */
export const readJournal = (file: string): ReadJournal => {
  const lines = file.split('\n');
  const last = lines.pop() ?? '';
  const entries: JournalEntry[] = [];
  const problems: string[] = [];
  lines.forEach((line, index) => {
    try {
      entries.push(journalEntry.parse(JSON.parse(line)));
    } catch {
      problems.push(`line ${index + 1} is not a journal entry`);
    }
  });
  return { entries, problems, torn: last !== '' };
};
