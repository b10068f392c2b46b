import { blank, cell, type Line, type Span, span } from '../spans.ts';
import { wrap } from '../wrap.ts';

/** Columns of the labels on the peer page. */
const labelWidth = 13;

/** `label   text`, wrapped under itself. */
export function field(
  label: string,
  text: string,
  columns: number,
  tone: Span['tone'] = 'plain',
): readonly Line[] {
  const lines = wrap(text, Math.max(8, columns - labelWidth - 1));
  return lines.map((part, index) => [
    span(` ${cell(index === 0 ? label : '', labelWidth)}`),
    span(part, tone),
  ]);
}

/** A heading over lines; nothing at all where there are no lines. */
export function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [blank, [span(` ${title}`, 'title')], ...lines];
}
