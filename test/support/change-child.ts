import type { LockPace } from '../../source/lock/state.ts';
import type { ChangingShell } from '../../source/ports.ts';
import type { ChangeRequest, Maintenance, Workshop } from '../../source/session/maintenance/model.ts';
import { openConsole } from './change-console.ts';
import { type Driven, drive } from './change-driver.ts';

/**
 * Where a console is killed: `armed` before a step is confirmed, `intent` when it is written down and not sent, `sent` when
 * the host has the command, `running` when the fence has let it go, `outcome` when its end is written down and not yet
 * verified, `release` when all is done but for the lock.
 */
export type Moment = 'armed' | 'intent' | 'sent' | 'running' | 'outcome' | 'release';

/** What a console in a process of its own is told. */
export type ChildTask = {
  readonly config: string;
  readonly journal: string;
  readonly who: string;
  readonly speed: number;
  readonly pace: LockPace;
  readonly change: ChangeRequest;
  readonly mode: 'begin' | 'resume';
  /** Where it dies; behind that step it dies, too, in case the step was not run. */
  readonly die: { readonly step: string; readonly when: Moment; readonly by?: 'SIGSTOP' } | null;
  /** Steps in the order of the procedure. */
  readonly steps: readonly string[];
  readonly expects: readonly string[];
  /** Steps that are left out, as a pattern. */
  readonly leavesOut?: string;
};

/** What it tells its parent. */
export type ChildNews =
  | { readonly kind: 'began' }
  | { readonly kind: 'sending'; readonly step: string }
  | { readonly kind: 'dying'; readonly step: string; readonly when: Moment | 'behind' }
  | ({ readonly kind: 'ended' } & Omit<Driven, 'last'>)
  | { readonly kind: 'failed'; readonly why: string };

const tell = (news: ChildNews): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(news, undefined, {}, () => resolve());
  });

/** As kill -9: nothing is written, closed or said any more, but for what the parent is told first. Or as a laptop's lid. */
const end = (step: string, when: Moment | 'behind', by: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void => {
  process.send?.({ kind: 'dying', step, when } satisfies ChildNews);
  process.kill(process.pid, by);
};

const resume = async (workshop: Workshop): Promise<Maintenance> => {
  const until = performance.now() + 120_000;
  for (;;) {
    const shown = await workshop.lock();
    const record = shown.kind === 'left-behind' ? shown.record : null;
    const got = record === null ? null : await workshop.resume(record);
    if (got?.ok) return got.maintenance;
    if (performance.now() > until)
      throw new Error(`It could not be resumed: ${got?.why ?? ''} ${JSON.stringify(got?.lock ?? shown)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const run = async (task: ChildTask): Promise<void> => {
  let at = '';
  const die = (step: string, when: Moment | 'behind') => end(step, when, task.die?.by);
  const dies = (step: string, when: Moment): boolean => task.die?.step === step && task.die.when === when;
  const behind = (step: string): boolean =>
    task.die !== null && task.steps.indexOf(step) > task.steps.indexOf(task.die.step);
  const watched = (shell: ChangingShell): ChangingShell => ({
    open: (command, onLine) => shell.open(command, onLine),
    change: async (command, options) => {
      if (command.name === 'lock-release' && dies(at, 'release')) die(at, 'release');
      if (!command.name.startsWith('fenced-')) return shell.change(command, options);
      if (dies(at, 'intent')) die(at, 'intent');
      if (dies(at, 'sent') || dies(at, 'running')) await tell({ kind: 'sending', step: at });
      return shell.change(command, options);
    },
  });
  const { workshop, close } = openConsole({ ...task, onChange: (_on, shell) => watched(shell) });
  let maintenance: Maintenance;
  if (task.mode === 'resume') maintenance = await resume(workshop);
  else {
    const begun = await workshop.begin(task.change);
    if (!begun.ok) throw new Error(`${begun.why} ${JSON.stringify(begun.lock)}`);
    maintenance = begun.maintenance;
  }
  await tell({ kind: 'began' });
  const { last: _, ...driven } = await drive(maintenance, {
    expects: task.expects.map((one) => new RegExp(one)),
    ...(task.leavesOut === undefined ? {} : { leavesOut: new RegExp(task.leavesOut) }),
    onArmed: (step) => {
      at = step;
      if (behind(step)) die(step, 'behind');
      if (dies(step, 'armed')) die(step, 'armed');
    },
    onVerifying: (step) => {
      if (dies(step, 'outcome')) die(step, 'outcome');
    },
  });
  await tell({ kind: 'ended', ...driven });
  await close();
  process.disconnect?.();
};

process.once('message', (task: ChildTask) => {
  run(task).catch(async (problem: unknown) => {
    await tell({
      kind: 'failed',
      why: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem),
    });
    process.exit(1);
  });
});
