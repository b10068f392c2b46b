import type { ClientChannel } from 'ssh2';
import type { Command } from '../commands/command.ts';
import type { LiveChannel } from '../ports.ts';
import type { Line } from './dial.ts';
import type { Exec } from './exec.ts';
import { lineReader } from './lines.ts';

/** Input that may wait for a host that does not take it, in bytes. Heartbeats are a few bytes each. */
const MOST_WAITING = 64 * 1024;
/** A line longer than this is cut, in characters. */
const MOST_LINE = 64 * 1024;
const MOST_STDERR = 64 * 1024;

/**
 * Starts a command that goes on. Its standard output goes to `onLine` and is not in the outcome. What is written before
 * the command has begun is kept for it; what `write` answers with false was not taken, not even in part.
 */
export const openLive = (
  exec: Exec,
  command: Command<'changes'>,
  onLine: (line: string) => void,
): LiveChannel => {
  const lines = lineReader(onLine, MOST_LINE);
  let running: { readonly channel: ClientChannel; readonly line: Line } | null = null;
  let early = '';
  let open = true;

  const waiting = (): number =>
    running === null
      ? Buffer.byteLength(early)
      : running.channel.writableLength + running.line.bytesWaiting();

  const ended = exec(command, {
    mostBytes: MOST_STDERR,
    late: 'none',
    onData: lines.add,
    begun: (channel, line) => {
      running = { channel, line };
      if (early !== '') channel.write(early);
      early = '';
      if (!open) channel.end();
    },
  }).then((outcome) => {
    open = false;
    lines.end();
    return outcome;
  });

  return {
    write: (text) => {
      if (!open || waiting() + Buffer.byteLength(text) > MOST_WAITING) return false;
      if (running === null) early += text;
      else running.channel.write(text);
      return true;
    },
    end: () => {
      if (open) running?.channel.end();
      open = false;
    },
    ended,
  };
};
