import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program from source, in a real pseudo-terminal, seen through a real terminal emulator. */
export type Screen = {
  readonly pid: number;
  readonly terminal: xterm.Terminal;
  /** The visible lines, right-trimmed. */
  lines(): string[];
  text(): string;
  /** Every byte the program wrote, escapes and all. */
  raw(): string;
  /** Types keys as a person would. */
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves with the text once `seen` holds of it; rejects with the last screen after `limit` ms or when the program ends first. */
  until(seen: RegExp | ((text: string) => boolean), limit?: number): Promise<string>;
  /** Resolves with the exit code; with 128 + N, as a shell says it, when signal N ended it. */
  readonly ended: Promise<number>;
  kill(signal?: string): void;
};

/** Environment of a person's terminal: no CI variable, UTF-8, 256 colours. */
const personEnv = (extra: Record<string, string>): Record<string, string> => {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...extra };
};

const fromSource = ['--import', 'tsx', 'cli.tsx'] as const;

/** Starts `weave-console ARGS` at the given size, from source unless other arguments of node are given. */
export const openScreen = (
  args: readonly string[],
  size: { readonly columns: number; readonly rows: number },
  env: Record<string, string> = {},
  program: readonly string[] = fromSource,
): Screen => spawned([process.execPath, ...program, ...args], size, env);

/** The same program as a line for a shell. */
export const programLine = [process.execPath, ...fromSource].map((word) => `'${word}'`).join(' ');

/** An interactive shell with job control, where Ctrl-Z stops what was started from it. */
export const openShell = (size: { readonly columns: number; readonly rows: number }): Screen =>
  spawned(['bash', '--noprofile', '--norc', '-i'], size, { PS1: '$ ', HISTFILE: '' });

const spawned = (
  [file = '', ...args]: readonly string[],
  size: { readonly columns: number; readonly rows: number },
  env: Record<string, string>,
): Screen => {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    allowProposedApi: true,
    scrollback: 0,
  });
  const pty = spawn(file, args, {
    cols: size.columns,
    rows: size.rows,
    cwd: root,
    env: personEnv(env),
  });
  const watchers = new Set<() => void>();
  const wake = () => {
    for (const watcher of [...watchers]) watcher();
  };
  let over = false;
  // A frame comes in several chunks; between these marks (synchronized output) the screen is half drawn.
  let drawing = false;
  for (const [final, begins] of [['h', true] as const, ['l', false] as const])
    terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params[0] === 2026) drawing = begins;
      return false;
    });
  let raw = '';
  pty.onData((data) => {
    raw += data;
    terminal.write(data, wake);
  });
  const ended = new Promise<number>((resolve) =>
    pty.onExit(({ exitCode, signal }) => {
      over = true;
      resolve(signal ? 128 + signal : exitCode);
      terminal.write('', wake);
    }),
  );
  const lines = () => {
    const { active } = terminal.buffer;
    return Array.from(
      { length: terminal.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  };
  const text = () => lines().join('\n').trimEnd();
  return {
    pid: pty.pid,
    terminal,
    lines,
    text,
    raw: () => raw,
    type: (keys) => pty.write(keys),
    resize: (columns, rows) => {
      terminal.resize(columns, rows);
      pty.resize(columns, rows);
    },
    until: (seen, limit = 90_000) =>
      new Promise((resolve, reject) => {
        const holds = () => (seen instanceof RegExp ? seen.test(text()) : seen(text()));
        const done = (finish: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          finish();
        };
        const look = () => {
          if (!drawing && holds()) done(() => resolve(text()));
          else if (over)
            done(() => reject(new Error(`the program ended while waiting for ${seen}:\n${text()}`)));
        };
        const timer = setTimeout(
          () => done(() => reject(new Error(`not seen in ${limit} ms: ${seen}; the screen is:\n${text()}`))),
          limit,
        );
        watchers.add(look);
        look();
      }),
    ended,
    kill: (signal = 'SIGKILL') => pty.kill(signal),
  };
};
