import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answer, type Door } from './api.ts';
import type { Host } from './world/host.ts';
import { runningOn } from './world/weaver.ts';
import type { World } from './world/world.ts';

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
};

/** What http.Server asks of a socket and a channel of ssh2 does not have. */
const asSocket = (channel: Duplex): Duplex =>
  Object.assign(channel, {
    setTimeout: () => channel,
    setNoDelay: () => channel,
    setKeepAlive: () => channel,
    ref: () => channel,
    unref: () => channel,
  });

/** Weave's HTTP servers of one host, on whatever channels they are given. */
export type HttpDoors = {
  /** Serves a connection; false when nothing listens, which is then the caller's to tell. */
  accept(door: Door, open: () => Duplex): boolean;
  close(): void;
};

export const httpDoors = (world: World, host: Host, tick: () => void): HttpDoors => {
  const channels = new Set<Duplex>();

  const serve = async (door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    tick();
    const weaver = runningOn(host);
    // A weaver that hangs takes the request and says nothing; the console has to have a time-out.
    if (weaver === null || weaver.hung) return;
    const { method = 'GET', url = '/', headers } = request;
    const said = await answer(world, weaver, door, { method, path: url, accept: headers.accept ?? '', body });
    if (said === null || response.destroyed) {
      request.socket.destroy();
      return;
    }
    response.statusCode = said.status;
    if (said.status !== 204) response.setHeader('Content-Type', said.type);
    if (said.status >= 400) response.setHeader('X-Content-Type-Options', 'nosniff');
    if (said.body.length > 2048) response.write(said.body);
    response.end(said.body.length > 2048 ? undefined : said.body);
  };

  const servers = new Map<Door, Server>(
    (['status', 'control'] as const).map((door) => {
      const server = createServer((request, response) => {
        serve(door, request, response).catch(() => request.socket.destroy());
      });
      // A client that has said all it wants to say still gets its answer, as from Go.
      Object.assign(server, { httpAllowHalfOpen: true });
      server.keepAliveTimeout = 0;
      server.requestTimeout = 0;
      server.headersTimeout = 0;
      return [door, server];
    }),
  );

  const end = () => {
    for (const channel of channels) channel.destroy();
    channels.clear();
  };
  world.onChange((changed) => {
    if (changed === host && runningOn(host) === null) end();
  });

  return {
    accept: (door, open) => {
      tick();
      if (runningOn(host) === null) return false;
      const channel = open();
      channels.add(channel);
      channel.once('close', () => channels.delete(channel));
      channel.on('error', () => {});
      servers.get(door)?.emit('connection', asSocket(channel));
      return true;
    },
    close: end,
  };
};
