import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HttpProgress, httpReader } from '../../source/ssh/http-answer.ts';

const MOST = 1000;

/** Feeds the text in one piece, or in pieces cut at these places, then the end. */
const read = (text: string, cuts: readonly number[] = [], ends = true): HttpProgress => {
  const bytes = Buffer.from(text);
  const reader = httpReader(MOST);
  const edges = [
    0,
    ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b),
    bytes.length,
  ];
  for (const [index, from] of edges.entries()) {
    const piece = bytes.subarray(from, edges[index + 1]);
    if (piece.length === 0) continue;
    const progress = reader.feed(piece);
    if (progress.kind !== 'more') return progress;
  }
  return ends ? reader.end() : { kind: 'more' };
};

const done = (body: string, reusable: boolean, status = 200): HttpProgress => ({
  kind: 'done',
  status,
  body,
  reusable,
});
const bad = (why: string): HttpProgress => ({ kind: 'bad', why });

const CASES: [string, string, HttpProgress][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', done('hello', true)],
  ['a length in bytes, not letters', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhäüx', done('häüx', true)],
  ['no body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', done('', true)],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n',
    done('hello world', true),
  ],
  [
    'chunks with a trailer',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n',
    done('a', true),
  ],
  ['an error', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno', done('no', true, 400)],
  ['no reason phrase', 'HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n', done('', true, 503)],
  ['it will close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', done('ok', false)],
  ['up to the end', 'HTTP/1.1 200 OK\r\n\r\nall of it', done('all of it', false)],
  ['HTTP/1.0 up to the end', 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall', done('all', false)],
  ['HTTP/1.0 with a length', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nall', done('all', false)],
  [
    'HTTP/1.0 kept alive',
    'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nall',
    done('all', true),
  ],
  [
    '100 Continue first',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    done('x', true),
  ],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', done('', false, 204)],
  ['bare newlines', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', done('ok', true)],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', bad('what answers there is not an HTTP server')],
  ['half a word and the end', 'HTT', bad('it hung up in the middle of the headers')],
  [
    'a cut body',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel',
    bad('it hung up in the middle of the answer'),
  ],
  [
    'cut chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    bad('it hung up in the middle of the answer'),
  ],
  [
    'a chunk that lies',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n',
    bad('a chunk is longer than it said'),
  ],
  [
    'a chunk without a length',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    bad('the length of a chunk is no number'),
  ],
  [
    'a length that is none',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    bad('its Content-Length is no number'),
  ],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', bad('a header line has no colon')],
  [
    'gzip',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx',
    bad('its Transfer-Encoding is not chunked'),
  ],
  [
    'too long by its length',
    'HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n',
    bad('its answer is longer than 1000 bytes'),
  ],
  [
    'too long by its chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n',
    bad('its answer is longer than 1000 bytes'),
  ],
  [
    'too long and no end',
    `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1001)}`,
    bad('its answer is longer than 1000 bytes'),
  ],
];

describe.each(CASES)('%s', (_, text, expected) => {
  it('is read in one piece', () => {
    expect(read(text)).toEqual(expected);
  });

  it('is read the same in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 30 }), (cuts) => {
        expect(read(text, cuts)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

it('does not call a channel reusable on which more came than was asked for', () => {
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200')).toEqual(done('ok', false));
});

it('does not wait for the end of headers that never end', () => {
  expect(read(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`, [], false)).toEqual(
    bad('its headers do not end'),
  );
});

it('survives anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(100)), (text, cuts) => {
      expect(read(`HTTP/1.1 200 OK\r\n${text}`, cuts).kind).toMatch(/^(done|bad)$/);
    }),
  );
});
