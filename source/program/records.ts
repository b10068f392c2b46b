import type { RemovalRecords } from '../cluster/removed.ts';
import { journalFolder, listJournals, loadJournal } from '../disk/journal.ts';
import { removalsOf } from '../journal/removals.ts';

/** What this user's journals tell of peers that were removed from a cluster. What can't be read tells nothing. */
export const removalRecords = (cluster: string, folder: string = journalFolder()): RemovalRecords => {
  const read = (run: string) => {
    try {
      return loadJournal(folder, run)?.entries ?? [];
    } catch {
      return [];
    }
  };
  return removalsOf(listJournals(folder).map(read), cluster);
};
