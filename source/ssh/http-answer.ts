/** What the bytes of an HTTP answer have come to so far. */
export type HttpProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'done'; readonly status: number; readonly body: string; readonly reusable: boolean }
  | { readonly kind: 'bad'; readonly why: string };

/** Reads one answer to one GET, piece by piece. After `done` or `bad` it is spent. */
export interface HttpReader {
  feed(bytes: Buffer): HttpProgress;
  /** The other side ended the stream. */
  end(): HttpProgress;
  /** Whether any byte has come. */
  readonly started: boolean;
}

const MOST_HEAD = 64 * 1024;
const MORE: HttpProgress = { kind: 'more' };
const bad = (why: string): HttpProgress => ({ kind: 'bad', why });

type Head = {
  readonly status: number;
  readonly length: number | null;
  readonly chunked: boolean;
  readonly reusable: boolean;
};

const readHead = (text: string): Head | string => {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (minor === undefined || status === undefined) return 'what answers there is not an HTTP server';
  let length: number | null = null;
  let chunked = false;
  let connection = '';
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) return 'a header line has no colon';
    const value = line
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'content-length':
        if (!/^\d{1,12}$/.test(value)) return 'its Content-Length is no number';
        length = Number(value);
        break;
      case 'transfer-encoding':
        if (value !== 'chunked') return 'its Transfer-Encoding is not chunked';
        chunked = true;
        break;
      case 'connection':
        connection = value;
        break;
    }
  }
  const reusable = minor === '1' ? connection !== 'close' : connection === 'keep-alive';
  return { status: Number(status), length, chunked, reusable: reusable && (chunked || length !== null) };
};

/** A strict reader of HTTP/1.0 and 1.1: chunked, with a length, or up to the end. `mostBytes` bounds the body. */
export const httpReader = (mostBytes: number): HttpReader => {
  let pending: Buffer = Buffer.alloc(0);
  let head: Head | null = null;
  let started = false;
  const pieces: Buffer[] = [];
  let size = 0;
  /** Bytes left of the chunk under way; null between chunks; -1 after the last one. */
  let chunkLeft: number | null = null;

  const tooBig = (): HttpProgress => bad(`its answer is longer than ${mostBytes} bytes`);
  const take = (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
  };
  const done = (from: Head, rest: number): HttpProgress => ({
    kind: 'done',
    status: from.status,
    body: (pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, size)).toString('utf8'),
    reusable: from.reusable && rest === 0,
  });

  const readChunks = (from: Head): HttpProgress => {
    while (true) {
      if (chunkLeft !== null && chunkLeft > 0) {
        const piece = pending.subarray(0, chunkLeft);
        if (piece.length === 0) return MORE;
        take(piece);
        chunkLeft -= piece.length;
        pending = pending.subarray(piece.length);
        if (chunkLeft > 0) return MORE;
      }
      const end = pending.indexOf(10);
      if (end < 0) return pending.length > MOST_HEAD ? bad('a line between its chunks does not end') : MORE;
      const line = pending.toString('latin1', 0, end).replace(/\r$/, '');
      pending = pending.subarray(end + 1);
      if (chunkLeft === 0) {
        if (line !== '') return bad('a chunk is longer than it said');
        chunkLeft = null;
      } else if (chunkLeft === -1) {
        if (line === '') return done(from, pending.length);
      } else {
        const [, hex] = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line) ?? [];
        if (hex === undefined) return bad('the length of a chunk is no number');
        chunkLeft = Number.parseInt(hex, 16) || -1;
        if (size + chunkLeft > mostBytes) return tooBig();
      }
    }
  };

  const readBody = (from: Head): HttpProgress => {
    if (from.status === 204 || from.status === 304) return done(from, pending.length);
    if (from.chunked) return readChunks(from);
    if (from.length !== null && from.length > mostBytes) return tooBig();
    const piece = from.length === null ? pending : pending.subarray(0, from.length - size);
    if (piece.length > 0) take(piece);
    pending = pending.subarray(piece.length);
    if (size > mostBytes) return tooBig();
    return from.length !== null && size === from.length ? done(from, pending.length) : MORE;
  };

  return {
    get started() {
      return started;
    },
    feed: (bytes) => {
      started = true;
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      while (!head) {
        const [end, width] = endOfHead(pending);
        if (end < 0) {
          if (pending.length > MOST_HEAD) return bad('its headers do not end');
          return looksWrong(pending) ? bad('what answers there is not an HTTP server') : MORE;
        }
        const read = readHead(pending.toString('latin1', 0, end));
        if (typeof read === 'string') return bad(read);
        pending = pending.subarray(end + width);
        if (read.status >= 200) head = read;
      }
      return readBody(head);
    },
    end: () => {
      if (!head)
        return bad(started ? 'it hung up in the middle of the headers' : 'it hung up without an answer');
      if (head.chunked || head.length !== null) return bad('it hung up in the middle of the answer');
      return done(head, 0);
    },
  };
};

const endOfHead = (bytes: Buffer): readonly [at: number, width: number] => {
  const strict = bytes.indexOf('\r\n\r\n');
  return strict >= 0 ? [strict, 4] : [bytes.indexOf('\n\n'), 2];
};

/** So that a server that greets with something else is told at once, not after the time-out. */
const looksWrong = (bytes: Buffer): boolean => {
  const begin = bytes.toString('latin1', 0, 7);
  return !'HTTP/1.'.startsWith(begin);
};
