import packageJson from '../../package.json' with { type: 'json' };
import type { Inventory } from '../cluster/inventory.ts';
import { systemClock } from '../disk/clock.ts';
import { JournalFile, journalFolder, listJournals, loadJournal } from '../disk/journal.ts';
import { me, newName } from '../disk/names.ts';
import { replay } from '../journal/replay.ts';
import { changes } from '../maintenance/changes.ts';
import type { Workshop } from '../session/maintenance/model.ts';
import { openWorkshop } from '../session/maintenance/workshop.ts';
import type { JournalPort } from '../session/maintenance/workshop-parts.ts';
import type { Session } from '../session/model.ts';
import type { Reach } from './fleet.ts';
import { removalReader } from './records.ts';

/** The journals of this user on this machine. */
export const journalPort = (folder: string): JournalPort => ({
  open: (run) => {
    const file = new JournalFile(folder, run);
    return { append: (entry) => file.append(entry), close: () => file.close() };
  },
  history: (run) => {
    const read = loadJournal(folder, run);
    const history = read && replay(read.entries);
    // With a line that can't be read it does not know all: an intent may stand there. Without an epoch it is nobody's last.
    return history && read.problems.length > 0 ? { ...history, epoch: null } : history;
  },
  newest: () => [...listJournals(folder)].reverse(),
  removals: (cluster) => removalReader(cluster, folder),
});

/**
 * What begins changes in this session. `keep` writes down that a host has become a member or a spare, and answers with the
 * inventory that holds from then on.
 */
export const workshopOf = (
  reach: Reach,
  session: Session,
  keep: (target: string, to: 'peers' | 'spares') => Inventory,
): Workshop =>
  openWorkshop({
    inventory: () => session.snapshot().inventory,
    session,
    clock: systemClock,
    read: reach.read,
    change: reach.change,
    lookerOf: reach.lookerOf,
    journal: journalPort(journalFolder()),
    newName,
    ...me(),
    version: packageJson.version,
    onFinished: (kind, target) => {
      const { moves } = changes[kind];
      if (moves !== null && target !== null) session.adopt(keep(target, moves));
    },
  });
