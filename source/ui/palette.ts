/** What a piece of text means; the palette decides how that looks. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'good'
  | 'warn'
  | 'bad'
  | 'info'
  | 'title'
  | 'selected'
  | 'notice'
  | `badge-${BadgeColor}`
  | `owner-${OwnerColor}`;

export type BadgeColor = keyof typeof badges;
export type OwnerColor = 0 | 1 | 2 | 3 | 4 | 'gone';

/** Turns meaning into SGR around a text without line breaks. */
export type Palette = (text: string, tone: Tone) => string;

type Sgr = { readonly open: string; readonly close: string };

const sgr = (...pairs: readonly (readonly [number, number])[]): Sgr => ({
  open: pairs.map(([on]) => `\u001B[${on}m`).join(''),
  close: pairs
    .map(([, off]) => `\u001B[${off}m`)
    .reverse()
    .join(''),
});

const none: Sgr = { open: '', close: '' };
const bold: readonly [number, number] = [1, 22];
const inverse: readonly [number, number] = [7, 27];
const block = (background: number, foreground: number): Sgr => sgr([background, 49], [foreground, 39]);

/** A cluster's colour as a block behind its name: text and background both given, so readable on any terminal. */
const badges = {
  none: sgr(inverse),
  black: block(40, 97),
  red: block(41, 97),
  green: block(42, 30),
  yellow: block(43, 30),
  blue: block(44, 97),
  magenta: block(45, 97),
  cyan: block(46, 30),
  white: block(47, 30),
  gray: block(100, 97),
} as const;

/** Owners of the address space take these in turn; red is kept for an owner that nobody reaches. */
const owners: Readonly<Record<OwnerColor, Sgr>> = {
  0: block(42, 30),
  1: block(46, 30),
  2: block(45, 97),
  3: block(43, 30),
  4: block(44, 97),
  gone: block(41, 97),
};

/** How many colours owners take in turn. */
export const ownerColors = 5;

/** Magenta warns, since yellow can't be read on white; blue text is avoided, since it can't be read on black. */
const tones: Readonly<Record<string, { readonly color: Sgr; readonly plain: Sgr }>> = {
  plain: { color: none, plain: none },
  strong: { color: sgr(bold), plain: sgr(bold) },
  title: { color: sgr(bold), plain: sgr(bold) },
  good: { color: sgr([32, 39]), plain: none },
  warn: { color: sgr([35, 39]), plain: none },
  bad: { color: sgr(bold, [31, 39]), plain: sgr(bold) },
  info: { color: sgr([36, 39]), plain: none },
  notice: { color: sgr(inverse), plain: sgr(inverse) },
  selected: { color: sgr(inverse), plain: sgr(inverse) },
  ...Object.fromEntries(
    Object.entries(badges).map(([name, color]) => [`badge-${name}`, { color, plain: sgr(inverse) }]),
  ),
  ...Object.fromEntries(
    Object.entries(owners).map(([name, color]) => [`owner-${name}`, { color, plain: none }]),
  ),
};

/** With `color` false no colour code is ever written, whatever chalk or the terminal think. */
export function palette(color: boolean): Palette {
  return (text, tone) => {
    const style = tones[tone]?.[color ? 'color' : 'plain'] ?? none;
    return text === '' ? '' : style.open + text + style.close;
  };
}

/** The tone for a cluster's configured colour; unknown words give a block without colour. */
export function badgeTone(color: string | null): Tone {
  const name = color === 'grey' ? 'gray' : color;
  return name !== null && Object.hasOwn(badges, name) ? `badge-${name as BadgeColor}` : 'badge-none';
}
