import { width } from '../text/width.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits what fits into `columns` off the front, at least one grapheme. */
function take(text: string, columns: number): readonly [string, string] {
  let head = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const size = width(segment);
    if (head !== '' && used + size > columns) break;
    head += segment;
    used += size;
  }
  return [head, text.slice(head.length)];
}

/** Text in lines of at most `columns`, broken between words; a word longer than a line is broken where it must. */
export function wrap(text: string, columns: number): readonly string[] {
  const size = Math.max(1, columns);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    let rest = word;
    const joined = current === '' ? word : `${current} ${word}`;
    if (width(joined) <= size) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    while (width(rest) > size) {
      const [head, tail] = take(rest, size);
      lines.push(head);
      rest = tail;
    }
    current = rest;
  }
  return current === '' && lines.length > 0 ? lines : [...lines, current];
}

/** Text in lines of exactly `columns` but the last, spaces and all: for log lines, whose spaces mean something. */
export function hardWrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (width(rest) > Math.max(1, columns)) {
    const [head, tail] = take(rest, Math.max(1, columns));
    lines.push(head);
    rest = tail;
  }
  return [...lines, rest];
}
