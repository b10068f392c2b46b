import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Millis } from '../cluster/trouble.ts';

/** How the network between the console and one host is. Read anew for each chunk. */
export type WireState = {
  /** One way, in ms. */
  readonly delay: () => Millis;
};

type Chunk = { readonly due: number; readonly deliver: () => void };

/** Keeps chunks in order and hands each on when it is due. */
class Pipe {
  #queue: Chunk[] = [];
  #timer: NodeJS.Timeout | null = null;
  #frozen = false;

  pass(delay: Millis, deliver: () => void): void {
    if (delay <= 0 && this.#queue.length === 0 && !this.#frozen) {
      deliver();
      return;
    }
    this.#queue.push({ due: performance.now() + delay, deliver });
    this.#arm();
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#arm();
  }

  stop(): void {
    this.#queue = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const next = this.#queue[0];
    if (next === undefined || this.#frozen) return;
    this.#timer = setTimeout(
      () => {
        while (this.#queue[0] !== undefined && this.#queue[0].due <= performance.now() + 0.5)
          this.#queue.shift()?.deliver();
        this.#arm();
      },
      Math.max(0, next.due - performance.now()),
    );
  }
}

/** A TCP socket with a slow network in front of it, that can also fall silent without being closed. */
export class Wire extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remoteFamily: string | undefined;
  readonly remotePort: number | undefined;
  readonly #socket: Socket;
  readonly #delay: () => Millis;
  readonly #in = new Pipe();
  readonly #out = new Pipe();

  constructor(socket: Socket, { delay }: WireState) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#delay = delay;
    this.remoteAddress = socket.remoteAddress;
    this.remoteFamily = socket.remoteFamily;
    this.remotePort = socket.remotePort;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.#in.pass(this.#delay(), () => {
        if (!this.push(data)) socket.pause();
      });
    });
    socket.on('end', () => this.#in.pass(this.#delay(), () => this.push(null)));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.#in.pass(this.#delay(), () => this.destroy()));
  }

  /** Nothing gets through in either direction from now on, and nobody is told. */
  freeze(frozen: boolean): void {
    this.#in.freeze(frozen);
    this.#out.freeze(frozen);
  }

  setNoDelay(): this {
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#out.pass(this.#delay(), () => this.#socket.write(chunk));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#out.pass(this.#delay(), () => this.#socket.end());
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#in.stop();
    this.#out.stop();
    this.#socket.destroy();
    done(error);
  }
}
