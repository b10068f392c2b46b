import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import type { Outcome } from '../../source/commands/command.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { addPeer } from '../../source/maintenance/procedures/add-peer.ts';
import { removePeer } from '../../source/maintenance/procedures/remove-peer.ts';
import { restartPeer } from '../../source/maintenance/procedures/restart-peer.ts';
import type { Run, RunEffect, RunEvent } from '../../source/maintenance/run.ts';
import type { Procedure } from '../../source/maintenance/step.ts';
import { openRun, standing, transition } from '../../source/maintenance/transition.ts';
import type { World } from '../../source/maintenance/world.ts';
import {
  factsOf,
  fileOf,
  host,
  inspectionOf,
  type Look,
  noContainer,
  noFile,
  notInspected,
  noUnit,
  peer,
  peersLine,
  spareOf,
  tracedAll,
  unitOf,
  worldOf,
} from '../support/world.ts';

const done: Outcome = { kind: 'exited', code: 0, stdout: '', stderr: '', took: 700 };

/** What the hosts are like: changed by the commands of the steps, as real ones would be. */
type Stage = {
  reports: Record<string, Look>;
  guests?: Record<string, PeerReport | null>;
  inspections: Map<string, Inspection>;
};

/** Walks a run to its end: every step is confirmed, its command `plays`, and the world is looked at each second. */
const walk = (
  procedure: Procedure,
  stage: Stage,
  plays: (effect: Extract<RunEffect, { kind: 'run' }>) => void,
  options: { steps?: number; byHand?: () => void; onTurn?: (run: Run) => void } = {},
) => {
  let now = 100_000;
  let [run, effects]: readonly [Run, readonly RunEffect[]] = openRun('r1', procedure, {}, now);
  const said: RunEffect[] = [...effects];
  const ran: string[] = [];
  const look = (): World =>
    worldOf({
      now,
      looks: stage.reports,
      guests: stage.guests ?? {},
      inspections: [...stage.inspections.values()].map((one) => ({ ...one, at: now })),
    });
  const send = (event: RunEvent) => {
    [run, effects] = transition(run, event, now);
    said.push(...effects);
  };
  for (let turn = 0; turn < (options.steps ?? 400) && run.ended === null; turn += 1) {
    now += 1_000;
    options.onTurn?.(run);
    send({ kind: 'world', world: look() });
    const phase = run.phases[run.at];
    const step = procedure.steps(run.notes)[run.at];
    if (phase?.phase === 'blocked' && step) {
      const left = standing(run, step, phase.judged);
      if (left.some(({ level }) => level !== 'warn')) throw new Error(JSON.stringify(left, null, 1));
      for (const one of left) send({ kind: 'acknowledged', check: one.check });
    }
    if (phase?.phase === 'failed') break;
    if (phase?.phase !== 'armed' || !step) continue;
    const typed = step.confirm.kind === 'type' ? step.confirm.word : undefined;
    send({ kind: 'confirmed', ticket: phase.ticket, typed });
    const sent = effects.find((effect) => effect.kind === 'run');
    if (step.action.kind === 'human') options.byHand?.();
    if (sent?.kind !== 'run') continue;
    ran.push(sent.step);
    plays(sent);
    now += 700;
    send({ kind: 'outcome', attempt: sent.attempt, outcome: done });
  }
  return { run, ran, said };
};

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const six = [...five, 'h6'];

const addStage = (): Stage => ({
  reports: tracedAll('18-golden-add/0-before', ...five),
  guests: { [host('h6')]: null },
  inspections: new Map([
    ...five.map((name) => [host(name), inspectionOf(name)] as const),
    [host('h6'), spareOf('h6')],
  ]),
});

const member = (name: string, lines: string[]) => inspectionOf(name, { file: fileOf(lines) });

/** The hosts of the captured addition, by step. */
const playAdd = (stage: Stage) => (effect: Extract<RunEffect, { kind: 'run' }>) => {
  const at = host('h6');
  if (effect.step === 'write-file')
    stage.inspections.set(at, spareOf('h6', { file: fileOf([peersLine(...six), 'WEAVE_MTU=1400']) }));
  if (effect.step === 'launch') {
    stage.reports = tracedAll('18-golden-add/3-after-launch', ...five);
    stage.guests = tracedAll('18-golden-add/3-after-launch', 'h6');
    stage.inspections.set(at, member('h6', [peersLine(...six), 'WEAVE_MTU=1400']));
  }
  if (effect.step.startsWith('list:'))
    stage.inspections.set(effect.on, {
      ...member('h1', [peersLine(...six), 'WEAVE_MTU=1400']),
      host: effect.on,
    });
  if (effect.step.startsWith('connect:')) {
    const after = tracedAll('18-golden-add/7-after', ...six);
    stage.reports = { ...stage.reports, [effect.on]: after[effect.on] as PeerReport };
  }
};

describe('adding a sixth peer, as a real cluster did', () => {
  const procedure = addPeer({ id: 'r1', members: five.map(peer), target: peer('h6') });

  it('verifies every step to the end', () => {
    const stage = addStage();
    const { run, ran } = walk(procedure, stage, playAdd(stage));
    expect(run.phases.map(({ phase }) => phase)).toEqual(Array(16).fill('done'));
    expect(run.ended?.how).toBe('finished');
    // The unit is there, and the ring is there without prime: both are found done.
    expect(ran).toEqual([
      'write-file',
      'launch',
      ...five.map((name) => `list:${host(name)}`),
      ...five.map((name) => `connect:${host(name)}`),
    ]);
    expect(run.notes).toEqual({ away: [], list: six.map(host), template: [host('h1')] });
  });

  it('believes no exit 0: a launch after which nobody is linked is a failure that says so', () => {
    const stage = addStage();
    const { run } = walk(procedure, stage, (effect) => {
      if (effect.step !== 'launch') playAdd(stage)(effect);
      else stage.inspections.set(host('h6'), member('h6', [peersLine(...six), 'WEAVE_MTU=1400']));
    });
    expect(run.phases[run.at]).toMatchObject({
      phase: 'failed',
      changed: 'maybe',
      why: expect.stringContaining(
        'It ended with exit code 0, but it did not come true in time: h6 (10.77.0.16) tells no report: it was not looked at yet.',
      ),
    });
  });

  it('believes no exit 0 of connect either', () => {
    const stage = addStage();
    const { run } = walk(procedure, stage, (effect) => {
      if (!effect.step.startsWith('connect:')) playAdd(stage)(effect);
    });
    expect(run.phases[run.at]).toMatchObject({
      phase: 'failed',
      why: 'It ended with exit code 0, but it did not come true in time: 10.77.0.16 is not among the targets of h1 (10.77.0.11).',
    });
  });
});

const removeStage = (): Stage => ({
  reports: tracedAll('19-golden-remove/1-before', ...six),
  inspections: new Map(six.map((name) => [host(name), member(name, [peersLine(...six), 'WEAVE_MTU=1400'])])),
});

const rest = ['h1', 'h2', 'h4', 'h5', 'h6'];

const playRemove = (stage: Stage) => (effect: Extract<RunEffect, { kind: 'run' }>) => {
  const at = host('h3');
  const there = stage.inspections.get(at);
  const before = there?.kind === 'inspected' ? there : inspectionOf('h3');
  if (effect.step === 'disable')
    stage.inspections.set(at, { ...before, facts: factsOf('h3', { unit: unitOf({ enabled: 'disabled' }) }) });
  if (effect.step === 'reset') {
    stage.reports = tracedAll('19-golden-remove/5-after-reset', ...rest);
    stage.inspections.set(at, {
      ...before,
      facts: factsOf('h3', {
        unit: unitOf({ active: 'inactive', sub: 'dead', enabled: 'disabled' }),
        container: noContainer,
      }),
      leftovers: { container: false, volume: false, bridge: false },
    });
  }
  if (effect.step.startsWith('list:'))
    stage.inspections.set(effect.on, {
      ...member('h1', [peersLine(...rest), 'WEAVE_MTU=1400']),
      host: effect.on,
    });
  if (effect.step.startsWith('forget:')) {
    const after = tracedAll('19-golden-remove/9-after', ...rest);
    stage.reports = { ...stage.reports, [effect.on]: after[effect.on] as PeerReport };
  }
  if (effect.step === 'retire-file') stage.inspections.set(at, { ...before, file: noFile });
};

describe('removing a live peer, as a real cluster did', () => {
  const procedure = removePeer({ id: 'r1', members: six.map(peer), target: peer('h3') });

  it('verifies every step to the end', () => {
    const stage = removeStage();
    const { run, ran, said } = walk(procedure, stage, playRemove(stage));
    expect(run.phases.map(({ phase }) => phase)).toEqual(Array(15).fill('done'));
    expect(ran).toEqual([
      'disable',
      'reset',
      ...rest.map((name) => `list:${host(name)}`),
      ...rest.map((name) => `forget:${host(name)}`),
      'retire-file',
    ]);
    expect(run.notes).toMatchObject({
      name: ['3a:60:92:67:c7:4d'],
      nickname: ['h3'],
      owned: ['10.38.0.0 131072 v2'],
      containers: [],
      list: rest.map(host),
      addresses: ['10.77.0.13:6783'],
      'targets:10.77.0.11': ['10.77.0.13'],
    });
    const forgets = said.flatMap((effect) =>
      effect.kind === 'run' && effect.step.startsWith('forget:') ? [effect.command.args] : [],
    );
    expect(forgets[0]).toEqual(['/usr/local/bin/weave', '127.0.0.1:6784', 'forget', '10.77.0.13']);
  });

  it('asks for the nickname before the reset', () => {
    const stage = removeStage();
    const { run } = walk(procedure, stage, playRemove(stage), { steps: 4 });
    const step = procedure.steps(run.notes).find(({ id }) => id === 'reset');
    expect(step?.confirm).toEqual({ kind: 'type', word: 'h3' });
  });

  it('believes no exit 0: a reset that handed nothing over fails, and says how to go on', () => {
    const stage = removeStage();
    const { run } = walk(procedure, stage, (effect) => {
      playRemove(stage)(effect);
      // The host is clean, and the survivors have heard of nothing: it was cut off from them.
      if (effect.step === 'reset') stage.reports = tracedAll('19-golden-remove/1-before', ...rest);
    });
    expect(run.phases[run.at]).toMatchObject({
      phase: 'failed',
      changed: 'maybe',
      why: 'It ended with exit code 0, but it did not come true in time: h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14), h5 (10.77.0.15) and h6 (10.77.0.16) still say that h3 (10.77.0.13) owns 131072 addresses: nothing was handed over. Do not reset again. When weave there is stopped, disabled and wiped, reclaim them with weave rmpeer 3a:60:92:67:c7:4d, on one survivor only. h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14), h5 (10.77.0.15) and h6 (10.77.0.16) still see h3 (10.77.0.13).',
    });
  });

  it('says that a reset which did nothing at all may be retried', () => {
    const stage = removeStage();
    const { run } = walk(procedure, stage, (effect) => {
      if (effect.step !== 'reset') playRemove(stage)(effect);
    });
    expect(run.phases[run.at]).toMatchObject({
      phase: 'failed',
      why: expect.stringContaining('Weave there still answers: find out why it refused, and retry.'),
    });
  });

  it('believes no exit 0: a forget that met no string fails', () => {
    const stage = removeStage();
    const { run } = walk(procedure, stage, (effect) => {
      if (!effect.step.startsWith('forget:')) playRemove(stage)(effect);
    });
    expect(run.phases[run.at]).toMatchObject({
      phase: 'failed',
      why: 'It ended with exit code 0, but it did not come true in time: 10.77.0.13 is still among the targets of h1 (10.77.0.11).',
    });
  });

  it('has no unit to fear on a host where weave was launched by hand', () => {
    const stage = removeStage();
    stage.inspections.set(host('h3'), {
      ...inspectionOf('h3', { file: fileOf([peersLine(...six)]) }),
      facts: factsOf('h3', { unit: noUnit }),
    });
    const { run } = walk(procedure, stage, playRemove(stage), { steps: 6 });
    expect(run.acknowledged.get('preflight/restart-policy')).toBe(
      'h3 (10.77.0.13) has no unit: weave was launched by hand there. Whatever does so must not do it again.',
    );
    expect(run.phases[1]).toMatchObject({ phase: 'done', already: true });
  });
});

describe('restarting a peer, as two peers of a real cluster did', () => {
  const two = ['h1', 'h2'];
  const at = host('h2');
  const procedure = restartPeer({ id: 'r1', members: two.map(peer), target: peer('h2') });
  const boots = ['d2136c57-b066-4834-85e8-447a83a33f7f', '057d8390-27cd-4cce-827c-66ed7e5689ab'] as const;
  const trace = (folder: string, ...names: string[]) => tracedAll(`20-restart/${folder}`, ...names);
  const h2 = (boot: string, runs: boolean) =>
    inspectionOf('h2', {
      file: fileOf([peersLine(...two)]),
      facts: factsOf('h2', {
        bootId: { known: true, value: boot },
        ...(runs
          ? {}
          : {
              unit: unitOf({ active: 'inactive', sub: 'dead' }),
              container: { known: true, value: { status: 'exited', exitCode: 0, restartPolicy: 'no' } },
            }),
      }),
    });
  const stage = (): Stage => ({
    reports: trace('4-started', ...two),
    inspections: new Map([
      [host('h1'), inspectionOf('h1', { file: fileOf([peersLine(...two)]) })],
      [at, h2(boots[0], true)],
    ]),
  });
  const play = (stage: Stage) => (effect: Extract<RunEffect, { kind: 'run' }>) => {
    if (effect.step === 'stop') {
      stage.reports = { ...trace('2-stopped', 'h1'), [at]: 'refused' };
      stage.inspections.set(at, h2(boots[0], false));
    }
    if (effect.step === 'start') {
      stage.reports = trace('4-started', ...two);
      stage.inspections.set(at, h2(boots[0], true));
    }
  };

  it('waits for its host, and finds that the unit has started it', () => {
    const here = stage();
    const said = new Set<string>();
    let turns = 0;
    const { run, ran } = walk(procedure, here, play(here), {
      byHand: () => {
        turns = 1;
      },
      onTurn: (now) => {
        const phase = now.phases[now.at];
        if (phase?.phase === 'verifying' && turns > 0)
          for (const { because } of phase.judged) said.add(because.replace(/\d+ s ago/, 'N s ago'));
        if (turns > 0) turns += 1;
        if (turns === 4) {
          here.reports = { ...trace('6-host-down', 'h1'), [at]: 'timeout' };
          here.inspections.set(at, notInspected('h2'));
        }
        if (turns === 8) {
          here.reports = trace('8-back', ...two);
          here.inspections.set(at, h2(boots[1], true));
        }
      },
    });
    expect([...said]).toEqual([
      'h2 (10.77.0.12) answers with the boot id that it had before: it was not rebooted yet.',
      '10.77.0.12 is silent.',
    ]);
    expect(ran).toEqual(['stop']);
    expect(run.phases.map((phase) => [phase.phase, phase.phase === 'done' && phase.already])).toEqual([
      ['done', false],
      ['done', false],
      ['done', false],
      ['done', true],
      ['done', false],
    ]);
    expect(run.notes).toEqual({
      away: [],
      [`name:${at}`]: ['e2:cf:aa:94:b7:62'],
      [`share:${at}`]: ['262144'],
      [`boot:${at}`]: [boots[0]],
    });
  });

  it('starts it where nothing else has', () => {
    const here = stage();
    const { run, ran } = walk(procedure, here, play(here), {
      byHand: () => here.inspections.set(at, h2(boots[1], false)),
    });
    expect(ran).toEqual(['stop', 'start']);
    expect(run.ended?.how).toBe('finished');
  });

  it('believes no exit 0: a stop that stopped nothing fails', () => {
    const here = stage();
    const { run } = walk(procedure, here, () => {});
    expect(run.phases[1]).toMatchObject({
      phase: 'failed',
      changed: 'maybe',
      why: 'It ended with exit code 0, but it did not come true in time: On h2 (10.77.0.12) the unit is active, the container running. h1 (10.77.0.11) still sees h2 (10.77.0.12).',
    });
  });
});
