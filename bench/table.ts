import type { ToolTimes } from './measure.ts';
import { passes, type Results, verdictsOf } from './results.ts';
import { median, percentile } from './stats.ts';
import type { Tool } from './tools.ts';

const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
};

/** Columns as wide as their widest cell; all but the first to the right. */
const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd(),
  );
};

const names: readonly Tool['name'][] = ['clush', 'parallel-ssh'];

const toolFigure = (columns: ToolTimes | undefined, name: Tool['name']): string => {
  const values = columns?.get(name);
  return values === undefined ? 'not installed' : figure(median(values));
};

const firstTable = (results: Results): string[] =>
  aligned([
    ['peers', 'console', 'session alone', 'status --once', ...names, 'rounds'],
    ...[...results.first].map(([size, first]) => [
      String(size),
      figure(median(first.console)),
      figure(median(first.session)),
      figure(median(first.status)),
      ...names.map((name) => toolFigure(first.tools, name)),
      String(first.console.length),
    ]),
  ]);

const refreshTable = (results: Results): string[] =>
  aligned([
    ['peers', 'shown', 'answered', 'our CPU', ...names.flatMap((name) => [name, `${name} kept`]), 'rounds'],
    ...[...results.refresh].map(([size, { session, tools }]) => [
      String(size),
      figure(median(session.map((one) => one.shown))),
      figure(median(session.map((one) => one.answered))),
      figure(median(session.map((one) => one.cpu))),
      ...names.flatMap((name) => [toolFigure(results.first.get(size)?.tools, name), toolFigure(tools, name)]),
      String(session.length),
    ]),
  ]);

const verdictTable = (results: Results): string[] =>
  aligned([
    ['target', 'measured', 'wanted', ''],
    ...verdictsOf(results).map((verdict) => {
      const { value, target, unit, better } = verdict;
      const said = Number.isNaN(value) ? 'not measured' : passes(verdict) ? 'PASS' : 'FALLS SHORT';
      const wanted = `${better === 'more' ? 'at least' : 'under'} ${target} ${unit}`;
      return [verdict.what, Number.isNaN(value) ? '-' : `${figure(value)} ${unit}`, wanted, said];
    }),
  ]);

/** Everything for people: what was measured, and how it stands against what was promised. */
export const tableOf = (results: Results): string =>
  [
    `${results.machine}; load ${results.load.map((load) => load.toFixed(1)).join(' before, ')} after`,
    ...results.tools,
    '',
    'From start until every peer has answered (ms, median)',
    ...firstTable(results).map((line) => `  ${line}`),
    '',
    'One refresh with everything open (ms, median; "kept": over a shared connection that stays open)',
    ...refreshTable(results).map((line) => `  ${line}`),
    '',
    `Start to first frame: median ${figure(median(results.starts))} ms, worst ${figure(Math.max(...results.starts))} ms of ${results.starts.length}`,
    `Idle, ${results.idleSize} peers at 2 s: console ${figure(results.idle.console)} %, session alone ${figure(results.idle.session)} % of a core`,
    `Key to frame, ${results.keySize} peers at 2 s, 140x40: p50 ${figure(percentile(results.keys, 0.5))} ms, p99 ${figure(percentile(results.keys, 0.99))} ms, worst ${figure(Math.max(...results.keys))} ms of ${results.keys.length}`,
    `  (meanwhile bare timers of this machine came late by p50 ${figure(percentile(results.late, 0.5))} ms, p99 ${figure(percentile(results.late, 0.99))} ms)`,
    `Report to frame, a prime of ${results.primeSize} peers that ends: median ${figure(median(results.primes))} ms, worst ${figure(Math.max(...results.primes))} ms of ${results.primes.length}`,
    '',
    ...verdictTable(results),
  ].join('\n');

/** The same for programs: every single value, and the verdicts. */
export const jsonOf = (results: Results): string => {
  const tools = (columns: ReadonlyMap<string, readonly number[]> | undefined) =>
    Object.fromEntries(columns ?? []);
  return `${JSON.stringify(
    {
      schema: 1,
      machine: results.machine,
      load: results.load,
      sizes: [...results.first.keys()].map((peers) => ({
        peers,
        first: { ...results.first.get(peers), tools: tools(results.first.get(peers)?.tools) },
        refresh: { ...results.refresh.get(peers), tools: tools(results.refresh.get(peers)?.tools) },
      })),
      starts: results.starts,
      idle: { peers: results.idleSize, ...results.idle },
      keys: { peers: results.keySize, times: results.keys, late: results.late },
      primes: { peers: results.primeSize, times: results.primes },
      verdicts: verdictsOf(results).map((verdict) => ({ ...verdict, passes: passes(verdict) })),
    },
    null,
    2,
  )}\n`;
};
