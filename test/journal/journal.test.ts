import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { JournalFile, journalFolder, listJournals, loadJournal } from '../../source/disk/journal.ts';
import { type JournalEntry, journalLine, readJournal } from '../../source/journal/entry.ts';
import { markdownOf } from '../../source/journal/markdown.ts';
import { replay } from '../../source/journal/replay.ts';
import { journalPort } from '../../source/program/workshop.ts';

const node = process.execPath;

const run = '20261123T120000-abc';
const at = '2026-11-23T12:00:00.000Z';
const opened: JournalEntry = {
  kind: 'opened',
  at,
  run,
  how: 'new',
  cluster: 'prod',
  procedure: 'add-peer',
  target: '10.0.0.16',
  members: ['10.0.0.11'],
  who: 'ops',
  host: 'desk',
  version: '0.1.0',
  reason: 'TICKET-1',
  lock: 'abcdef',
};
const intent = (step: string, attempt = 1): JournalEntry => ({
  kind: 'intent',
  at,
  run,
  step,
  attempt,
  on: '10.0.0.16',
  command: "sh -c 'x'",
});
const exited = (step: string, code = 0): JournalEntry => ({
  kind: 'outcome',
  at,
  run,
  step,
  attempt: 1,
  how: 'exited',
  code,
  output: '',
  why: '',
});
const verified = (step: string): JournalEntry => ({
  kind: 'verified',
  at,
  run,
  step,
  already: false,
  because: ['h1 sees it'],
});

describe('replay', () => {
  it.each<[string, JournalEntry[], string, string]>([
    ['an intent alone', [intent('s')], 's:uncertain', 'open'],
    [
      'an intent that was not sent',
      [
        intent('s'),
        {
          kind: 'outcome',
          at,
          run,
          step: 's',
          attempt: 1,
          how: 'unsent',
          code: null,
          output: '',
          why: 'refused',
        },
      ],
      's:not-run',
      'open',
    ],
    ['an exit that nobody verified', [intent('s'), exited('s')], 's:ran', 'open'],
    ['a verified step', [intent('s'), exited('s'), verified('s')], 's:verified', 'open'],
    [
      'a lost link',
      [
        intent('s'),
        {
          kind: 'outcome',
          at,
          run,
          step: 's',
          attempt: 1,
          how: 'lost',
          code: null,
          output: '',
          why: 'closed',
        },
      ],
      's:uncertain',
      'open',
    ],
    [
      'a finished run',
      [intent('s'), exited('s'), verified('s'), { kind: 'closed', at, run, how: 'finished' }],
      's:verified',
      'finished',
    ],
    [
      'a run taken up again',
      [
        { kind: 'closed', at, run, how: 'paused' },
        { ...opened, how: 'resumed' },
      ],
      '',
      'open',
    ],
  ])('%s', (_, entries, steps, end) => {
    const history = replay([opened, ...entries]);
    expect([history?.steps.map((one) => `${one.step}:${one.state}`).join(), history?.end]).toEqual([
      steps,
      end,
    ]);
  });

  it('counts attempts', () => {
    expect(replay([opened, intent('s'), exited('s', 1), intent('s', 2)])?.steps).toEqual([
      { step: 's', attempts: 2, state: 'uncertain', sent: true },
    ]);
  });
});

describe('the journal file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weave-console-journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps what was appended, for its owner only', () => {
    const journal = new JournalFile(join(folder, 'a'), run);
    for (const entry of [opened, intent('s')]) journal.append(entry);
    journal.close();
    expect(loadJournal(join(folder, 'a'), run)).toEqual({
      entries: [opened, intent('s')],
      problems: [],
      torn: false,
    });
    expect(statSync(journal.path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(listJournals(join(folder, 'a'))).toEqual([run]);
  });

  it('goes on after a line that a crash left half written', () => {
    const path = join(folder, `${run}.jsonl`);
    writeFileSync(path, `${journalLine(opened)}{"kind":"inte`);
    const journal = new JournalFile(folder, run);
    journal.append(intent('s'));
    journal.close();
    expect(loadJournal(folder, run)).toEqual({
      entries: [opened, intent('s')],
      problems: ['line 2 is not a journal entry'],
      torn: false,
    });
  });

  it('has a line whole or not at all where the disk gets full in the middle of it', () => {
    const long = { ...intent('rmpeer'), command: 'x'.repeat(900) };
    const script = `
      import { JournalFile } from ${JSON.stringify(new URL('../../source/disk/journal.ts', import.meta.url).href)};
      const journal = new JournalFile(${JSON.stringify(folder)}, 'full');
      journal.append(${JSON.stringify(opened)});
      let refused = 'nothing';
      try { journal.append(${JSON.stringify(long)}); } catch (error) { refused = error.code; }
      journal.append(${JSON.stringify(intent('stop'))});
      console.log(refused);
    `;
    // 1024 bytes a file: the kernel takes what fits of a write, and refuses the next one.
    const done = spawnSync(
      'bash',
      ['-c', 'ulimit -f 1; exec "$0" --input-type=module -e "$1"', node, script],
      {
        encoding: 'utf8',
      },
    );
    expect(done.stdout.trim()).toBe('EFBIG');
    expect(loadJournal(folder, 'full')).toEqual({
      entries: [opened, intent('stop')],
      problems: [],
      torn: false,
    });
  });

  it('is no word of the last to hold the lock where a line of it can not be read', () => {
    const journal = new JournalFile(folder, 'spoilt');
    journal.append({ ...opened, epoch: 3 });
    expect(journalPort(folder).history('spoilt')).toMatchObject({ epoch: 3 });
    writeFileSync(journal.path, '{"kind":"int\n', { flag: 'a' });
    journal.append(intent('stop'));
    journal.close();
    expect(journalPort(folder).history('spoilt')).toMatchObject({ epoch: null });
  });

  it.each(['../x', '', '.', 'a/b', 'a\0'])('takes no file outside its folder: %j', (id) => {
    expect(() => new JournalFile(folder, id)).toThrow(/not the id/);
    expect(loadJournal(folder, id)).toBeNull();
  });

  it('uses XDG_STATE_HOME only where it is absolute', () => {
    expect(journalFolder({ XDG_STATE_HOME: '/x' })).toBe('/x/weave-console/journal');
    expect(journalFolder({ XDG_STATE_HOME: 'x' })).toMatch(/\/\.local\/state\/weave-console\/journal$/);
  });

  it('reads every whole entry of a file cut anywhere', () => {
    const text = [opened, intent('s'), verified('s')].map(journalLine).join('');
    fc.assert(
      fc.property(fc.nat(text.length), (cut) => {
        const { entries, problems, torn } = readJournal(text.slice(0, cut));
        expect(entries.length).toBe(text.slice(0, cut).split('\n').length - 1);
        expect(problems).toEqual([]);
        expect(torn).toBe(cut > 0 && text[cut - 1] !== '\n');
      }),
    );
  });
});

describe('markdownOf', () => {
  it('tells the whole maintenance in order', () => {
    const text = markdownOf([
      opened,
      intent('s'),
      exited('s', 1),
      verified('s'),
      { kind: 'said', at, run, step: 'work', words: 'the reboot has begun' },
      { kind: 'closed', at, run, how: 'finished' },
    ]);
    expect(text).toContain('work: said by hand: the reboot has begun\n');
    expect(text).toMatch(/^# add-peer 10\.0\.0\.16 on prod: finished\n/);
    expect(text).toContain("- 2026-11-23T12:00:00.000Z **s** on 10.0.0.16: `sh -c 'x'`\n");
    expect(text).toContain('exited with 1');
  });

  it('says that it went on with the survivors only', () => {
    expect(markdownOf([opened])).not.toContain('survivors');
    expect(markdownOf([{ ...opened, missing: ['10.0.0.12'] } as JournalEntry])).toContain(
      ". **With the survivors only**: 10.0.0.12 could not be locked, and the cluster's name was typed to go on",
    );
  });

  it('lets no remote text become markup', () => {
    const text = markdownOf([
      opened,
      { ...(exited('s') as Extract<JournalEntry, { kind: 'outcome' }>), output: 'a``b`', why: '<b>[x](y)' },
    ]);
    expect(text).toContain('\\<b\\>\\[x\\](y)');
    expect(text).toContain('``` a``b` ```');
  });

  it('keeps a command of several lines together, as it ran, in its item', () => {
    const script = { ...intent('s'), command: "sh -c 'umask 077\n\n# back-ticks: ```\r- x'" } as JournalEntry;
    expect(markdownOf([opened, script, exited('s')])).toContain(
      [
        '**s** on 10.0.0.16: ',
        '',
        '  ````',
        "  sh -c 'umask 077",
        '  ',
        '  # back-ticks: ```',
        "  - x'",
        '  ````',
        '- 2026-11-23T12:00:00.000Z exited',
      ].join('\n'),
    );
  });

  it('is empty without a beginning', () => {
    expect(markdownOf([intent('s')])).toBe('');
  });
});
