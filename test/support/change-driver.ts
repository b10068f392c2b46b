import { whyOptional } from '../../source/maintenance/step.ts';
import { standing } from '../../source/maintenance/transition.ts';
import type { Maintenance, MaintenanceModel } from '../../source/session/maintenance/model.ts';

/** How the human in front of the checklist behaves. */
export type Human = {
  /** Warnings that are expected, and so acknowledged. Any other is a failure of the test. */
  readonly expects?: readonly RegExp[];
  /** Steps that are left out where they may be, once they could be confirmed or something stands in their way. */
  readonly leavesOut?: RegExp;
  /** What blocks and is overridden, by its sentence. Any other that stays is a failure of the test. */
  readonly overrides?: readonly RegExp[];
  /** Steps that are not confirmed: the person reads on until something stands in the way, or for good. */
  readonly waits?: (step: string) => boolean;
  /** Where this stands in the way the person pauses; anything else that blocks is waited for. */
  readonly pausesAt?: RegExp;
  /** What to do about a step that stays uncertain: try it again, or stop there. */
  readonly uncertain?: 'retry' | 'stop';
  /** Called when a step is about to be confirmed, with its id. */
  readonly onArmed?: (step: string) => void;
  readonly onRunning?: (step: string) => void;
  readonly onVerifying?: (step: string) => void;
  /** How long (ms) to look at what is uncertain before it is tried again. */
  readonly lookFor?: number;
  /** Where this is among what stands in the way the person gives up at once; the sentences are joined, in their order. */
  readonly givesUpAt?: RegExp;
};

/** What came of it. */
export type Driven = {
  readonly how: 'finished' | 'paused' | 'lost-lock' | 'uncertain' | 'failed';
  readonly last: MaintenanceModel;
  /** What it says of its lock; empty while it is held. */
  readonly lock: string;
  /** Sentences of steps that were uncertain, with what was judged then. */
  readonly uncertain: readonly string[];
  /** Steps that were found done, or tried again. */
  readonly already: readonly string[];
  readonly retried: readonly string[];
};

/** The checklist as text, for the message of a failure. */
const screenText = ({ run, steps, moves, command, output, lock }: MaintenanceModel): string =>
  [
    `${run.procedure.title}, run ${run.id}, lock ${run.lock.kind} (${lock.have} of ${lock.need})`,
    ...steps.map((step, index) => {
      const phase = run.phases[index];
      const judged = phase !== undefined && 'judged' in phase ? phase.judged : [];
      return [
        `${index === run.at ? '>' : ' '} ${step.id}: ${phase?.phase} ${phase !== undefined && 'why' in phase ? phase.why : ''}`,
        ...judged
          .filter(({ level }) => level !== 'pass')
          .map((one) => `      ${one.level} ${one.check}: ${one.because}`),
      ].join('\n');
    }),
    ...command.slice(0, 5).map((line) => `  $ ${line.slice(0, 300)}`),
    ...output.slice(-10).map((line) => `  | ${line}`),
    ...moves.map(({ kind, whyNot }) => `  ${kind}: ${whyNot ?? 'can be done'}`),
    ...lock.voters.map(({ peer, word, trouble }) => `  lock ${peer}: ${word} ${trouble ?? ''}`),
  ].join('\n');

/** How long (ms) nothing may move before that is a failure: it ends a hang, and measures nothing. */
const patience = 150_000;

/** Drives a change to its end, one confirmed step after the other. Throws, with the whole checklist, where a human would be stuck. */
export const drive = (maintenance: Maintenance, human: Human = {}): Promise<Driven> =>
  new Promise((resolve, reject) => {
    const { expects = [], lookFor = 1_000, uncertain: onUncertain = 'retry' } = human;
    const uncertain = new Map<string, string>();
    const retried: string[] = [];
    let stuckAt = '';
    let stuckSince = performance.now();
    let told = '';
    let over = false;
    let unsent = 0;

    const finish = (how: Driven['how']) => {
      over = true;
      clearInterval(timer);
      unsubscribe();
      const last = maintenance.snapshot();
      const already = last.steps
        .filter((_, index) => {
          const phase = last.run.phases[index];
          return phase?.phase === 'done' && phase.already;
        })
        .map(({ id }) => id);
      resolve({
        how,
        last,
        lock: last.run.lock.kind === 'held' ? '' : last.run.lock.why,
        uncertain: [...uncertain.values()],
        already,
        retried,
      });
    };
    const fail = (why: string) => {
      over = true;
      clearInterval(timer);
      unsubscribe();
      reject(new Error(`${why}\n${screenText(maintenance.snapshot())}`));
    };

    const act = () => {
      if (over) return;
      const { run, steps } = maintenance.snapshot();
      const step = steps[run.at];
      const phase = run.phases[run.at];
      if (run.ended !== null || step === undefined || phase === undefined) return;
      const where = `${step.id} ${phase.phase}`;
      if (where !== stuckAt) {
        stuckAt = where;
        stuckSince = performance.now();
      }
      const stuck = performance.now() - stuckSince > patience;
      const tell = (to: ((id: string) => void) | undefined) => {
        if (told !== where) to?.(step.id);
        told = where;
      };
      switch (phase.phase) {
        case 'armed':
          tell(human.onArmed);
          if (human.waits?.(step.id)) {
            if (stuck) fail('It was never confirmed.');
            return;
          }
          if (whyOptional(step, run.world) !== null && human.leavesOut?.test(step.id)) {
            maintenance.send({ kind: 'skip', reason: 'not today' });
            return;
          }
          maintenance.send({
            kind: 'confirmed',
            ticket: phase.ticket,
            ...(step.confirm.kind === 'type' ? { typed: step.confirm.word } : {}),
          });
          if (stuck) fail('It could not be confirmed.');
          return;
        case 'blocked': {
          const all = standing(run, step, phase.judged);
          const [first] = all;
          const because = first?.because ?? '';
          if (human.givesUpAt?.test(all.map((one) => one.because).join(' '))) {
            fail('It is blocked.');
            return;
          }
          if (whyOptional(step, run.world) !== null && human.leavesOut?.test(step.id)) {
            maintenance.send({ kind: 'skip', reason: 'not today' });
          } else if (first !== undefined && human.overrides?.some((one) => one.test(because))) {
            const typed = run.world?.view.cluster ?? '';
            maintenance.send({ kind: 'overridden', check: first.check, reason: 'seen by eye', typed });
          } else if (first?.level === 'warn') {
            if (!expects.some((one) => one.test(first.because))) {
              if (stuck) fail(`Nobody expected this warning: ${first.because}`);
            } else maintenance.send({ kind: 'acknowledged', check: first.check });
          } else if (first !== undefined && human.pausesAt?.test(first.because)) {
            maintenance.send({ kind: 'pause' });
          } else if (stuck) fail('It is blocked.');
          return;
        }
        case 'running':
          tell(human.onRunning);
          return;
        case 'verifying':
          tell(human.onVerifying);
          return;
        case 'uncertain': {
          uncertain.set(step.id, [phase.why, ...phase.judged.map(({ because }) => because)].join(' '));
          if (phase.judged.length === 0) {
            if (stuck) fail('What is uncertain is not looked at.');
            return;
          }
          if (onUncertain === 'stop') {
            if (stuck) finish('uncertain');
            return;
          }
          if (performance.now() - stuckSince > lookFor) {
            retried.push(step.id);
            maintenance.send({ kind: 'retry' });
          }
          return;
        }
        case 'failed':
          // A machine that stalled let the lease go: nothing was sent, so a person tries again.
          if (phase.changed === 'no' && /^It was not sent/.test(phase.why) && unsent < 20) {
            if (run.lock.kind === 'held') {
              unsent += 1;
              maintenance.send({ kind: 'retry' });
            }
            return;
          }
          // Why it failed may be that the lock is gone, and then the run ends by itself.
          if (run.lock.kind === 'held' || stuck) fail('It failed.');
          return;
        default:
          if (stuck) fail('It does not go on.');
      }
    };

    const timer = setInterval(act, 50);
    const unsubscribe = maintenance.subscribe(() => setImmediate(act));
    void maintenance.ended.then(() => {
      if (!over) finish(maintenance.snapshot().run.ended?.how ?? 'failed');
    });
    act();
  });
