import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpServer, type Listening } from './http-server.ts';
import type { RealSshd } from './sshd.ts';

/** One peer of a recorded cluster: a tiny HTTP server that gives its report, whatever it is asked for. */
export type RecordedPeer = {
  readonly address: string;
  readonly port: number;
  /** GET /report that were answered, or left hanging, so far. */
  asked(): number;
  /** Gives this peer's report of that trace from now on. */
  serve(trace: string): void;
  /** Accepts, and answers nothing any more. */
  hang(): void;
  /** Nothing listens any more. */
  close(): Promise<void>;
};

const recordedPeer = async (number: number, trace: string): Promise<RecordedPeer> => {
  const read = (from: string) => readFileSync(`test/fixtures/traces/${from}/h${number}.report.json`);
  let body: Buffer | null = read(trace);
  let asked = 0;
  const server: Listening = await httpServer((request, response) => {
    if (new URL(request.url ?? '/', 'http://weave').pathname !== '/report')
      return response.writeHead(404).end();
    asked += 1;
    return body === null
      ? response
      : response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  });
  return {
    address: `10.77.0.${10 + number}`,
    port: server.port,
    asked: () => asked,
    serve: (from) => {
      body = read(from);
    },
    hang: () => {
      body = null;
    },
    close: server.close,
  };
};

/** The five peers h1 to h5 as a trace shows them, each on a port of its own. */
export const recordedCluster = (trace: string): Promise<RecordedPeer[]> =>
  Promise.all([1, 2, 3, 4, 5].map((number) => recordedPeer(number, trace)));

export type Written = {
  /** Which sshd stands before which peer. */
  readonly sshdOf: (peer: RecordedPeer) => RealSshd;
  /** The private key to log in with; the sshd's own by default. */
  readonly identity?: string;
  readonly interval?: number;
};

/** Writes a config file of these peers, as a person would; returns its path. */
export const writeConfig = (
  folder: string,
  peers: readonly RecordedPeer[],
  closed: number,
  { sshdOf, identity, interval }: Written,
): string => {
  const file = join(folder, 'config.json');
  const cluster = {
    controlAddress: `127.0.0.1:${closed}`,
    ...(interval === undefined ? {} : { intervalMs: interval }),
    peers: peers.map((peer) => {
      const sshd = sshdOf(peer);
      return {
        address: peer.address,
        host: '127.0.0.1',
        port: sshd.port,
        user: sshd.user,
        identity: [identity ?? sshd.clientKey.file],
        knownHosts: [sshd.knownHosts],
        statusAddress: `127.0.0.1:${peer.port}`,
      };
    }),
  };
  writeFileSync(file, JSON.stringify({ schema: 1, clusters: { recorded: cluster } }), { mode: 0o600 });
  return file;
};
