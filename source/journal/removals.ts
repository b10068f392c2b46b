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

/**
 * Who was removed from a cluster, and who joined it again or was wiped since, by these journals. A reclaim counts from the
 * moment that rmpeer was about to be sent, unless it is known that it was not run; a removal when it was finished.
 */
export const removalsOf = (
  journals: readonly (readonly JournalEntry[])[],
  cluster: string,
): RemovalRecords => {
  const removed: RemovalRecords['removed'][number][] = [];
  const lifted = new Map<string, number>();
  for (const entries of journals) {
    const history = replay(entries);
    const target = history?.opened.target ?? null;
    if (history === null || target === null || history.opened.cluster !== cluster) continue;
    const { procedure } = history.opened;
    const [name] = history.notes.name ?? [];
    const [nickname = ''] = history.notes.nickname ?? [];
    const closed = entries.findLast((entry) => entry.kind === 'closed' && entry.how === 'finished');
    const sent = rmpeerSent(entries);
    const base = { name: name ?? '', address: target, nickname, run: history.run };
    if (procedure === 'reclaim-peer' && sent !== null && name !== undefined)
      removed.push({ ...base, how: 'rmpeer', at: when(sent) });
    if (closed === undefined) continue;
    if (procedure === 'remove-peer' && name !== undefined)
      removed.push({ ...base, how: 'reset', at: when(closed.at) });
    if (procedure === 'add-peer' || procedure === 'wipe-peer')
      lifted.set(target, Math.max(lifted.get(target) ?? 0, when(closed.at)));
  }
  return { removed, lifted };
};
