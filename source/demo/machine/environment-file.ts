/** Reads a file as systemd reads an EnvironmentFile: comments with # or ;, quotes, `\` at the end of a line. */
export const parseEnvironmentFile = (text: string): Map<string, string> => {
  const variables = new Map<string, string>();
  const joined = text.replaceAll('\r\n', '\n').replace(/\\\n/g, '');
  for (const line of joined.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match === null) continue;
    variables.set(match[1] as string, unquote(match[2] as string));
  }
  return variables;
};

const unquote = (raw: string): string => {
  const value = raw.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  if (quoted === null) return value;
  const inner = quoted[2] as string;
  return quoted[1] === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
};

/** Sections and keys of a unit file; the values of a key that stands there more than once are all kept. */
export const parseUnit = (text: string): Map<string, string[]> => {
  const values = new Map<string, string[]>();
  let section = '';
  for (const line of text.replaceAll('\r\n', '\n').replace(/\\\n/g, ' ').split('\n')) {
    const head = /^\[(\w+)\]\s*$/.exec(line);
    const pair = /^(\w+)\s*=\s*(.*)$/.exec(line);
    if (head !== null) section = head[1] as string;
    else if (pair !== null) {
      const key = `${section}.${pair[1]}`;
      values.set(key, [...(values.get(key) ?? []), (pair[2] as string).trim()]);
    }
  }
  return values;
};

/** Splits a command line of a unit into words: `$NAME` alone gives one word for each word of its value, `${NAME}` just one. */
export const unitWords = (line: string, variables: ReadonlyMap<string, string>): string[] =>
  (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).flatMap((word) => {
    const bare = /^\$([A-Za-z_]\w*)$/.exec(word);
    if (bare !== null)
      return (variables.get(bare[1] as string) ?? '').split(/\s+/).filter((part) => part !== '');
    const plain = word.replace(/^(["'])(.*)\1$/, '$2');
    return [plain.replace(/\$\{([A-Za-z_]\w*)\}/g, (_all, name: string) => variables.get(name) ?? '')];
  });
