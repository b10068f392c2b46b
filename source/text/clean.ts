import { fit as fitInto } from './width.ts';

/**
 * A whole terminal sequence: CSI; OSC, DCS, SOS, PM and APC with their end; two-byte ESC. Each body stops at the next
 * ESC or C1 byte, so that no text is read twice however often a sequence is left open.
 */
const SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]+[0-~]|\x1b[0-OQ-WYZ\\`-~]/g;

/** Breaks of any kind: to a space inside the text, to nothing at its ends. */
const BREAKS = /[\t-\r\x85\u2028\u2029]+/g;

/** Invisible, and only there to shape what stands beside it: dropped. */
const SHAPING = /\u00ad|\u200c|\u200d|\p{Variation_Selector}/gu;

/** Whatever hides, reorders or isn't a character: control, format, surrogate, private, unassigned, ignorable. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]{1,16}/gu;

const SPACES = /\p{Zs}/gu;
const PILED_MARK = /(?<=\p{M}{4})\p{M}/gu;
const LEADING_MARK = /^\p{M}/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Stands where something unprintable stood. */
const SIGN = '\ufffd';
const ELLIPSIS = '…';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Remote bytes as one line of printable text: terminal sequences and shaping marks are dropped, breaks become a space,
 * any run of what else could hide, reorder or command leaves a `�`. With `max` the result is at most that many UTF-16
 * units, cut between graphemes and with an ellipsis. Linear in the length of the input, and with `max` in that.
 */
export function clean(raw: string, max = Number.POSITIVE_INFINITY): string {
  // What is dropped shrinks the text, so look at more than `max`, and never at 20 MB for 200 characters.
  const reach = max * 8 + 256;
  const cutEarly = raw.length > reach;
  const text = printable(cutEarly ? raw.slice(0, reach) : raw);
  if (text.length > max) return cut(text, max);
  return cutEarly ? cut(`${text}${ELLIPSIS}${ELLIPSIS}`, Math.min(max, text.length + 1)) : text;
}

/**
 * The last `maxLines` lines of remote text, each cleaned and cut to `maxColumns` columns. Where lines were left out,
 * the first line says how many, and counts as one of `maxLines`. A break at the very end begins no further line.
 */
export function cleanLines(raw: string, maxLines: number, maxColumns: number): string[] {
  const lines: string[] = [];
  let end = raw.length - breakBefore(raw, raw.length);
  let more = raw.length > 0;
  while (more && lines.length < maxLines) {
    const start = lineStart(raw, end);
    lines.push(fitInto(clean(raw.slice(start, end), maxColumns * 4 + 64), maxColumns));
    more = start > 0;
    end = start - breakBefore(raw, start);
  }
  lines.reverse();
  if (!more || maxLines <= 0) return lines;
  return [fitInto(`… ${countLines(raw, end) + 1} earlier lines left out`, maxColumns), ...lines.slice(1)];
}

function printable(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  const text = raw
    .replace(SEQUENCE, '')
    .replace(BREAKS, (run, at: number, whole: string) =>
      at === 0 || at + run.length === whole.length ? '' : ' ',
    )
    .replace(SHAPING, '')
    .replace(UNPRINTABLE, SIGN)
    .replace(SPACES, ' ')
    .replace(PILED_MARK, '');
  // A mark in front would sit on whatever the screen drew before the text.
  return LEADING_MARK.test(text) ? `◌${text}` : text;
}

function cut(text: string, max: number): string {
  if (max <= 0) return '';
  // One more than fits, so that the segmenter sees whether the last grapheme goes on.
  const window = text.slice(0, max + 64);
  const at = max - 1;
  const start = graphemes.segment(window).containing(at)?.index ?? at;
  if (start > 0) return window.slice(0, start) + ELLIPSIS;
  // A single grapheme longer than all there is room for.
  const unit = window.charCodeAt(at - 1);
  return window.slice(0, unit >= 0xd800 && unit <= 0xdbff ? at - 1 : at) + ELLIPSIS;
}

const CR = 13;
const LF = 10;

function isBreak(code: number): boolean {
  return code === LF || code === CR;
}

/** Length of the line break that ends at `at`: 2 for CR LF, 0 for none. */
function breakBefore(raw: string, at: number): 0 | 1 | 2 {
  const last = raw.charCodeAt(at - 1);
  if (last === LF && raw.charCodeAt(at - 2) === CR) return 2;
  return isBreak(last) ? 1 : 0;
}

function lineStart(raw: string, end: number): number {
  let at = end;
  while (at > 0 && !isBreak(raw.charCodeAt(at - 1))) at -= 1;
  return at;
}

/** How many lines there are before `end`, where a line ends. */
function countLines(raw: string, end: number): number {
  let lines = 1;
  for (let at = 0; at < end; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === LF || (code === CR && raw.charCodeAt(at + 1) !== LF)) lines += 1;
  }
  return lines;
}
