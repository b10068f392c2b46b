import { primeOn } from '../cluster/election.ts';
import { called } from '../cluster/election-missing.ts';
import type { Inventory, PeerId } from '../cluster/inventory.ts';
import { systemClock } from '../disk/clock.ts';
import type { Judged } from '../maintenance/verdict.ts';
import { electionLines } from '../session/election-lines.ts';
import type { Maintenance } from '../session/maintenance/model.ts';
import { nextMove } from '../session/maintenance/unattended.ts';
import type { Session } from '../session/model.ts';
import { openSession } from '../session/session.ts';
import { exitCode } from './exit-code.ts';
import { openFleet } from './fleet.ts';
import { lockLines } from './lock.ts';
import { begun, type Output, type Stop, stoppedLine } from './watching.ts';
import { workshopOf } from './workshop.ts';

/** How the command line lets a prime go. */
export type Unattended = {
  readonly target: PeerId;
  readonly reason: string;
  /** Members whose absence is acknowledged by naming them. */
  readonly absent: readonly PeerId[];
  /** The command line that acknowledges these, too. */
  readonly again: (absent: readonly PeerId[]) => string;
};

/** How long what a person would have to decide about may go away by itself, in ms, and what is uncertain become certain. */
const patience = { absent: 2_000, stands: 10_000, uncertain: 30_000 };

/** `prime PEER` without a terminal: takes the lock, makes the checks, runs weave prime and waits for the ring. */
export const runPrime = async (
  cluster: { readonly inventory: Inventory },
  given: Unattended,
  output: Output,
  stop: Stop,
): Promise<number> => {
  const reach = openFleet(cluster.inventory);
  const session = openSession(reach.parts);
  try {
    const early = await begun(session, output, stop, 'No peer tells a report. Nothing was begun.');
    if (early !== null) return early;
    const workshop = workshopOf(reach, session, () => session.snapshot().inventory);
    const change = await workshop.begin({ kind: 'prime', target: given.target, reason: given.reason });
    if (!change.ok) {
      output.print(`${change.why} Nothing was changed.`);
      for (const line of change.lock === null ? [] : lockLines(change.lock)) output.print(line);
      return change.lock === null ? exitCode.failed : exitCode.lockHeld;
    }
    return await drive(session, change.maintenance, given, output, stop);
  } finally {
    await session.stop();
  }
};

const isAbsence = ({ check, level }: Judged): boolean => level === 'warn' && check.startsWith('seen:');
const absentee = ({ check }: Judged): PeerId => check.slice('seen:'.length);

/** What kept it from being let go, and what to type where naming the absent is all that is missing. */
const standsLines = (judged: readonly Judged[], given: Unattended): readonly string[] => [
  ...judged.map(({ level, title, because }) => `${level}: ${title}: ${because}`),
  'Nothing was changed.',
  ...(judged.every(isAbsence)
    ? [
        'If these are known to be away, name them:',
        `  ${given.again([...new Set([...given.absent, ...judged.map(absentee)])])}`,
      ]
    : ['A person has to decide about that: run the same in a terminal.']),
];

/** Takes the change from step to step until it is over, and prints what it waits for. */
const drive = async (
  session: Session,
  maintenance: Maintenance,
  given: Unattended,
  output: Output,
  stop: Stop,
): Promise<number> => {
  const lines = electionLines(given.target);
  const who = () => called(session.snapshot().view, given.target);
  let ran = false;
  let printed = 0;
  /** Since when it is where a person would have to decide something. */
  let stuck: { readonly what: string; readonly since: number } | null = null;
  const isStuck = (what: string, limit: number): boolean => {
    const now = systemClock.now();
    if (stuck?.what !== what) stuck = { what, since: now };
    return now - stuck.since > limit;
  };
  const act = (): number | null => {
    const model = maintenance.snapshot();
    const { run, steps } = model;
    for (const line of model.output.slice(printed)) output.print(line);
    printed = model.output.length;
    const phase = run.phases[run.at]?.phase;
    if (steps[run.at]?.id === 'prime' && (phase === 'running' || phase === 'verifying')) {
      if (!ran) output.print(`weave prime runs on ${who()}.`);
      ran = true;
    }
    if (ran) for (const line of lines(session.snapshot(), systemClock.wall())) output.print(line);
    const next = nextMove(model, (one) => isAbsence(one) && given.absent.includes(absentee(one)));
    switch (next.kind) {
      case 'send':
        // Not from within the news of the change itself.
        setImmediate(() => maintenance.send(next.event));
        return null;
      case 'wait':
        stuck = null;
        return null;
      case 'stands':
        if (!isStuck('stands', next.judged.every(isAbsence) ? patience.absent : patience.stands)) return null;
        for (const line of standsLines(next.judged, given)) output.print(line);
        return exitCode.failed;
      case 'uncertain':
        if (!isStuck('uncertain', patience.uncertain)) return null;
        output.print(
          `It may have happened, or not: ${next.why} \`weave-console prime ${given.target}\` looks again.`,
        );
        return exitCode.uncertain;
      case 'failed':
        output.print(
          `${next.why} ${next.changed === 'no' ? 'Nothing was changed.' : 'Something may have been changed.'}`,
        );
        return exitCode.failed;
      case 'over':
        if (next.how === 'finished') {
          if (!ran) for (const line of lines(session.snapshot(), systemClock.wall())) output.print(line);
          return exitCode.done;
        }
        output.print('The lock is not ours any more. Look at the cluster before anything else.');
        return exitCode.uncertain;
    }
  };
  const code = await untilOver(maintenance, stop, act);
  if (code === exitCode.stoppedByHuman) await settled(maintenance);
  maintenance.send({ kind: 'pause' });
  await maintenance.ended;
  if (code === exitCode.stoppedByHuman)
    output.print(stoppedLine(who(), ran ? primeOn(session.snapshot().view, given.target) : 'none'));
  return code;
};

/** Asks `act` at each news of the change and once in a while, until it has an exit code or a human has had enough. */
const untilOver = (maintenance: Maintenance, stop: Stop, act: () => number | null): Promise<number> =>
  new Promise((resolve) => {
    let over = false;
    const end = (code: number) => {
      over = true;
      unsubscribe();
      resolve(code);
    };
    const ask = () => {
      const code = over ? null : act();
      if (code !== null) end(code);
    };
    const unsubscribe = maintenance.subscribe(ask);
    void stop.stopped.then(() => {
      if (!over) end(exitCode.stoppedByHuman);
    });
    ask();
  });

/** A command that runs ends within seconds; what came of it is written down before we go. */
const settled = (maintenance: Maintenance): Promise<void> =>
  new Promise((resolve) => {
    const running = (): boolean => {
      const { run } = maintenance.snapshot();
      return run.ended === null && run.phases[run.at]?.phase === 'running';
    };
    if (!running()) return resolve();
    const unsubscribe = maintenance.subscribe(() => {
      if (running()) return;
      unsubscribe();
      resolve();
    });
  });
