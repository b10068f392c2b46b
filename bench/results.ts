import type { FirstGrids, Idle, Refreshes, ToolTimes } from './measure.ts';
import { median, percentile } from './stats.ts';

/** All that was measured. What could not be, or was not asked for, is absent. */
export type Results = {
  readonly machine: string;
  readonly tools: readonly string[];
  /** 1-minute load average before and after. */
  readonly load: readonly [number, number];
  readonly first: ReadonlyMap<number, FirstGrids>;
  readonly refresh: ReadonlyMap<number, Refreshes>;
  readonly starts: readonly number[];
  readonly idle: Idle;
  readonly idleSize: number;
  readonly keys: readonly number[];
  /** By how many ms the timers between the keys came late: what the machine adds to each key by itself. */
  readonly late: readonly number[];
  readonly keySize: number;
  readonly primes: readonly number[];
  readonly primeSize: number;
};

/** A promise and what became of it. `value` is NaN where it was not measured. */
export type Verdict = {
  readonly what: string;
  readonly value: number;
  readonly unit: 'x' | 'ms' | '%';
  readonly target: number;
  readonly better: 'more' | 'less';
};

export const passes = ({ value, target, better }: Verdict): boolean =>
  better === 'more' ? value >= target : value < target;

const fastest = (columns: ToolTimes | undefined): number =>
  Math.min(...[...(columns?.values() ?? [])].map(median));

const ratio = (theirs: number, ours: number): number =>
  Number.isFinite(theirs) ? theirs / ours : Number.NaN;

/** The promises of the README beside what was measured. */
export const verdictsOf = (results: Results): Verdict[] => {
  const sizes = [25, 100].filter((size) => results.first.has(size));
  const shown = (size: number): number[] => results.refresh.get(size)?.session.map((one) => one.shown) ?? [];
  return [
    ...sizes.map((size): Verdict => {
      const first = results.first.get(size);
      const value = ratio(fastest(first?.tools), median(first?.console ?? []));
      return {
        what: `first full grid, ${size} peers, against the better tool`,
        value,
        unit: 'x',
        target: 3,
        better: 'more',
      };
    }),
    ...sizes.flatMap((size): Verdict[] => {
      const ours = median(shown(size));
      const verdict = (how: string, theirs: number): Verdict => ({
        what: `one refresh, ${size} peers, against the better tool ${how}`,
        value: ratio(theirs, ours),
        unit: 'x',
        target: 50,
        better: 'more',
      });
      return [
        verdict('as it comes', fastest(results.first.get(size)?.tools)),
        verdict('over kept connections', fastest(results.refresh.get(size)?.tools)),
      ];
    }),
    {
      what: 'our CPU for one refresh of 25 peers, median',
      value: median(results.refresh.get(25)?.session.map((one) => one.cpu) ?? []),
      unit: 'ms',
      target: 40,
      better: 'less',
    },
    {
      what: `idle with ${results.idleSize} peers at 2 s, of a core`,
      value: results.idle.console,
      unit: '%',
      target: 5,
      better: 'less',
    },
    {
      what: `key to frame, ${results.keySize} peers updating, p99`,
      value: percentile(results.keys, 0.99),
      unit: 'ms',
      target: 16,
      better: 'less',
    },
    {
      what: `the peers' report to frame, a prime of ${results.primeSize} that ends, worst`,
      value: Math.max(...results.primes),
      unit: 'ms',
      target: 1000,
      better: 'less',
    },
    {
      what: 'start to first frame, median',
      value: median(results.starts),
      unit: 'ms',
      target: 500,
      better: 'less',
    },
  ];
};
