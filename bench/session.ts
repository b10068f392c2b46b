import type { Cleanup } from './cleanup.ts';
import { CannotMeasure, end, forkModule, messagesOf } from './processes.ts';
import type { Refresh, SessionAnswer, SessionRequest } from './session-messages.ts';
import type { Site } from './site.ts';

const hour = 3_600_000;

/** A session in its own process. */
export type SessionProcess = {
  /** Its first full grid. */
  readonly first: Extract<SessionAnswer, { kind: 'first' }>;
  refresh(times: number): Promise<readonly Refresh[]>;
  /** Percent of one core while it does nothing but poll for `ms`. */
  idle(ms: number): Promise<number>;
  stop(): Promise<void>;
};

/** Opens a session on `size` peers. Without an `interval` it looks once, and then only when it is told to. */
export const startSession = async (
  site: Site,
  size: number,
  cleanup: Cleanup,
  interval = hour,
): Promise<SessionProcess> => {
  const child = forkModule('session-worker.ts', [site.config(size, interval)]);
  const stop = () => end(child);
  cleanup.add(stop);
  const messages = messagesOf<SessionAnswer>(child, `the session on ${size} peers`);
  const next = async <Kind extends SessionAnswer['kind']>(kind: Kind, limit: number) => {
    const answer = await messages.next(limit);
    if (answer.kind !== kind)
      throw new CannotMeasure(`the session answered ${answer.kind} instead of ${kind}`);
    return answer as Extract<SessionAnswer, { kind: Kind }>;
  };
  const ask = (request: SessionRequest) => child.send(request);

  const first = await next('first', 60_000);
  await next('settled', 60_000);
  return {
    first,
    refresh: async (times) => {
      ask({ kind: 'refresh', times });
      return (await next('refreshed', 60_000)).runs;
    },
    idle: async (ms) => {
      ask({ kind: 'idle', ms });
      const { cpu, took } = await next('idled', ms + 20_000);
      return (cpu / took) * 100;
    },
    stop,
  };
};
