import { inputOf } from '../commands/command.ts';
import type { RemoteShell } from '../ports.ts';
import type { Exec } from './exec.ts';

/** What is kept of a command's output where nobody says how much. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** Runs commands that only read: one that takes too long is ended. */
export const createShell = (exec: Exec): RemoteShell => ({
  read: (command, { maxBytes = MOST_BYTES, stdin = '' } = {}) =>
    exec(command, {
      mostBytes: maxBytes,
      late: 'end',
      begun: (channel) => void channel.end(inputOf(command, stdin)),
    }),
});
