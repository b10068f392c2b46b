import { journalFolder, listJournals, loadJournal } from '../disk/journal.ts';
import { UsageProblem } from '../disk/problem.ts';
import { markdownOf } from '../journal/markdown.ts';
import { replay } from '../journal/replay.ts';
import { clean } from '../text/clean.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './watching.ts';

/** `history`: one line a maintenance, newest first. */
export const historyList = (output: Output): number => {
  const folder = journalFolder();
  const runs = [...listJournals(folder)].reverse();
  if (runs.length === 0) output.print(`No maintenance is on record in ${folder}.`);
  for (const run of runs) {
    const history = replay(loadJournal(folder, run)?.entries ?? []);
    output.print(
      history === null
        ? `${run}  cannot be read`
        : clean(
            `${run}  ${history.opened.at}  ${history.opened.cluster}  ${history.opened.procedure}${history.opened.target === null ? '' : ` ${history.opened.target}`}  ${history.end}`,
            500,
          ),
    );
  }
  return exitCode.done;
};

/** `history show ID`: the whole id or the beginning of one. Throws UsageProblem when it names none or several. */
export const historyShow = (word: string, format: 'plain' | 'markdown' | 'json', output: Output): number => {
  const folder = journalFolder();
  const found = listJournals(folder).filter((run) => run.startsWith(word));
  const [run] = found;
  if (run === undefined || found.length > 1)
    throw new UsageProblem(
      run === undefined
        ? `No maintenance ${JSON.stringify(word)} is on record in ${folder}.`
        : `${JSON.stringify(word)} is the beginning of ${found.join(' and ')}.`,
    );
  const { entries, problems } = loadJournal(folder, run) ?? { entries: [], problems: [] };
  if (format === 'markdown') output.print(markdownOf(entries).trimEnd());
  else
    for (const entry of entries)
      output.print(format === 'json' ? JSON.stringify(entry) : clean(JSON.stringify(entry), 2000));
  for (const problem of problems) process.stderr.write(`${run}: ${problem}\n`);
  return exitCode.done;
};
