import { parseArgs } from 'node:util';

/** How much is measured. Sizes are numbers of peers, times ms. */
export type Plan = {
  readonly quick: boolean;
  /** Where to write the results as JSON, too. */
  readonly json: string | null;
  readonly sizes: readonly number[];
  /** Cold starts of everything, side by side: as many rounds, but no new one after `roundsTime`. */
  readonly rounds: number;
  readonly roundsTime: number;
  /** Refreshes of ours for each refresh of the tools. */
  readonly refreshes: number;
  readonly starts: number;
  readonly idleSize: number;
  readonly idleTime: number;
  readonly keySize: number;
  readonly keys: number;
  readonly primeSize: number;
  readonly primes: number;
};

export const usage = `Usage: npm run bench -- [--quick] [--json FILE]

  --quick      a smoke run of half a minute: fewer peers, fewer rounds
  --json FILE  write the results there, too
`;

/** Reads argv (without node and script); null for a usage problem or --help. */
export const planOf = (argv: readonly string[]): Plan | null => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { quick: { type: 'boolean' }, json: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help === true) return null;
    const json = values.json ?? null;
    return values.quick === true
      ? {
          quick: true,
          json,
          sizes: [5, 25],
          rounds: 1,
          roundsTime: 0,
          refreshes: 10,
          starts: 3,
          idleSize: 25,
          idleTime: 4000,
          keySize: 25,
          keys: 30,
          primeSize: 25,
          primes: 3,
        }
      : {
          quick: false,
          json,
          sizes: [5, 25, 100],
          rounds: 3,
          roundsTime: 30_000,
          refreshes: 12,
          starts: 9,
          idleSize: 25,
          idleTime: 20_000,
          keySize: 100,
          keys: 300,
          primeSize: 60,
          primes: 10,
        };
  } catch {
    return null;
  }
};
