/** First and last IPv4 address of `10.32.0.0/12`, `10.0.0.5` or the short `10/8`; null for anything else. */
const ipv4Range = (text: string): readonly [first: number, last: number] | null => {
  const found = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (!found) return null;
  const bytes = (found[1] ?? '').split('.').map(Number);
  const bits = found[2] === undefined ? 32 : Number(found[2]);
  if (bits > 32 || bytes.some((byte) => byte > 255)) return null;
  const address = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + (bytes[at] ?? 0), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
};

/** Whether two IPv4 ranges share an address; false where one isn't a range. */
export const overlaps = (a: string, b: string): boolean => {
  const [one, other] = [ipv4Range(a), ipv4Range(b)];
  return one !== null && other !== null && one[0] <= other[1] && other[0] <= one[1];
};

/** Whether a word is written as an IPv4 address, and so needs no resolving. */
export const isIpv4 = (word: string): boolean => /^\d+(\.\d+){3}$/.test(word);
