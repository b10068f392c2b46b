import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

const listen = async (server: Server): Promise<Listening> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

/** An HTTP server on a port of its own. */
export const httpServer = (handler: RequestListener): Promise<Listening> =>
  listen(createServer({ keepAliveTimeout: 60_000 }, handler));

/** A server of raw bytes, for answers that no HTTP server would give. */
export const tcpServer = (onSocket: (socket: Socket) => void): Promise<Listening> =>
  listen(createTcpServer(onSocket));

/** A port where nothing listens. */
export const closedPort = async (): Promise<number> => {
  const { port, close } = await tcpServer(() => {});
  await close();
  return port;
};

/** What weave 2.8.1 does on GET /report: JSON for `Accept: application/json`, a format, or an error. */
export const weaveAnswers =
  (full: string, projection: string): RequestListener =>
  (request, response) => {
    const url = new URL(request.url ?? '/', 'http://weave');
    if (url.pathname !== '/report') response.writeHead(404).end('404 page not found\n');
    else if (request.headers.accept?.includes('application/json')) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(full);
    } else if (url.searchParams.getAll('format').length === 1) response.writeHead(200).end(projection);
    else response.writeHead(400).end('error: must supply one format parameter\n');
  };
