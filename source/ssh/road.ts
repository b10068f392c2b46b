import { isIP, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import { clean } from '../text/clean.ts';
import type { Connection } from './connection.ts';
import type { Line } from './dial.ts';
import { type SshError, timeoutTrouble, troubleOf, unaskedTrouble } from './trouble.ts';

/** What carries the bytes of one SSH connection: a TCP socket, or a channel through a jump host. */
export type Road = {
  readonly stream: Duplex;
  readonly bytesRead: () => number;
  /** How many bytes wait here because nobody on the way takes them. */
  readonly bytesWaiting: () => number;
};

/** How the search for a road ended. */
export type Found =
  | { readonly kind: 'road'; readonly road: Road }
  | { readonly kind: 'trouble'; readonly why: Trouble };

/**
 * Makes a stream send what is written in one turn of the event loop as one piece. ssh2 writes the length, the body and the
 * tag of each packet on their own, which without Nagle's delay would be three system calls and three segments.
 */
const gather = <S extends Duplex>(stream: S): S => {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  let gathering = false;
  stream.write = (...given: unknown[]) => {
    if (!gathering && !stream.destroyed) {
      gathering = true;
      stream.cork();
      process.nextTick(() => {
        gathering = false;
        stream.uncork();
      });
    }
    return write(...given);
  };
  return stream;
};

/** A TCP connection to the peer, which is only begun here. */
export const straight = ({ host, port }: Pick<InventoryPeer, 'host' | 'port'>): Road => {
  const socket = gather(new Socket());
  socket.once('connect', () => socket.setNoDelay(true));
  // The host may have several addresses; over a slow link the default 250 ms for each is too short.
  socket.connect({ host, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 3_000 });
  return {
    stream: socket,
    bytesRead: () => socket.bytesRead,
    bytesWaiting: () => socket.writableLength,
  };
};

/** A channel as a socket: it ends when the other side does, and is closed as soon as it is destroyed, also where nobody answers. */
class ChannelSocket extends Duplex {
  readonly #channel: ClientChannel;
  bytesRead = 0;

  constructor(channel: ClientChannel) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      this.bytesRead += bytes.length;
      if (!this.push(bytes)) channel.pause();
    });
    channel.once('end', () => this.push(null));
    channel.once('close', () => this.destroy());
    channel.on('error', () => this.destroy());
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(bytes, done);
  }

  override _writev(
    pieces: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#channel.write(Buffer.concat(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    try {
      this.#channel.close();
    } catch {
      // The connection to the jump host is gone, and the channel with it.
    }
    done(error);
  }
}

const roadOf = (channel: ClientChannel, line: Line): Road => {
  const stream = gather(new ChannelSocket(channel));
  return {
    stream,
    bytesRead: () => stream.bytesRead,
    bytesWaiting: () => stream.writableLength + channel.writableLength + line.bytesWaiting(),
  };
};

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1). */
const PROHIBITED = 1;

type Through = {
  readonly clock: Clock;
  /** ms */
  readonly timeout: Millis;
  readonly signal: AbortSignal;
};

/** A channel to the peer through a jump host, whose own connection is opened first. Never rejects. */
export const through = async (
  jump: Connection,
  peer: Pick<InventoryPeer, 'host' | 'port'>,
  where: string,
  { clock, timeout, signal }: Through,
): Promise<Found> => {
  const dialled = await jump.open();
  const unasked = (why: Trouble): Found => ({ kind: 'trouble', why: unaskedTrouble(why, where) });
  if (dialled.kind === 'trouble') return unasked(dialled.why);
  const { line } = dialled;
  const lost = () =>
    unasked(jump.lostBecause(line) ?? troubleOf('closed', `The SSH connection to ${jump.where} was closed.`));
  return new Promise((resolve) => {
    let bytes = 0;
    let settled = false;
    const settle = (found: Found) => {
      if (settled) return;
      settled = true;
      cancel();
      signal.removeEventListener('abort', givenUp);
      resolve(found);
    };
    const givenUp = () => settle(unasked(troubleOf('closed', `The login to ${where} was given up here.`)));
    signal.addEventListener('abort', givenUp);
    const late = () => {
      if (line.bytesRead() !== bytes)
        return settle({ kind: 'trouble', why: timeoutTrouble(where, 'connect', timeout / 1000) });
      jump.suspect(line);
      settle(unasked(timeoutTrouble(jump.where, 'open', timeout / 1000)));
    };
    // Well before the end the jump host is asked for a sign of life: a dead one must not pass for a dead peer. What came
    // before, maybe from other peers behind it, tells nothing of that.
    let cancel = clock.after(timeout / 2, () => {
      bytes = line.bytesRead();
      jump.ping(line);
      cancel = clock.after(timeout / 2, late);
    });
    try {
      line.client.forwardOut('127.0.0.1', 0, peer.host, peer.port, (error, channel) => {
        if (!error) {
          if (settled) channel.close();
          else settle({ kind: 'road', road: roadOf(channel, line) });
          return;
        }
        const { reason } = error as SshError & { readonly reason?: number | string };
        if (typeof reason !== 'number') settle(lost());
        else settle({ kind: 'trouble', why: noWayOn(jump.where, peer, reason, error.message) });
      });
    } catch {
      settle(lost());
    }
  });
};

/**
 * The words (of strerror in glibc, musl and the BSDs) by which sshd says that it tried to connect, and so had found the
 * address. It has the same reason for a name that can't be looked up, and only words tell the two apart.
 */
const TRIED =
  /: (?:connection refused|(?:connection|operation) timed out|no route to host|host is (?:unreachable|down))$/i;

/** The jump host answered that it opens no channel to the peer. */
const noWayOn = (
  jump: string,
  { host, port }: Pick<InventoryPeer, 'host' | 'port'>,
  reason: number,
  message: string,
): Trouble => {
  const to = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (reason === PROHIBITED)
    return {
      ...troubleOf(
        'unreachable',
        `${jump} does not let this account on to ${to} (AllowTcpForwarding, or permitopen of its key).`,
      ),
      unasked: true,
    };
  const why = troubleOf(
    'unreachable',
    `${jump} finds no way on to ${to} (${clean(message, 120)}). Is the host up, and does sshd run there?`,
  );
  return isIP(host) === 0 && !TRIED.test(message) ? { ...why, unasked: true } : why;
};
