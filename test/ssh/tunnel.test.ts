import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TunnelAnswer } from '../../source/ports.ts';
import { fleetOf, peerBehind } from '../support/fleet.ts';
import { closedPort, httpServer, type Listening, tcpServer } from '../support/http-server.ts';
import { startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, startSshd } from '../support/sshd.ts';

type World = {
  readonly fleet: ReturnType<typeof fleetOf>;
  readonly id: string;
  readonly cut: () => void;
  readonly end: () => Promise<void>;
};

const WORLDS: [string, string | null, () => Promise<World>][] = [
  [
    'a server of ssh2',
    null,
    async () => {
      const server = await startSsh2Server();
      const peer = peerBehind(server);
      const fleet = fleetOf([peer]);
      return { fleet, id: peer.address, cut: server.cut, end: () => fleet.close().then(server.stop) };
    },
  ],
  [
    'a real sshd',
    noSshd,
    async () => {
      const server = await startSshd();
      const peer = peerBehind(server);
      const fleet = fleetOf([peer]);
      return {
        fleet,
        id: peer.address,
        cut: () => server.signal('SIGKILL'),
        end: () => fleet.close().then(server.stop),
      };
    },
  ],
];

describe.each(WORLDS)('GET through %s', (name, skip, makeWorld) => {
  describe.skipIf(skip !== null)(skip ?? name, () => {
    let world: World;
    const servers: Listening[] = [];
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(async () => {
      await world.end();
      for (const server of servers) await server.close();
    });

    const serve = async (server: Promise<Listening>): Promise<number> => {
      const listening = await server;
      servers.push(listening);
      return listening.port;
    };
    const get = (
      port: number,
      given: { timeout?: number; maxBytes?: number; path?: string } = {},
    ): Promise<TunnelAnswer> =>
      world.fleet.peer(world.id).tunnel.get(
        { host: '127.0.0.1', port },
        {
          path: given.path ?? '/report',
          headers: { Accept: 'application/json' },
          timeout: given.timeout ?? 20_000,
          ...given,
        },
      );

    it('asks as HTTP wants it, and uses one connection for all', async () => {
      const seen: string[] = [];
      let connections = 0;
      const port = await serve(
        httpServer((request, response) => {
          seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.accept}`);
          if (request.socket.listenerCount('close') && !('counted' in request.socket)) {
            Object.assign(request.socket, { counted: true });
            connections += 1;
          }
          response.write('one ');
          response.end('two');
        }),
      );
      for (let time = 0; time < 3; time += 1) {
        expect(await get(port, { path: '/report?format=x' })).toMatchObject({
          kind: 'answered',
          status: 200,
          body: 'one two',
        });
      }
      expect(new Set(seen)).toEqual(new Set([`GET /report?format=x 127.0.0.1:${port} application/json`]));
      expect(connections).toBe(1);
    });

    it('answers several that are asked at once, one after the other', async () => {
      const port = await serve(httpServer((request, response) => response.end(request.url)));
      const answers = await Promise.all(['/a', '/b', '/c'].map((path) => get(port, { path })));
      expect(answers.map((answer) => answer.kind === 'answered' && answer.body)).toEqual(['/a', '/b', '/c']);
    });

    it('brings fifteen megabytes', async () => {
      const port = await serve(httpServer((_, response) => response.end('x'.repeat(15_000_000))));
      const answer = await get(port);
      expect(answer.kind === 'answered' && answer.body.length).toBe(15_000_000);
    });

    it('stops at the limit, and the next look starts afresh', async () => {
      let big = true;
      const port = await serve(httpServer((_, response) => response.end('x'.repeat(big ? 100_000 : 10))));
      expect(await get(port, { maxBytes: 50_000 })).toMatchObject({
        kind: 'failed',
        why: { kind: 'protocol', layer: 'weave', text: expect.stringContaining('longer than 50000 bytes') },
      });
      big = false;
      expect(await get(port)).toMatchObject({ kind: 'answered', body: 'x'.repeat(10) });
    });

    it('opens another channel where the server closes after each answer', async () => {
      const port = await serve(
        httpServer((_, response) => {
          response.shouldKeepAlive = false;
          response.end('once');
        }),
      );
      for (let time = 0; time < 2; time += 1)
        expect(await get(port)).toMatchObject({ kind: 'answered', body: 'once' });
    });

    it('reads an HTTP/1.0 answer up to its end', async () => {
      const port = await serve(
        tcpServer((socket) =>
          socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nServer: x\r\n\r\n{"all": true}')),
        ),
      );
      expect(await get(port)).toMatchObject({ kind: 'answered', status: 200, body: '{"all": true}' });
    });

    it('asks once more where the kept channel was closed meanwhile', async () => {
      // Takes one request a connection, says that it will go on, and hangs up when the next one comes.
      const port = await serve(
        tcpServer((socket) => {
          let requests = 0;
          socket.on('data', () => {
            requests += 1;
            if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
            else socket.end();
          });
        }),
      );
      for (let time = 0; time < 3; time += 1)
        expect(await get(port)).toMatchObject({ kind: 'answered', body: 'ok' });
    });

    it('does not ask for ever where the server always hangs up', async () => {
      let connections = 0;
      const port = await serve(
        tcpServer((socket) => {
          connections += 1;
          socket.once('data', () => socket.end());
        }),
      );
      expect(await get(port)).toMatchObject({ kind: 'failed', why: { kind: 'closed', layer: 'weave' } });
      expect(connections).toBe(1);
    });

    it('calls an answer that breaks off, and one that is not HTTP, a protocol fault of weave', async () => {
      const cut = await serve(
        tcpServer((socket) =>
          socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel')),
        ),
      );
      expect(await get(cut)).toMatchObject({ kind: 'failed', why: { kind: 'protocol', layer: 'weave' } });
      const other = await serve(tcpServer((socket) => void socket.write('SSH-2.0-Other\r\n')));
      expect(await get(other)).toMatchObject({
        kind: 'failed',
        why: { kind: 'protocol', layer: 'weave', text: expect.stringContaining('not an HTTP server') },
      });
    });

    it('tells a port where nothing listens', async () => {
      const port = await closedPort();
      expect(await get(port)).toMatchObject({
        kind: 'closed-port',
        prohibited: false,
        why: { kind: 'refused', layer: 'weave' },
      });
    });

    it('lets a weave that hangs time out alone: the line is good, and the next look has a channel of its own', async () => {
      let hanging = true;
      const port = await serve(
        httpServer((_, response) => {
          if (!hanging) response.end('back');
        }),
      );
      const healthy = await serve(httpServer((_, response) => response.end('fine')));
      const hung = get(port, { timeout: 1500 });
      expect(await get(healthy)).toMatchObject({ kind: 'answered' });
      const behind = get(port);
      expect(await hung).toMatchObject({ kind: 'failed', why: { kind: 'timeout', layer: 'weave' } });
      hanging = false;
      // What had waited in line behind it is asked now.
      expect(await behind).toMatchObject({ kind: 'answered', body: 'back' });
      expect(await get(port)).toMatchObject({ kind: 'answered', body: 'back' });
    });

    it('says that SSH closed when the link breaks under a request', async () => {
      const reached = new Promise<void>((done) => {
        void serve(httpServer(() => done())).then((port) => {
          broken = get(port);
        });
      });
      let broken: Promise<TunnelAnswer> | undefined;
      await reached;
      world.cut();
      expect(await broken).toMatchObject({ kind: 'failed', why: { kind: 'closed', layer: 'ssh' } });
    });
  });
});

it('says where forwarding is not allowed', async () => {
  const server = await startSsh2Server({ forward: 'prohibit' });
  const peer = peerBehind(server);
  const fleet = fleetOf([peer]);
  const answer = await fleet
    .peer(peer.address)
    .tunnel.get({ host: '127.0.0.1', port: 6782 }, { path: '/', timeout: 20_000 });
  expect(answer).toMatchObject({
    kind: 'closed-port',
    prohibited: true,
    why: { kind: 'refused', layer: 'ssh' },
  });
  await fleet.close();
  await server.stop();
});
