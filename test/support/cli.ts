import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a run of the program ended. */
export type Ran = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The program under way, without a terminal. */
export type Running = {
  readonly child: ChildProcess;
  /** Resolves with all of stdout so far once that matches; rejects when the program ends first. */
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Ran>;
};

/** No terminal, no agent, no colour switches of the machine that runs the tests. */
const plainEnv = (extra: Readonly<Record<string, string>>): Record<string, string> => {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, LANG: 'C.UTF-8', ...extra };
};

/** Ends a program that hangs: a test must not wait for ever. */
const usualLimit = 50_000;

/** What to start: node's arguments before the program's own, and where; `limit` in ms instead of the usual one. */
export type Program = { readonly node: readonly string[]; readonly cwd: string; readonly limit?: number };
export const fromSource: Program = { node: ['--import', 'tsx', 'cli.tsx'], cwd: root };

/** Starts `weave-console ARGS`, its standard input closed and its outputs pipes. */
export const startCli = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { node, cwd, limit = usualLimit }: Program = fromSource,
): Running => {
  const child = spawn(process.execPath, [...node, ...args], {
    cwd,
    env: plainEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(stdout)) resolve(stdout);
        };
        watchers.add(look);
        look();
        void ended.then((ran) =>
          reject(new Error(`ended without ${pattern}: ${JSON.stringify(ran).slice(0, 4000)}`)),
        );
      }),
  };
};

/** Runs `weave-console ARGS` to its end. */
export const runCli = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: Program = fromSource,
): Promise<Ran> => startCli(args, env, program).ended;
