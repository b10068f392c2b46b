import type { HttpDoors } from '../http.ts';
import type { Machine } from '../machine/machine.ts';

/** How a stand-in ended. */
export type Result = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export const result = (code: number, stdout = '', stderr = ''): Result => ({ code, stdout, stderr });

/** The host on which a command runs. */
export type Place = { readonly machine: Machine; readonly doors: HttpDoors };

/** A program of the host that asks the world. */
export type StandIn = (place: Place, args: readonly string[]) => Promise<Result> | Result;

/** `-n 5`, `--lines=5`: the value of an option, wherever it stands. */
export const optionValue = (args: readonly string[], ...names: readonly string[]): string | null => {
  for (const [index, arg] of args.entries()) {
    for (const name of names) {
      if (arg === name) return args[index + 1] ?? '';
      if (name.startsWith('--') && arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
      if (/^-\w$/.test(name) && arg.startsWith(name) && arg.length > 2) return arg.slice(2);
    }
  }
  return null;
};
