import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A measurement could not be made: told in one line, exit code 1. */
export class CannotMeasure extends Error {
  override readonly name = 'CannotMeasure';
}

/** Ends a process of ours and waits until it is gone; SIGKILL after two seconds. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(hard);
};

/**
 * Peers are other machines: what they do in their sshd and behind it must not push aside what is measured on this one,
 * ours or the tools'. Their children inherit it.
 */
export const asAnotherMachine = (child: ChildProcess): void => {
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
};

/** Forks a module of this folder, by the same loader that runs this process. */
export const forkModule = (module: string, args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(new URL(module, import.meta.url)), [...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });

/**
 * The messages of a child in their order. `next` is a CannotMeasure when the child ends first or `limit` ms go by. To be
 * made right after the fork, or messages are missed.
 */
export const messagesOf = <T>(child: ChildProcess, what: string): { next(limit: number): Promise<T> } => {
  const waiting: T[] = [];
  let errors = '';
  let wake = () => {};
  child.on('message', (message: unknown) => {
    waiting.push(message as T);
    wake();
  });
  child.on('exit', () => wake());
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-2000);
  });
  return {
    next: async (limit) => {
      const deadline = performance.now() + limit;
      while (waiting.length === 0) {
        const rest = deadline - performance.now();
        const over = child.exitCode !== null || child.signalCode !== null;
        if (over || rest <= 0)
          throw new CannotMeasure(`${what} ${over ? 'ended early' : 'is too slow'}: ${errors.trim()}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, rest);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return waiting.shift() as T;
    },
  };
};

/** How a finished program went. `took` is from its start to its end, in ms. */
export type Run = {
  readonly code: number | null;
  readonly took: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a program to its end, its output read and kept. Killed after `limit` ms. */
export const run = async (
  file: string,
  args: readonly string[],
  options: { readonly limit: number; readonly env?: NodeJS.ProcessEnv },
): Promise<Run> => {
  const began = performance.now();
  const child = spawn(file, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    timeout: options.limit,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    took: performance.now() - began,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
};
