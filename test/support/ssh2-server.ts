import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import { type KeyPair, makeKey, temporaryFolder } from './keys.ts';

export type Ssh2Server = {
  readonly folder: string;
  readonly port: number;
  readonly knownHosts: string;
  readonly hostKey: KeyPair;
  readonly clientKey: KeyPair;
  /** Connections that were logged in, ever. */
  readonly logins: () => number;
  /** Channels that were opened through to a port, ever. */
  readonly forwards: () => number;
  /** Sessions that were asked for, ever, and those of them in which nothing was run and that the client closed. */
  readonly sessions: () => { readonly asked: number; readonly closed: number };
  /** Drops every connection without a word. */
  cut(): void;
  /** Stops listening, and drops every connection. */
  stop(): Promise<void>;
};

export type Ssh2ServerOptions = {
  /**
   * What an exec request gets: `forbid` the answer "no"; `shut` its channel closed without any answer; `vanish` the
   * connection dropped, `vanish-running` when the command has begun; both without any answer, too.
   */
  readonly exec?: 'run' | 'forbid' | 'shut' | 'vanish' | 'vanish-running';
  /** What the request for a session gets: `refuse` the answer "no", `ignore` none. */
  readonly session?: 'accept' | 'refuse' | 'ignore';
  readonly forward?: 'connect' | 'prohibit';
  readonly hostKeyTypes?: readonly string[];
};

const runByShell = (channel: ServerChannel, command: string) => {
  // `exec`, as login shells do with a single command: so that its signal is the session's.
  const child = spawn('/bin/sh', ['-c', `exec ${command}`]);
  channel.pipe(child.stdin);
  child.stdin.on('error', () => {});
  child.stdout.on('data', (bytes) => channel.write(bytes));
  child.stderr.on('data', (bytes) => channel.stderr.write(bytes));
  channel.on('close', () => child.kill('SIGKILL'));
  child.on('close', (code, signal) => {
    if (signal) channel.exit(signal.replace('SIG', ''));
    else channel.exit(code ?? 0);
    channel.end();
  });
};

const socketOf = (client: Connection): Socket => (client as unknown as { _sock: Socket })._sock;

const closeUnanswered = (client: Connection, session: Session): void => {
  const { _chanInfo: channel } = session as unknown as { _chanInfo: { outgoing: { id: number } } };
  const protocol = client as unknown as { _protocol: { channelClose(id: number): void } };
  protocol._protocol.channelClose(channel.outgoing.id);
};

/** A small SSH server of ssh2's own on loopback, with a key that logs in and a real `sh` behind exec. */
export const startSsh2Server = async (options: Ssh2ServerOptions = {}): Promise<Ssh2Server> => {
  const { path: folder, remove } = temporaryFolder();
  const hostKeys = (options.hostKeyTypes ?? ['ed25519']).map((type) => makeKey(folder, `host_${type}`, type));
  const clientKey = makeKey(folder, 'client_key');
  const allowed = ssh2.utils.parseKey(readFileSync(`${clientKey.file}.pub`));
  if (allowed instanceof Error) throw allowed;
  const sockets = new Set<Socket>();
  const connections = new Set<Connection>();
  let logins = 0;
  let forwards = 0;
  let sessions = 0;
  let closedSessions = 0;

  const server = new ssh2.Server({ hostKeys: hostKeys.map((key) => readFileSync(key.file)) }, (client) => {
    connections.add(client);
    client.on('error', () => {});
    client.once('close', () => connections.delete(client));
    client.on('authentication', (login) => {
      if (login.method !== 'publickey' || !allowed.getPublicSSH().equals(login.key.data)) {
        login.reject(['publickey']);
      } else if (!login.signature || !login.blob) login.accept();
      else if (allowed.verify(login.blob, login.signature, login.hashAlgo)) login.accept();
      else login.reject(['publickey']);
    });
    client.once('ready', () => {
      logins += 1;
    });
    client.on('session', (accept, reject) => {
      sessions += 1;
      if (options.session === 'ignore') return;
      if (options.session === 'refuse') return void reject();
      const session = accept();
      session.on('exec', (acceptExec, rejectExec, { command }) => {
        switch (options.exec) {
          case 'forbid':
            return void rejectExec();
          case 'shut':
            return closeUnanswered(client, session);
          case 'vanish':
            return void socketOf(client).destroy();
          case 'vanish-running':
            spawn('/bin/sh', ['-c', command]).once('close', () => socketOf(client).destroy());
            return;
          default:
            runByShell(acceptExec(), command);
        }
      });
      session.on('close', () => {
        closedSessions += 1;
      });
    });
    // Without a listener ssh2's server answers "administratively prohibited", as sshd does.
    if (options.forward === 'prohibit') return;
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const socket = connect(destPort, destIP);
      socket.once('error', () => reject());
      socket.once('connect', () => {
        forwards += 1;
        sockets.add(socket);
        const channel = accept();
        channel.on('error', () => {});
        socket.on('error', () => {});
        socket.pipe(channel).pipe(socket);
        socket.once('close', () => channel.close());
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, hostKeys.map((key) => `[127.0.0.1]:${port} ${key.publicKey}\n`).join(''));
  const cut = () => {
    for (const client of connections) socketOf(client).destroy();
    for (const socket of sockets) socket.destroy();
  };
  const [hostKey] = hostKeys;
  if (!hostKey) throw new Error('a server needs a host key');
  return {
    folder,
    port,
    knownHosts,
    hostKey,
    clientKey,
    logins: () => logins,
    forwards: () => forwards,
    sessions: () => ({ asked: sessions, closed: closedSessions }),
    cut,
    stop: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      cut();
      await closed;
      remove();
    },
  };
};
