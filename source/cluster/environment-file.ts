/** One `NAME=value` of the file. `firstLine` and `lastLine` are indices into `lines`. */
export type EnvironmentEntry = {
  readonly name: string;
  readonly value: string;
  readonly firstLine: number;
  readonly lastLine: number;
};

/** An environment file, read without loss: `lines.join('')` is the file again, byte for byte. */
export type EnvironmentFile = {
  /** Raw lines with their line ends. */
  readonly lines: readonly string[];
  /** In file order, doubles included; the last of a name wins. */
  readonly entries: readonly EnvironmentEntry[];
  /** PEERS as weave gets it, options and their arguments left out; null without a PEERS line. */
  readonly peers: readonly string[] | null;
};

/** An entry of PEERS without weave's own port, which says nothing. */
export const bareEntry = (entry: string): string => entry.replace(/:6783$/, '');

type State =
  | 'pre-key'
  | 'key'
  | 'pre-value'
  | 'value'
  | 'value-escape'
  | 'single-quote'
  | 'double-quote'
  | 'double-quote-escape'
  | 'comment'
  | 'comment-escape';

const isNewline = (c: string) => c === '\n' || c === '\r';
const isBlank = (c: string) => c === ' ' || c === '\t' || isNewline(c);

/**
 * Reads a file as systemd reads `EnvironmentFile=`: the states are those of `parse_env_file_internal` in systemd's
 * `src/basic/env-file.c` (version 254 and later, where the line after a comment that ends in `\` is no comment).
 * Never throws; lines that systemd ignores have no entry.
 */
export const parseEnvironmentFile = (text: string): EnvironmentFile => {
  const entries: EnvironmentEntry[] = [];
  let state: State = 'pre-key';
  let key = '';
  let value = '';
  /** Length of `value` without the unquoted blanks at its end; -1 while it ends in something else. */
  let trimTo = -1;
  let line = 0;
  let firstLine = 0;

  const push = (lastLine: number) => {
    if (state === 'value' && trimTo >= 0) value = value.slice(0, trimTo);
    entries.push({ name: key.replace(/[ \t]+$/, ''), value, firstLine, lastLine });
  };

  for (let at = 0; at < text.length; at += 1) {
    const c = text.charAt(at);
    const newline = isNewline(c);
    switch (state) {
      case 'pre-key':
        if (c === '#' || c === ';') state = 'comment';
        else if (!isBlank(c)) {
          state = 'key';
          key = c;
          value = '';
          trimTo = -1;
          firstLine = line;
        }
        break;
      case 'key':
        if (newline) state = 'pre-key';
        else if (c === '=') state = 'pre-value';
        else key += c;
        break;
      case 'pre-value':
      case 'value':
        if (newline) {
          push(line);
          state = 'pre-key';
        } else if (c === '\\') {
          state = 'value-escape';
          trimTo = -1;
        } else if (state === 'pre-value' && c === "'") state = 'single-quote';
        else if (state === 'pre-value' && c === '"') state = 'double-quote';
        else if (state === 'value' || !isBlank(c)) {
          state = 'value';
          if (!isBlank(c)) trimTo = -1;
          else if (trimTo < 0) trimTo = value.length;
          value += c;
        }
        break;
      case 'value-escape':
        state = 'value';
        if (!newline) value += c;
        break;
      case 'single-quote':
        if (c === "'") state = 'pre-value';
        else value += c;
        break;
      case 'double-quote':
        if (c === '"') state = 'pre-value';
        else if (c === '\\') state = 'double-quote-escape';
        else value += c;
        break;
      case 'double-quote-escape':
        state = 'double-quote';
        if ('"\\`$'.includes(c)) value += c;
        else if (c !== '\n') value += `\\${c}`;
        break;
      case 'comment':
        if (c === '\\') state = 'comment-escape';
        else if (newline) state = 'pre-key';
        break;
      case 'comment-escape':
        state = newline ? 'pre-key' : 'comment';
        break;
    }
    if (c === '\n') line += 1;
  }
  if (state !== 'pre-key' && state !== 'key' && !state.startsWith('comment')) push(line);

  const list = entries.findLast((entry) => entry.name === 'PEERS');
  return { lines: text.match(/[^\n]*\n|[^\n]+/g) ?? [], entries, peers: list ? peersOf(list.value) : null };
};

/** Options of `weave launch` that take their argument as a word of its own. */
const TAKES_WORD =
  /^--?(ipalloc-(range|init|default-subnet)|name|nickname|password|port|host|log-level|mtu|conn-limit|trusted-subnets|dns-[a-z-]+|http-addr|status-addr|metrics-addr|db-prefix|bridge-[a-z-]+|datapath|token)$/;

/** The words that `$PEERS` becomes on a command line of a unit: split at blanks, quotes respected (systemd.service(5)). */
export const wordsOf = (value: string): readonly string[] =>
  [...value.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*'|["'])+/g)].map(([word]) =>
    word.replace(
      /"([^"]*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) => double ?? single ?? '',
    ),
  );

/** Whether the word at `at` of PEERS is a peer, and not an option of `weave launch` or its argument. */
export const isPeerAt = (words: readonly string[], at: number): boolean =>
  !words[at]?.startsWith('-') && !TAKES_WORD.test(words[at - 1] ?? '');

const peersOf = (value: string): readonly string[] => {
  const words = wordsOf(value);
  return words.filter((_, at) => isPeerAt(words, at));
};
