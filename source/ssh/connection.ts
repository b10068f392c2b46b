import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Trouble } from '../cluster/trouble.ts';
import { backoff } from './backoff.ts';
import { type Dialled, type DialParts, dial, type Line, whereOf } from './dial.ts';
import type { Gate } from './gate.ts';
import { closedTrouble, timeoutTrouble, troubleOf, withNextTry } from './trouble.ts';

/** The one SSH connection of a peer, opened when first needed and again after it broke. */
export interface Connection {
  /** `user@host:port`, for texts. */
  readonly where: string;
  /** The open line, or at once the last trouble while the next try is not yet due. Never rejects. */
  open(): Promise<Dialled>;
  /** Asks the server for any answer at all, so that `bytesRead` tells a dead line from a slow service behind it. */
  ping(line: Line): void;
  /** An answer is overdue and nothing came at all, not even to a ping. The second time in a row ends the line. */
  suspect(line: Line): void;
  /** Ends this line at once, for this reason; what was still to be sent on it never is. */
  drop(line: Line, why: Trouble): void;
  /** Why this line is no longer there; null while it is. */
  lostBecause(line: Line): Trouble | null;
  /** Lets the next `open` try again at once. */
  retryNow(): void;
  /** Says goodbye, and hangs up on a server that does not answer it soon. Logins under way are given up. */
  close(): Promise<void>;
}

/** How long a server may take to close the connection after we have. */
const GOODBYE = 500;

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly until: number; readonly why: Trouble }
  | { readonly kind: 'opening'; readonly dialled: Promise<Dialled> }
  | { readonly kind: 'open'; readonly line: Line; readonly dialled: Promise<Dialled> }
  | { readonly kind: 'ended' };

export type ConnectionParts = DialParts & {
  readonly gate: Gate;
  /** Tests put a stand-in here. */
  readonly dial?: typeof dial;
};

export const createConnection = (peer: InventoryPeer, parts: ConnectionParts): Connection => {
  const { clock, gate } = parts;
  const where = whereOf(peer);
  const lost = new WeakMap<Line, Trouble>();
  const giveUp = new AbortController();
  let state: State = { kind: 'idle' };
  let failures = 0;
  let quietTwice: { readonly line: Line; readonly bytes: number } | null = null;

  const ended = (): Dialled => ({
    kind: 'trouble',
    why: troubleOf('closed', `The connection to ${where} was given up here.`),
  });
  const isEnded = (): boolean => state.kind === 'ended';

  const drop = (line: Line, why: Trouble) => {
    if (!lost.has(line)) lost.set(line, why);
    if (state.kind === 'open' && state.line === line) state = { kind: 'idle' };
    line.hangUp();
  };

  const adopt = (line: Line) => {
    failures = 0;
    state = { kind: 'open', line, dialled: Promise.resolve({ kind: 'open', line }) };
    line.client.on('error', (error: Error) => {
      const why =
        (error as { level?: string }).level === 'client-timeout'
          ? timeoutTrouble(where, 'open', 45)
          : closedTrouble(where, 'open');
      drop(line, why);
    });
    line.client.once('close', () => drop(line, closedTrouble(where, 'open')));
  };

  const attempt = async (): Promise<Dialled> => {
    // By its way in, too: who is behind a jump host may have the very address that the jump host has from here.
    const leave = await gate.enter(where.slice(where.indexOf('@') + 1));
    if (isEnded()) {
      leave();
      return ended();
    }
    const dialled = await (parts.dial ?? dial)(peer, parts, giveUp.signal);
    leave();
    if (isEnded()) {
      if (dialled.kind === 'open') dialled.line.hangUp();
      return ended();
    }
    if (dialled.kind === 'open') {
      adopt(dialled.line);
      return dialled;
    }
    failures += 1;
    const delay = backoff(failures, dialled.why.kind, clock.random());
    state = { kind: 'waiting', until: clock.now() + delay, why: dialled.why };
    return dialled;
  };

  return {
    where,
    open: () => {
      switch (state.kind) {
        case 'open':
        case 'opening':
          return state.dialled;
        case 'ended':
          return Promise.resolve(ended());
        case 'waiting': {
          const rest = state.until - clock.now();
          if (rest > 0) return Promise.resolve({ kind: 'trouble', why: withNextTry(state.why, rest) });
        }
      }
      const dialled = attempt();
      state = { kind: 'opening', dialled };
      return dialled;
    },
    ping: ({ client }) => {
      try {
        // Any server answers this global request, if only with "no": there is nothing to cancel.
        client.unforwardIn('', 0, () => {});
      } catch {
        // The line is gone already: `lostBecause` says so.
      }
    },
    suspect: (line) => {
      const bytes = line.bytesRead();
      if (quietTwice?.line === line && quietTwice.bytes === bytes)
        drop(line, timeoutTrouble(where, 'open', 10));
      else quietTwice = { line, bytes };
    },
    drop,
    lostBecause: (line) => lost.get(line) ?? null,
    retryNow: () => {
      failures = 0;
      if (state.kind === 'waiting') state = { kind: 'idle' };
    },
    close: () => {
      const before = state;
      state = { kind: 'ended' };
      giveUp.abort();
      if (before.kind !== 'open') return Promise.resolve();
      const { line } = before;
      lost.set(line, closedTrouble(where, 'open'));
      return new Promise((done) => {
        const cancel = clock.after(GOODBYE, () => {
          line.hangUp();
          done();
        });
        line.client.once('close', () => {
          cancel();
          done();
        });
        line.client.end();
      });
    },
  };
};
