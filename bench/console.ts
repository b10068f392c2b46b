import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type { Cleanup } from './cleanup.ts';
import { CannotMeasure } from './processes.ts';
import type { Site } from './site.ts';

/** The bundled program, as a person starts it. */
export const bundle = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** The real console in a pseudo-terminal, seen through a terminal emulator. Times are ms. */
export type ConsoleProcess = {
  readonly pid: number;
  /** From its start until `holds` is true of what the terminal shows; by the arrival of the bytes that made it so. */
  until(what: string, holds: (lines: readonly string[]) => boolean, limit?: number): Promise<number>;
  /** From `act` until `holds` is true of what the terminal shows; by the arrival of the bytes that made it so. */
  after(act: () => void, what: string, holds: (lines: readonly string[]) => boolean): Promise<number>;
  /** From writing `key` until the bytes arrived that moved the cursor's row. */
  press(key: string): Promise<number>;
  /** CPU ms that it has used so far, by the kernel's count. */
  cpu(): number;
  stop(): Promise<void>;
};

const personEnv = {
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
};

/** What stands after the cursor's sign; empty while no row has it. */
const underCursor = (lines: readonly string[]): string =>
  lines.find((line) => line.startsWith('▸ '))?.match(/127\.0\.\d+\.\d+/)?.[0] ?? '';

/** Every peer has answered: the header counts answers until then, and shows the oldest one from then on. */
export const fullGrid = (lines: readonly string[]): boolean =>
  lines.some((line) => line.includes('oldest look'));
export const anyFrame = (lines: readonly string[]): boolean => lines.some((line) => line !== '');

/** Starts `weave-console` on `size` peers, at 140x40; `command` opens it elsewhere than on the grid. */
export const startConsole = (
  site: Site,
  size: number,
  interval: number,
  cleanup: Cleanup,
  command: readonly string[] = [],
): ConsoleProcess => {
  if (!existsSync(bundle)) throw new CannotMeasure(`${bundle} is not there: npm run build`);
  const [columns, rows] = [140, 40];
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
  const began = performance.now();
  const pty = spawn(process.execPath, [bundle, ...command, '--config', site.config(size, interval)], {
    cols: columns,
    rows,
    env: personEnv,
  });
  const watchers = new Set<(arrived: number) => void>();
  let over = false;
  const ended = new Promise<void>((resolve) =>
    pty.onExit(() => {
      over = true;
      resolve();
      for (const watcher of [...watchers]) watcher(performance.now());
    }),
  );
  pty.onData((data) => {
    const arrived = performance.now();
    terminal.write(data, () => {
      for (const watcher of [...watchers]) watcher(arrived);
    });
  });
  const lines = (): string[] =>
    Array.from(
      { length: rows },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    );

  /** When the bytes came after which `holds` was true. */
  const moment = (what: string, holds: (now: readonly string[]) => boolean, limit: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const done = (finish: () => void) => {
        clearTimeout(timer);
        watchers.delete(watch);
        finish();
      };
      const fail = (why: string) =>
        done(() =>
          reject(
            new CannotMeasure(`the console: ${what}: ${why}; it shows:\n${lines().join('\n').trimEnd()}`),
          ),
        );
      const watch = (arrived: number) => {
        // What stands in the normal screen is not ours: an error, say.
        if (terminal.buffer.active.type === 'alternate' && holds(lines())) done(() => resolve(arrived));
        else if (over) fail('it ended before that');
      };
      const timer = setTimeout(() => fail(`not seen in ${limit} ms`), limit);
      watchers.add(watch);
      watch(performance.now());
    });

  const after: ConsoleProcess['after'] = async (act, what, holds) => {
    const shown = moment(what, holds, 5000);
    const began = performance.now();
    act();
    return (await shown) - began;
  };

  const stop = async () => {
    if (over) return;
    pty.kill('SIGTERM');
    const hard = setTimeout(() => pty.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(hard);
  };
  cleanup.add(stop);
  return {
    pid: pty.pid,
    until: async (what, holds, limit = 60_000) => (await moment(what, holds, limit)) - began,
    after,
    press: (key) => {
      const before = underCursor(lines());
      return after(
        () => pty.write(key),
        `${JSON.stringify(key)} moves the cursor`,
        (now) => {
          const at = underCursor(now);
          return at !== '' && at !== before;
        },
      );
    },
    cpu: () => {
      const stat = readFileSync(`/proc/${pty.pid}/stat`, 'utf8');
      // Counted from behind the name, which may hold spaces: utime and stime are fields 14 and 15, in ticks of 10 ms.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    stop,
  };
};
