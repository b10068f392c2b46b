import type { World } from './world.ts';

/** pass: holds. warn: a person must acknowledge it. block: the step may not go. unknown: could not be told, and so blocks. */
export type Level = 'pass' | 'warn' | 'block' | 'unknown';

/** What a check says now, in one sentence that names hosts. */
export type Verdict = { readonly level: Level; readonly because: string };

/**
 * One thing that must hold before a step (or, as a postcondition, after it). `never` marks the checks that no reason and
 * no typed name can override, because what they keep from happening can't be mended.
 */
export type Check = {
  readonly id: string;
  readonly title: string;
  readonly never?: true;
  readonly judge: (world: World) => Verdict;
};

/** A check with what it said. */
export type Judged = Verdict & { readonly check: string; readonly title: string; readonly never: boolean };

export const pass = (because: string): Verdict => ({ level: 'pass', because });
export const warn = (because: string): Verdict => ({ level: 'warn', because });
export const block = (because: string): Verdict => ({ level: 'block', because });
export const unknown = (because: string): Verdict => ({ level: 'unknown', because });

/** Asks every check. */
export const judgeAll = (checks: readonly Check[], world: World): readonly Judged[] =>
  checks.map((check) => ({
    check: check.id,
    title: check.title,
    never: check.never === true,
    ...check.judge(world),
  }));

/** Whether all of them pass: what a postcondition needs, for which a warning isn't good enough. */
export const allPass = (judged: readonly Judged[]): boolean => judged.every(({ level }) => level === 'pass');
