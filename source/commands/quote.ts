const BARE = /^[\w@%+:,./-]+$/;

/**
 * One word of POSIX sh that stands for exactly this text. Text without NUL only: no argument of a program can hold one,
 * so a NUL is an error of the caller and throws. To fish, which some accounts log in to, a backslash means something inside
 * quotes where another or a quote follows it, so it stands outside of them there.
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) throw new RangeError('an argument cannot hold a NUL byte');
  if (BARE.test(text)) return text;
  return `'${text.replace(/'|\\(?=[\\']|$)/g, (found) => (found === "'" ? `'\\''` : `'\\\\'`))}'`;
};
