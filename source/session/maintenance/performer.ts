import type { ClusterView } from '../../cluster/cluster-view.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { RemovalRecords } from '../../cluster/removed.ts';
import type { PeerWatch } from '../../cluster/sighting.ts';
import { commandLine, needsSudo, type Outcome } from '../../commands/command.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { boundedNotes } from '../../lock/record.ts';
import type { Inspection } from '../../maintenance/inspection.ts';
import { leavesNothing } from '../../maintenance/leaves-nothing.ts';
import { movesOf } from '../../maintenance/moves.ts';
import { commandLines } from '../../maintenance/plan.ts';
import type { Run, RunEffect, RunEvent } from '../../maintenance/run.ts';
import { transition } from '../../maintenance/transition.ts';
import type { World } from '../../maintenance/world.ts';
import type { ChangingShell, Clock, RemoteShell } from '../../ports.ts';
import { cleanLines } from '../../text/clean.ts';
import { Secret } from '../../text/secret.ts';
import type { HeldLock } from '../lock/held-lock.ts';
import { noteEntry, outcomeEntry, printed } from './entries.ts';
import type { Maintenance, MaintenanceModel } from './model.ts';

/** What a maintenance needs of the outside. */
export type PerformerParts = {
  readonly clock: Clock;
  readonly view: () => ClusterView;
  /** Calls back after each change of the view; returns the way to stop. */
  readonly onView: (listener: () => void) => () => void;
  /** Watches of the hosts that play a part but aren't members. */
  readonly guests: () => ReadonlyMap<PeerId, PeerWatch>;
  readonly lookNow: () => void;
  /** Never rejects: what went wrong is an inspection, too. */
  readonly inspect: (host: PeerId, step?: string) => Promise<Inspection>;
  readonly read: (host: PeerId) => RemoteShell;
  readonly change: (host: PeerId) => ChangingShell;
  readonly lock: HeldLock;
  /** On disk when it returns; throws when it can't be put there. */
  readonly append: (entry: JournalEntry) => void;
  /** What the journals here tell of removed peers now, where the procedure goes by it. */
  readonly removals?: () => RemovalRecords;
  /** Before the lock of a finished change is given back: who dies in between leaves something that can be resumed. */
  readonly onFinished: () => void;
  /** After the lock was left. */
  readonly onEnded: () => void;
};

const worldEvery = 500;
/** Inspections that end within this many ms of each other are judged together. */
const burst = 20;
/** How long after one look at all peers the next is asked for, where inspections are only renewed, in ms. */
const looksAgain = 5_000;
const keptOutput = 200;

const unsent = (text: string): Outcome => ({ kind: 'unsent', why: { kind: 'closed', layer: 'ssh', text } });

/** Performs a run: effects become reads, commands and journal lines, and what comes of them becomes events. */
export const performRun = (
  first: readonly [Run, readonly RunEffect[]],
  parts: PerformerParts,
): Maintenance => {
  const { clock, lock } = parts;
  let run = first[0];
  const inspections = new Map<PeerId, Inspection>();
  const inspecting = new Map<PeerId, { again: boolean }>();
  const listeners = new Set<() => void>();
  const inbox: RunEvent[] = [];
  let output: readonly string[] = [];
  let busy = false;
  let announced: Promise<boolean> = Promise.resolve(true);
  let cancelWorld: (() => void) | null = null;
  let cancelSoon: (() => void) | null = null;
  let looked = Number.NEGATIVE_INFINITY;
  let model: MaintenanceModel;
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const stamp = () => ({ at: new Date(clock.wall()).toISOString(), run: run.id });

  const worldNow = (): World => ({
    now: clock.now(),
    view: parts.view(),
    guests: parts.guests(),
    inspections: new Map(inspections),
    notes: run.notes,
    ...(parts.removals && { removals: parts.removals() }),
    unlocked: new Map(
      lock
        .report()
        .voters.flatMap(({ peer, word, trouble }) =>
          word === 'ours' ? [] : [[peer, trouble ?? 'its lease does not answer'] as const],
        ),
    ),
  });

  const rebuild = () => {
    const steps = run.procedure.steps(run.notes);
    const step = steps[run.at];
    model = {
      run,
      steps,
      moves: movesOf(run, clock.now()),
      command:
        step === undefined
          ? []
          : commandLines(run.procedure, step, run.world).flatMap((line) => cleanLines(line, 400, 4000)),
      preview: step === undefined || run.world === null ? [] : (step.preview?.(run.world) ?? []),
      output,
      lock: lock.report(),
      now: clock.now(),
    };
    for (const listener of [...listeners]) listener();
  };

  /** Writes a line down; says why where it could not. */
  const record = (entry: JournalEntry): string | null => {
    try {
      parts.append(entry);
      return null;
    } catch (error) {
      return `The journal could not be written (${error instanceof Error ? error.message : String(error)}).`;
    }
  };

  const note = (entry: JournalEntry) => {
    const trouble = record(entry);
    if (trouble !== null) output = [...output, trouble].slice(-keptOutput);
  };

  const seeWorld = () => {
    if (run.ended === null) dispatch({ kind: 'world', world: worldNow() });
  };

  const inspect = (hosts: readonly PeerId[], renews = false) => {
    const step = run.procedure.steps(run.notes)[run.at]?.id;
    for (const host of hosts) {
      const under = inspecting.get(host);
      if (under !== undefined) {
        under.again ||= !renews;
        continue;
      }
      const mine = { again: false };
      inspecting.set(host, mine);
      void parts.inspect(host, step).then((inspection) => {
        inspecting.delete(host);
        inspections.set(host, inspection);
        if (run.ended !== null) return;
        if (mine.again) inspect([host]);
        cancelSoon ??= clock.after(burst, () => {
          cancelSoon = null;
          seeWorld();
        });
      });
    }
  };

  const inputOf = async (
    input: Extract<RunEffect, { kind: 'run' }>['input'],
  ): Promise<string | null | undefined> => {
    if (input === null) return undefined;
    const read: Secret[] = [];
    for (const { on, command } of input.reads) {
      const outcome = await parts.read(on).read(command);
      if (outcome.kind !== 'exited' || outcome.code !== 0) return null;
      read.push(new Secret(outcome.stdout));
    }
    return input.make(read)?.reveal() ?? null;
  };

  /** The one place from which a peer is changed. */
  const send = async (effect: Extract<RunEffect, { kind: 'run' }>): Promise<Outcome> => {
    const stdin = await inputOf(effect.input);
    if (stdin === null)
      return unsent(
        'What it is to be given could not be read, or is not what was shown, so it was not sent. Look again.',
      );
    if (!(await announced))
      return unsent('The step could not be written to a majority of the peers, so it was not sent.');
    const host = run.procedure.hosts.find(({ address }) => address === effect.on);
    const sudo = host !== undefined && needsSudo(host);
    // Asked twice: once to write down what will be sent, once more when the journal is on disk, for it may take long.
    const asked = lock.fenceOf(effect.on);
    if (!asked.ok) return unsent(`It was not sent: ${asked.why}.`);
    const command = commandLine(effect.command, { sudo });
    const trouble = record({
      kind: 'intent',
      ...stamp(),
      step: effect.step,
      attempt: effect.attempt,
      on: effect.on,
      command,
    });
    if (trouble !== null) return unsent(trouble);
    const fence = lock.fenceOf(effect.on);
    if (!fence.ok) return unsent(`It was not sent: ${fence.why}.`);
    return parts.change(effect.on).change(fence.wrap(effect.command), stdin === undefined ? {} : { stdin });
  };

  const perform = (effect: RunEffect) => {
    switch (effect.kind) {
      case 'inspect':
        inspect(effect.hosts, effect.renews);
        if (effect.renews && clock.now() - looked < looksAgain) return;
        looked = clock.now();
        parts.lookNow();
        return;
      case 'record':
        note({
          kind: 'arrived',
          ...stamp(),
          step: effect.step,
          notes: Object.fromEntries(
            Object.entries(effect.notes).map(([name, values]) => [name, [...values]]),
          ),
        });
        announced = lock.announce({
          index: effect.index + 1,
          of: run.phases.length,
          id: effect.step,
          notes: boundedNotes(effect.notes),
        });
        return;
      case 'journal': {
        note(noteEntry(stamp(), effect.entry));
        return;
      }
      case 'run':
        void send(effect).then((outcome) => {
          const trouble = record(outcomeEntry(stamp(), effect.step, effect.attempt, outcome));
          output = [...output, ...printed(outcome), ...(trouble === null ? [] : [trouble])].slice(
            -keptOutput,
          );
          dispatch({ kind: 'outcome', attempt: effect.attempt, outcome });
        });
        return;
      case 'close':
        void close(effect.how);
    }
  };

  const dispatch = (event: RunEvent) => {
    inbox.push(event);
    if (busy) return;
    busy = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
      const [after, effects] = transition(run, next, clock.now());
      run = after;
      for (const effect of effects) perform(effect);
    }
    busy = false;
    rebuild();
  };

  const stopView = parts.onView(() => {
    cancelWorld ??= clock.after(worldEvery, () => {
      cancelWorld = null;
      seeWorld();
    });
  });

  const stopLock = lock.subscribe((news) => {
    if (news.kind === 'held') dispatch({ kind: 'lock', lock: { kind: 'held' } });
    else if (news.kind === 'suspended') {
      const { left, have, need } = news.report;
      const why =
        left === null
          ? `only ${have} of the ${need} peers needed hold it`
          : `${left}, and nobody has decided about that. Pause; what is begun next asks for both`;
      dispatch({ kind: 'lock', lock: { kind: 'suspended', why } });
    } else if (news.kind === 'over' && run.ended === null) {
      const to = news.result.kind === 'lost' ? news.result.to : null;
      const why = to === null ? 'it is gone from the peers' : `${to.who} has taken it`;
      dispatch({ kind: 'lock', lock: { kind: 'lost', why } });
    } else rebuild();
  });

  const close = async (how: 'finished' | 'paused' | 'lost-lock') => {
    stopView();
    cancelWorld?.();
    cancelSoon?.();
    if (how === 'finished') {
      try {
        parts.onFinished();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const told = `The change is done, but the config could not be brought up to date: ${why}`;
        output = [...output, ...cleanLines(told, 10, 400)];
      }
    }
    note({ kind: 'closed', ...stamp(), how });
    const done = how === 'finished' || (how === 'paused' && leavesNothing(run));
    await lock.leave(done ? 'release' : 'keep');
    stopLock();
    parts.onEnded();
    rebuild();
    finish();
  };

  for (const effect of first[1]) perform(effect);
  rebuild();

  return {
    snapshot: () => model,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: dispatch,
    ended,
  };
};
