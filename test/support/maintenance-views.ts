import type { Evidence } from '../../source/lock/consent.ts';
import type { LockRecord } from '../../source/lock/record.ts';
import type { LockReport } from '../../source/lock/report.ts';
import type { TooFew } from '../../source/lock/votes.ts';
import { movesOf } from '../../source/maintenance/moves.ts';
import { commandLines } from '../../source/maintenance/plan.ts';
import { addPeer } from '../../source/maintenance/procedures/add-peer.ts';
import { primePeer } from '../../source/maintenance/procedures/prime-peer.ts';
import { removePeer } from '../../source/maintenance/procedures/remove-peer.ts';
import { restartPeer } from '../../source/maintenance/procedures/restart-peer.ts';
import type { LockState, Run, StepPhase } from '../../source/maintenance/run.ts';
import type { Procedure } from '../../source/maintenance/step.ts';
import { commandOf } from '../../source/maintenance/transition.ts';
import type { Judged, Level } from '../../source/maintenance/verdict.ts';
import type { World } from '../../source/maintenance/world.ts';
import type {
  HumanEvent,
  LockView,
  Maintenance,
  MaintenanceModel,
  Workshop,
} from '../../source/session/maintenance/model.ts';
import { addressOf, inventoryPeer, NOW, sampleModel } from './views.ts';

const members = [0, 1, 2, 3, 4].map(addressOf);
export const spare = '10.0.0.16';

export const adding: Procedure = addPeer({
  id: 'r20261123-a1',
  members: members.map(inventoryPeer),
  target: inventoryPeer(spare),
});
export const removing: Procedure = removePeer({
  id: 'r20261123-a1',
  members: members.map(inventoryPeer),
  target: inventoryPeer(addressOf(2)),
});

export const priming: Procedure = primePeer({
  id: 'r20261123-a1',
  members: members.map(inventoryPeer),
  target: inventoryPeer(addressOf(0)),
});

export const restarting: Procedure = restartPeer({
  id: 'r20261123-a1',
  members: members.map(inventoryPeer),
  target: inventoryPeer(addressOf(2)),
});

export const lockRecord: LockRecord = {
  id: 'k7f3a9c1d2',
  epoch: 2,
  session: 's-4711aa',
  cluster: 'prod',
  who: 'mara@bastion-2',
  user: 'ops',
  version: '0.3.0',
  procedure: 'remove-peer',
  target: addressOf(2),
  step: { index: 3, of: 15, id: 'reset' },
  reason: 'OPS-812 disk swap',
  startedAt: '2026-11-23 11:41:07',
  beat: 812,
  peers: members,
  survivors: null,
};

const lockReport: LockReport = {
  kind: 'held',
  record: { ...lockRecord, who: 'jo@laptop', epoch: 1 },
  have: 5,
  need: 3,
  goodFor: 7_400,
  settled: true,
  voters: members.map((peer) => ({ peer, word: 'ours', trouble: null })),
  foreign: null,
  left: null,
  result: null,
};

export const judged = (
  check: string,
  level: Level,
  because: string,
  over: { readonly title?: string; readonly never?: boolean } = {},
): Judged => ({ check, level, because, title: over.title ?? `About ${check}`, never: over.never ?? false });

const world: World = {
  now: NOW - 1_200,
  view: sampleModel({ peers: 5 }).view,
  guests: new Map(),
  inspections: new Map(),
  notes: {},
};

/** What a test may say of a maintenance; the steps before the one at hand are done. */
export type RunSketch = {
  readonly procedure?: Procedure;
  /** Id of the step at hand, `end` behind the last. */
  readonly at: string;
  readonly phase?: StepPhase;
  readonly phases?: Readonly<Record<string, StepPhase>>;
  readonly lock?: LockState;
  readonly ended?: NonNullable<Run['ended']>['how'];
  readonly acknowledged?: Run['acknowledged'];
  readonly command?: readonly string[];
  readonly preview?: readonly string[];
  readonly output?: readonly string[];
  readonly world?: World;
};

/** The world before there is a ring. */
const unringed: World = {
  ...world,
  view: {
    ...world.view,
    peers: world.view.peers.map((one) => {
      const { look } = one.watch;
      if (look?.kind !== 'report' || look.report.ipam === null) return one;
      const report = { ...look.report, ipam: { ...look.report.ipam, entries: [] } };
      return { ...one, watch: { ...one.watch, look: { ...look, report } } };
    }),
  },
};

/** A maintenance model with real steps in a given phase. */
export function maintenanceModel(sketch: RunSketch): MaintenanceModel {
  const procedure = sketch.procedure ?? adding;
  const steps = procedure.steps({});
  const found = steps.findIndex(({ id }) => id === sketch.at);
  if (found < 0 && sketch.at !== 'end') throw new RangeError(`${sketch.at} is no step of ${procedure.title}`);
  const at = found < 0 ? steps.length : found;
  const phases = steps.map(({ id }, index): StepPhase => {
    const given = sketch.phases?.[id];
    if (given !== undefined) return given;
    if (index === at && sketch.phase !== undefined) return sketch.phase;
    return index < at ? { phase: 'done', at: NOW - 60_000, already: false } : { phase: 'waiting' };
  });
  const run: Run = {
    id: 'r20261123-a1',
    procedure,
    notes: {},
    at,
    phases,
    acknowledged: sketch.acknowledged ?? new Map(),
    overridden: new Map(),
    lock: sketch.lock ?? { kind: 'held' },
    tickets: 40,
    sent: new Set(),
    said: new Map(),
    grantedGroup: null,
    world: sketch.world ?? world,
    ended: sketch.ended === undefined ? null : { at: NOW, how: sketch.ended },
  };
  const step = steps[at];
  return {
    run,
    steps,
    moves: movesOf(run, NOW),
    command: sketch.command ?? (step === undefined ? [] : commandLines(procedure, step, world)),
    preview: sketch.preview ?? [],
    output: sketch.output ?? [],
    lock: lockReport,
    now: NOW,
  };
}

/** The phase in which a step may be let go by this ticket. */
export const armedBy = (
  ticket: number,
  procedure: Procedure,
  id: string,
  all: readonly Judged[] = [judged('reach', 'pass', 'It answers.')],
): StepPhase => {
  const step = procedure.steps({}).find((one) => one.id === id);
  const command = step === undefined ? null : commandOf(step, world);
  return { phase: 'armed', since: NOW - 4_000, judged: all, ticket, command };
};

const blocking = [
  judged('mesh', 'pass', 'All five see each other.', { title: 'Every member sees every other' }),
  judged('clock', 'warn', 'The clock of 10.0.0.16 is 74 s behind the others.', { title: 'Clocks are near' }),
  judged('disk', 'warn', 'The version of docker on 10.0.0.16 is older than that of the others.', {
    title: 'Docker is like the others',
  }),
  judged('ports', 'block', '10.0.0.16 can not reach TCP 6783 of 10.0.0.12: refused.', {
    title: 'Ports are open both ways',
  }),
  judged('ring', 'unknown', 'No ring was seen on 10.0.0.14.', { title: 'One ring everywhere', never: true }),
];

export const diff = [
  '  WEAVE_MTU=1400',
  '- PEERS="10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15"',
  '+ PEERS="10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16"',
  '  WEAVE_PASSWORD=(secret)',
];
export const longCommand = [
  `sudo -n sh -c 'set -eu`,
  ...Array.from({ length: 30 }, (_, index) => `line ${index} of the script; test -e "$1" || exit ${index}`),
  `' setPeersLine /etc/sysconfig/weave ${'x'.repeat(300)}`,
];
const notYet = [
  judged('joined', 'block', '10.0.0.12 has no established link to 10.0.0.16 yet.', {
    title: 'Both sides of every link say so',
  }),
  judged('ring', 'pass', 'It tells the same ring.', { title: 'One ring everywhere' }),
];
const mid = { since: NOW - 12_000 };

/** One model for each phase and each end, by a name. */
export const maintenanceModels: Readonly<Record<string, MaintenanceModel>> = {
  checking: maintenanceModel({ at: 'preflight', phase: { phase: 'checking', since: NOW - 3_000 } }),
  blocked: maintenanceModel({ at: 'preflight', phase: { phase: 'blocked', ...mid, judged: blocking } }),
  armedLook: maintenanceModel({ at: 'preflight', phase: armedBy(3, adding, 'preflight') }),
  armed: maintenanceModel({
    at: `list:${addressOf(0)}`,
    phase: armedBy(7, adding, `list:${addressOf(0)}`),
    phases: { unit: { phase: 'done', at: NOW - 50_000, already: true } },
    command: longCommand,
    preview: diff,
  }),
  armedTyped: maintenanceModel({ procedure: removing, at: 'reset', phase: armedBy(9, removing, 'reset') }),
  running: maintenanceModel({
    procedure: removing,
    at: 'reset',
    phase: { phase: 'running', ...mid, attempt: 10 },
    output: Array.from({ length: 20 }, (_, index) => `10.0.0.13: output line ${index}`),
  }),
  uncertain: maintenanceModel({
    procedure: removing,
    at: 'reset',
    phase: { phase: 'uncertain', ...mid, why: 'the link to 10.0.0.13 broke', judged: notYet },
  }),
  verifying: maintenanceModel({
    at: 'launch',
    phase: {
      phase: 'verifying',
      ...mid,
      outcome: { kind: 'exited', code: 0, stdout: '', stderr: '', took: 900 },
      judged: notYet,
      heldSince: null,
    },
  }),
  priming: maintenanceModel({
    procedure: priming,
    world: unringed,
    at: 'prime',
    phase: {
      phase: 'verifying',
      ...mid,
      outcome: { kind: 'exited', code: 0, stdout: '', stderr: '', took: 5_900 },
      judged: notYet,
      heldSince: null,
    },
  }),
  holding: maintenanceModel({
    procedure: removing,
    at: 'reset',
    phase: {
      phase: 'verifying',
      ...mid,
      outcome: { kind: 'exited', code: 0, stdout: '', stderr: '', took: 900 },
      judged: [judged('gone', 'pass', 'Nobody knows it any more.')],
      heldSince: NOW - 9_000,
    },
  }),
  failedUnchanged: maintenanceModel({
    at: 'write-file',
    phase: { phase: 'failed', ...mid, why: 'The disk of 10.0.0.16 is full', judged: [], changed: 'no' },
  }),
  failedMaybe: maintenanceModel({
    at: 'launch',
    phase: {
      phase: 'failed',
      ...mid,
      why: 'It ended with exit code 0, but it did not come true in time.',
      judged: notYet,
      changed: 'maybe',
    },
    output: ['10.0.0.16: Created symlink'],
  }),
  suspended: maintenanceModel({
    at: 'launch',
    phase: armedBy(8, adding, 'launch'),
    lock: { kind: 'suspended', why: 'two of five peers answer' },
  }),
  finished: maintenanceModel({
    at: 'end',
    ended: 'finished',
    phases: {
      unit: { phase: 'done', at: NOW, already: true },
      [`connect:${addressOf(1)}`]: { phase: 'skipped', at: NOW, reason: 'it restarts tonight' },
    },
    acknowledged: new Map([['summary/left-to-do', 'Left to do: correct PEERS on 10.0.0.15.']]),
  }),
  paused: maintenanceModel({
    at: 'launch',
    phase: { phase: 'blocked', ...mid, judged: blocking },
    ended: 'paused',
  }),
  lost: maintenanceModel({
    procedure: removing,
    at: 'reset',
    phase: { phase: 'uncertain', ...mid, why: 'the link broke', judged: [] },
    lock: { kind: 'lost', why: 'sam@ops-1 took it over' },
    ended: 'lost-lock',
  }),
};

const evidenceOf = (peer: string, over: Partial<Evidence> = {}): Evidence => ({
  peer,
  trouble: null,
  lease: { kind: 'free', beatAge: 341 },
  record: lockRecord,
  recordAge: 344,
  running: null,
  ...over,
});
const busy: Partial<Evidence> = {
  lease: { kind: 'busy', token: 'k7f3a9c1d2:2:s-4711aa', beat: 812, beatAge: 1 },
  recordAge: 65,
};
const away: Partial<Evidence> = {
  trouble: 'timed out after 5 s',
  lease: null,
  record: null,
  recordAge: null,
};

/** What a lock shows that only two of five peers can give. */
export const tooFew: TooFew = {
  kind: 'too-few',
  have: 2,
  need: 3,
  missing: new Map(members.slice(2).map((peer) => [peer, 'no route to host'])),
  unknown: [],
};

/** One view for each state of the lock. */
export const lockViews: Readonly<Record<string, LockView>> = {
  free: { kind: 'free' },
  held: {
    kind: 'held',
    record: lockRecord,
    evidence: members.map((peer, index) => evidenceOf(peer, index === 4 ? away : busy)),
  },
  heldTaking: {
    kind: 'held',
    record: null,
    evidence: members.map((peer) =>
      evidenceOf(peer, {
        lease: { kind: 'busy', token: 'x:1:y', beat: null, beatAge: null },
        record: 'none',
        recordAge: null,
      }),
    ),
  },
  leftBehind: {
    kind: 'left-behind',
    record: lockRecord,
    evidence: members.map((peer, index) =>
      evidenceOf(peer, index === 2 ? { running: 'weave-reset' } : index === 4 ? away : {}),
    ),
  },
  broken: {
    kind: 'broken',
    why: 'the file is empty: “”',
    evidence: members.map((peer) =>
      evidenceOf(peer, {
        record: 'broken',
        trouble: 'the file is empty',
        lease: { kind: 'free', beatAge: null },
      }),
    ),
  },
  tooFew: {
    kind: 'too-few',
    why: '2 of 5 can be locked, 3 are needed',
    evidence: members.map((peer, index) =>
      evidenceOf(peer, index < 2 ? { record: 'none', recordAge: null } : away),
    ),
  },
  unknown: {
    kind: 'unknown',
    why: 'This account may not use sudo on 10.0.0.11.',
    evidence: members.map((peer) => evidenceOf(peer, away)),
  },
};

/** A maintenance over models that a test sets; what it is sent is written down, and changes nothing by itself. */
export function sampleMaintenance(first: MaintenanceModel): Maintenance & {
  readonly sent: HumanEvent[];
  set(model: MaintenanceModel): void;
  /** It is over. */
  finish(): void;
} {
  let model = first;
  const listeners = new Set<() => void>();
  const sent: HumanEvent[] = [];
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    sent,
    finish: () => finish(),
    set(next) {
      model = next;
      for (const listener of listeners) listener();
    },
    snapshot: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (event) => void sent.push(event),
    ended,
  };
}

/** A workshop in which only what a test allows can be asked; anything else is a refusal that says so. */
export function sampleWorkshop(allowed: Partial<Workshop>): Workshop & { readonly asked: string[] } {
  const asked: string[] = [];
  const unexpected = (what: string) => async () => {
    throw new Error(`the test did not expect ${what}`);
  };
  const noted = <A extends readonly unknown[], R>(what: string, does: (...args: A) => R) => {
    return (...args: A): R => {
      asked.push(
        [what, ...args.filter((arg) => arg !== undefined).map((arg) => JSON.stringify(arg))].join(' '),
      );
      return does(...args);
    };
  };
  return {
    asked,
    spares: allowed.spares ?? (() => [spare]),
    lock: noted('lock', allowed.lock ?? unexpected('lock')),
    begin: noted('begin', allowed.begin ?? unexpected('begin')),
    resume: noted('resume', allowed.resume ?? unexpected('resume')),
    breakLock: noted('break', allowed.breakLock ?? unexpected('breakLock')),
  };
}
