import type { PeerId } from '../../cluster/inventory.ts';
import type { Millis } from '../../cluster/trouble.ts';
import type { Command } from '../../commands/command.ts';
import { fence } from '../../commands/lock/fence.ts';
import { transition, wanting } from '../../lock/lock.ts';
import { type LockRecord, type LockStep, leaseToken, recordPrefix } from '../../lock/record.ts';
import { type LockReport, reportOf, whyNot } from '../../lock/report.ts';
import type { LockEvent, LockResult, LockState, Want } from '../../lock/state.ts';
import type { Clock } from '../../ports.ts';
import type { Channels, LockPorts } from './lock-ports.ts';
import { perform } from './perform.ts';
import { wakeful } from './wakeful.ts';

/** What a session is told of its lock, each time it changes. */
export type LockNews =
  | { readonly kind: 'held' | 'suspended'; readonly report: LockReport }
  /** Somebody else lives and holds a peer. */
  | { readonly kind: 'foreign'; readonly record: LockRecord; readonly report: LockReport }
  | { readonly kind: 'over'; readonly result: LockResult; readonly report: LockReport };

/** The right to send commands that change this peer, given at one moment; or why not. */
export type Fence =
  | { readonly ok: true; readonly wrap: (command: Command<'changes'>) => Command<'changes'> }
  | { readonly ok: false; readonly why: string };

/** The lock, as the session that wants or has it uses it. */
export interface HeldLock {
  report(): LockReport;
  subscribe(listener: (news: LockNews) => void): () => void;
  /** Writes the step to the peers. True once enough have it; false if the lock isn't held or it takes longer than `limit` ms. */
  announce(step: LockStep, limit?: Millis): Promise<boolean>;
  /** Ask right before each command is sent: the answer is true for that moment only. */
  fenceOf(peer: PeerId): Fence;
  /** `release` when the change is finished, `keep` to leave the record for whoever resumes. */
  leave(how: 'release' | 'keep'): Promise<LockResult>;
}

/** One session's lock, at work: the pure machine, fed with answers and ticks. */
export interface LockSession extends HeldLock {
  /** Resolves when the lock is held for the first time (null), or could not be had. */
  readonly taken: Promise<LockResult | null>;
  /** What was seen of the voters last. */
  state(): LockState;
}

const newsOf = (before: LockReport, after: LockReport): LockNews | null => {
  if (after.result !== null) return { kind: 'over', result: after.result, report: after };
  if (after.foreign !== null && after.foreign.session !== before.foreign?.session)
    return { kind: 'foreign', record: after.foreign, report: after };
  const told = after.kind === 'held' || after.kind === 'suspended';
  return told && after.kind !== before.kind ? { kind: after.kind, report: after } : null;
};

/** Starts to take the lock. */
export const startLock = (want: Want, ports: LockPorts, clock: Clock): LockSession => {
  const now = wakeful(clock);
  const channels: Channels = new Map();
  const listeners = new Set<(news: LockNews) => void>();
  const waiting = new Set<() => void>();
  const inbox: LockEvent[] = [];
  let state = wanting(want);
  let last = reportOf(state, now());
  let busy = false;
  let cancelTick = () => {};

  const tell = (): void => {
    const report = reportOf(state, now());
    const news = newsOf(last, report);
    last = report;
    if (news !== null) for (const listener of [...listeners]) listener(news);
    for (const check of [...waiting]) check();
  };

  /** Events one after the other, also those that performing an effect brings at once. */
  const dispatch = (event: LockEvent): void => {
    inbox.push(event);
    if (busy) return;
    busy = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
      if (state.phase.kind === 'over') continue;
      const [after, effects] = transition(state, next, now());
      state = after;
      for (const effect of effects)
        perform(effect, { want, record: state.record, channels }, ports, dispatch);
      if (after.phase.kind === 'over') cancelTick();
      tell();
    }
    busy = false;
  };

  const tick = (): void => {
    if (state.phase.kind === 'over') return;
    cancelTick = clock.after(want.pace.beatEvery / 2, tick);
    dispatch({ kind: 'tick' });
  };

  /** Resolves with the first thing that `found` finds, looking after each event. */
  const until = <T>(found: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const check = (): void => {
        const value = found();
        if (value === undefined) return;
        waiting.delete(check);
        resolve(value);
      };
      waiting.add(check);
      check();
    });

  const result = (): LockResult | undefined => (state.phase.kind === 'over' ? state.phase.result : undefined);

  cancelTick = clock.after(want.pace.beatEvery / 2, tick);
  dispatch({ kind: 'start' });

  return {
    taken: until(() => (last.kind === 'held' ? null : result())),
    state: () => state,
    report: () => reportOf(state, now()),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce: (step, limit = 15_000) => {
      const ends = now() + limit;
      dispatch({ kind: 'step', step });
      const wanted = state.revision;
      return until(() => {
        if (state.phase.kind !== 'held' || state.revision !== wanted || now() >= ends) return false;
        const report = reportOf(state, now());
        if (report.kind !== 'held') return false;
        return report.settled ? true : undefined;
      });
    },
    fenceOf: (peer) => {
      const why = whyNot(state, peer, now());
      const folders = ports.get(peer)?.folders;
      if (why !== null || folders === undefined)
        return { ok: false, why: why ?? `${peer} is not known here` };
      const claim = { token: leaseToken(state.record), prefix: recordPrefix(state.record) };
      return { ok: true, wrap: (command) => fence(command, folders, claim) };
    },
    leave: (how) => {
      dispatch({ kind: 'leave', how });
      return until(result);
    },
  };
};
