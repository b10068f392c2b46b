import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeKind } from '../../source/cluster/change-kinds.ts';
import type { ChildNews, Moment } from './change-child.ts';
import { type Ended, quickPace, runConsole, type Site } from './change-site.ts';

/** Steps at which nothing is sent, so that a console can die before them only: they look, or are found done. */
const quiet = ['preflight', 'prime'];

/** The steps of a change, in their order. `members`: all of them before it, the one that goes too. */
export const stepsOf = (
  kind: 'add-peer' | 'remove-peer' | 'restart-peer' | 'restart-all' | 'reclaim-peer' | 'wipe-peer' | 'prime',
  members: readonly string[],
  target: string,
): readonly string[] => {
  const others = members.filter((address) => address !== target);
  const each = (what: string) => others.map((address) => `${what}:${address}`);
  switch (kind) {
    case 'add-peer':
      return [
        'preflight',
        'write-file',
        'unit',
        'launch',
        'prime',
        ...each('list'),
        ...each('connect'),
        'summary',
      ];
    case 'remove-peer':
      return ['preflight', 'disable', 'reset', ...each('list'), ...each('forget'), 'retire-file', 'summary'];
    case 'prime':
      return ['preflight', 'prime', 'summary'];
    case 'restart-peer':
      return ['preflight', 'stop', 'work', 'start', 'summary'];
    case 'wipe-peer':
      return ['preflight', 'stop', 'wipe', 'start', ...each('unmark'), 'summary'];
    case 'restart-all':
      return [
        'preflight',
        ...members.flatMap((address) => ['stop', 'work', 'start'].map((what) => `${what}:${address}`)),
        'summary',
      ];
    case 'reclaim-peer':
      return [
        'preflight',
        'evidence',
        'disable',
        ...each('mark'),
        'rmpeer',
        ...each('list'),
        ...each('forget'),
        'summary',
      ];
  }
};

export type Point = { readonly step: string; readonly when: Moment };

/** Where consoles are to be killed, in the order in which a change comes by. */
export const pointsOf = (
  steps: readonly string[],
  moments: readonly Moment[],
  nothingSent: readonly string[] = quiet,
): readonly Point[] =>
  steps.flatMap((step): Point[] => {
    if (step === 'summary')
      return [
        { step, when: 'armed' },
        { step, when: 'release' },
      ];
    if (nothingSent.includes(step)) return [{ step, when: 'armed' }];
    return moments.map((when) => ({ step, when }));
  });

/** What became of one console after the other. */
export type Story = { readonly killed: readonly string[]; readonly end: Extract<Ended, { kind: 'ended' }> };

/**
 * One change, and a console killed at each of these points; the next one resumes it. They take turns at three machines:
 * two with a journal of their own, each of which misses what happened elsewhere, and one that has none at all.
 */
export const gauntlet = async (
  site: Site,
  kind: ChangeKind,
  given: {
    readonly target: string | null;
    readonly points: readonly Point[];
    /** All steps of the change, in their order. */
    readonly steps: readonly string[];
    /** Warnings that are expected, as patterns. */
    readonly expects?: readonly string[];
    /** Steps that are left out, as a pattern. */
    readonly leavesOut?: string;
    /** What happens in the world while a step is at hand: a person's own work, say. */
    readonly onNews?: (news: ChildNews) => void;
  },
): Promise<Story> => {
  const killed: string[] = [];
  const { target, points, steps, expects = [], leavesOut, onNews } = given;
  for (const [index, die] of [...points, null].entries()) {
    const machine = ['anna', 'ben', 'carl'][index % 3] ?? '';
    const journal =
      machine === 'carl' ? mkdtempSync(join(site.folder, 'empty-')) : join(site.folder, machine);
    const ended = await runConsole(
      site,
      {
        config: site.demo.configFile,
        journal,
        who: machine,
        speed: 6,
        pace: quickPace,
        change: { kind, target, reason: 'T-1' },
        mode: index === 0 ? 'begin' : 'resume',
        die,
        steps,
        expects,
        ...(leavesOut === undefined ? {} : { leavesOut }),
      },
      onNews,
    );
    if (ended.kind === 'ended') {
      if (die !== null)
        throw new Error(`It came to its end and should have died at ${die.step} ${die.when}.`);
      return { killed, end: ended };
    }
    killed.push(ended.at);
  }
  throw new Error('There was no last console.');
};
