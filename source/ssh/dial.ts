import ssh2, { type AuthHandlerMiddleware, type CipherAlgorithm, type Client } from 'ssh2';
import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import type { Clock } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { HostKeys } from './host-keys.ts';
import type { Identities } from './identity.ts';
import { watchRefusals } from './refusals.ts';
import { type Road, straight, through } from './road.ts';
import {
  closedTrouble,
  type Phase,
  type SshError,
  sshTrouble,
  timeoutTrouble,
  troubleOf,
} from './trouble.ts';

/** A logged-in client and what ssh2 keeps to itself about its socket. */
export type Line = {
  readonly client: Client;
  /** How many bytes have come so far: the server's sign of life. */
  readonly bytesRead: () => number;
  /** How many bytes wait here because the system does not take them. */
  readonly bytesWaiting: () => number;
  /** In a callback with an error: whether the server itself said no to the request. */
  readonly refusing: () => boolean;
  /** Drops the connection at once, also where a goodbye waits for its answer: there ssh2's own `destroy` does nothing. */
  readonly hangUp: () => void;
};

/** How one attempt to log in ended. */
export type Dialled =
  | { readonly kind: 'open'; readonly line: Line }
  | { readonly kind: 'trouble'; readonly why: Trouble };

export type DialParts = {
  readonly clock: Clock;
  readonly hostKeys: HostKeys;
  readonly identities: Identities;
  /** The connection to the last host on the way, where the peer is not reached straight. */
  readonly jump?: Connection;
};

/** Name lookup, TCP, key exchange and login together. */
const CONNECT_TIMEOUT: Millis = 10_000;

/** Cheap on processors with AES first; ssh2's own choice, without those that need its native addon to be quick. */
const CIPHERS: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
];

type Account = Pick<InventoryPeer, 'user' | 'host' | 'port'>;
const accountOf = ({ user, host, port }: Account): string =>
  `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;

/** `user@host:port`, as texts name a host, and through whom it is reached. */
export const whereOf = (peer: Account & Pick<InventoryPeer, 'jump'>): string => {
  const last = peer.jump.at(-1);
  return `${accountOf(peer)}${last === undefined ? '' : ` through ${accountOf(last)}`}`;
};

/** Makes one attempt to log in, until `signal` aborts it. Never rejects; after trouble nothing of it is left open. */
export const dial = async (peer: InventoryPeer, parts: DialParts, signal: AbortSignal): Promise<Dialled> => {
  if (parts.jump === undefined) return logIn(peer, straight(peer), 'connect', parts, signal);
  const found = await through(parts.jump, peer, whereOf(peer), {
    clock: parts.clock,
    timeout: CONNECT_TIMEOUT,
    signal,
  });
  return found.kind === 'trouble' ? found : logIn(peer, found.road, 'handshake', parts, signal);
};

const logIn = (
  peer: InventoryPeer,
  road: Road,
  begins: Phase,
  parts: DialParts,
  signal: AbortSignal,
): Promise<Dialled> =>
  new Promise((resolve) => {
    const { clock, hostKeys } = parts;
    const where = whereOf(peer);
    const login = parts.identities.login(peer);
    const client = new ssh2.Client();
    let phase = begins;
    let refusal: Trouble | null = null;
    let exhausted = false;
    let settled = false;

    const settle = (dialled: Dialled) => {
      if (settled) return;
      settled = true;
      cancel();
      signal.removeEventListener('abort', onAbort);
      if (dialled.kind === 'trouble') {
        road.stream.destroy();
      }
      resolve(dialled);
    };
    const fail = (why: Trouble) => {
      const detail = why.kind === 'auth' ? { ...why, text: `${why.text} Keys: ${login.story()}.` } : why;
      settle({ kind: 'trouble', why: refusal ?? detail });
    };
    const cancel = clock.after(CONNECT_TIMEOUT, () =>
      fail(timeoutTrouble(where, phase, CONNECT_TIMEOUT / 1000)),
    );
    const onAbort = () => fail(troubleOf('closed', `The login to ${where} was given up here.`));
    signal.addEventListener('abort', onAbort);

    const authHandler: AuthHandlerMiddleware = (allowed, _partial, next) => {
      const method = login.next(allowed);
      exhausted = method === false;
      // ssh2 takes `false` for "nothing left"; its types only know the ways to log in.
      (next as (method: ReturnType<typeof login.next>) => void)(method);
    };

    client.on('error', (error: SshError) => {
      // An agent or a key that can't sign: ssh2 goes on with the next way by itself.
      if (error.level === 'agent' || (error.level === 'client-authentication' && !exhausted))
        login.note(error.message);
      // ssh2 calls a server that hangs up before its first word a fault of the protocol.
      else if (phase === 'handshake' && error.level === 'protocol' && road.bytesRead() === 0)
        fail(closedTrouble(where, phase));
      else fail(sshTrouble(error, where, phase));
    });
    client.on('close', () => fail(closedTrouble(where, phase)));
    client.once('handshake', () => {
      phase = 'login';
    });
    client.once('ready', () => {
      phase = 'open';
      settle({
        kind: 'open',
        line: {
          client,
          bytesRead: road.bytesRead,
          bytesWaiting: road.bytesWaiting,
          refusing: watchRefusals(client),
          hangUp: () => void road.stream.destroy(),
        },
      });
    });
    road.stream.once('connect', () => {
      phase = 'handshake';
    });

    try {
      client.connect({
        sock: road.stream,
        username: peer.user,
        readyTimeout: 0,
        keepaliveInterval: 15_000,
        keepaliveCountMax: 3,
        algorithms: { cipher: CIPHERS, serverHostKey: hostKeys.algorithms(peer), compress: ['none'] },
        hostVerifier: (key: Buffer) => {
          refusal = hostKeys.check(peer, key);
          return refusal === null;
        },
        authHandler,
      });
    } catch (error) {
      fail(troubleOf('protocol', `Could not begin to connect to ${where}: ${String(error)}`));
    }
  });
