import { fit as shorten, width } from '../text/width.ts';
import { toAscii } from './glyphs.ts';
import { type Palette, palette, type Tone } from './palette.ts';

/** A piece of a line in one tone. Never holds a line break or an escape. */
export type Span = { readonly text: string; readonly tone: Tone };

/** One line of the screen, before it is painted. */
export type Line = readonly Span[];

/** A piece of text, plain unless said otherwise. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

/** A line of one piece. */
export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)];

export const blank: Line = [];

/** The line's text without tones. */
export const plainText = (parts: Line): string => parts.map((part) => part.text).join('');

/** Widths of what is not plain ASCII; the same glyphs and rules are measured at every frame. */
const measured = new Map<string, number>();
const mostMeasured = 4000;

/** `width`, remembered. */
function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  const known = measured.get(text);
  if (known !== undefined) return known;
  if (measured.size >= mostMeasured) measured.clear();
  const size = width(text);
  measured.set(text, size);
  return size;
}

export const lineWidth = (parts: Line): number => parts.reduce((sum, part) => sum + columnsOf(part.text), 0);

/** `text` in exactly `columns`: cut with `…`, or filled with spaces on the side that `align` leaves. */
export function cell(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = columnsOf(text) > columns ? shorten(text, columns) : text;
  const fill = ' '.repeat(Math.max(0, columns - columnsOf(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}

/** The line in at most `columns`; a cut ends with `…`. */
export function cutLine(parts: Line, columns: number): Line {
  if (lineWidth(parts) <= columns) return parts;
  const kept: Span[] = [];
  let left = columns;
  for (const [index, part] of parts.entries()) {
    const size = columnsOf(part.text);
    const more = parts.slice(index + 1).some((next) => next.text !== '');
    if (size < left || (size === left && !more)) {
      kept.push(part);
      left -= size;
      continue;
    }
    kept.push({ ...part, text: size === left ? shorten(`${part.text}…`, left) : shorten(part.text, left) });
    break;
  }
  return kept;
}

/** One inverse bar over the whole width: the row under the cursor. Colours give way to contrast. */
export function selected(parts: Line, columns: number): Line {
  return [span(cell(plainText(parts), columns), 'selected')];
}

/** A line to a string for the terminal. */
export type Paint = (parts: Line) => string;

export function painter(options: { readonly color: boolean; readonly ascii: boolean }): Paint {
  const tint: Palette = palette(options.color);
  return (parts) => {
    let painted = '';
    let run = '';
    let tone: Tone = 'plain';
    for (const part of parts) {
      // A space looks the same in every tone that has no background, so one run may go over it.
      if (
        part.tone !== tone &&
        part.text !== '' &&
        !(part.tone === 'plain' && inkless(tone) && /^ +$/.test(part.text))
      ) {
        painted += tint(run, tone);
        run = '';
        tone = part.tone;
      }
      run += options.ascii ? toAscii(part.text) : part.text;
    }
    return painted + tint(run, tone);
  };
}

const inkless = (tone: Tone): boolean => ['good', 'warn', 'bad', 'info', 'strong', 'title'].includes(tone);
