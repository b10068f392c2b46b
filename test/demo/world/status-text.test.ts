import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StatusPart, type StatusSource, statusText } from '../../../source/demo/world/status-text.ts';

const walk = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

// Lists come in random order at each call, and report and text were taken a moment apart: a dial began or ended.
const comparable = (text: string) =>
  text
    .replace(/failed {6}(.*), retry: 20\S+ \S+ \+0000 UTC m=\+\S+/g, 'retrying    $1')
    .split('\n')
    .sort();

/** Between report and text of these the numbers themselves moved. */
const moved = ['04-partition/p2-b-70s/h1.status.txt', '07-stale/a/h1.status.txt'];

const pairs = walk('test/fixtures/traces')
  .filter((path) => /\/h\d\.status.*\.txt$/.test(path) && !moved.some((one) => path.endsWith(one)))
  .map((path) => ({
    path,
    part: /status-(\w+)\.txt$/.exec(path)?.[1] as StatusPart | undefined,
    report: path.replace(/status.*$/, 'report.json'),
  }));

describe('the text of weave status', () => {
  it('has traces to be compared with', () => expect(pairs.length).toBeGreaterThan(400));

  it.each(pairs)('$path', ({ path, part, report }) => {
    const text = statusText(JSON.parse(readFileSync(report, 'utf8')) as StatusSource, part);
    // The script puts an empty line before and after the overview.
    const printed = part === undefined ? `\n${text}\n` : text;
    expect(comparable(printed)).toEqual(comparable(readFileSync(path, 'utf8')));
  });
});
