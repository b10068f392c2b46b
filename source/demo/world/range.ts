/** A block of IPv4 addresses, `start` as a number. */
export type Range = { readonly cidr: string; readonly start: number; readonly size: number };

/** `10.32.0.0` -> 169869312. */
const addressNumber = (text: string): number =>
  text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** 169869312 -> `10.32.0.0`. */
export const addressText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** `10.32.0.0/12` -> its range. Throws on anything else: the caller checks what people type. */
export const parseRange = (cidr: string): Range => {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr);
  if (match === null || Number(match[2]) > 32) throw new Error(`not a range: ${cidr}`);
  const size = 2 ** (32 - Number(match[2]));
  const start = addressNumber(match[1] as string);
  return { cidr, start: start - (start % size), size };
};
