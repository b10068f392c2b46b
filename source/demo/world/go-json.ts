/** Text, numbers (64-bit ones as bigint), lists and structs, as Go's encoding/json writes them. */
export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly GoValue[]
  | { readonly [key: string]: GoValue };

const quote = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** json.Marshal, or json.MarshalIndent with an indent. Keys stay in the order they have: a struct's order, not a map's. */
export const goJson = (value: GoValue, indent = ''): string => {
  const write = (item: GoValue, margin: string): string => {
    if (typeof item === 'string') return quote(item);
    if (item === null || typeof item !== 'object') return String(item);
    const inner = margin + indent;
    const line = indent === '' ? '' : `\n${inner}`;
    const end = indent === '' ? '' : `\n${margin}`;
    const colon = indent === '' ? ':' : ': ';
    if (Array.isArray(item)) {
      if (item.length === 0) return '[]';
      return `[${line}${item.map((one: GoValue) => write(one, inner)).join(`,${line}`)}${end}]`;
    }
    const struct = item as { readonly [key: string]: GoValue };
    const keys = Object.keys(struct);
    if (keys.length === 0) return '{}';
    const fields = keys.map((key) => `${quote(key)}${colon}${write(struct[key] as GoValue, inner)}`);
    return `{${line}${fields.join(`,${line}`)}${end}}`;
  };
  return write(value, '');
};
