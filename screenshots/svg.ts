import type xterm from '@xterm/headless';

const cell = { width: 8.43, height: 18, font: 14, baseline: 13.5 };
const margin = 12;
const ink = '#d5d9e0';
const paper = '#14171c';
/** The sixteen colours of a terminal, in a palette that is readable on `paper`. */
const sixteen = [
  '#2b303b', '#f0716e', '#8cc97c', '#e0b860', '#6ea8f5', '#c792ea', '#5fc7c9', '#d5d9e0',
  '#7d8696', '#ff8b87', '#a6dd98', '#f0cf80', '#8dbdff', '#dcb3f5', '#82dfe0', '#ffffff',
]; // biome-ignore format: two rows of eight

const rgb = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

const indexed = (index: number): string => {
  if (index < 16) return sixteen[index] ?? ink;
  if (index >= 232) return rgb((8 + (index - 232) * 10) * 0x010101);
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const i = index - 16;
  return rgb((level(Math.floor(i / 36)) << 16) | (level(Math.floor(i / 6) % 6) << 8) | level(i % 6));
};

type Style = {
  readonly fill: string;
  readonly back: string;
  readonly bold: boolean;
  readonly underline: boolean;
};

const styleOf = (one: xterm.IBufferCell): Style => {
  const color = (rgbMode: boolean, palette: boolean, value: number, fallback: string) =>
    rgbMode ? rgb(value) : palette ? indexed(value) : fallback;
  const fore = color(one.isFgRGB(), one.isFgPalette(), one.getFgColor(), one.isDim() ? '#8a92a0' : ink);
  const back = color(one.isBgRGB(), one.isBgPalette(), one.getBgColor(), paper);
  const inverse = one.isInverse() !== 0;
  return {
    fill: inverse ? back : fore,
    back: inverse ? fore : back,
    bold: one.isBold() !== 0,
    underline: one.isUnderline() !== 0,
  };
};

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const at = (n: number): string => String(Math.round(n * 100) / 100);

/** Draws the visible part of a terminal. `mask` may replace text that changes from run to run by text of the same length. */
export const svgOf = (terminal: xterm.Terminal, mask: (line: string) => string): string => {
  const { active } = terminal.buffer;
  const parts: string[] = [];
  const reusable = active.getNullCell();
  for (let row = 0; row < terminal.rows; row += 1) {
    const line = active.getLine(active.viewportY + row);
    if (line === undefined) continue;
    const masked = mask(line.translateToString(false));
    const plain = masked.length === terminal.cols ? masked : null;
    let run: { column: number; columns: number; text: string; style: Style } | null = null;
    const flush = () => {
      if (run === null) return;
      const { column, columns, text, style } = run;
      const x = margin + column * cell.width;
      const y = margin + row * cell.height;
      if (style.back !== paper)
        parts.push(
          `<rect x="${at(x)}" y="${at(y)}" width="${at(columns * cell.width)}" height="${cell.height}" fill="${style.back}"/>`,
        );
      if (text.trim() !== '')
        parts.push(
          `<text x="${at(x)}" y="${at(y + cell.baseline)}" fill="${style.fill}" textLength="${at(columns * cell.width)}"${style.bold ? ' font-weight="bold"' : ''}${style.underline ? ' text-decoration="underline"' : ''}>${escaped(text)}</text>`,
        );
      run = null;
    };
    for (let column = 0; column < terminal.cols; column += 1) {
      const one = line.getCell(column, reusable);
      if (one === undefined || one.getWidth() === 0) continue;
      const style = styleOf(one);
      const text = plain?.[column] ?? (one.getChars() || ' ');
      const previous: typeof run = run;
      const same =
        previous !== null && JSON.stringify((previous as { style: Style }).style) === JSON.stringify(style);
      if (!same) {
        flush();
        run = { column, columns: 0, text: '', style };
      }
      const current = run as unknown as { columns: number; text: string };
      current.text += text;
      current.columns += one.getWidth();
    }
    flush();
  }
  const width = at(terminal.cols * cell.width + 2 * margin);
  const height = at(terminal.rows * cell.height + 2 * margin);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
    `<g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${cell.font}" xml:space="preserve">`,
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};
