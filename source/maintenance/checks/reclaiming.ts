import type { PeerId } from '../../cluster/inventory.ts';
import { type PeerReport, type RingEntry, ringOwners } from '../../cluster/peer-report.ts';
import { block, type Check, pass, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { linked } from './cluster.ts';
import { calledDead, nameToReclaim } from './dead-name.ts';
import { observers, total } from './ring.ts';
import { called, calledAll, inspectionOf, listed, nameOf, reporting, reportOf, seen } from './seeing.ts';

const entriesOf = (report: PeerReport, name: string): readonly RingEntry[] =>
  (report.ipam?.entries ?? []).filter(({ owner }) => owner === name);

/** The tokens of a peer, one word each, as they are noted and compared. */
export const tokensOf = (report: PeerReport, name: string): readonly string[] =>
  entriesOf(report, name)
    .map(({ token, size, version }) => `${token} ${size} v${version}`)
    .sort();

const addresses = (count: number): string => `${count} ${count === 1 ? 'address' : 'addresses'}`;

/** How many addresses were noted as owned by the dead peer. */
export const notedSize = (world: Pick<World, 'notes'>): number =>
  (world.notes.owned ?? []).reduce((sum, word) => sum + Number(word.split(' ')[1] ?? 0), 0);

/** Which survivor would run rmpeer: the first that answers and is linked, or alone. Null where there is none. */
export const chosenExecutor = (world: World, survivors: readonly PeerId[]): PeerId | null => {
  const noted = world.notes.executor?.[0];
  if (noted !== undefined) return noted;
  const reports = reporting(world, survivors);
  const fits = reports.find(
    ({ id, report }) =>
      reports.length === 1 ||
      reports.some(
        (other) => other.id !== id && linked(report, other.report.name) && linked(other.report, report.name),
      ),
  );
  return fits?.id ?? null;
};

/** The survivor that would run rmpeer answers, is linked with another, and tells the ring that the others tell. */
export const executorFit = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'executor',
  title: 'The survivor that runs rmpeer agrees with the others about the ring',
  never: true,
  judge: (world) => {
    const on = chosenExecutor(world, survivors);
    if (on === null) return unknown('No survivor that answers is linked with another one.');
    const who = called(world, on);
    const it = seen(world, on);
    if (it.kind === 'none')
      return block(
        `${who} was chosen to run rmpeer and does not answer (${it.why}). It is never run on another host instead: wait for ${who}.`,
      );
    const name = nameToReclaim(world, id, survivors);
    if (name !== null && it.report.name === name)
      return block(`${who} itself has the peer name ${name}: a peer can't reclaim itself.`);
    const others = reporting(world, survivors).filter((other) => other.id !== on);
    const apart = others.filter(({ report }) => ringOwners(report) !== ringOwners(it.report));
    if (apart.length > 0)
      return block(
        `${who}, which would run rmpeer, does not tell the ring that ${calledAll(
          world,
          apart.map((one) => one.id),
        )} ${apart.length > 1 ? 'tell' : 'tells'}: it would take over by a ring that nobody else has. Wait for gossip; if it stays, the ring must be mended first.`,
      );
    if (others.length > 0 && !others.some(({ report }) => linked(it.report, report.name)))
      return block(`${who} would run rmpeer and has no established link: nobody would learn of it.`);
    return pass(`${who} runs rmpeer; it tells the ring that the others tell.`);
  },
});

/** All tell the same tokens of the dead peer, versions too: a peer that is dead gives nothing away, so nothing lags. */
export const sameTokens = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'tokens',
  title: `All tell alike what ${id} owns, and no ring diverges`,
  never: true,
  judge: (world) => {
    const reports = reporting(world, survivors);
    const [first] = reports;
    if (first === undefined) return unknown('No survivor told a report just now.');
    const dead = calledDead(world, id, survivors);
    const name = nameToReclaim(world, id, survivors);
    if (name === null) return pass(`Nothing in the ring is owned by ${dead}.`);
    const quarrel = reports.find(({ report }) =>
      report.connections.some(({ fault }) => fault === 'ring-conflict'),
    );
    if (quarrel)
      return block(
        `${called(world, quarrel.id)} refuses a peer because their rings contradict each other: mend that first.`,
      );
    if (world.view.findings.some((finding) => finding.id === 'ring-divergence'))
      return block('The rings of some peers diverge (see the findings): mend that first.');
    const told = (report: PeerReport) => tokensOf(report, name).join(', ');
    const other = reports.find(({ report }) => told(report) !== told(first.report));
    if (other)
      return block(
        `${called(world, first.id)} says that ${dead} owns ${told(first.report) || 'nothing'}, ${called(world, other.id)} says ${told(other.report) || 'nothing'}. Gossip may lag for some seconds; if it stays, the ring must be mended first.`,
      );
    return pass(`All ${reports.length} tell that ${dead} owns ${told(first.report) || 'nothing'}.`);
  },
});

/** It is an owner in the ring by that name: of any other word rmpeer takes over nothing, and says so with exit 0. */
export const inRing = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'in-ring',
  title: `${id} stands in the ring by its peer name`,
  never: true,
  judge: (world) => {
    const name = nameToReclaim(world, id, survivors);
    const reports = reporting(world, survivors);
    if (reports.length === 0) return unknown('No survivor told a report just now.');
    const without = reports.filter(({ report }) => name === null || entriesOf(report, name).length === 0);
    return without.length === 0
      ? pass(`Every survivor has ${name} in its ring.`)
      : block(
          `${calledAll(
            world,
            without.map((one) => one.id),
          )} ${without.length > 1 ? 'have' : 'has'} no entry of ${name ?? id} in the ring: there is nothing to take over.`,
        );
  },
});

/** Every survivor tells a ring without the name, whole, in which the executor has what the dead peer owned. */
export const takenOver = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'taken-over',
  title: `The survivors own all that ${id} owned`,
  judge: (world) => {
    if (world.notes.name === undefined) return unknown(`The peer name of ${id} was not noted.`);
    const { reports, silent } = observers(world, survivors);
    if (silent.length > 0) return unknown(`${calledAll(world, silent)} told no report just now.`);
    if (reports.length === 0) return unknown('No survivor told a report just now.');
    const dead = calledDead(world, id, survivors);
    const [name] = world.notes.name;
    const on = world.notes.executor?.[0] ?? '';
    const heir = nameOf(world, on);
    for (const one of reports) {
      const who = called(world, one.id);
      const left = name === undefined ? [] : entriesOf(one.report, name);
      if (left.length > 0)
        return block(
          `${who} still says that ${dead} owns ${addresses(left.reduce((sum, { size }) => sum + size, 0))}.`,
        );
      const size = one.report.ipam?.rangeSize ?? 0;
      if (total(one.report) !== size)
        return block(`The ring of ${who} comes to ${total(one.report)} of ${size} addresses.`);
      for (const word of world.notes.owned ?? []) {
        const [token = '', , version = 'v0'] = word.split(' ');
        const entry = one.report.ipam?.entries.find((each) => each.token === token);
        // What the executor has given on since has a higher version again, and an owner in sight.
        const given = entry?.known && entry.version > Number(version.slice(1)) + 101;
        if (entry?.owner !== heir && !given)
          return block(
            `${token}, which ${dead} owned, belongs to ${entry === undefined ? 'nobody' : entry.nickname || entry.owner} by ${who}, and not to ${called(world, on)}, which took it over.`,
          );
      }
    }
    const everyone = calledAll(
      world,
      reports.map((one) => one.id),
    );
    const gained = notedSize(world);
    return pass(
      gained === 0
        ? `${everyone} tell a whole ring, in which ${dead} owns nothing.`
        : `${called(world, on)} took over ${addresses(gained)} of ${dead}, as ${everyone} tell; their ring is whole.`,
    );
  },
});

/**
 * For a second attempt in the same maintenance: it can be shown that the first one did nothing. The ring of every survivor
 * has the tokens as they were noted, and nothing of ours runs on the executor any more.
 */
export const didNothing = (survivors: readonly PeerId[]): Check => ({
  id: 'did-nothing',
  title: 'The rmpeer that was sent before did nothing',
  never: true,
  judge: (world) => {
    const [name] = world.notes.name ?? [];
    const on = world.notes.executor?.[0] ?? '';
    const who = called(world, on);
    const never = 'It is not sent again, here or elsewhere: look again.';
    if (name === undefined || reportOf(world, on) === null)
      return unknown(`rmpeer may have run on ${who}, which does not tell its ring now. ${never}`);
    const running = inspectionOf(world, on)?.running ?? null;
    if (running !== false)
      return running === null
        ? unknown(`Whether the rmpeer that was sent to ${who} still runs there could not be told. ${never}`)
        : block(`The rmpeer that was sent to ${who} still runs there. ${never}`);
    const noted = [...(world.notes.owned ?? [])].sort().join(', ');
    const changed = reporting(world, survivors).filter(
      ({ report }) => tokensOf(report, name).join(', ') !== noted,
    );
    return changed.length > 0
      ? block(
          `rmpeer was sent to ${who} before, and the ring of ${listed(changed.map((one) => called(world, one.id)))} is not what it was. ${never}`,
        )
      : pass(
          `The rmpeer that was sent to ${who} before ended and did nothing: the ring is what it was, to the version.`,
        );
  },
});
