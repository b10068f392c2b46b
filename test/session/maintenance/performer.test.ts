import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../source/cluster/inventory.ts';
import type { Inspection } from '../../../source/maintenance/inspection.ts';
import { lookStep } from '../../../source/maintenance/procedures/steps.ts';
import type { Procedure } from '../../../source/maintenance/step.ts';
import { openRun } from '../../../source/maintenance/transition.ts';
import { block } from '../../../source/maintenance/verdict.ts';
import type { HeldLock } from '../../../source/session/lock/held-lock.ts';
import { performRun } from '../../../source/session/maintenance/performer.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { maintenanceModels } from '../../support/maintenance-views.ts';
import { host, inspectionOf, peer, worldOf } from '../../support/world.ts';

const names = ['h1', 'h2', 'h3'];
const never = () => {
  throw new Error('nothing is read or changed here');
};

/** A change at a step that looks at three hosts and stays blocked; the test says when an inspection ends. */
const open = () => {
  const { clock, advance } = fakeClock(100_000);
  let judged = 0;
  let looks = 0;
  const asked: { readonly host: PeerId; readonly end: () => void }[] = [];
  const step = lookStep({
    id: 'look',
    title: 'Look',
    why: 'Nothing is changed.',
    inspects: names.map(host),
    before: [
      {
        id: 'never',
        title: 'It never passes',
        judge: () => {
          judged += 1;
          return block('It never does.');
        },
      },
    ],
  });
  const procedure: Procedure = {
    kind: 'restart-peer',
    title: 'A change',
    target: null,
    hosts: names.map(peer),
    inspect: never,
    steps: () => [step],
  };
  const { lock: held } = maintenanceModels.blocked as (typeof maintenanceModels)[string];
  const lock: HeldLock = {
    report: () => held,
    subscribe: () => () => {},
    announce: async () => true,
    fenceOf: never,
    leave: never,
  };
  let onView = () => {};
  const maintenance = performRun(openRun('r1', procedure, {}, clock.now()), {
    clock,
    view: () => worldOf({}).view,
    onView: (listener) => {
      onView = listener;
      return () => {};
    },
    guests: () => new Map(),
    lookNow: () => {
      looks += 1;
    },
    inspect: (on) => {
      const at = clock.now();
      return new Promise<Inspection>((resolve) => {
        const end = () => resolve({ ...inspectionOf('h1'), at, host: on });
        asked.push({ host: on, end });
      });
    },
    read: never,
    change: never,
    lock,
    append: () => {},
    onFinished: () => {},
    onEnded: () => {},
  });
  /** Lets so much time pass, with a new view of the cluster each second. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      onView();
      await advance(1_000);
    }
  };
  const endAll = async () => {
    for (const { end } of asked) end();
    await advance(100);
  };
  const counts = () => ({ asked: asked.length, looks });
  return { maintenance, pass, endAll, counts, judged: () => judged };
};

describe('the inspections of a step', () => {
  it('that end together are judged together', async () => {
    const { pass, endAll, counts, judged } = open();
    await endAll();
    await pass(12_000);
    expect(counts().asked).toBe(6);
    const before = judged();
    await endAll();
    expect(judged() - before).toBe(1);
  });

  it('are renewed when they grow old, and not begun behind one that is under way', async () => {
    const { pass, endAll, counts } = open();
    await endAll();
    expect(counts()).toEqual({ asked: 3, looks: 1 });
    await pass(12_000);
    expect(counts()).toEqual({ asked: 6, looks: 2 });
    // These take some seconds, and nobody is in a hurry.
    await pass(4_000);
    await endAll();
    expect(counts().asked).toBe(6);
  });

  it('look at the peers themselves only now and then while they are renewed', async () => {
    const { pass, endAll, counts } = open();
    await endAll();
    await pass(20_000);
    const { looks } = counts();
    await pass(20_000);
    expect(counts().looks - looks).toBeLessThanOrEqual(4);
  });

  it('are begun once more behind one that is under way when a person looks again', async () => {
    const { maintenance, endAll, counts } = open();
    maintenance.send({ kind: 'look-again' });
    expect(counts()).toEqual({ asked: 3, looks: 2 });
    await endAll();
    expect(counts().asked).toBe(6);
  });
});
