import type { Inventory } from '../cluster/inventory.ts';
import type { Evidence } from '../lock/consent.ts';
import { goneWithout, type LockRecord } from '../lock/record.ts';
import type { LockView, Workshop } from '../session/maintenance/model.ts';
import { openSession } from '../session/session.ts';
import { exitCode } from './exit-code.ts';
import { openFleet } from './fleet.ts';
import { factsTold, type Output } from './watching.ts';
import { workshopOf } from './workshop.ts';

const withoutLine = (record: LockRecord): string[] => {
  const without = goneWithout(record);
  return without.length === 0 ? [] : [`  with the survivors only, without ${without.join(', ')}`];
};

const recordLines = (record: LockRecord): string[] => [
  ...withoutLine(record),
  `  lock ${record.id}, epoch ${record.epoch}`,
  `  ${record.who} (SSH user ${record.user}), weave-console ${record.version}, since ${record.startedAt || 'just now'}`,
  `  ${record.procedure}${record.target === null ? '' : ` ${record.target}`}, ${record.step === null ? 'no step begun' : `step ${record.step.index} of ${record.step.of} (${record.step.id})`}${record.reason === '' ? '' : `: ${record.reason}`}`,
];

const evidenceLine = ({ peer, trouble, lease, record, recordAge }: Evidence): string => {
  const words =
    record === null
      ? 'not seen'
      : record === 'none'
        ? 'no record'
        : record === 'broken'
          ? 'a broken record'
          : `a record${recordAge === null ? '' : ` ${recordAge} s old`}`;
  return `  ${peer}: ${trouble ?? `${words}, lease ${lease === null ? 'not seen' : lease.kind}`}`;
};

/** The lock as plain lines. */
export const lockLines = (view: LockView): string[] => {
  switch (view.kind) {
    case 'free':
      return ['The lock is free.'];
    case 'held':
      return [
        'The lock is held by a live session:',
        ...(view.record === null ? [] : recordLines(view.record)),
        ...view.evidence.map(evidenceLine),
      ];
    case 'left-behind':
      return [
        'A change was left behind: its session is gone, the change may be half done.',
        ...(view.record === null ? [] : recordLines(view.record)),
        ...view.evidence.map(evidenceLine),
        'Take it up again, with the options of this command, or give it up:',
        '  weave-console resume',
        `  weave-console lock break --id ${view.record?.id.slice(0, 6) ?? 'SIX'} --reason TEXT`,
      ];
    case 'too-few':
      return [
        `Too few peers can be locked: ${view.why}`,
        ...view.evidence.map(evidenceLine),
        'Mend that first. Where who is missing is dead for good, the survivors can reclaim it all the same, when the cluster is named by hand:',
        '  weave-console reclaim PEER, and then g on the lock screen',
      ];
    default:
      return [`The lock is ${view.kind}: ${view.why}`, ...view.evidence.map(evidenceLine)];
  }
};

const withWorkshop = async <T>(inventory: Inventory, use: (workshop: Workshop) => Promise<T>): Promise<T> => {
  const reach = openFleet(inventory);
  const session = openSession(reach.parts);
  try {
    // Whoever stands in a list of the peers votes, too, so the lists are wanted first.
    await new Promise<void>((resolve) => {
      const told = () => session.snapshot().view.peers.every(factsTold);
      const stop = session.subscribe(() => {
        if (!told()) return;
        stop();
        resolve();
      });
    });
    return await use(
      workshopOf(reach, session, () => {
        throw new Error('no change was begun');
      }),
    );
  } finally {
    await session.stop();
  }
};

/** `lock show`: 0 when free, 6 otherwise. */
export const lockShow = (inventory: Inventory, output: Output): Promise<number> =>
  withWorkshop(inventory, async (workshop) => {
    const view = await workshop.lock();
    for (const line of lockLines(view)) output.print(line);
    return view.kind === 'free' ? exitCode.done : exitCode.lockHeld;
  });

/** `lock break`: gives up what was left behind, when its name was typed. */
export const lockBreak = (
  inventory: Inventory,
  typed: string,
  reason: string,
  output: Output,
): Promise<number> =>
  withWorkshop(inventory, async (workshop) => {
    const broken = await workshop.breakLock(await workshop.lock(), typed, reason);
    if (broken.ok) {
      output.print(
        'The lock was given up; it is free now. What its change had done stays as it is: look at the cluster.',
      );
      return exitCode.done;
    }
    output.print(broken.why);
    if (broken.lock !== null) for (const line of lockLines(broken.lock)) output.print(line);
    if (broken.shortage?.whyNot === null)
      output.print('In the console it can be broken with the survivors alone: l, x, and then g.');
    return exitCode.lockHeld;
  });
