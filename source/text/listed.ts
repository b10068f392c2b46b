/** How many words a sentence has before it counts the rest. */
const NAMED = 6;

/** `a`, `a and b`, `a, b and c`, `a, b, c, d, e and 12 more`. */
export const listed = (words: readonly string[]): string => {
  const shown =
    words.length > NAMED ? [...words.slice(0, NAMED - 1), `${words.length - NAMED + 1} more`] : words;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
};

/** `a, b, c`, `a, b, c, d, e and 12 more`: for lists within a sentence that has its own `and`. */
export const some = (words: readonly string[]): string =>
  words.length <= NAMED ? words.join(', ') : listed(words);
