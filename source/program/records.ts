import { noRecords, type RemovalRecords } from '../cluster/removed.ts';
import { journalFolder, journalStamp, listJournals, loadJournal } from '../disk/journal.ts';
import { type RunJournal, removalsOf } from '../journal/removals.ts';

const read = (folder: string, run: string): RunJournal => {
  try {
    const journal = loadJournal(folder, run);
    return { run, entries: journal?.entries ?? [], whole: journal !== null && journal.problems.length === 0 };
  } catch {
    return { run, entries: [], whole: false };
  }
};

/**
 * What this user's journals tell of peers that were removed from a cluster, as they are each time it is asked: another
 * console of this machine may write them. Only what has changed is read again. Never throws: what can't be read is told as
 * unread.
 */
export const removalReader = (cluster: string, folder: string = journalFolder()): (() => RemovalRecords) => {
  let kept = new Map<string, { readonly stamp: string; readonly journal: RunJournal }>();
  return () => {
    try {
      const now = listJournals(folder).map((run) => {
        const stamp = journalStamp(folder, run);
        const before = kept.get(run);
        return before?.stamp === stamp ? before : { stamp, journal: read(folder, run) };
      });
      kept = new Map(now.map((one) => [one.journal.run, one]));
      return removalsOf(
        now.map(({ journal }) => journal),
        cluster,
      );
    } catch {
      return { ...noRecords, unread: [{ run: folder, address: null }] };
    }
  };
};

/** What they tell now, once. */
export const removalRecords = (cluster: string): RemovalRecords => removalReader(cluster)();
