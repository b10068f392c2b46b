import type { ClientChannel } from 'ssh2';
import type { HostPort } from '../cluster/inventory.ts';
import type { Clock, Tunnel, TunnelAnswer } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Line } from './dial.ts';
import { httpReader } from './http-answer.ts';
import { type SshError, troubleOf } from './trouble.ts';

const MOST_BYTES = 20 * 1024 * 1024;
/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1). The other reasons mean that it was tried and did not work. */
const PROHIBITED = 1;

type Request = Parameters<Tunnel['get']>[1];
type Kept = { readonly channel: ClientChannel; readonly line: Line };
type Opening =
  | { readonly kind: 'channel'; readonly channel: ClientChannel }
  | Exclude<TunnelAnswer, { kind: 'answered' }>;
/** `stale`: the kept channel had been closed over there before a byte of the answer came. */
type Exchanged = { readonly answer: TunnelAnswer; readonly reusable: boolean; readonly stale: boolean };

/** GET through the peer's SSH connection. One channel for each address is kept open and used again, one request at a time. */
export const createTunnel = (connection: Connection, clock: Clock): Tunnel => {
  const kept = new Map<string, Kept>();
  const queues = new Map<string, Promise<unknown>>();

  const weaveTrouble = (to: string, kind: 'refused' | 'timeout' | 'closed' | 'protocol', text: string) =>
    troubleOf(kind, `${to} on ${connection.where} ${text}`, 'weave');

  const lineLost = (line: Line): TunnelAnswer => ({
    kind: 'failed',
    why:
      connection.lostBecause(line) ??
      troubleOf('closed', `The SSH connection to ${connection.where} closed before the answer was there.`),
  });

  /** Runs `run` when everything asked of this address before has ended. */
  const inTurn = <T>(address: string, run: () => Promise<T>): Promise<T> => {
    const before = queues.get(address);
    const mine = before ? before.then(run) : run();
    queues.set(address, mine);
    void mine.then(() => {
      if (queues.get(address) === mine) queues.delete(address);
    });
    return mine;
  };

  /**
   * A deadline that knows which side was silent: well before it ends, the server is asked for a sign of life, so that at
   * the end a dead line (`ssh`) can be told from a service that hangs behind a good one (`weave`).
   */
  const deadline = (
    line: Line,
    to: string,
    timeout: number,
    expire: (answer: TunnelAnswer) => void,
  ): (() => void) => {
    const bytes = line.bytesRead();
    const seconds = Math.round(timeout / 100) / 10;
    const late = () => {
      const alive = line.bytesRead() !== bytes;
      if (!alive) connection.suspect(line);
      const why = alive
        ? weaveTrouble(
            to,
            'timeout',
            `accepts connections but gave no answer within ${seconds} s: it hangs or is overloaded.`,
          )
        : troubleOf(
            'timeout',
            `The SSH connection to ${connection.where} gave no sign of life for ${seconds} s.`,
          );
      expire({ kind: 'failed', why });
    };
    let cancel = clock.after(timeout * 0.5, () => {
      connection.ping(line);
      cancel = clock.after(timeout * 0.5, late);
    });
    return () => cancel();
  };

  const openChannel = (line: Line, to: HostPort, name: string, timeout: number): Promise<Opening> =>
    new Promise((resolve) => {
      let settled = false;
      const settle = (opening: Opening) => {
        if (settled) return;
        settled = true;
        cancel();
        resolve(opening);
      };
      const cancel = deadline(line, name, timeout, (answer) => settle(answer as Opening));
      try {
        line.client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
          if (error) {
            const { reason } = error as SshError & { readonly reason?: number | string };
            if (typeof reason !== 'number') settle(lineLost(line) as Opening);
            else {
              const prohibited = reason === PROHIBITED;
              const why = prohibited
                ? troubleOf(
                    'refused',
                    `${connection.where} does not let this account reach ${name} by forwarding (AllowTcpForwarding, or permitopen of its key).`,
                  )
                : weaveTrouble(name, 'refused', 'refused the connection: weave does not listen there.');
              settle({ kind: 'closed-port', prohibited, why });
            }
          } else if (settled) channel.close();
          else settle({ kind: 'channel', channel });
        });
      } catch {
        settle(lineLost(line) as Opening);
      }
    });

  const exchange = (channel: ClientChannel, line: Line, name: string, request: Request): Promise<Exchanged> =>
    new Promise((resolve) => {
      const began = clock.now();
      const reader = httpReader(request.maxBytes ?? MOST_BYTES);
      const settle = (answer: TunnelAnswer, reusable = false, stale = false) => {
        cancel();
        channel.removeListener('data', onData);
        channel.removeListener('end', onEnd);
        channel.removeListener('close', onEnd);
        resolve({ answer, reusable, stale });
      };
      const settleBy = (progress: ReturnType<typeof reader.feed>) => {
        if (progress.kind === 'bad') {
          settle({
            kind: 'failed',
            why: weaveTrouble(name, 'protocol', `did not answer as weave does: ${progress.why}.`),
          });
        } else if (progress.kind === 'done') {
          const { status, body, reusable } = progress;
          settle({ kind: 'answered', status, body, took: clock.now() - began }, reusable);
        }
      };
      const onData = (bytes: Buffer) => settleBy(reader.feed(bytes));
      const onEnd = () => {
        if (connection.lostBecause(line)) settle(lineLost(line));
        else if (!reader.started) {
          settle(
            { kind: 'failed', why: weaveTrouble(name, 'closed', 'hung up without an answer.') },
            false,
            true,
          );
        } else settleBy(reader.end());
      };
      const cancel = deadline(line, name, request.timeout, (answer) => settle(answer));
      channel.on('data', onData);
      channel.once('end', onEnd);
      channel.once('close', onEnd);
      const headers = Object.entries(request.headers ?? {}).map(
        ([header, value]) => `${header}: ${value}\r\n`,
      );
      channel.write(`GET ${request.path} HTTP/1.1\r\nHost: ${name}\r\n${headers.join('')}\r\n`);
    });

  const keep = (name: string, channel: ClientChannel, line: Line) => {
    const forget = () => {
      if (kept.get(name)?.channel === channel) kept.delete(name);
    };
    channel.once('close', forget);
    channel.once('end', () => {
      forget();
      // Whoever ended it over there sends nothing more; ours to close the rest.
      channel.close();
    });
    channel.on('error', forget);
    kept.set(name, { channel, line });
  };

  const getNow = async (to: HostPort, name: string, request: Request): Promise<TunnelAnswer> => {
    const dialled = await connection.open();
    if (dialled.kind === 'trouble') return { kind: 'failed', why: dialled.why };
    const { line } = dialled;
    while (true) {
      let channel = kept.get(name)?.line === line ? kept.get(name)?.channel : undefined;
      const used = channel !== undefined;
      if (!channel) {
        const opening = await openChannel(line, to, name, request.timeout);
        if (opening.kind !== 'channel') return opening;
        channel = opening.channel;
        keep(name, channel, line);
      }
      const { answer, reusable, stale } = await exchange(channel, line, name, request);
      if (!reusable) {
        if (kept.get(name)?.channel === channel) kept.delete(name);
        channel.close();
      }
      if (!(stale && used)) return answer;
    }
  };

  return {
    get: (to, request) => {
      const name = to.host.includes(':') ? `[${to.host}]:${to.port}` : `${to.host}:${to.port}`;
      return inTurn(name, () => getNow(to, name, request));
    },
  };
};
