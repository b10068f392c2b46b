import type { PeerId } from '../../cluster/inventory.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { linked } from './cluster.ts';
import { bringsBack } from './enabling.ts';
import { observers, ownedBy, total } from './ring.ts';
import {
  called,
  calledAll,
  factsOf,
  inspectionOf,
  isDown,
  listed,
  notInspected,
  reportOf,
  seen,
  watchOf,
  whyNotInspected,
} from './seeing.ts';

/** Not the last peer: a cluster without peers has nothing to hand its ring to. */
export const notLast = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'not-last',
  title: `${id} is not the last peer`,
  never: true,
  judge: (world) =>
    survivors.length === 0
      ? block(
          `${called(world, id)} is the last peer: there is nobody to hand its addresses to. To end the cluster, run weave reset there by hand.`,
        )
      : pass(`${survivors.length} other ${survivors.length > 1 ? 'peers stay' : 'peer stays'}.`),
});

/** Weave runs there and answers: reset of a stopped peer refuses, and of a dead one loses its ranges. */
export const runsThere = (id: PeerId): Check => ({
  id: 'runs',
  title: `Weave runs on ${id}`,
  judge: (world) => {
    const name = called(world, id);
    if (world.inspections.get(id)?.kind === 'failed')
      return block(
        `${name} can't be reached: ${whyNotInspected(world, id)} If the host is dead for good, reclaim its ranges instead: weave-console reclaim ${id}.`,
      );
    const facts = factsOf(world, id);
    if (facts?.container.known && facts.container.value.status !== 'running')
      return block(
        `The weave container of ${name} is ${facts.container.value.status}: reset would not hand its ranges over. Start weave there first, or reclaim the peer if it is dead for good.`,
      );
    const it = seen(world, id);
    if (it.kind === 'none')
      return it.looked
        ? block(
            `Weave on ${name} does not answer (${it.why}): mend or restart it first, or reclaim the peer if it is dead for good.`,
          )
        : unknown(`${name}: ${it.why}.`);
    return pass(`Weave on ${name} runs and answers.`);
  },
});

/** Somebody is there to take its ranges: a survivor that answers, and an established link to one. */
export const hasHeir = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'heir',
  title: `A linked survivor can take over what ${id} owns`,
  never: true,
  judge: (world) => {
    const report = reportOf(world, id);
    if (report === null) return unknown(`${called(world, id)} tells no report just now.`);
    const { reports } = observers(world, survivors);
    const heirs = reports.filter((one) => linked(report, one.report.name) && linked(one.report, report.name));
    return heirs.length === 0
      ? block(
          `${called(world, id)} has no established link to a survivor that answers: its ${ownedBy(report, report.name)} addresses would be lost. Mend the links first.`,
        )
      : pass(
          `${called(world, id)} is linked with ${calledAll(
            world,
            heirs.map((one) => one.id),
          )}.`,
        );
  },
});

/** Containers there will lose their network, for good or `meanwhile`; whoever goes on has read which. */
export const containersTold = (id: PeerId, how: 'for good' | 'meanwhile' = 'for good'): Check => ({
  id: `containers${how === 'meanwhile' ? `:${id}` : ''}`,
  title: `Containers on ${id} will lose the weave network${how === 'meanwhile' ? ' for the time' : ''}`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    const name = called(world, id);
    if (inspection === null) return notInspected(world, id);
    const { attached } = inspection;
    if (how === 'meanwhile' && isDown(world, id))
      return pass(`Weave on ${name} is down already: nothing more is taken from its containers.`);
    if (!attached.known)
      return warn(
        `Which containers on ${name} will lose the weave network could not be told: ${attached.because}.`,
      );
    return attached.value.length > 0
      ? warn(
          `${listed(attached.value)} on ${name} will lose the weave network${how === 'meanwhile' ? ' until weave is up again there' : ': move them first'}.`,
        )
      : pass(`No container on ${name} is attached to the weave network.`);
  },
});

/** Nothing starts weave again behind the reset's back. */
export const staysDown = (id: PeerId): Check => ({
  id: 'restart-policy',
  title: `Nothing restarts weave on ${id} by itself`,
  judge: (world) => {
    const facts = inspectionOf(world, id)?.facts;
    const name = called(world, id);
    if (facts === undefined) return notInspected(world, id);
    if (!facts.unit.known) return unknown(`The unit of ${name} is not known: ${facts.unit.because}.`);
    const { restart, load } = facts.unit.value;
    if (load === 'not-found')
      return warn(
        `${name} has no unit: weave was launched by hand there. Whatever does so must not do it again.`,
      );
    if (restart !== 'no' && restart !== '')
      return block(
        `The unit of ${name} has Restart=${restart}: systemd would launch it again after the reset, as a cluster of its own. Set Restart=no there (systemctl edit) first.`,
      );
    return pass(`The unit of ${name} does not restart by itself.`);
  },
});

/** The unit will not start with the host. */
export const unitDisabled = (id: PeerId): Check => ({
  id: 'disabled',
  title: `Weave does not start with ${id}`,
  judge: (world) => {
    const unit = inspectionOf(world, id)?.facts.unit;
    const name = called(world, id);
    if (unit === undefined) return notInspected(world, id);
    if (!unit.known) return unknown(`The unit of ${name} is not known: ${unit.because}.`);
    const { enabled, load } = unit.value;
    if (load === 'not-found') return pass(`${name} has no unit that could start weave.`);
    return enabled.startsWith('enabled')
      ? block(`The unit of ${name} is ${enabled}: ${bringsBack(enabled)}.`)
      : pass(`The unit of ${name} is ${enabled || 'not enabled'}.`);
  },
});

const lastName = (world: World, id: PeerId): string | null =>
  world.notes.name?.[0] ?? watchOf(world, id)?.lastReport?.report.name ?? null;

/** Judges by all survivors that were there when it began; one that is silent now leaves it open. */
const bySurvivors = (
  id: PeerId,
  survivors: readonly PeerId[],
  judge: (given: {
    readonly world: World;
    readonly name: string;
    readonly reports: ReturnType<typeof observers>['reports'];
  }) => Verdict,
) => {
  return (world: World): Verdict => {
    const name = lastName(world, id);
    if (name === null) return unknown(`The peer name of ${called(world, id)} was not noted.`);
    const { reports, silent } = observers(world, survivors);
    if (silent.length > 0) return unknown(`${calledAll(world, silent)} told no report just now.`);
    if (reports.length === 0) return unknown('No survivor told a report just now.');
    return judge({ world, name, reports });
  };
};

/** Every survivor says that the peer owns nothing any more and that the ring is whole. Exit 0 of reset does not say so. */
export const handedOver = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'handed-over',
  title: `The survivors own all that ${id} owned`,
  judge: bySurvivors(id, survivors, ({ world, name, reports }) => {
    const holding = reports.filter(({ report }) => ownedBy(report, name) > 0);
    const [first] = holding;
    if (first) {
      const says = `${calledAll(
        world,
        holding.map((one) => one.id),
      )} still ${holding.length > 1 ? 'say' : 'says'} that ${called(world, id)} owns ${ownedBy(first.report, name)} addresses: nothing was handed over.`;
      return reportOf(world, id) === null
        ? block(
            `${says} Do not reset again. When weave there is stopped, disabled and wiped, reclaim them with weave rmpeer ${name}, on one survivor only.`,
          )
        : block(`${says} Weave there still answers: find out why it refused, and retry.`);
    }
    const entry = reports.find(({ report }) => report.ipam?.entries.some(({ owner }) => owner === name));
    if (entry)
      return block(`${called(world, entry.id)} still has an entry of ${called(world, id)} in its ring.`);
    const broken = reports.find(({ report }) => total(report) !== (report.ipam?.rangeSize ?? 0));
    if (broken)
      return block(
        `The ring of ${called(world, broken.id)} comes to ${total(broken.report)} of ${broken.report.ipam?.rangeSize ?? 0} addresses.`,
      );
    const sum = Math.max(...reports.map(({ report }) => total(report)));
    return pass(
      `${calledAll(
        world,
        reports.map((one) => one.id),
      )} share all ${sum} addresses without ${called(world, id)}.`,
    );
  }),
});

/** No survivor sees the peer any more. */
export const gone = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'gone',
  title: `No survivor sees ${id} any more`,
  judge: bySurvivors(id, survivors, ({ world, name, reports }) => {
    const seeing = reports.filter(({ report }) => report.peers.some((peer) => peer.name === name));
    return seeing.length > 0
      ? block(
          `${calledAll(
            world,
            seeing.map((one) => one.id),
          )} still ${seeing.length > 1 ? 'see' : 'sees'} ${called(world, id)}.`,
        )
      : pass(
          `${calledAll(
            world,
            reports.map((one) => one.id),
          )} do not see ${called(world, id)} any more.`,
        );
  }),
});

/** Nothing is left of weave on the host itself. */
export const nothingLeft = (id: PeerId): Check => ({
  id: 'nothing-left',
  title: `Nothing of weave is left on ${id}`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    const name = called(world, id);
    if (inspection === null) return notInspected(world, id);
    const { leftovers, facts } = inspection;
    const parts = [
      [
        'the container',
        facts.container.known ? facts.container.value.status !== 'absent' : leftovers.container,
      ],
      ['ring data (weavedb)', leftovers.volume],
      ['the bridge', leftovers.bridge],
      ['a running unit', facts.unit.known ? facts.unit.value.active === 'active' : null],
    ] as const;
    const there = parts.filter(([, left]) => left === true).map(([part]) => part);
    if (there.length > 0) return block(`${name} still has ${listed(there)}.`);
    const open = parts.filter(([, left]) => left === null).map(([part]) => part);
    return open.length > 0
      ? unknown(`Whether ${name} still has ${listed(open)} could not be told.`)
      : pass(`${name} has no container, ring data, bridge or running unit of weave.`);
  },
});

/** A survivor does not dial the peer any more: none of its strings is in Targets, and no row of Connections is left. */
export const forgotten = (on: PeerId, id: PeerId, strings: (world: World) => readonly string[]): Check => ({
  id: `forgotten:${on}`,
  title: `${on} does not dial ${id} any more`,
  judge: (world) => {
    const it = seen(world, on);
    if (it.kind === 'none') return unknown(`${called(world, on)} tells no report: ${it.why}.`);
    const left = it.report.targets.filter((target) => strings(world).includes(target));
    if (left.length > 0) return block(`${listed(left)} is still among the targets of ${called(world, on)}.`);
    const addresses = world.notes.addresses ?? [];
    const row = it.report.connections.find(
      ({ outbound, address, peer }) =>
        peer?.name === lastName(world, id) || (outbound && addresses.includes(address)),
    );
    return row === undefined
      ? pass(`${called(world, on)} neither dials ${called(world, id)} nor lists a connection to it.`)
      : block(
          `${called(world, on)} still lists a connection to ${called(world, id)} (${row.address}, ${row.state}).`,
        );
  },
});

/** The environment file is not in its place any more. */
export const fileRetired = (id: PeerId): Check => ({
  id: 'file-retired',
  title: `${id} has no list of peers any more`,
  judge: (world) => {
    const inspection = inspectionOf(world, id);
    const name = called(world, id);
    if (inspection === null) return notInspected(world, id);
    const { path, state } = inspection.file;
    if (state === 'unreadable') return unknown(`${path} on ${name} could not be read.`);
    return state === 'missing'
      ? pass(`${path} on ${name} is gone.`)
      : block(`${path} is still there on ${name}.`);
  },
});
