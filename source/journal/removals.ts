import type { RemovalRecords } from '../cluster/removed.ts';
import { rmpeerNotRun } from '../commands/weave.ts';
import type { JournalEntry } from './entry.ts';
import { replay } from './replay.ts';

/** When rmpeer was first sent, of all attempts that may have run; null where none did for certain. */
const rmpeerSent = (entries: readonly JournalEntry[]): string | null => {
  const sent: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'intent' && entry.step === 'rmpeer') sent.push(entry.at);
    if (entry.kind !== 'outcome' || entry.step !== 'rmpeer') continue;
    if (entry.how === 'unsent' || (entry.how === 'exited' && rmpeerNotRun.includes(entry.code ?? 0)))
      sent.pop();
  }
  return sent[0] ?? null;
};

const when = (at: string): number => Date.parse(at);

/** A journal as far as it could be read. `whole`: no line of it is missing. */
export type RunJournal = {
  readonly run: string;
  readonly entries: readonly JournalEntry[];
  readonly whole: boolean;
};

/**
 * Who was removed from a cluster, and who joined it again or was wiped since, by these journals. A reclaim counts from the
 * moment that rmpeer was about to be sent, unless it is known that it was not run; a removal when it was finished.
 */
export const removalsOf = (journals: readonly RunJournal[], cluster: string): RemovalRecords => {
  const removed: RemovalRecords['removed'][number][] = [];
  const unread: RemovalRecords['unread'][number][] = [];
  const lifted = new Set<string>();
  for (const { run, entries, whole } of journals) {
    const history = replay(entries);
    if (history === null) {
      if (!whole) unread.push({ run, address: null });
      continue;
    }
    const { procedure, target } = history.opened;
    if (target === null || history.opened.cluster !== cluster) continue;
    const [name] = history.notes.name ?? [];
    const [nickname = ''] = history.notes.nickname ?? [];
    const closed = entries.findLast((entry) => entry.kind === 'closed' && entry.how === 'finished');
    const sent = rmpeerSent(entries);
    const base = { name: name ?? '', address: target, nickname, run: history.run };
    if (procedure === 'reclaim-peer' && sent !== null && name !== undefined)
      removed.push({ ...base, how: 'rmpeer', at: when(sent) });
    else if (procedure === 'reclaim-peer' && (!whole || sent !== null)) unread.push({ run, address: target });
    if (closed === undefined) continue;
    if (procedure === 'remove-peer' && name !== undefined)
      removed.push({ ...base, how: 'reset', at: when(closed.at) });
    if (procedure === 'add-peer' || procedure === 'wipe-peer')
      for (const one of history.notes.lifts ?? []) lifted.add(one);
  }
  return { removed, lifted, unread };
};
