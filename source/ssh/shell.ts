import type { ClientChannel } from 'ssh2';
import type { InventoryPeer } from '../cluster/inventory.ts';
import { type Command, commandLine, needsSudo, type Outcome } from '../commands/command.ts';
import type { Clock, RemoteShell } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Line } from './dial.ts';
import { type SshError, troubleOf } from './trouble.ts';

const MOST_BYTES = 4 * 1024 * 1024;

/** Two streams of bytes with one limit; what comes after it is dropped. */
const collector = (mostBytes: number) => {
  let room = mostBytes;
  const into = () => {
    const pieces: Buffer[] = [];
    return {
      add: (bytes: Buffer) => {
        if (room <= 0) return;
        pieces.push(bytes.subarray(0, room));
        room -= bytes.length;
      },
      text: () => Buffer.concat(pieces).toString('utf8'),
    };
  };
  return { stdout: into(), stderr: into() };
};

/** Runs commands by exec, each on a channel of its own without a terminal. */
export const createShell = (connection: Connection, peer: InventoryPeer, clock: Clock): RemoteShell => {
  const { where } = connection;
  const sudo = needsSudo(peer);
  /** Commands under way: with some, a refused session may mean no more than too many. */
  let running = 0;

  const run = (line: Line, command: Command, mostBytes: number, stdin: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const began = clock.now();
      const { stdout, stderr } = collector(mostBytes);
      let channel: ClientChannel | null = null;
      let code: number | null = null;
      let signal: string | null = null;
      let settled = false;

      const settle = (outcome: Outcome) => {
        if (settled) return;
        settled = true;
        cancel();
        resolve(outcome);
      };
      const seconds = Math.round(command.timeout / 100) / 10;
      const cancel = clock.after(command.timeout, () => {
        settle({
          kind: 'lost',
          why: troubleOf(
            'timeout',
            `\`${command.name}\` on ${where} did not end within ${seconds} s; it may still run there.`,
          ),
          stdout: stdout.text(),
        });
        hangUp();
      });
      const hangUp = () => {
        if (!channel) return;
        try {
          channel.signal('TERM');
          channel.close();
        } catch {
          // The channel is closing by itself.
        }
      };
      const lost = () =>
        settle({
          kind: 'lost',
          why:
            connection.lostBecause(line) ??
            troubleOf(
              'closed',
              `${where} closed the channel of \`${command.name}\` without saying how it ended.`,
            ),
          stdout: stdout.text(),
        });
      const unsent = (kind: 'no-shell' | 'refused' | 'closed', text: string) =>
        settle({ kind: 'unsent', why: troubleOf(kind, text) });

      /** Whether the request was still ours to send when the error came. */
      const onRefused = (error: SshError & { readonly reason?: number | string }) => {
        if (typeof error.reason === 'number' && running > 1) {
          unsent(
            'refused',
            `${where} opened no further session for \`${command.name}\`: ${running - 1} are under way (MaxSessions).`,
          );
        } else if (typeof error.reason === 'number') {
          unsent('no-shell', `${where} opens no session for this account; \`${command.name}\` was not run.`);
        } else if (connection.lostBecause(line)) lost();
        else
          unsent(
            'no-shell',
            `${where} does not let this account run commands; \`${command.name}\` was not run.`,
          );
      };

      try {
        line.client.exec(commandLine(command, { sudo }), (error, opened) => {
          if (error) {
            onRefused(error as SshError);
            return;
          }
          channel = opened;
          if (settled) {
            hangUp();
            return;
          }
          opened.on('data', stdout.add);
          opened.stderr.on('data', stderr.add);
          opened.on('error', () => {});
          opened.on('exit', (status: number | null, name?: string) => {
            code = status;
            signal = status === null ? (name ?? 'unknown') : null;
          });
          opened.on('close', () => {
            const ended = { stdout: stdout.text(), stderr: stderr.text(), took: clock.now() - began };
            if (code !== null) settle({ kind: 'exited', code, ...ended });
            else if (signal !== null) settle({ kind: 'killed', signal, ...ended });
            else lost();
          });
          opened.end(stdin);
        });
      } catch {
        unsent('closed', `The SSH connection to ${where} was closed before \`${command.name}\` was sent.`);
      }
    });

  return {
    read: async (command, { maxBytes = MOST_BYTES, stdin = '' } = {}) => {
      const dialled = await connection.open();
      if (dialled.kind === 'trouble') return { kind: 'unsent', why: dialled.why };
      running += 1;
      try {
        return await run(dialled.line, command, maxBytes, stdin);
      } finally {
        running -= 1;
      }
    },
  };
};
