import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { Cleanup } from './cleanup.ts';
import {
  type Bench,
  type FirstGrids,
  measureFirstGrids,
  measureIdle,
  measureKeys,
  measurePrimes,
  measureRefreshes,
  measureStarts,
  type Refreshes,
} from './measure.ts';
import { planOf, usage } from './options.ts';
import { CannotMeasure } from './processes.ts';
import type { Results } from './results.ts';
import { startSite } from './site.ts';
import { jsonOf, tableOf } from './table.ts';
import { findTools } from './tools.ts';

const note = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

const measure = async (bench: Bench, missing: readonly string[]): Promise<Results> => {
  const { plan } = bench;
  const before = loadavg()[0] ?? Number.NaN;
  const first = new Map<number, FirstGrids>();
  const refresh = new Map<number, Refreshes>();
  note('start to first frame');
  const starts = await measureStarts(bench);
  note(`${plan.idleSize} peers: idle for ${plan.idleTime / 1000} s`);
  const idle = await measureIdle(bench);
  note(`${plan.keySize} peers: ${plan.keys} keys`);
  const { times: keys, late } = await measureKeys(bench);
  note(`${plan.primeSize} peers: ${plan.primes} primes that end`);
  const primes = await measurePrimes(bench);
  for (const size of plan.sizes) {
    note(`${size} peers: first grids`);
    first.set(size, await measureFirstGrids(bench, size));
    note(`${size} peers: refreshes`);
    refresh.set(size, await measureRefreshes(bench, size));
  }
  return {
    machine: `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    tools: missing,
    load: [before, loadavg()[0] ?? Number.NaN],
    first,
    refresh,
    starts,
    idle,
    idleSize: plan.idleSize,
    keys,
    late,
    keySize: plan.keySize,
    primes,
    primeSize: plan.primeSize,
  };
};

const main = async (argv: readonly string[], cleanup: Cleanup): Promise<number> => {
  const plan = planOf(argv);
  if (plan === null) {
    process.stderr.write(usage);
    return 2;
  }
  const site = await startSite(
    [...new Set([...plan.sizes, plan.idleSize, plan.keySize, plan.primeSize])],
    cleanup,
  );
  const tools = findTools();
  const missing = tools.missing.map((tool) => `${tool.name} is not installed: ${tool.install}`);
  for (const line of missing) note(line);
  const results = await measure({ site, plan, cleanup, tools: tools.present }, missing);
  process.stdout.write(`${tableOf(results)}\n`);
  if (plan.json !== null) writeFileSync(plan.json, jsonOf(results));
  return 0;
};

const cleanup = new Cleanup();
// Once everything is being stopped, whatever ends early is no news.
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    note(`stopped by ${signal}`);
    stopping = true;
    void cleanup.run().finally(() => process.exit(130));
  });
const tooLong = setTimeout(() => {
  stopping = true;
  note('not done in 5 minutes: the machine is too busy to measure anything');
  void cleanup.run().finally(() => process.exit(1));
}, 300_000);

try {
  process.exitCode = await main(process.argv.slice(2), cleanup);
} catch (error) {
  if (error instanceof CannotMeasure) {
    if (!stopping) note(error.message);
  } else note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  clearTimeout(tooLong);
  await cleanup.run();
}
