import type { ClientChannel } from 'ssh2';
import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Trouble } from '../cluster/trouble.ts';
import { type Command, commandLine, needsSudo, type Outcome } from '../commands/command.ts';
import type { Clock } from '../ports.ts';
import { collector } from './collector.ts';
import type { Connection } from './connection.ts';
import type { Line } from './dial.ts';
import { answeredTrouble, type SshError, troubleOf } from './trouble.ts';

/** How a command is treated while it runs. */
export type Manner = {
  /** What is kept of its output, both streams together. */
  readonly mostBytes: number;
  /** At the command's time limit `end` ends it, too, `leave` stops waiting and lets it run on; `none` knows no limit. */
  readonly late: 'end' | 'leave' | 'none';
  /** Standard input is the business of this one, called once when the command has begun. */
  readonly begun: (channel: ClientChannel, line: Line) => void;
  /** Takes standard output as it comes; nothing of it is kept then. */
  readonly onData?: (bytes: Buffer) => void;
};

/** Runs one command on a channel of its own without a terminal. Never rejects: every way to end is an Outcome. */
export type Exec = (command: Command, manner: Manner) => Promise<Outcome>;

/** A host that opens no further session (MaxSessions) is asked again this often, for so long or half the command's time, in ms. */
const askAgainEvery = 200;
const askAgainFor = 3_000;

/** All commands of one peer go through one of these, so that it knows how many sessions are open there. */
export const createExec = (connection: Connection, peer: InventoryPeer, clock: Clock): Exec => {
  const { where } = connection;
  const sudo = needsSudo(peer);
  /** Sessions that are open or asked for: with some, a refused one may mean no more than too many. */
  let sessions = 0;

  /** A line through a jump host ends with that one, too: only the next login tells who of the two is gone. */
  const behindJump = (why: Trouble): Trouble =>
    peer.jump.length > 0 && !why.answered && (why.kind === 'closed' || why.kind === 'timeout')
      ? { ...why, unasked: true }
      : why;

  const run = (line: Line, command: Command, text: string, manner: Manner): Promise<Outcome> =>
    new Promise((resolve) => {
      const { late, begun } = manner;
      const name = `\`${command.name}\``;
      const began = clock.now();
      const { stdout, stderr } = collector(manner.mostBytes);
      let channel: ClientChannel | null = null;
      /** Nothing was run before this. */
      let requested = false;
      let how: { readonly code: number } | { readonly signal: string } | null = null;
      let settled = false;

      const settle = (outcome: Outcome) => {
        if (settled) return;
        settled = true;
        cancel();
        resolve(
          outcome.kind === 'unsent' || outcome.kind === 'lost'
            ? { ...outcome, why: behindJump(outcome.why) }
            : outcome,
        );
      };
      const unsent = (kind: 'no-shell' | 'refused' | 'closed' | 'timeout', because: string) => {
        const why = troubleOf(kind, because);
        // Here a refusal is one of a session: whoever refuses it is there.
        settle({ kind: 'unsent', why: kind === 'refused' ? answeredTrouble(why) : why });
      };
      const lost = (why = connection.lostBecause(line)) =>
        settle({
          kind: 'lost',
          why:
            why ??
            answeredTrouble(
              troubleOf('closed', `${where} closed the channel of ${name} without saying how it ended.`),
            ),
          stdout: stdout.text(),
        });
      const ended = () => {
        const said = { stdout: stdout.text(), stderr: stderr.text(), took: clock.now() - began };
        if (how === null) lost();
        else if ('code' in how) settle({ kind: 'exited', code: how.code, ...said });
        else settle({ kind: 'killed', signal: how.signal, ...said });
      };
      const hangUp = () => {
        try {
          channel?.signal('TERM');
          channel?.close();
        } catch {
          // The channel is closing by itself.
        }
      };

      const seconds = Math.round(command.timeout / 100) / 10;
      const onLate = () => {
        // It has ended; what it left behind holds its output open.
        if (how !== null) ended();
        else if (late === 'leave' && !requested) {
          // ssh2 would send the command as soon as the server opens the session, however late that is.
          const because = `${where} opened no session for ${name} within ${seconds} s; it was not run, and the connection was given up so that it won't be.`;
          unsent('timeout', because);
          connection.drop(line, troubleOf('timeout', because));
        } else {
          const why = troubleOf(
            'timeout',
            `${name} on ${where} did not end within ${seconds} s; it may still run there.`,
          );
          lost(requested ? answeredTrouble(why) : why);
        }
        if (late === 'end') hangUp();
      };
      const cancel = late === 'none' ? () => {} : clock.after(command.timeout, onLate);

      /** Others had sessions when one was refused, so that it may have been one too many. */
      let crowded = false;
      const askUntil = began + Math.min(askAgainFor, command.timeout / 2);

      const onError = (error: SshError & { readonly reason?: number | string }, before: number) => {
        const others = sessions - 1;
        sessions -= 1;
        crowded ||= before > 0;
        // What was refused was not run. sshd counts a session for a moment longer than its channel is there.
        if (typeof error.reason === 'number' && crowded && !settled && clock.now() < askUntil)
          clock.after(askAgainEvery, () => settled || ask());
        else if (typeof error.reason === 'number' && others > 0)
          unsent(
            'refused',
            `${where} opened no further session for ${name}: ${others} are open (MaxSessions).`,
          );
        else if (typeof error.reason === 'number')
          unsent('no-shell', `${where} opens no session for this account; ${name} was not run.`);
        else if (!requested)
          unsent('closed', `The SSH connection to ${where} was closed before ${name} was sent.`);
        else if (line.refusing())
          unsent('no-shell', `${where} does not let this account run commands; ${name} was not run.`);
        else lost();
      };

      const onBegun = (opened: ClientChannel) => {
        channel = opened;
        requested = true;
        opened.once('close', () => {
          sessions -= 1;
          ended();
        });
        opened.on('error', () => {});
        opened.on('exit', (status: number | null, signal?: string) => {
          how = status === null ? { signal: signal ?? 'unknown' } : { code: status };
        });
        opened.on('data', manner.onData ?? stdout.add);
        opened.stderr.on('data', stderr.add);
        if (settled && late === 'end') hangUp();
        else begun(opened, line);
      };

      const options = {
        // ssh2 asks for this when the session is open and the request with the command comes next.
        get env() {
          requested = true;
          return {};
        },
      };
      const ask = (): void => {
        const before = sessions;
        sessions += 1;
        try {
          line.client.exec(text, options, (error, opened) =>
            error ? onError(error, before) : onBegun(opened),
          );
        } catch {
          sessions -= 1;
          unsent('closed', `The SSH connection to ${where} was closed before ${name} was sent.`);
        }
      };
      ask();
    });

  return async (command, manner) => {
    let text: string;
    try {
      text = commandLine(command, { sudo });
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      return {
        kind: 'unsent',
        why: troubleOf('protocol', `\`${command.name}\` can't be sent to ${where}: ${because}.`),
      };
    }
    const dialled = await connection.open();
    if (dialled.kind === 'trouble') return { kind: 'unsent', why: dialled.why };
    return run(dialled.line, command, text, manner);
  };
};
