import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Result } from '../commands/command.ts';
import { quote } from './scripts.ts';

/** Runs one program of one host. */
export type Dispatch = (host: string, name: string, args: readonly string[]) => Promise<Result>;

/** The pipe on which the stand-ins of all hosts say that they want something. */
export type Spool = { close(): void };

const answerScript = ({ stdout, stderr, code }: Result): string => {
  const print = (text: string, to: string) => (text === '' ? '' : `printf %s ${quote(text)}${to}\n`);
  return `${print(stdout, '')}${print(stderr, ' >&2')}exit ${code}\n`;
};

const forget = (path: string) => {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
};

/** `folderOf(host)` is where a host's stand-ins leave their questions. `pipe` is made here. */
export const openSpool = (pipe: string, folderOf: (host: string) => string, dispatch: Dispatch): Spool => {
  execFileSync('mkfifo', [pipe]);
  // Read and write, so that it never ends; not blocking, so that no thread waits for it.
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  let rest = '';

  const serve = async (host: string, pid: string): Promise<void> => {
    const base = join(folderOf(host), pid);
    const [name = '', ...args] = readFileSync(`${base}.ask`, 'utf8').split('\0').slice(0, -1);
    const wake = openSync(`${base}.wake`, constants.O_WRONLY | constants.O_NONBLOCK);
    forget(`${base}.ask`);
    forget(`${base}.wake`);
    try {
      const said = await dispatch(host, name, args).catch((problem: unknown) => ({
        code: 70,
        stdout: '',
        stderr: `${name}: the simulation failed: ${problem instanceof Error ? problem.stack : String(problem)}\n`,
      }));
      writeFileSync(`${base}.answer`, answerScript(said));
      writeSync(wake, '\n');
      setTimeout(forget, 30_000, `${base}.answer`).unref();
    } catch {
      // Whoever asked is gone.
      forget(`${base}.answer`);
    } finally {
      closeSync(wake);
    }
  };

  socket.on('data', (data) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [host, pid] = line.split(' ');
      if (host !== undefined && pid !== undefined) serve(host, pid).catch(() => {});
    }
  });
  socket.on('error', () => {});
  return { close: () => socket.destroy() };
};
