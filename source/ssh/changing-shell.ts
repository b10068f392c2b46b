import { inputOf } from '../commands/command.ts';
import type { ChangingShell } from '../ports.ts';
import type { Exec } from './exec.ts';
import { openLive } from './live-channel.ts';
import { MOST_BYTES } from './shell.ts';

/**
 * Runs commands that change the peer. One that takes too long is left alone, for a change cut off in the middle may be
 * worse than a late one: its outcome is `lost`, and its channel stays open until it ends, so that its output has a reader.
 */
export const createChangingShell = (exec: Exec): ChangingShell => ({
  change: (command, { maxBytes = MOST_BYTES, stdin = '' } = {}) =>
    exec(command, {
      mostBytes: maxBytes,
      late: 'leave',
      begun: (channel) => void channel.end(inputOf(command, stdin)),
    }),
  open: (command, onLine) => openLive(exec, command, onLine),
});
