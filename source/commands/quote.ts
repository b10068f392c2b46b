const BARE = /^[\w@%+:,./-]+$/;

/**
 * One word of POSIX sh that stands for exactly this text. Text without NUL only: no argument of a program can hold one,
 * so a NUL is an error of the caller and throws.
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) throw new RangeError('an argument cannot hold a NUL byte');
  return BARE.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};
