import { documentedUnit, places } from './machine/files.ts';
import type { Machine } from './machine/machine.ts';
import type { ScenarioName } from './scenario-names.ts';
import type { Stage } from './stage.ts';
import { age } from './stage.ts';
import { allocate, prime, takeOver } from './world/ipam.ts';
import { runningOn } from './world/weaver.ts';

type Scenario = (stage: Stage) => Promise<void>;

const primeOn = (stage: Stage, machine: Machine): void => {
  const weaver = runningOn(machine.host);
  if (weaver !== null) prime(stage.world, weaver, () => {});
};

/** A container or two on each peer, so that each has a share of its own. */
const allocateEach = async (stage: Stage, machines: readonly Machine[]): Promise<void> => {
  for (const machine of machines) {
    const weaver = runningOn(machine.host);
    if (weaver === null) continue;
    allocate(stage.world, weaver, `${machine.host.id}-web`);
    await stage.pass(300);
    if (machine.host.id === 'h1') allocate(stage.world, weaver, 'h1-db');
  }
  await stage.pass(20_000);
};

const last = <T>(items: readonly T[]): T => items[items.length - 1] as T;

const idle: Scenario = async (stage) => {
  for (const machine of stage.peers) stage.install(machine);
  await stage.start(stage.peers);
};

const healthy: Scenario = async (stage) => {
  await idle(stage);
  primeOn(stage, stage.peers[0] as Machine);
  await stage.pass(2000);
  await allocateEach(stage, stage.peers);
};

/** Two sides, the first with the majority. */
const sides = (stage: Stage) => {
  const ids = stage.peers.map(({ host }) => host.id);
  const first = Math.min(ids.length - 1, Math.floor(ids.length / 2) + 1);
  return [ids.slice(0, first), ids.slice(first)] as const;
};

/** From a healthy cluster: something happens, and minutes go by. */
const after =
  (happens: (stage: Stage) => Promise<void> | void, minutes = 5): Scenario =>
  async (stage) => {
    await healthy(stage);
    await stage.passUntil(age - minutes * 60_000);
    await happens(stage);
  };

const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  healthy,
  idle,
  big: healthy,
  'slow-links': async (stage) => {
    stage.world.latency = 40;
    for (const { host } of [...stage.peers, ...stage.spares])
      stage.delays.set(host.id, stage.world.random.between(75, 300));
    await healthy(stage);
  },
  'waiting-for-quorum': async (stage) => {
    for (const machine of stage.peers) stage.install(machine);
    await stage.start(stage.peers.slice(0, Math.max(1, Math.floor(stage.peers.length / 2))));
    primeOn(stage, stage.peers[0] as Machine);
  },
  partition: after((stage) => stage.world.cut(...sides(stage))),
  'dead-peer': after((stage) => stage.world.powerOff(last(stage.peers).host.id)),
  'stopped-peer': after((stage) => stage.complete(last(stage.peers).stop())),
  drift: after((stage) => {
    const [, second, third, fourth] = stage.peers;
    second?.files.remove(places.wants);
    if (third !== undefined) stage.writeList(third, stage.addresses.slice(0, -1));
    fourth?.files.write(places.unit, documentedUnit.replace('[Install]', 'Restart=on-failure\n[Install]'));
  }),
  'seeded-apart': async (stage) => {
    if (stage.peers.length === 1) return healthy(stage);
    for (const machine of stage.peers) stage.install(machine);
    const alone = stage.peers.slice(stage.peers.length >= 5 ? -2 : -1);
    const others = stage.peers.slice(0, -alone.length);
    for (const machine of alone)
      stage.writeList(
        machine,
        alone.map(({ host }) => host.address),
      );
    await stage.start(alone);
    primeOn(stage, alone[0] as Machine);
    await stage.pass(5000);
    await stage.complete(Promise.all(alone.map((machine) => machine.stop())));
    for (const machine of alone) stage.writeList(machine);
    await stage.start(others);
    primeOn(stage, others[0] as Machine);
    await stage.pass(2000);
    await allocateEach(stage, others);
    await stage.start(alone);
  },
  'fresh-hosts': async () => {
    // Hosts with docker and the weave script, and nothing else: a cluster is to be made of them.
  },
  'returned-peer': after(async (stage) => {
    const [first] = stage.peers;
    const returned = last(stage.peers);
    stage.world.exit(returned.host.id, 137);
    await stage.pass(10_000);
    const survivor = first === undefined ? null : runningOn(first.host);
    if (survivor !== null) takeOver(stage.world, survivor, returned.host.bridge ?? '');
    // As this console leaves it behind, so that everybody can see who it is that came back.
    const { host } = returned;
    const seconds = Math.floor((stage.world.epoch + stage.world.now) / 1000);
    for (const { files } of stage.peers.slice(0, -1))
      files.write(
        `${places.stateDir}/reclaimed`,
        `${host.bridge} ${host.address} ${host.id} ${seconds} demo-reclaim ${first?.host.address ?? host.address} begun\n`,
        0o600,
      );
    await stage.pass(10_000);
    await stage.start([returned]);
  }),
  clones: async (stage) => {
    const [first, second] = stage.peers.slice(-2);
    if (first === undefined || second === undefined) return healthy(stage);
    second.host.machineId = first.host.machineId;
    second.writeIds();
    await healthy(stage);
  },
};

/** Brings the hosts of a stage into the state that a scenario names, `age` ms after the beginning of their time. */
export const play = async (name: ScenarioName, stage: Stage): Promise<void> => {
  await scenarios[name](stage);
  await stage.passUntil(age);
};
