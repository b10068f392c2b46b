import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from './cleanup.ts';
import { anyFrame, bundle, fullGrid, startConsole } from './console.ts';
import type { Plan } from './options.ts';
import { CannotMeasure, run } from './processes.ts';
import { startSession } from './session.ts';
import type { Refresh } from './session-messages.ts';
import type { Site } from './site.ts';
import { repeat } from './stats.ts';
import { openMasters, type Tool } from './tools.ts';

const hour = 3_600_000;

/** What every measurement works on. */
export type Bench = {
  readonly site: Site;
  readonly tools: readonly Tool[];
  readonly plan: Plan;
  readonly cleanup: Cleanup;
};

/** What each tool that is there took, a value a round. */
export type ToolTimes = ReadonlyMap<Tool['name'], readonly number[]>;

/** ms until every peer of a cluster had answered, one value a round. */
export type FirstGrids = {
  /** The console in a terminal, from its start until the bytes of the full grid arrived. */
  readonly console: readonly number[];
  /** A session alone, from the moment it was opened. */
  readonly session: readonly number[];
  /** `status --once --json`, from start to end; it also reads the facts of each host. */
  readonly status: readonly number[];
  readonly tools: ToolTimes;
};

const statusOnce = async (site: Site, size: number): Promise<number> => {
  const args = [bundle, 'status', '--once', '--json', '--config', site.config(size, hour)];
  const result = await run(process.execPath, args, { limit: 60_000 });
  const reports = result.stdout.split('"reach": "report"').length - 1;
  if (reports === size) return result.took;
  throw new CannotMeasure(
    `status: ${reports} of ${size} peers reported (exit ${result.code}): ${result.stderr.trim().slice(-2000)}`,
  );
};

const columns = (rows: readonly ReadonlyMap<Tool['name'], number>[]): ToolTimes => {
  const names = [...(rows[0]?.keys() ?? [])];
  return new Map(names.map((name) => [name, rows.map((row) => row.get(name) ?? Number.NaN)]));
};

const askAll = async ({ site, tools }: Bench, size: number, masters: boolean) => {
  const took = new Map<Tool['name'], number>();
  for (const tool of tools) {
    const again = (error: unknown) => {
      // On a crowded machine a tool may lose a peer; that is not its time, and no reason to stop.
      if (!(error instanceof CannotMeasure)) throw error;
      process.stderr.write(`bench: once more: ${error.message}\n`);
      return tool.ask(site, size, masters);
    };
    took.set(tool.name, await tool.ask(site, size, masters).catch(again));
  }
  return took;
};

/** Everybody starts cold, one after the other in each round, so that what else the machine does falls on all alike. */
export const measureFirstGrids = async (bench: Bench, size: number): Promise<FirstGrids> => {
  const { site, plan, cleanup } = bench;
  const rounds = await repeat(plan.rounds, plan.roundsTime, async () => {
    const screen = startConsole(site, size, 2000, cleanup);
    const shown = await screen.until('the full grid', fullGrid);
    await screen.stop();
    const session = await startSession(site, size, cleanup);
    await session.stop();
    const status = await statusOnce(site, size);
    return { shown, session: session.first.shown, status, tools: await askAll(bench, size, false) };
  });
  return {
    console: rounds.map((round) => round.shown),
    session: rounds.map((round) => round.session),
    status: rounds.map((round) => round.status),
    tools: columns(rounds.map((round) => round.tools)),
  };
};

/** ms of looking at every peer once more, all connections open. */
export type Refreshes = {
  readonly session: readonly Refresh[];
  readonly tools: ToolTimes;
};

/** One more look at everybody: ours, and the tools over connections that are kept open for them. */
export const measureRefreshes = async (bench: Bench, size: number): Promise<Refreshes> => {
  const { site, plan, cleanup, tools } = bench;
  const session = await startSession(site, size, cleanup);
  const closeMasters = tools.length > 0 ? await openMasters(site, size, cleanup) : async () => {};
  // Neither side's first refresh is a refresh: code is compiled, forks are warm from the second one on.
  await session.refresh(3);
  const rounds = await repeat(plan.rounds, plan.roundsTime, async () => ({
    ours: await session.refresh(plan.refreshes),
    tools: await askAll(bench, size, true),
  }));
  await closeMasters();
  await session.stop();
  return {
    session: rounds.flatMap((round) => round.ours),
    tools: columns(rounds.map((round) => round.tools)),
  };
};

/** ms from the start of the bundle to its first drawn frame. */
export const measureStarts = async ({ site, plan, cleanup }: Bench): Promise<readonly number[]> =>
  repeat(plan.starts, 30_000, async () => {
    const screen = startConsole(site, 5, 2000, cleanup);
    const drawn = await screen.until('the first frame', anyFrame);
    await screen.stop();
    return drawn;
  });

/** Percent of a core while nobody presses a key, at an interval of 2 s. */
export type Idle = { readonly console: number; readonly session: number };

export const measureIdle = async ({ site, plan, cleanup }: Bench): Promise<Idle> => {
  const screen = startConsole(site, plan.idleSize, 2000, cleanup);
  const session = await startSession(site, plan.idleSize, cleanup, 2000);
  await screen.until('the full grid', fullGrid);
  await sleep(3000);
  const [before, began] = [screen.cpu(), performance.now()];
  const alone = await session.idle(plan.idleTime);
  const shown = ((screen.cpu() - before) / (performance.now() - began)) * 100;
  await session.stop();
  await screen.stop();
  return { console: shown, session: alone };
};

/** ms from a key to the bytes of its frame; `late`: by how much this process' own timers came late meanwhile. */
export type Keys = { readonly times: readonly number[]; readonly late: readonly number[] };

/** Keys at an interval of 2 s. */
export const measureKeys = async ({ site, plan, cleanup }: Bench): Promise<Keys> => {
  const screen = startConsole(site, plan.keySize, 2000, cleanup);
  await screen.until('the full grid', fullGrid);
  await sleep(2000);
  const times: number[] = [];
  const late: number[] = [];
  // Down a page and up again, so that some keys scroll; at odd moments, so that some meet an update.
  for (let turn = 0; turn < plan.keys; turn += 1) {
    const [began, pause] = [performance.now(), 30 + Math.random() * 60];
    await sleep(pause);
    late.push(performance.now() - began - pause);
    times.push(await screen.press(turn % 40 < 20 ? 'j' : 'k'));
  }
  await screen.stop();
  return { times, late };
};

/** ms from the moment in which the peers' own reports have the first ring to the bytes that say so on the prime screen. */
export const measurePrimes = async ({ site, plan, cleanup }: Bench): Promise<readonly number[]> => {
  const size = plan.primeSize;
  const says = (text: string) => (lines: readonly string[]) => lines.some((line) => line.includes(text));
  site.elect(size, true);
  const screen = startConsole(site, size, 2000, cleanup, ['prime', '--read-only']);
  const times: number[] = [];
  for (let turn = 0; turn < plan.primes; turn += 1) {
    site.elect(size, true);
    await screen.until('a prime that waits', says('waits for consensus'));
    // At odd moments of the rhythm in which the console looks.
    await sleep(1000 + Math.random() * 800);
    times.push(
      await screen.after(
        () => site.elect(size, false),
        'the end of a prime',
        says('The ring is there, and the same on all'),
      ),
    );
  }
  await screen.stop();
  return times;
};
