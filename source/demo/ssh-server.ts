import { createServer, type Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import type { Millis } from '../cluster/trouble.ts';
import type { KeyPair } from './keys.ts';
import { Wire } from './wire.ts';

const OPEN_PROHIBITED = 1;
const OPEN_CONNECT_FAILED = 2;

/** What a key may do: all, or only open the ports that are listed (`restrict,port-forwarding,permitopen=...`). */
export type Login = { readonly publicKey: string; readonly only: readonly string[] | null };

export type SshServerOptions = {
  readonly user: string;
  /** The loopback address to listen on. */
  readonly listen: string;
  readonly hostKey: KeyPair;
  readonly logins: readonly Login[];
  /** One-way delay of the network to this host, in ms; read for each chunk. */
  readonly delay: () => Millis;
  /** Runs a command line on a channel without a pty. */
  readonly exec: (command: string, channel: ServerChannel) => Running;
  /** Opens a port of the host; false when nothing listens there. */
  readonly forward: (host: string, port: number, open: () => Duplex) => boolean;
};

/** A command that runs on a channel: where signals go, and what happens when the client lets go of it. */
export type Running = { readonly signal: (name: string) => void; readonly abandon: () => void };

/** One sshd on a loopback port. */
export type SshServer = {
  /** Starts to listen; the same port each time once it has one. */
  listen(): Promise<number>;
  /** As when the power goes: connections end, and the port refuses. */
  down(): Promise<void>;
  /** Drops every connection; new ones are welcome. */
  dropConnections(): void;
  /** Falls silent on every connection, also on those that come, until told otherwise. */
  freeze(frozen: boolean): void;
  readonly frozen: () => boolean;
};

const allowed = (context: AuthContext, { user, logins }: SshServerOptions): Login | null => {
  if (context.method !== 'publickey' || context.username !== user) return null;
  for (const login of logins) {
    const key = ssh2.utils.parseKey(login.publicKey);
    if (key instanceof Error || !context.key.data.equals(key.getPublicSSH())) continue;
    if (context.signature === undefined || context.blob === undefined) return login;
    return key.verify(context.blob, context.signature, context.hashAlgo) === true ? login : null;
  }
  return null;
};

/** ssh2 refuses every channel with reason 2 and no words; sshd says why. */
type Refusal = { reason: number; text: string };
type Protocol = { channelOpenFail(recipient: number, reason: number, text: string): void };

const sayWhy = (client: Connection): ((refusal: Refusal) => void) => {
  const protocol = (client as unknown as { readonly _protocol?: Protocol })._protocol;
  let next: Refusal | null = null;
  if (protocol !== undefined) {
    const plain = protocol.channelOpenFail.bind(protocol);
    protocol.channelOpenFail = (recipient, reason, text) => {
      const { reason: code, text: words } = next ?? { reason, text };
      next = null;
      plain(recipient, code, words);
    };
  }
  return (refusal) => {
    next = refusal;
  };
};

const serve = (client: Connection, options: SshServerOptions): void => {
  let login: Login | null = null;
  client.on('error', () => {});
  client.on('authentication', (context) => {
    const found = allowed(context, options);
    if (found === null) return context.reject(['publickey']);
    login = found;
    context.accept();
  });
  client.on('ready', () => {
    const because = sayWhy(client);
    client.on('session', (accept, reject) => {
      if (login?.only === null) return session(accept(), options);
      because({ reason: OPEN_PROHIBITED, text: 'open failed' });
      reject();
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const place = `${destIP}:${destPort}`;
      if (login?.only !== null && login?.only.includes(place) !== true) {
        because({ reason: OPEN_PROHIBITED, text: 'open failed' });
        return reject();
      }
      if (options.forward(destIP, destPort, accept)) return;
      because({ reason: OPEN_CONNECT_FAILED, text: 'Connection refused' });
      reject();
    });
  });
};

const session = (opened: Session, options: SshServerOptions): void => {
  let running: Running | null = null;
  const start = (command: string, channel: ServerChannel) => {
    channel.on('error', () => {});
    running = options.exec(command, channel);
    channel.once('close', () => running?.abandon());
  };
  // As with `no-pty`: a command runs all the same, ssh says that it got none.
  opened.on('pty', (_accept, reject) => reject?.());
  opened.on('env', (accept) => accept?.());
  opened.on('signal', (accept, _reject, { name }) => {
    accept?.();
    running?.signal(name);
  });
  opened.on('exec', (accept, _reject, { command }) => start(command, accept()));
  opened.on('shell', (accept) => start('exec /bin/sh -s', accept()));
  opened.on('sftp', (_accept, reject) => reject?.());
  opened.on('subsystem', (_accept, reject) => reject?.());
};

export const sshServer = (options: SshServerOptions): SshServer => {
  const server = new ssh2.Server({ hostKeys: [options.hostKey.private], ident: 'demo' }, (client) =>
    serve(client, options),
  );
  const wires = new Set<Wire>();
  let port = 0;
  let frozen = false;
  let tcp: TcpServer | null = null;

  const dropConnections = () => {
    for (const wire of wires) wire.destroy();
    wires.clear();
  };
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        const listener = createServer((socket) => {
          const wire = new Wire(socket, options);
          wires.add(wire);
          wire.on('error', () => {});
          wire.once('close', () => wires.delete(wire));
          if (frozen) wire.freeze(true);
          server.injectSocket(wire as never);
        });
        tcp = listener;
        listener.once('error', reject);
        listener.listen(port, options.listen, () => {
          const address = listener.address();
          if (address !== null && typeof address !== 'string') port = address.port;
          resolve(port);
        });
      }),
    down: () =>
      new Promise((resolve) => {
        dropConnections();
        if (tcp === null) return resolve();
        tcp.close(() => resolve());
        tcp = null;
      }),
    dropConnections,
    freeze: (silent) => {
      frozen = silent;
      for (const wire of wires) wire.freeze(silent);
    },
    frozen: () => frozen,
  };
};
