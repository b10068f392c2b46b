import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Outcome } from '../../source/commands/command.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { leavesNothing } from '../../source/maintenance/leaves-nothing.ts';
import { movesOf } from '../../source/maintenance/moves.ts';
import type { Run, RunEffect, RunEvent } from '../../source/maintenance/run.ts';
import type { Procedure, Step } from '../../source/maintenance/step.ts';
import { freshness, openRun, reopenRun, resumeRun, transition } from '../../source/maintenance/transition.ts';
import type { Check, Level } from '../../source/maintenance/verdict.ts';
import type { World } from '../../source/maintenance/world.ts';
import { Secret } from '../../source/text/secret.ts';
import { inspectionOf, worldOf } from '../support/world.ts';

const command = (name: string): Command<'changes'> => ({
  name,
  script: 'exec true',
  args: [],
  effect: 'changes',
  timeout: 1_000,
  privileged: true,
});

/** What the checks of the steps below say, by id; whatever isn't named passes. */
type Said = Record<string, Level>;
let said: Said = {};

const check = (id: string, never?: true): Check => ({
  id,
  title: id,
  ...(never ? { never } : {}),
  judge: () => ({ level: said[id] ?? 'pass', because: `${id} says ${said[id] ?? 'pass'}.` }),
});

const stepOf = (id: string, given: Partial<Step> = {}): Step => ({
  id,
  title: id,
  why: '',
  on: '10.77.0.11',
  inspects: [],
  before: [check(`${id}-before`), check(`${id}-never`, true)],
  action: { kind: 'command', command: () => command(id) },
  after: [check(`${id}-after`)],
  settle: 20_000,
  steady: 0,
  confirm: { kind: 'key' },
  undo: '',
  ...given,
});

const procedureOf = (...steps: Step[]): Procedure => ({
  kind: 'test',
  title: 'test',
  target: '10.77.0.11',
  hosts: [],
  inspect: () => ({ ...command('inspect'), effect: 'reads' }),
  steps: () => steps,
});

const world = (now: number, inspections: readonly Inspection[] = []): World => worldOf({ now, inspections });
const exited = (code: number, stderr = '', stdout = ''): Outcome => ({
  kind: 'exited',
  code,
  stdout,
  stderr,
  took: 1,
});
const lost: Outcome = {
  kind: 'lost',
  why: { kind: 'closed', text: 'the link broke', layer: 'ssh' },
  stdout: '',
};

/** A run that is told things at given times, with all that it asked for. */
const driving = (...steps: Step[]) => {
  let [run, effects] = openRun('r', procedureOf(...steps), {}, 0);
  const all: RunEffect[] = [...effects];
  return {
    run: () => run,
    phase: () => run.phases[run.at]?.phase,
    at: (): Run['phases'][number] | undefined => run.phases[run.at],
    last: () => effects,
    all,
    ran: () => all.flatMap((effect) => (effect.kind === 'run' ? [effect.step] : [])),
    tell: (now: number, event: RunEvent) => {
      [run, effects] = transition(run, event, now);
      all.push(...effects);
      return effects;
    },
    see: (now: number, given: Said = {}, inspections: readonly Inspection[] = []) => {
      said = given;
      [run, effects] = transition(run, { kind: 'world', world: world(now, inspections) }, now);
      all.push(...effects);
      return effects;
    },
    ticket: (): number => {
      const phase = run.phases[run.at];
      return phase?.phase === 'armed' ? phase.ticket : -1;
    },
    attempt: (): number => {
      const phase = run.phases[run.at];
      return phase?.phase === 'running' ? phase.attempt : -1;
    },
  };
};

const notDone = { 'a-after': 'block' } as const;

describe('letting a step go', () => {
  it('writes where it is before it looks, and runs only with the ticket of the armed step', () => {
    const d = driving(stepOf('a'));
    expect(d.all.map(({ kind }) => kind)).toEqual(['record', 'inspect']);
    d.see(1_000, notDone);
    expect(d.phase()).toBe('armed');
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() + 1 });
    expect(d.phase()).toBe('armed');
    const ticket = d.ticket();
    d.tell(1_200, { kind: 'confirmed', ticket });
    expect(d.last()).toEqual([
      { kind: 'run', step: 'a', on: '10.77.0.11', attempt: 2, command: command('a'), input: null },
    ]);
    d.tell(1_300, { kind: 'confirmed', ticket });
    expect(d.ran()).toEqual(['a']);
  });

  it('makes a new ticket when what was read has changed', () => {
    const d = driving(stepOf('a'));
    d.see(1_000, notDone);
    const ticket = d.ticket();
    d.see(2_000, { ...notDone, 'a-before': 'warn' });
    expect(d.phase()).toBe('blocked');
    d.see(3_000, notDone);
    d.tell(3_100, { kind: 'confirmed', ticket });
    expect(d.phase()).toBe('armed');
    expect(d.ticket()).toBeGreaterThan(ticket);
  });

  it('makes a new ticket when the command would be another one, and sends the one that was shown', () => {
    let name = 'one';
    const d = driving(stepOf('a', { action: { kind: 'command', command: () => command(name) } }));
    d.see(1_000, notDone);
    const ticket = d.ticket();
    name = 'two';
    d.tell(1_500, { kind: 'confirmed', ticket });
    expect(d.last()).toMatchObject([{ kind: 'run', command: { name: 'one' } }]);
    const e = driving(stepOf('a', { action: { kind: 'command', command: () => command(name) } }));
    e.see(1_000, notDone);
    const first = e.ticket();
    name = 'three';
    e.see(2_000, notDone);
    expect(e.ticket()).toBeGreaterThan(first);
  });

  it('makes a new ticket when only what goes by standard input is another, which nobody sees', () => {
    let [base, read] = ['one', 'one'];
    const told = <E extends Command['effect']>(made: Command<E>, text: string): Command<E> => ({
      ...made,
      input: new Secret(text),
    });
    const reads = () => [{ on: 'h1', command: told({ ...command('read'), effect: 'reads' }, read) }] as const;
    const action = {
      kind: 'command',
      command: () => told(command('a'), base),
      input: { reads, make: () => null },
    } as const;
    const d = driving(stepOf('a', { action }));
    d.see(1_000, notDone);
    const first = d.ticket();
    d.see(2_000, notDone);
    expect(d.ticket()).toBe(first);
    base = 'two';
    d.see(3_000, notDone);
    const second = d.ticket();
    read = 'two';
    d.see(4_000, notDone);
    expect([second > first, d.ticket() > second]).toEqual([true, true]);
  });

  it('is not let go by an old look, or by old inspections, which are asked for instead', () => {
    const d = driving(stepOf('a', { inspects: ['10.77.0.11'] }));
    d.see(1_000, notDone, [inspectionOf('h1', { at: 500 })]);
    d.tell(1_001 + freshness, { kind: 'confirmed', ticket: d.ticket() });
    expect(d.phase()).toBe('armed');
    d.see(65_000, notDone, [inspectionOf('h1', { at: 500 })]);
    d.tell(65_100, { kind: 'confirmed', ticket: d.ticket() });
    expect([d.phase(), d.last()]).toEqual([
      'armed',
      [{ kind: 'inspect', hosts: ['10.77.0.11'], renews: true }],
    ]);
    d.see(66_000, notDone, [inspectionOf('h1', { at: 65_200 })]);
    d.tell(66_100, { kind: 'confirmed', ticket: d.ticket() });
    expect(d.ran()).toEqual(['a']);
  });

  it('wants the word that cannot be taken back typed exactly', () => {
    const d = driving(stepOf('a', { confirm: { kind: 'type', word: 'h3' } }));
    d.see(1_000, notDone);
    for (const typed of [undefined, '', 'H3', 'h3 '])
      d.tell(1_100, { kind: 'confirmed', ticket: d.ticket(), typed });
    expect(d.ran()).toEqual([]);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket(), typed: 'h3' });
    expect(d.ran()).toEqual(['a']);
  });

  it('waits for inspections begun after it arrived', () => {
    const d = driving(stepOf('a', { inspects: ['10.77.0.11'] }));
    d.see(1_000, notDone, [inspectionOf('h1', { at: -1 })]);
    expect(d.phase()).toBe('checking');
    d.see(2_000, notDone, [inspectionOf('h1', { at: 10 })]);
    expect(d.phase()).toBe('armed');
  });

  it('is blocked where the command can not be made, whatever is overridden', () => {
    const d = driving(stepOf('a', { action: { kind: 'command', command: () => null } }));
    d.see(1_000, notDone);
    d.tell(1_100, { kind: 'overridden', check: 'command', reason: 'I must', typed: 'prod' });
    expect(d.at()).toMatchObject({
      phase: 'blocked',
      judged: [{}, {}, { because: 'What is known of 10.77.0.11 is not enough to make the command for it.' }],
    });
  });

  it('finds done what is done, without running it', () => {
    const d = driving(stepOf('a'), stepOf('b'));
    d.see(1_000);
    expect(d.run().phases[0]).toEqual({ phase: 'done', at: 1_000, already: true });
    expect(d.last().map(({ kind }) => kind)).toEqual(['journal', 'record', 'inspect']);
    expect(d.ran()).toEqual([]);
  });

  it('ignores a world that is older than the one it has', () => {
    const d = driving(stepOf('a'));
    d.see(5_000, notDone);
    d.see(4_000, { ...notDone, 'a-before': 'block' });
    expect(d.phase()).toBe('armed');
  });
});

describe('checks', () => {
  it.each(['block', 'unknown', 'warn'] as const)('%s keeps a step from going', (level) => {
    const d = driving(stepOf('a'));
    d.see(1_000, { ...notDone, 'a-before': level });
    expect(d.phase()).toBe('blocked');
  });

  it('a warning is acknowledged by its sentence, not for ever', () => {
    const d = driving(stepOf('a'));
    d.see(1_000, { ...notDone, 'a-before': 'warn' });
    d.tell(1_100, { kind: 'acknowledged', check: 'a-before' });
    expect(d.phase()).toBe('armed');
    expect(d.last()[0]).toEqual({
      kind: 'journal',
      entry: { what: 'acknowledged', step: 'a', check: 'a-before', reason: 'a-before says warn.' },
    });
    d.see(2_000, { ...notDone, 'a-before': 'block' });
    expect(d.phase()).toBe('blocked');
  });

  it('a block is overridden with a reason and the name of the cluster, and only what it said then', () => {
    const d = driving(stepOf('a'));
    d.see(1_000, { ...notDone, 'a-before': 'block' });
    d.tell(1_100, { kind: 'acknowledged', check: 'a-before' });
    d.tell(1_100, { kind: 'overridden', check: 'a-before', reason: ' ', typed: 'prod' });
    d.tell(1_100, { kind: 'overridden', check: 'a-before', reason: 'known', typed: 'Prod' });
    expect(d.phase()).toBe('blocked');
    d.tell(1_100, { kind: 'overridden', check: 'a-before', reason: 'known', typed: 'prod' });
    expect(d.phase()).toBe('armed');
    d.see(2_000, { ...notDone, 'a-before': 'unknown' });
    expect(d.phase()).toBe('blocked');
  });

  it('what must never happen is not overridden', () => {
    const d = driving(stepOf('a'));
    d.see(1_000, { ...notDone, 'a-never': 'block' });
    d.tell(1_100, { kind: 'overridden', check: 'a-never', reason: 'I must', typed: 'prod' });
    expect([d.phase(), d.last()]).toEqual(['blocked', []]);
  });
});

const running = (...steps: Step[]) => {
  const d = driving(...steps);
  d.see(1_000, { 'a-after': 'block' });
  d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
  return d;
};

describe('after the command', () => {
  it('waits for what must be seen, and then as long as it must hold', () => {
    const d = running(stepOf('a', { steady: 5_000 }));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(3_000, notDone);
    d.see(4_000);
    d.see(8_000);
    expect(d.phase()).toBe('verifying');
    d.see(8_500, notDone);
    d.see(9_000);
    d.see(13_000);
    expect(d.phase()).toBe('verifying');
    d.see(14_000);
    expect(d.run().phases[0]).toEqual({ phase: 'done', at: 14_000, already: false });
  });

  it('does not count a time in which nobody looked as a time in which it held', () => {
    const d = running(stepOf('a', { steady: 30_000 }));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(3_000);
    d.see(40_000);
    expect(d.phase()).toBe('verifying');
  });

  it('fails in time, with how the command ended, its cleaned last words and what is missing', () => {
    const d = running(stepOf('a'));
    const outcome = exited(1, 'noise\n\u001b[31mERROR: weave is not running\u001b[0m\n');
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome });
    d.see(22_000, notDone);
    expect(d.phase()).toBe('verifying');
    d.see(22_001, notDone);
    expect(d.at()).toMatchObject({
      phase: 'failed',
      changed: 'maybe',
      why: 'It ended with exit code 1 (ERROR: weave is not running), but it did not come true in time: a-after says block.',
    });
  });

  it('is uncertain, not failed, when the hosts it needs can not be inspected in time; done once they are', () => {
    const d = driving(stepOf('a', { inspects: ['10.77.0.11'] }));
    d.see(1_000, notDone, [inspectionOf('h1', { at: 500 })]);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(30_000, {}, [inspectionOf('h1', { at: 500 })]);
    const why =
      'It ended with exit code 0, and what came of it could not be seen in time: its hosts could not be looked at.';
    expect(d.at()).toMatchObject({ phase: 'uncertain', why });
    expect(d.last()).toEqual([
      { kind: 'journal', entry: { what: 'uncertain', step: 'a', why } },
      { kind: 'inspect', hosts: ['10.77.0.11'] },
    ]);
    d.see(31_000, {}, [inspectionOf('h1', { at: 30_500 })]);
    d.see(31_500, {}, [inspectionOf('h1', { at: 31_200 })]);
    expect(d.run().phases[0]).toMatchObject({ phase: 'done', already: false });
  });

  it('is done at a person’s word where nothing else can show it, whatever can be looked at', () => {
    const action = { kind: 'human', instruction: 'look there', when: 'you have' } as const;
    const d = driving(stepOf('a', { action, after: [], inspects: ['10.77.0.11'] }));
    d.see(1_000, {}, [inspectionOf('h1', { at: 500 })]);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    d.see(1_200, {}, [inspectionOf('h1', { at: 500 })]);
    expect(d.run().phases[0]).toMatchObject({ phase: 'done', already: false });
  });

  it('is uncertain when all that is missing is unknown, and failed when some of it is seen to be untrue', () => {
    const saying = (id: string, level: 'unknown' | 'block'): Check => ({
      id,
      title: id,
      judge: () => ({ level, because: `${id} is ${level}.` }),
    });
    const late = (...checks: readonly Check[]) => {
      const d = running(stepOf('a', { after: [...checks] }));
      d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
      d.see(22_001);
      return d;
    };
    const unseen = late(saying('x', 'unknown'), saying('y', 'unknown'));
    expect(unseen.at()).toMatchObject({
      phase: 'uncertain',
      why: 'It ended with exit code 0, and what came of it could not be seen in time: x is unknown. y is unknown.',
    });
    expect(late(saying('x', 'unknown'), saying('y', 'block')).phase()).toBe('failed');
  });

  it('asks for the inspections again while it waits', () => {
    const d = driving(stepOf('a', { inspects: ['10.77.0.11'] }));
    d.see(1_000, notDone, [inspectionOf('h1', { at: 500 })]);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    expect(d.last()).toEqual([{ kind: 'inspect', hosts: ['10.77.0.11'] }]);
    expect(d.see(3_000, notDone, [inspectionOf('h1', { at: 2_100 })])).toEqual([]);
    expect(d.see(7_500, notDone, [inspectionOf('h1', { at: 2_100 })])).toEqual([
      { kind: 'inspect', hosts: ['10.77.0.11'], renews: true },
    ]);
  });

  it('looks once more at what may only have been slow', () => {
    const d = running(stepOf('a'));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(30_000, notDone);
    d.tell(40_000, { kind: 'look-again' });
    expect(d.phase()).toBe('verifying');
    d.see(41_000);
    expect(d.run().phases[0]?.phase).toBe('done');
  });

  it.each([
    ['was not sent', { kind: 'unsent', why: lost.why } as Outcome, 'It was not sent: the link broke'],
    [
      'refused',
      exited(65, '/etc/sysconfig/weave is not what it was. Nothing was changed.\n'),
      '/etc/sysconfig/weave is not what it was. Nothing was changed.',
    ],
    [
      'was held back by the fence',
      exited(73, '', 'weave-console-fence busy\n'),
      'A command that was sent before still runs on 10.77.0.11, so this one did not run there. Wait for it to end, then try again.',
    ],
  ])('a command that %s has changed nothing', (_, outcome, why) => {
    const action = { kind: 'command', command: () => command('a'), unchanged: [65] } as const;
    const d = running(stepOf('a', { action }));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome });
    expect(d.at()).toMatchObject({ phase: 'failed', changed: 'no', why });
    d.tell(3_000, { kind: 'look-again' });
    expect(d.phase()).toBe('failed');
    d.tell(3_000, { kind: 'retry' });
    expect(d.phase()).toBe('checking');
  });

  it('a broken link leaves it uncertain: never run again by itself, done if it is seen to be done', () => {
    const d = running(stepOf('a', { steady: 2_000 }), stepOf('b'));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: lost });
    expect(d.phase()).toBe('uncertain');
    for (let now = 3_000; now < 90_000; now += 1_000) d.see(now, notDone);
    expect([d.phase(), d.ran()]).toEqual(['uncertain', ['a']]);
    d.see(90_000);
    expect(d.phase()).toBe('verifying');
    d.see(92_000);
    expect(d.run().phases[0]?.phase).toBe('done');
    expect(d.ran()).toEqual(['a']);
  });

  it('hears only the attempt that runs', () => {
    const d = running(stepOf('a'));
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt() - 1, outcome: exited(0) });
    expect(d.phase()).toBe('running');
  });

  it('is not paused, looked at again, skipped or retried while it runs', () => {
    const d = running(stepOf('a', { optional: 'it may' }));
    for (const event of [
      { kind: 'pause' },
      { kind: 'retry' },
      { kind: 'look-again' },
      { kind: 'skip', reason: 'x' },
    ] as const)
      expect(d.tell(2_000, event)).toEqual([]);
    expect(d.phase()).toBe('running');
  });
});

describe('leave for a whole group', () => {
  const grouped = (id: string, given: Partial<Step> = {}) => stepOf(id, { group: 'lists', ...given });
  const open = { 'a-after': 'block', 'b-after': 'block', 'c-after': 'block' } as const;
  const granted = (...steps: Step[]) => {
    const d = driving(...steps);
    d.see(1_000, open);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket(), group: true });
    d.tell(1_200, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(1_300, { ...open, 'a-after': 'pass' });
    return d;
  };

  it('reaches the next of its steps that pass cleanly', () => {
    const d = granted(grouped('a'), grouped('b'));
    d.see(1_400, { ...open, 'a-after': 'pass' });
    expect(d.ran()).toEqual(['a', 'b']);
  });

  it.each([
    ['another group', stepOf('b', { group: 'forget' }), {}],
    ['a typed word', grouped('b', { confirm: { kind: 'type', word: 'x' } }), {}],
    ['a person’s own work', grouped('b', { action: { kind: 'human', instruction: 'do' } }), {}],
    ['a warning', grouped('b'), { 'b-before': 'warn' }],
    ['an unknown', grouped('b'), { 'b-before': 'unknown' }],
  ] as const)('does not reach %s', (_, next, judged) => {
    const d = granted(grouped('a'), next as Step);
    d.see(1_400, { ...open, ...(judged as Said) });
    expect(d.ran()).toEqual(['a']);
    // And it is gone for good: what passes later is confirmed by itself.
    if (Object.keys(judged).length > 0) d.see(1_500, open);
    expect(d.ran()).toEqual(['a']);
    expect(d.phase()).toBe('armed');
  });

  it('ends where a step was acknowledged, failed, was left out or ended with a code', () => {
    const acknowledged = granted(grouped('a'), grouped('b'), grouped('c'));
    acknowledged.see(1_400, { ...open, 'b-before': 'warn' });
    acknowledged.tell(1_450, { kind: 'acknowledged', check: 'b-before' });
    expect(acknowledged.ran()).toEqual(['a']);

    const skipped = granted(grouped('a'), grouped('b', { optional: 'may' }), grouped('c'));
    skipped.see(1_400, { ...open, 'b-before': 'block' });
    skipped.tell(1_500, { kind: 'skip', reason: 'away' });
    skipped.see(1_600, open);
    expect([skipped.ran(), skipped.phase()]).toEqual([['a'], 'armed']);

    const slow = driving(grouped('a'), grouped('b'));
    slow.see(1_000, open);
    slow.tell(1_100, { kind: 'confirmed', ticket: slow.ticket(), group: true });
    slow.tell(1_200, { kind: 'outcome', attempt: slow.attempt(), outcome: exited(0) });
    slow.see(30_000, open);
    slow.tell(31_000, { kind: 'look-again' });
    slow.see(32_000, { ...open, 'a-after': 'pass' });
    slow.see(33_000, open);
    expect([slow.ran(), slow.phase()]).toEqual([['a'], 'armed']);

    const d = driving(grouped('a'), grouped('b'));
    d.see(1_000, open);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket(), group: true });
    d.tell(1_200, { kind: 'outcome', attempt: d.attempt(), outcome: exited(3) });
    d.see(1_300, { ...open, 'a-after': 'pass' });
    d.see(1_400, open);
    expect([d.ran(), d.phase()]).toEqual([['a'], 'armed']);
  });

  it('does not go by a world that came late', () => {
    const d = granted(grouped('a'), grouped('b'));
    said = open;
    d.tell(2_000 + freshness, { kind: 'world', world: world(1_400) });
    expect(d.ran()).toEqual(['a']);
  });
});

describe('the lock', () => {
  it('suspended: nothing goes, nothing is written to the peers; back again, it goes on', () => {
    const d = running(stepOf('a'), stepOf('b'));
    d.tell(1_500, { kind: 'lock', lock: { kind: 'suspended', why: 'h2 and h3 are gone' } });
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(3_000);
    expect(d.phase()).toBe('verifying');
    expect(d.last().filter(({ kind }) => kind === 'record')).toEqual([]);
    d.tell(4_000, { kind: 'lock', lock: { kind: 'held' } });
    expect(d.run().at).toBe(1);
    d.tell(4_100, { kind: 'lock', lock: { kind: 'suspended', why: 'again' } });
    d.see(4_200, { 'b-after': 'block' });
    expect(d.phase()).toBe('blocked');
    expect(d.tell(4_300, { kind: 'skip', reason: 'x' })).toEqual([]);
  });

  it('lost: it is over at once, and stays so', () => {
    const d = driving(stepOf('a'));
    d.see(1_000, notDone);
    const ticket = d.ticket();
    d.tell(1_100, { kind: 'lock', lock: { kind: 'lost', why: 'ann took it over' } });
    expect(d.last().map(({ kind }) => kind)).toEqual(['journal', 'close']);
    d.tell(1_200, { kind: 'lock', lock: { kind: 'held' } });
    d.tell(1_300, { kind: 'confirmed', ticket });
    expect([d.run().ended?.how, d.ran()]).toEqual(['lost-lock', []]);
  });

  it('lost while a command runs: its outcome is the last thing that happens', () => {
    const d = running(stepOf('a'));
    d.tell(1_500, { kind: 'lock', lock: { kind: 'lost', why: 'taken' } });
    expect(d.run().ended).toBeNull();
    d.tell(1_600, { kind: 'lock', lock: { kind: 'held' } });
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome: lost });
    expect(d.last().map(({ kind }) => kind)).toEqual(['journal', 'close']);
    expect(d.run().ended?.how).toBe('lost-lock');
  });

  it('is lost when the fence meets another record', () => {
    const d = running(stepOf('a'));
    const outcome = exited(73, '', 'weave-console-fence record\n');
    d.tell(2_000, { kind: 'outcome', attempt: d.attempt(), outcome });
    expect(d.at()).toMatchObject({ phase: 'failed', changed: 'no' });
    expect(d.run().lock.kind).toBe('lost');
    expect(d.last().map(({ kind }) => kind)).toEqual(['journal', 'journal', 'close']);
  });
});

describe('taking up a run that was left', () => {
  const procedure = procedureOf(stepOf('a'), stepOf('b'), stepOf('c'));

  it('goes on at the step where it was, and leaves those before it', () => {
    const next = resumeRun('r', procedure, { x: ['1'] }, { step: 'b' }, 5_000);
    expect(next?.[0].at).toBe(1);
    expect(next?.[0].phases.map(({ phase }) => phase)).toEqual(['done', 'checking', 'waiting']);
    expect(next?.[0].notes).toEqual({ x: ['1'] });
  });

  it('does not repeat a step whose command may have been sent', () => {
    const next = resumeRun('r', procedure, {}, { step: 'b', uncertain: 'The console ended.' }, 5_000);
    if (next === null) throw new Error('no such step');
    said = { 'b-after': 'block' };
    const [run, effects] = transition(next[0], { kind: 'world', world: world(6_000) }, 6_000);
    expect(run.phases[1]?.phase).toBe('uncertain');
    expect(effects).toEqual([]);
  });

  it('counts every command before as one that may have run, but for those that were left out', () => {
    const phases = new Map([['a', { phase: 'skipped', at: 0, reason: 'not needed' } as const]]);
    const [run] = resumeRun('r', procedure, {}, { step: 'c', phases }, 5_000) ?? [];
    expect([...(run?.sent ?? [])]).toEqual(['b']);
    if (run !== undefined) expect(leavesNothing(run)).toBe(false);
  });

  it('knows of what was sent behind the step where it goes on, too', () => {
    const [run] = resumeRun('r', procedure, {}, { step: 'b', alsoSent: ['c', 'z'] }, 5_000) ?? [];
    expect([...(run?.sent ?? [])]).toEqual(['a', 'c']);
  });

  it('knows no step of another procedure, and then takes every command for one that may have run', () => {
    expect(resumeRun('r', procedure, {}, { step: 'z' }, 5_000)).toBeNull();
    const [run] = reopenRun('r', procedure, {}, 5_000);
    expect([run.at, ...run.sent]).toEqual([0, 'a', 'b', 'c']);
    expect(leavesNothing(run)).toBe(false);
  });
});

describe('letting go', () => {
  const look = { on: null, action: { kind: 'look' } } as const;
  const looked = () => {
    const d = driving(stepOf('look', look), stepOf('a'), stepOf('b'));
    d.see(1_000);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    d.see(1_200, notDone);
    return d;
  };

  it('leaves nothing as long as it was only looked', () => {
    const d = looked();
    expect(d.run().phases.map(({ phase }) => phase)).toEqual(['done', 'armed', 'waiting']);
    expect(leavesNothing(d.run())).toBe(true);
  });

  it.each([
    ['while a command runs', () => {}],
    [
      'when it is lost',
      (d: ReturnType<typeof looked>) =>
        d.tell(1_400, { kind: 'outcome', attempt: d.attempt(), outcome: lost }),
    ],
    [
      'when it failed',
      (d: ReturnType<typeof looked>) =>
        d.tell(1_400, { kind: 'outcome', attempt: d.attempt(), outcome: exited(73) }),
    ],
    [
      'when it is done',
      (d: ReturnType<typeof looked>) => {
        d.tell(1_400, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
        d.see(1_500);
      },
    ],
  ])('leaves something %s', (_, next) => {
    const d = looked();
    d.tell(1_300, { kind: 'confirmed', ticket: d.ticket() });
    next(d);
    expect(leavesNothing(d.run())).toBe(false);
  });

  it('leaves nothing where a first look was taken up again, whoever began it', () => {
    const procedure = procedureOf(stepOf('look', look), stepOf('a'));
    const [run] = resumeRun('r', procedure, {}, { step: 'look', uncertain: 'h began it.' }, 0) ?? [];
    expect(run && leavesNothing(run)).toBe(true);
  });

  it('leaves something where a person did a step by hand', () => {
    const d = driving(
      stepOf('hand', { on: null, action: { kind: 'human', instruction: 'reboot it' } }),
      stepOf('a'),
    );
    d.see(1_000, notDone);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    expect(leavesNothing(d.run())).toBe(false);
  });
});

describe('what is done by hand', () => {
  const byHand = { on: null, action: { kind: 'human', instruction: 'reboot it' } } as const;
  const waited = (given: Partial<Step>) => {
    const d = driving(stepOf('a', given), stepOf('b'));
    d.see(1_000, notDone);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    if (d.phase() === 'running') d.tell(1_150, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(1_200, notDone);
    expect(d.phase()).toBe('verifying');
    return d;
  };

  it('is on record when a person says so', () => {
    const d = driving(stepOf('a', { ...byHand, action: { ...byHand.action, when: 'the reboot has begun' } }));
    d.see(1_000, notDone);
    expect(d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() })).toEqual([
      { kind: 'journal', entry: { what: 'said', step: 'a', words: 'the reboot has begun' } },
      { kind: 'inspect', hosts: [] },
    ]);
    d.see(1_200);
    expect(d.run().world?.said).toEqual(new Map([['a', 1_100]]));
    const [later] = resumeRun('r', d.run().procedure, {}, { step: 'a' }, 5_000) ?? [];
    expect(later?.said).toEqual(new Map());
  });

  it('is waited for, and goes on when it is seen', () => {
    const d = waited(byHand);
    expect(d.ran()).toEqual([]);
    d.see(2_000);
    expect([d.run().at, d.run().phases[0]?.phase]).toEqual([1, 'done']);
  });

  it.each([
    ['by hand, and may be left out', { ...byHand, optional: 'only worked on' }, null, 1],
    [
      'by hand, and may be left out as things are',
      { ...byHand, optionalNow: (): string | null => 'gone' },
      null,
      1,
    ],
    ['by hand, and may not', byHand, 'This step can not be left out.', 0],
    [
      'by hand, and may not as things are',
      { ...byHand, optionalNow: (): string | null => null },
      'This step can not be left out.',
      0,
    ],
    ['a command, which ran', { optional: 'harmless' }, 'It ran, and is being looked at.', 0],
  ] as const)('is left out while it is waited for: %s', (_, given, whyNot, at) => {
    const d = waited(given);
    expect(movesOf(d.run(), 1_300).find(({ kind }) => kind === 'skip')?.whyNot).toBe(whyNot);
    d.tell(1_300, { kind: 'skip', reason: 'no reboot was needed' });
    expect(d.run().at).toBe(at);
    if (at === 1)
      expect(d.run().phases[0]).toEqual({ phase: 'skipped', at: 1_300, reason: 'no reboot was needed' });
  });

  it.each([
    ['no reason was given', { kind: 'skip', reason: '  ' }, 'held'],
    ['the lock is suspended', { kind: 'skip', reason: 'x' }, 'suspended'],
  ] as const)('stays while %s', (_, event, lock) => {
    const d = waited({ ...byHand, optional: 'may' });
    if (lock === 'suspended') d.tell(1_250, { kind: 'lock', lock: { kind: 'suspended', why: 'h2 is gone' } });
    expect(d.tell(1_300, event)).toEqual([]);
    expect(d.phase()).toBe('verifying');
  });
});

describe('what a person may do', () => {
  const may = (d: ReturnType<typeof driving>, now: number) =>
    movesOf(d.run(), now)
      .filter(({ whyNot }) => whyNot === null)
      .map(({ kind }) => kind);
  const whyNot = (d: ReturnType<typeof driving>, now: number, kind: string) =>
    movesOf(d.run(), now).find((move) => move.kind === kind)?.whyNot;

  it('follows the state, and every move that is not possible says why', () => {
    const d = driving(stepOf('a', { group: 'g', optional: 'may' }), stepOf('b'));
    expect(may(d, 100)).toEqual(['look-again', 'skip', 'pause']);
    expect(whyNot(d, 100, 'confirmed')).toBe('The checks are still being made.');
    d.see(1_000, { ...notDone, 'a-before': 'warn', 'a-never': 'block' });
    expect(may(d, 1_000)).toEqual(['acknowledged', 'look-again', 'skip', 'pause']);
    expect(whyNot(d, 1_000, 'confirmed')).toBe('2 checks stand in the way.');
    expect(whyNot(d, 1_000, 'overridden')).toBe('What blocks can not be overridden by any reason.');
    d.see(2_000, { ...notDone, 'a-before': 'block' });
    expect(may(d, 2_000)).toEqual(['overridden', 'look-again', 'skip', 'pause']);
    d.see(3_000, notDone);
    expect(may(d, 3_000)).toEqual(['confirmed', 'confirm-group', 'look-again', 'skip', 'pause']);
    expect(whyNot(d, 3_001 + freshness, 'confirmed')).toBe('The last look is too old: look again.');
    d.tell(3_100, { kind: 'lock', lock: { kind: 'suspended', why: 'h2 is gone' } });
    expect(whyNot(d, 3_100, 'confirmed')).toBe('The lock is suspended: h2 is gone.');
    d.tell(3_200, { kind: 'lock', lock: { kind: 'held' } });
    d.tell(3_300, { kind: 'confirmed', ticket: d.ticket() });
    expect(may(d, 3_300)).toEqual([]);
    d.tell(3_400, { kind: 'outcome', attempt: d.attempt(), outcome: lost });
    expect(may(d, 3_400)).toEqual(['look-again', 'retry', 'skip', 'pause']);
    d.tell(3_500, { kind: 'skip', reason: 'by hand' });
    expect(whyNot(d, 3_500, 'confirm-group')).toBe('There are no other steps like this one.');
    expect(whyNot(d, 3_500, 'skip')).toBe('This step can not be left out.');
    d.tell(3_600, { kind: 'pause' });
    expect(movesOf(d.run(), 3_600)).toEqual([]);
  });
});

describe('whatever happens in whatever order', () => {
  const level = fc.constantFrom<Level>('pass', 'pass', 'warn', 'block', 'unknown');
  const happening = fc.oneof(
    fc.record({
      what: fc.constant('world' as const),
      levels: fc.array(level, { minLength: 9, maxLength: 9 }),
    }),
    fc.record({
      what: fc.constant('confirm' as const),
      off: fc.integer({ min: 0, max: 2 }),
      group: fc.boolean(),
    }),
    fc.record({
      what: fc.constant('outcome' as const),
      how: fc.constantFrom('ok', 'code', 'lost', 'unsent', 'fence'),
    }),
    fc.record({
      what: fc.constant('check' as const),
      which: fc.integer({ min: 0, max: 8 }),
      override: fc.boolean(),
    }),
    fc.record({ what: fc.constant('lock' as const), kind: fc.constantFrom('held', 'suspended', 'lost') }),
    fc.record({ what: fc.constantFrom('retry' as const, 'skip' as const, 'look-again' as const) }),
  );
  const ids = ['a', 'b', 'c'].flatMap((id) => [`${id}-before`, `${id}-never`, `${id}-after`]);
  const outcomes: Record<string, Outcome> = {
    ok: exited(0),
    code: exited(2),
    lost,
    unsent: { kind: 'unsent', why: lost.why },
    fence: exited(73, '', 'weave-console-fence record\n'),
  };

  it('runs a command only by its ticket or its group, fresh, with the lock, and past no check that stands', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const steps = [
          stepOf('a', { group: 'g' }),
          stepOf('b', { group: 'g', optional: 'may' }),
          stepOf('c', { steady: 1_000 }),
        ];
        let now = 0;
        let [run] = openRun('r', procedureOf(...steps), {}, now);
        const used = new Set<number>();
        for (const one of happenings) {
          now += 700;
          const before = run;
          const phase = before.phases[before.at];
          const ticket = phase?.phase === 'armed' ? phase.ticket : -1;
          let event: RunEvent;
          switch (one.what) {
            case 'world':
              said = Object.fromEntries(ids.map((id, at) => [id, one.levels[at] ?? 'pass']));
              event = { kind: 'world', world: world(now) };
              break;
            case 'confirm':
              event = { kind: 'confirmed', ticket: ticket - one.off, group: one.group };
              break;
            case 'outcome': {
              const attempt = phase?.phase === 'running' ? phase.attempt : 1;
              event = { kind: 'outcome', attempt, outcome: outcomes[one.how] as Outcome };
              break;
            }
            case 'check': {
              const check = ids[one.which] ?? '';
              event = one.override
                ? { kind: 'overridden', check, reason: 'known', typed: 'prod' }
                : { kind: 'acknowledged', check };
              break;
            }
            case 'lock':
              event = {
                kind: 'lock',
                lock: one.kind === 'held' ? { kind: 'held' } : { kind: one.kind as 'lost', why: 'w' },
              };
              break;
            case 'skip':
              event = { kind: 'skip', reason: 'r' };
              break;
            default:
              event = { kind: one.what };
          }
          const [next, effects] = transition(before, event, now);
          const runs = effects.filter((effect) => effect.kind === 'run');
          expect(runs.length).toBeLessThanOrEqual(1);
          for (const effect of runs) {
            expect(before.lock.kind).toBe('held');
            expect(before.ended).toBeNull();
            expect(used.has(effect.attempt)).toBe(false);
            used.add(effect.attempt);
            // The check that no reason moves has passed, and what else stood was said to be known.
            expect(said[`${effect.step}-never`] ?? 'pass').not.toMatch(/block|unknown/);
            if (event.kind === 'confirmed') expect(event.ticket).toBe(ticket);
            else {
              expect(event.kind).toBe('world');
              expect(before.grantedGroup).toBe('g');
              expect(said[`${effect.step}-before`] ?? 'pass').toBe('pass');
            }
          }
          if (before.ended !== null) expect([next, effects]).toEqual([before, []]);
          if (before.lock.kind === 'lost') expect(next.lock.kind).toBe('lost');
          if (before.lock.kind !== 'held' && event.kind !== 'lock')
            expect(effects.filter(({ kind }) => kind === 'record' || kind === 'run')).toEqual([]);
          if (phase?.phase === 'uncertain') expect(next.phases[before.at]?.phase).not.toBe('running');
          run = next;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a step that must not be run twice blindly', () => {
  const once = (given: Partial<Step> = {}) => stepOf('a', { again: [check('a-again', true)], ...given });
  const stands = { ...notDone, 'a-again': 'block' } as const;
  const sentOnce = (outcome: Outcome, given: Partial<Step> = {}) => {
    const d = driving(once(given));
    d.see(100, stands);
    d.tell(200, { kind: 'confirmed', ticket: d.ticket() });
    d.tell(300, { kind: 'outcome', attempt: d.attempt(), outcome });
    return d;
  };

  it('goes a first time without the question', () => {
    expect(sentOnce(exited(0)).ran()).toEqual(['a']);
  });

  it.each<[string, Outcome]>([
    ['ended', exited(1)],
    ['was lost', lost],
    ['was killed', { kind: 'killed', signal: 'KILL', stdout: '', stderr: '', took: 1 }],
  ])('is not tried again by anybody where it %s, unless it is shown to have done nothing', (_, outcome) => {
    const d = sentOnce(outcome);
    d.see(1_000, stands);
    d.see(25_000, stands);
    expect(['failed', 'uncertain']).toContain(d.phase());
    d.tell(25_100, { kind: 'retry' });
    d.see(25_200, stands);
    expect(d.phase()).toBe('blocked');
    d.tell(25_300, { kind: 'overridden', check: 'a-again', reason: 'I am sure', typed: 'prod' });
    expect(d.phase()).toBe('blocked');
    d.see(25_400, { ...notDone, 'a-again': 'unknown' });
    expect(d.phase()).toBe('blocked');
    expect(d.ran()).toEqual(['a']);
    d.see(25_500, notDone);
    d.tell(25_600, { kind: 'confirmed', ticket: d.ticket() });
    expect(d.ran()).toEqual(['a', 'a']);
  });

  it.each<[string, Outcome]>([
    ['was not sent', { kind: 'unsent', why: { kind: 'closed', text: 'no link', layer: 'ssh' } }],
    ['was held back by the fence', exited(73, '', 'weave-console-fence busy\n')],
  ])('may be tried again where it %s', (_, outcome) => {
    const d = sentOnce(outcome);
    expect(d.at()).toMatchObject({ phase: 'failed', changed: 'no' });
    d.tell(400, { kind: 'retry' });
    d.see(500, stands);
    expect(d.phase()).toBe('armed');
  });

  it('stays so when a later attempt was held back', () => {
    const d = sentOnce(lost);
    d.tell(400, { kind: 'retry' });
    d.see(500, notDone);
    d.tell(600, { kind: 'confirmed', ticket: d.ticket() });
    d.tell(700, {
      kind: 'outcome',
      attempt: d.attempt(),
      outcome: exited(73, '', 'weave-console-fence busy\n'),
    });
    d.tell(800, { kind: 'retry' });
    d.see(900, stands);
    expect(d.phase()).toBe('blocked');
  });

  it('is done when it is found done, whatever the question says', () => {
    const d = sentOnce(lost);
    d.tell(400, { kind: 'retry' });
    d.see(500, { 'a-again': 'block' });
    expect(d.run().phases[0]).toMatchObject({ phase: 'done', already: true });
  });

  it.each([
    ['uncertain', { step: 'a', uncertain: 'The console ended.' }],
    ['sent before', { step: 'a', sent: true }],
  ])('is asked about when it is taken up again as %s', (_, from) => {
    const next = resumeRun('r', procedureOf(once()), {}, from, 0);
    if (next === null) throw new Error('not resumed');
    said = stands;
    let [run] = next;
    [run] = transition(run, { kind: 'retry' }, 100);
    [run] = transition(run, { kind: 'world', world: world(200) }, 200);
    expect(run.phases[0]?.phase).toBe('blocked');
  });

  it('fails at once where it says that it did nothing, and can still be looked at', () => {
    const action = {
      kind: 'command',
      command: () => command('a'),
      didNothing: (stdout: string) => (stdout === '0\n' ? 'Nothing was done.' : null),
    } as const;
    const d = sentOnce(exited(0, '', '0\n'), { action });
    expect(d.at()).toMatchObject({ phase: 'failed', why: 'Nothing was done.', changed: 'maybe' });
    d.tell(400, { kind: 'look-again' });
    d.see(500);
    expect(d.run().ended?.how).toBe('finished');
    expect(sentOnce(exited(0, '', '5\n'), { action }).phase()).toBe('verifying');
    expect(sentOnce(exited(1, '', '0\n'), { action }).phase()).toBe('verifying');
  });
});

describe('a step that takes as long as it takes', () => {
  const hour = 3_600_000;
  const given = { settle: Number.POSITIVE_INFINITY };
  const running = (step: Partial<Step> = {}) => {
    const d = driving(stepOf('a', { ...given, ...step }));
    d.see(1_000, notDone);
    d.tell(1_100, { kind: 'confirmed', ticket: d.ticket() });
    return d;
  };

  it('is watched for hours, may be paused, and is done when it is true', () => {
    const d = running();
    d.tell(1_200, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    for (const now of [hour, 9 * hour]) d.see(now, notDone);
    expect(d.phase()).toBe('verifying');
    expect(movesOf(d.run(), 9 * hour).find(({ kind }) => kind === 'pause')?.whyNot).toBeNull();
    d.see(10 * hour, {});
    expect(d.run().phases[0]).toMatchObject({ phase: 'done', already: false });
  });

  it.each([
    ['failed', exited(52, 'curl: (52) Empty reply from server\n')],
    ['was killed', { kind: 'killed', signal: 'TERM', stdout: '', stderr: '', took: 1 } as const],
  ])('is given up soon where its command %s: nothing is under way then', (_, outcome) => {
    const d = running();
    d.tell(1_200, { kind: 'outcome', attempt: d.attempt(), outcome });
    d.see(15_000, notDone);
    expect(d.phase()).toBe('verifying');
    d.see(22_000, notDone);
    expect(d.at()).toMatchObject({ phase: 'failed', changed: 'maybe' });
  });

  it('is given up where what it waits for can not come any more, and not while it is true', () => {
    const hopeless = (_: World, since: number) => (since === 1_200 ? 'Nobody is asked any more.' : null);
    const d = running({ hopeless, steady: 5_000 });
    d.tell(1_200, { kind: 'outcome', attempt: d.attempt(), outcome: exited(0) });
    d.see(2_000, {});
    expect(d.phase()).toBe('verifying');
    d.see(3_000, notDone);
    expect(d.at()).toMatchObject({ phase: 'failed', why: 'Nobody is asked any more.', changed: 'maybe' });
    expect(movesOf(d.run(), 3_000).find(({ kind }) => kind === 'retry')?.whyNot).toBeNull();
  });
});
