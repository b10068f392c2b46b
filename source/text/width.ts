const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const PLAIN = /^[\x20-\x7e]*$/;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]$/u;
const SPACING_MARK = /^\p{Mc}$/u;
const EMOJI = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u;
const PICTOGRAPHS = /\p{Extended_Pictographic}/gu;
const KEYCAP = /^[\d#*]\ufe0f?\u20e3$/;
const FLAG = /^\p{Regional_Indicator}{2}$/u;

/** East Asian Wide and Fullwidth (Unicode 17) without the emoji, as pairs first, last. */
const WIDE = [
  0x1100, 0x115f, 0x2329, 0x232a, 0x2630, 0x2637, 0x268a, 0x268f, 0x2e80, 0x2e99, 0x2e9b, 0x2ef3, 0x2f00,
  0x2fd5, 0x2ff0, 0x303e, 0x3041, 0x3096, 0x3099, 0x30ff, 0x3105, 0x312f, 0x3131, 0x318e, 0x3190, 0x31e5,
  0x31ef, 0x321e, 0x3220, 0x3247, 0x3250, 0xa48c, 0xa490, 0xa4c6, 0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900,
  0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe52, 0xfe54, 0xfe66, 0xfe68, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6,
  0x16fe0, 0x16fe4, 0x16ff0, 0x16ff6, 0x17000, 0x18cda, 0x18cff, 0x18d20, 0x18d80, 0x18df2, 0x18e00, 0x19191,
  0x191a0, 0x191d2, 0x1aff0, 0x1aff3, 0x1aff5, 0x1affb, 0x1affd, 0x1affe, 0x1b000, 0x1b128, 0x1b132, 0x1b132,
  0x1b150, 0x1b152, 0x1b155, 0x1b155, 0x1b164, 0x1b168, 0x1b170, 0x1b2fb, 0x1d300, 0x1d356, 0x1d360, 0x1d376,
  0x1f200, 0x1f202, 0x1f210, 0x1f23b, 0x1f240, 0x1f248, 0x1f250, 0x1f251, 0x1f260, 0x1f265, 0x20000, 0x2fffd,
  0x30000, 0x3fffd,
];

/** How many terminal columns printable text takes: wide characters two, combining marks none. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += graphemeWidth(segment);
  return columns;
}

/** `text` if it fits into `columns`, else as much of it as fits together with `ellipsis`. Never splits a grapheme. */
export function fit(text: string, columns: number, ellipsis = '…'): string {
  if (columns <= 0) return '';
  if (text.length <= columns && PLAIN.test(text)) return text;
  const room = columns - width(ellipsis);
  let used = 0;
  let kept = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used <= room) kept = index + segment.length;
    if (used > columns) return room < 0 ? ellipsis.slice(0, columns) : text.slice(0, kept) + ellipsis;
  }
  return text;
}

function graphemeWidth(grapheme: string): number {
  const first = grapheme.codePointAt(0) ?? 0;
  if (grapheme.length === 1 && first < 0x300) return INVISIBLE.test(grapheme) ? 0 : 1;
  if (isEmoji(grapheme)) return 2;
  let columns = 0;
  let afterJamo = false;
  for (const character of grapheme) {
    if (INVISIBLE.test(character)) continue;
    const code = character.codePointAt(0) ?? 0;
    if (columns === 0) columns = codeWidth(code);
    // Vowels and finals of a Hangul syllable share the columns of its first letter.
    else if (afterJamo && isJamoTail(code)) continue;
    else if (isJamo(code) || SPACING_MARK.test(character) || (code >= 0xff00 && code <= 0xffef))
      columns += codeWidth(code);
    afterJamo = isJamo(code);
  }
  return columns;
}

function isEmoji(grapheme: string): boolean {
  if (EMOJI.test(grapheme) || KEYCAP.test(grapheme) || FLAG.test(grapheme)) return true;
  if (!grapheme.includes('\ufe0f') && !grapheme.includes('\u200d')) return false;
  const pictographs = grapheme.match(PICTOGRAPHS)?.length ?? 0;
  return pictographs > 1 || (pictographs === 1 && grapheme.includes('\ufe0f'));
}

function isJamo(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x11ff) ||
    (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xd7b0 && code <= 0xd7fb)
  );
}

function isJamoTail(code: number): boolean {
  return (code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7fb);
}

function codeWidth(code: number): 1 | 2 {
  if (code < 0x1100) return 1;
  let low = 0;
  let high = WIDE.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < (WIDE[middle * 2] ?? 0)) high = middle - 1;
    else if (code > (WIDE[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return 2;
  }
  return 1;
}
