import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { addressesOf } from './addresses.ts';
import { type Answers, answersOf, waitingOf } from './report.ts';

// The status ports of all peers, in a process of its own so that its CPU isn't counted as ours. A peer is told by the
// loopback address it was asked on.

/** Asked by the bench: from now on the peers of this size wait for their first ring, or have it. */
export type Election = { readonly size: number; readonly waits: boolean };

const sizes = process.argv.slice(2).map(Number);
const answers = new Map<string, Answers>();
const become = (size: number, all: readonly Answers[]): void => {
  addressesOf(size).forEach((address, index) => {
    const one = all[index];
    if (one !== undefined) answers.set(address, one);
  });
};
const healthy = new Map(sizes.map((size) => [size, answersOf(addressesOf(size))]));
for (const [size, all] of healthy) become(size, all);

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const found = answers.get(request.socket.localAddress ?? '');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://peer');
  if (found === undefined || request.method !== 'GET' || pathname !== '/report') {
    response.writeHead(404).end('404 page not found\n');
  } else if (request.headers.accept === 'application/json') {
    // Written without a length, so chunked, as weave does.
    response.writeHead(200, { 'Content-Type': 'application/json' });
    for (const part of found.full) response.write(part);
    response.end();
  } else if (searchParams.getAll('format').length === 1) {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.write(found.projected);
    response.end();
  } else response.writeHead(400).end('error: must supply one format parameter\n');
};

let port = 0;
for (const address of answers.keys()) {
  const server = createServer({ keepAliveTimeout: 0, noDelay: true }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, 511, resolve);
  });
  const bound = server.address();
  if (typeof bound === 'object' && bound !== null) port = bound.port;
}
process.send?.({ port });
process.on('message', ({ size, waits }: Election) => {
  const all = healthy.get(size) ?? [];
  become(size, waits ? waitingOf(all) : all);
});
process.once('disconnect', () => process.exit(0));
