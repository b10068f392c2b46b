import { notDeadBy } from '../cluster/trouble.ts';
import type { Outcome } from '../commands/command.ts';
import { LEASE_WORD, LOOK_WORD, RECORD_WORD } from '../commands/lock/files.ts';
import { meaningOf } from '../commands/refused-shell.ts';
import { clean } from '../text/clean.ts';
import { withoutSecrets } from '../text/said-secret.ts';
import { type LockRecord, readRecord } from './record.ts';

/**
 * The lease of a peer. Beat and age are what its file says; the age (of the last beat, whoever's) is by the peer's own
 * clock, in s, null where nobody had the lease since the peer started.
 */
export type LeaseSeen =
  | { readonly kind: 'free'; readonly beatAge: number | null }
  | {
      readonly kind: 'busy';
      readonly token: string;
      readonly beat: number | null;
      readonly beatAge: number | null;
    };

/**
 * The record of a peer. `sum` stands for its exact bytes, null where they can't be replaced from here (another's lease
 * lives, or it isn't a plain file); `age` (s, by the peer's own clock) since it was written.
 */
export type RecordSeen =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'record';
      readonly record: LockRecord;
      readonly sum: string | null;
      readonly age: number | null;
    }
  | {
      readonly kind: 'broken';
      readonly why: string;
      readonly excerpt: string;
      readonly sum: string | null;
      readonly age: number | null;
    };

/**
 * What one look at the lock of one peer gave. `unknown`: the host answered, but the lock can't be seen by this account; or
 * nothing here says how to ask it.
 */
export type LockSighting =
  | {
      readonly kind: 'seen';
      readonly lease: LeaseSeen;
      readonly record: RecordSeen;
      /** Name of a fenced command that still runs there, whoever sent it; null for none. */
      readonly running: string | null;
      /** The peer's clock, as text. */
      readonly clock: string;
    }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** The first line of a lease, or what can be said without one. `beat` and `over` come later. */
export type LeaseLine =
  | { readonly kind: 'held' }
  | { readonly kind: 'busy'; readonly token: string }
  | { readonly kind: 'beat'; readonly beat: number }
  | { readonly kind: 'over' }
  | { readonly kind: 'cannot'; readonly why: string };

/** What became of a swap or a removal. `maybe`: the link was lost, it may have been done or may still be done. */
export type SwapResult =
  | { readonly kind: 'swapped' | 'differs' | 'no-lease' | 'running' | 'guarded' | 'unsent' | 'maybe' }
  | { readonly kind: 'cannot'; readonly why: string };

/** What the scripts' words for "this host can't" mean for a person. */
const REASONS: Readonly<Record<string, string>> = {
  'no-flock': 'this host has no flock (package util-linux); nothing was changed',
  'no-timeout':
    'this host has no timeout (package coreutils) and a shell without read -t; nothing was changed',
  'foreign-file': 'the lease file belongs to another user; look at it and remove it; nothing was changed',
  'foreign-folder': 'the state folder belongs to another user; look at it; nothing was changed',
  cannot: 'this account may not write the files of the lock (root or sudo is needed); nothing was changed',
  read: 'this account may not read the files of the lock (root or sudo is needed)',
  flock: 'the file system of the lease knows no flock; set runtimeDir to a local one',
  failed: 'the record could not be written (disk full or read-only?); the one before still stands',
};

const reasonFor = (word: string): string => REASONS[word] ?? `it said ${clean(word, 80)}`;

const noAnswer = (outcome: Outcome): string => {
  if (outcome.kind === 'unsent' || outcome.kind === 'lost') return clean(outcome.why.text, 200);
  const said = meaningOf(outcome.stderr) ?? withoutSecrets(clean(outcome.stderr.trim(), 160));
  return `no answer from the lock's script${said === '' ? '' : `: ${said}`}`;
};

const whole = (word: string | undefined): number | null =>
  word !== undefined && /^-?\d{1,12}$/.test(word) ? Number(word) : null;

/** Reads what `lookAtLock` printed. */
export const readLook = (outcome: Outcome): LockSighting => {
  if (outcome.kind === 'unsent' || outcome.kind === 'lost')
    return {
      kind: notDeadBy(outcome.why) === null ? 'unreachable' : 'unknown',
      why: noAnswer(outcome),
    };
  const { stdout } = outcome;
  const begin = stdout.indexOf(`${LOOK_WORD} 1\n`);
  const end = stdout.lastIndexOf(`\n${LOOK_WORD} end\n`);
  if (begin < 0 || end < begin) return { kind: 'unknown', why: noAnswer(outcome) };
  const body = stdout.slice(begin, end + 1);
  const follows = body.indexOf('\nrecord follows\n');
  const fields = new Map(
    (follows < 0 ? body : body.slice(0, follows))
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
  );
  const cannot = fields.get('cannot');
  if (cannot !== undefined) return { kind: 'unknown', why: reasonFor(cannot) };
  const running = fields.get('running');
  const raw = follows < 0 ? null : body.slice(follows + '\nrecord follows\n'.length).replace(/\n+$/, '');
  return {
    kind: 'seen',
    lease:
      fields.get('lease') === 'free'
        ? { kind: 'free', beatAge: whole(fields.get('beat-age')) }
        : {
            kind: 'busy',
            token: clean(fields.get('token') ?? '', 200),
            beat: whole(fields.get('beat')),
            beatAge: whole(fields.get('beat-age')),
          },
    record: recordSeen(raw, fields),
    running: running === undefined ? null : clean(running, 80) || 'a command',
    clock: clean(fields.get('clock') ?? '', 60),
  };
};

const recordSeen = (raw: string | null, fields: ReadonlyMap<string, string>): RecordSeen => {
  const sum = fields.get('sum') || null;
  const age = whole(fields.get('record-age'));
  if (fields.has('unreadable'))
    return { kind: 'broken', why: 'it is not a file that can be read', excerpt: '', sum: null, age: null };
  const read = readRecord(raw);
  return read.kind === 'absent' ? read : { ...read, sum, age };
};

/** Reads one line of a lease; null for a line that isn't the lease's (a banner). */
export const readLeaseLine = (line: string): LeaseLine | null => {
  const [word, state = '', rest = ''] = line.trimEnd().split(' ');
  if (word !== LEASE_WORD) return null;
  switch (state) {
    case 'held':
    case 'over':
      return { kind: state };
    case 'busy':
      return { kind: 'busy', token: clean(rest, 200) };
    case 'beat': {
      const beat = whole(rest);
      return beat === null ? null : { kind: 'beat', beat };
    }
    default:
      return { kind: 'cannot', why: reasonFor(state) };
  }
};

/** Why a lease's channel ended, where it never said a word. */
export const readLeaseEnd = (outcome: Outcome): { readonly reached: boolean; readonly why: string } => ({
  reached: outcome.kind === 'exited' || outcome.kind === 'killed',
  why: noAnswer(outcome),
});

/** Reads what `swapRecord` or `removeRecord` printed. */
export const readSwap = (outcome: Outcome): SwapResult => {
  if (outcome.kind === 'unsent') return { kind: 'unsent' };
  const said = [...outcome.stdout.matchAll(new RegExp(`(?:^|\\n)${RECORD_WORD} ([a-z-]+)\\n`, 'g'))].at(
    -1,
  )?.[1];
  switch (said) {
    case 'swapped':
    case 'differs':
    case 'no-lease':
    case 'running':
    case 'guarded':
      return { kind: said };
    case undefined:
      // 128 and up: a signal ended it half-way.
      return outcome.kind === 'exited' && outcome.code < 128
        ? { kind: 'cannot', why: noAnswer(outcome) }
        : { kind: 'maybe' };
    default:
      return { kind: 'cannot', why: reasonFor(said) };
  }
};
