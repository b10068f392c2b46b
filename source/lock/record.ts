import { z } from 'zod';
import type { PeerId } from '../cluster/inventory.ts';
import { clean } from '../text/clean.ts';

/** The format of the record. A higher number was written by a newer program and counts as broken for this one. */
const RECORD_SCHEMA = 1;

/**
 * Step `index` (from 1) of `of`. Written before the step's first command is sent. `notes`: what the change wrote down on
 * the way, for whoever resumes it from another machine; at most `NOTES_LIMIT`.
 */
export type LockStep = {
  readonly index: number;
  readonly of: number;
  readonly id: string;
  readonly notes?: LockNotes;
};

/** Lists of cleaned text by name. */
export type LockNotes = Readonly<Record<string, readonly string[]>>;

/** Characters that the notes of a record may have, as JSON: a command line takes 128 KiB, and quoting makes it longer. */
export const NOTES_LIMIT = 16_384;

/** What stands in `lock.json` on each peer: who holds the lock and which change is under way. All text is cleaned. */
export type LockRecord = {
  /** The lock; kept when somebody resumes or takes over. */
  readonly id: string;
  /** 1 at first, one more each time the lock changes hands. */
  readonly epoch: number;
  /** One holding of the lock by one process; two that resume at once differ in this only. */
  readonly session: string;
  readonly cluster: string;
  /** The person, as `who@host` of the machine that the console runs on. */
  readonly who: string;
  /** The account on the peers. */
  readonly user: string;
  /** Version of the program. */
  readonly version: string;
  readonly procedure: string;
  /** The peer that the procedure is about, if it is about one. */
  readonly target: PeerId | null;
  /** Null until a first step begins: until then nothing was changed under this lock. */
  readonly step: LockStep | null;
  /** Reason or ticket, as the person gave it. */
  readonly reason: string;
  /** The clock of the first peer that was asked, as text. Shown, never compared. */
  readonly startedAt: string;
  /** Number of the holder's last heartbeat when this was written. */
  readonly beat: number;
  /** Old list ∪ new list: the peers that vote. */
  readonly peers: readonly PeerId[];
  /** Where a person went on without a majority: the peers that were to hold the lock. Null otherwise. */
  readonly survivors: readonly PeerId[] | null;
};

/** The peers without which a person went on; none where a majority was held. */
export const goneWithout = ({ peers, survivors }: LockRecord): readonly PeerId[] =>
  survivors === null ? [] : peers.filter((peer) => !survivors.includes(peer));

/** What reading a record's text gave. `excerpt` is cleaned. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly record: LockRecord }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly why: string; readonly excerpt: string };

/** Ids and session names: short, and safe in a shell word, a file and a prefix. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{5,63}$/);
const text = (max: number) => z.string().transform((raw) => clean(raw, max));
const count = z.number().int().nonnegative();
const list = z.array(text(255)).max(1000);
const notes = z.record(text(100), list);

const shape = z.object({
  id: name,
  epoch: count.min(1),
  session: name,
  cluster: text(200),
  who: text(200),
  user: text(100),
  version: text(60),
  procedure: text(100),
  target: text(255).nullable(),
  step: z
    .object({ index: count, of: count, id: text(100), notes: notes.optional() })
    .transform(
      ({ notes: noted, ...step }): LockStep => (noted === undefined ? step : { ...step, notes: noted }),
    )
    .nullable(),
  reason: text(500),
  startedAt: text(60),
  beat: count,
  peers: list.min(1),
  survivors: list.min(1).nullable(),
});

const broken = (why: string, raw: string): ReadRecord => ({ kind: 'broken', why, excerpt: clean(raw, 200) });

const schemaOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;

/** Reads the text of a record; null stands for no file. An empty file is broken, not absent. */
export const readRecord = (raw: string | null): ReadRecord => {
  if (raw === null) return { kind: 'absent' };
  if (raw.trim() === '') return broken('the file is empty', raw);
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return broken('it is not JSON', raw);
  }
  const schema = schemaOf(value);
  if (typeof schema === 'number' && schema > RECORD_SCHEMA)
    return broken(`it has format ${schema}, written by a newer weave-console`, raw);
  if (schema !== RECORD_SCHEMA) return broken('it is not a record of weave-console', raw);
  const read = shape.safeParse(value);
  if (read.success) return { kind: 'record', record: read.data };
  const where = clean(read.error.issues[0]?.path.join('.') ?? '', 60);
  return broken(where === '' ? 'it does not fit its format' : `its field ${where} does not fit`, raw);
};

/**
 * Notes as a record can carry them: cleaned, and short ones first where they are too long in all. What is left out is seen
 * anew by whoever resumes, or asked of them.
 */
export const boundedNotes = (notes: LockNotes): LockNotes => {
  const cleaned = Object.entries(notes)
    .map(
      ([name, values]) =>
        [clean(name, 100), values.slice(0, 1000).map((value) => clean(value, 255))] as const,
    )
    .map((entry) => ({ entry, length: JSON.stringify(entry).length }))
    .sort((a, b) => a.length - b.length);
  let room = NOTES_LIMIT - 2;
  const kept = cleaned.filter(({ length }) => {
    room -= length;
    return room >= 0;
  });
  return Object.fromEntries(kept.map(({ entry }) => entry));
};

const stepText = ({ index, of, id, notes: noted }: LockStep): LockStep =>
  noted === undefined ? { index, of, id } : { index, of, id, notes: noted };

/** The record as text: one line of JSON, always the same keys in the same order, without a line end. */
export const recordText = (record: LockRecord): string =>
  JSON.stringify({
    schema: RECORD_SCHEMA,
    id: record.id,
    epoch: record.epoch,
    session: record.session,
    cluster: record.cluster,
    who: record.who,
    user: record.user,
    version: record.version,
    procedure: record.procedure,
    target: record.target,
    step: record.step === null ? null : stepText(record.step),
    reason: record.reason,
    startedAt: record.startedAt,
    beat: record.beat,
    peers: record.peers,
    survivors: record.survivors,
  });

/** With what the text of such a record begins: enough for a shell to tell ours from any other. */
export const recordPrefix = (record: Pick<LockRecord, 'id' | 'epoch' | 'session'>): string =>
  `${JSON.stringify({ schema: RECORD_SCHEMA, id: record.id, epoch: record.epoch, session: record.session }).slice(0, -1)},`;

/** What our lease file says on a peer. */
export const leaseToken = (record: Pick<LockRecord, 'id' | 'epoch' | 'session'>): string =>
  `${record.id}:${record.epoch}:${record.session}`;

/** The peers that had to hold this lock, and of which a majority decides what became of it. */
export const baseOf = (record: LockRecord): readonly PeerId[] => record.survivors ?? record.peers;
