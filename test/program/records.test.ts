import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalFile } from '../../source/disk/journal.ts';
import type { JournalEntry } from '../../source/journal/entry.ts';
import { removalReader } from '../../source/program/records.ts';
import { temporaryFolder } from '../support/keys.ts';

const NAME = '82:93:65:46:db:ca';
const at = '2026-11-27T12:00:00.000Z';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const entries = (run: string): readonly JournalEntry[] => [
  {
    kind: 'opened',
    at,
    run,
    how: 'new',
    cluster: 'prod',
    procedure: 'reclaim-peer',
    target: '10.0.0.15',
    members: [],
    who: 'anna',
    host: 'desk',
    version: '1',
    reason: '',
    lock: run,
  },
  { kind: 'arrived', at, run, step: 'rmpeer', notes: { name: [NAME], nickname: ['h5'] } },
  { kind: 'intent', at, run, step: 'rmpeer', attempt: 1, on: '10.0.0.11', command: 'x' },
];

describe('what the journals of this machine tell of removed peers', () => {
  it('is what they tell when it is asked, also of what another console writes meanwhile', () => {
    const read = removalReader('prod', folder.path);
    const runs = () => read().removed.map(({ run }) => run);
    expect(read()).toEqual({ removed: [], lifted: new Set(), unread: [] });
    const file = new JournalFile(folder.path, 'r1');
    const [opening, arrival, intent] = entries('r1');
    for (const entry of [opening, arrival]) if (entry) file.append(entry);
    expect(runs()).toEqual([]);
    if (intent) file.append(intent);
    expect(runs()).toEqual(['r1']);
    expect(removalReader('lab', folder.path)().removed).toEqual([]);
    file.append({
      kind: 'outcome',
      at,
      run: 'r1',
      step: 'rmpeer',
      attempt: 1,
      how: 'unsent',
      code: null,
      output: '',
      why: '',
    });
    file.close();
    expect(runs()).toEqual([]);
  });

  it('is told as not known where a journal can not be read, or not whole', () => {
    const read = removalReader('prod', folder.path);
    const file = new JournalFile(folder.path, 'r1');
    for (const entry of entries('r1').slice(0, 2)) file.append(entry);
    file.close();
    expect(read().unread).toEqual([]);
    appendFileSync(join(folder.path, 'r1.jsonl'), 'half a li\n');
    expect(read().unread).toEqual([{ run: 'r1', address: '10.0.0.15' }]);
    mkdirSync(join(folder.path, 'r2.jsonl'));
    expect(read().unread).toContainEqual({ run: 'r2', address: null });
  });

  it('is told as not known where the folder is none', () => {
    const path = join(folder.path, 'file');
    writeFileSync(path, '');
    expect(removalReader('prod', path)().unread).toEqual([{ run: path, address: null }]);
    if (process.getuid?.() === 0) return;
    const barred = join(folder.path, 'barred');
    mkdirSync(barred);
    chmodSync(barred, 0o000);
    expect(removalReader('prod', barred)().unread).toEqual([{ run: barred, address: null }]);
    chmodSync(barred, 0o700);
  });
});
