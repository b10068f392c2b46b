import { lasting } from '../cluster/findings/way-in.ts';
import type { Trouble, TroubleKind } from '../cluster/trouble.ts';
import { clean } from '../text/clean.ts';

/** What an error of Node or ssh2 may carry. `code` is a word from Node, a number from an SSH disconnect message. */
export type SshError = Error & {
  readonly code?: string | number;
  readonly level?: string;
  readonly errors?: readonly SshError[];
};

/** How far a connection had come when it failed. */
export type Phase = 'connect' | 'handshake' | 'login' | 'open';

export const troubleOf = (kind: TroubleKind, text: string, layer: Trouble['layer'] = 'ssh'): Trouble => ({
  kind,
  text,
  layer,
});

/** The same trouble, of a host that is there all the same. */
export const answeredTrouble = (why: Trouble): Trouble => ({ ...why, answered: true });

/** Trouble with a jump host, as trouble of the host at `where` behind it: nobody asked that one. */
export const unaskedTrouble = ({ kind, text, layer }: Trouble, where: string): Trouble => ({
  kind,
  text: `${where} was not asked: ${lasting(text)}`,
  layer,
  unasked: true,
});

/** Trouble of a phase: while a login is under way, somebody had taken the connection. */
const during = (phase: Phase, why: Trouble): Trouble =>
  phase === 'handshake' || phase === 'login' ? answeredTrouble(why) : why;

const SOCKET_KINDS: Readonly<Record<string, TroubleKind>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EINVAL: 'unreachable',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ECONNRESET: 'closed',
  ECONNABORTED: 'closed',
  EPIPE: 'closed',
};

/** SSH_MSG_DISCONNECT reason codes (RFC 4253, 11.1) that say more than "closed". */
const DISCONNECT_KINDS: Readonly<Record<number, TroubleKind>> = {
  1: 'refused',
  12: 'refused',
  13: 'auth',
  14: 'auth',
  15: 'auth',
  3: 'protocol',
  5: 'protocol',
  8: 'protocol',
};

const ADVICE: Readonly<Record<TroubleKind, (where: string, detail: string) => string>> = {
  refused: (where, detail) =>
    `${where} refused the connection (${detail}). Is sshd running there, and are host and port right?`,
  timeout: (where, detail) =>
    `${where} did not answer (${detail}). Is the host up, and does a firewall drop the packets?`,
  unreachable: (where, detail) => `There is no way to ${where} from here (${detail}). Check routes and VPN.`,
  dns: (where, detail) =>
    `The name of ${where} could not be looked up (${detail}). Check the host in the config, and DNS.`,
  closed: (where, detail) => `${where} closed the connection (${detail}).`,
  auth: (where, detail) => `${where} did not let us log in (${detail}).`,
  'host-key': (where, detail) => `The host key of ${where} was not accepted (${detail}).`,
  'no-shell': (where, detail) => `${where} gives this account no shell (${detail}).`,
  protocol: (where, detail) => `${where} and we found no common SSH protocol (${detail}).`,
};

const detailOf = (error: SshError): string =>
  typeof error.code === 'string' ? error.code : clean(error.message, 160) || 'no reason given';

const kindOf = (error: SshError, phase: Phase): TroubleKind => {
  if (typeof error.code === 'string' && SOCKET_KINDS[error.code]) return SOCKET_KINDS[error.code] ?? 'closed';
  if (typeof error.code === 'number') {
    // OpenSSH says "too many authentication failures" with the code of a protocol error.
    return DISCONNECT_KINDS[error.code] ?? (phase === 'login' ? 'auth' : 'closed');
  }
  if (error.level === 'client-timeout') return 'timeout';
  if (error.level === 'client-authentication') return 'auth';
  if (error.level === 'client-socket') return 'closed';
  return 'protocol';
};

/** What an error of the connection to `where` (`user@host:port`) means, told from its codes. */
export const sshTrouble = (error: SshError, where: string, phase: Phase): Trouble => {
  const cause = error.errors?.at(-1) ?? error;
  const kind = kindOf(cause, phase);
  const why = troubleOf(kind, ADVICE[kind](where, detailOf(cause)));
  return typeof cause.code === 'string' && kind !== 'closed' ? why : during(phase, why);
};

/** The other side was there and went away without saying why. */
export const closedTrouble = (where: string, phase: Phase): Trouble =>
  during(
    phase,
    troubleOf(
      'closed',
      {
        connect: `${where} closed the connection at once.`,
        handshake: `${where} closed the connection before it said who it is: it may limit logins (MaxStartups) or addresses. Is that port sshd?`,
        login: `${where} closed the connection during the login. The log of its sshd says why.`,
        open: `The SSH connection to ${where} was closed.`,
      }[phase],
    ),
  );

/** Nothing came for `seconds`, in which phase. */
export const timeoutTrouble = (where: string, phase: Phase, seconds: number): Trouble =>
  during(
    phase,
    troubleOf(
      'timeout',
      {
        connect: `${where} did not answer within ${seconds} s. Is the host up, and does a firewall drop the packets?`,
        handshake: `${where} accepted the connection and then said nothing for ${seconds} s: its sshd hangs or is overloaded, or the port is not sshd.`,
        login: `${where} did not finish the login within ${seconds} s: its sshd hangs or is overloaded.`,
        open: `The SSH connection to ${where} gave no sign of life for ${seconds} s.`,
      }[phase],
    ),
  );

/** The same trouble, with when the next try is due. */
export const withNextTry = (why: Trouble, inMillis: number): Trouble => ({
  ...why,
  text: `${why.text} Next try in ${Math.max(1, Math.ceil(inMillis / 1000))} s.`,
});
