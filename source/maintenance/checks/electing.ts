import type { PeerId } from '../../cluster/inventory.ts';
import type { PeerReport } from '../../cluster/peer-report.ts';
import { majorityOf } from '../../cluster/quorum.ts';
import { endpointOf } from '../../cluster/roster.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import { sameRing } from './ring.ts';
import { called, reporting, seen } from './seeing.ts';

const hasRing = (report: PeerReport): boolean => (report.ipam?.entries.length ?? 0) > 0;

/** There is no ring yet, or exactly one, which prime then only joins. Beside two rings it would only hide the damage. */
export const atMostOneRing = (ids: readonly PeerId[]): Check => {
  const same = sameRing(ids);
  return {
    id: 'at-most-one-ring',
    title: 'There is no ring yet, or exactly one',
    never: true,
    judge: (world) => {
      const reports = reporting(world, ids);
      if (reports.length === 0) return unknown('No peer told a report just now.');
      const ringed = reports.filter(({ report }) => hasRing(report));
      const apart = reports.some(({ report }) =>
        report.connections.some(({ fault }) => fault === 'seeded-apart'),
      );
      if (ringed.length === 0 && !apart) return pass('No peer that answers has a ring yet.');
      // Who has none yet is no second ring.
      return (apart ? same : sameRing(ringed.map(({ id }) => id))).judge(world);
    },
  };
};

const met = ({ connections }: PeerReport): boolean => connections.some(({ fault }) => fault === 'ourself');

/** A peer that has not met itself counts itself for another one, and asks for a quorum that is too big. */
export const selfRecognised = (id: PeerId): Check => ({
  id: 'self-recognised',
  title: `${id} has recognised its own address`,
  judge: (world) => {
    const it = seen(world, id);
    if (it.kind === 'none') return unknown(`${called(world, id)} tells no report: ${it.why}.`);
    const { report } = it;
    if (hasRing(report)) return pass(`${called(world, id)} has the ring, so it elects nobody any more.`);
    if (report.ipam?.paxos)
      return pass(`${called(world, id)} was asked already; its quorum is fixed since then.`);
    if (met(report)) return pass(`${called(world, id)} has met itself under its own address.`);
    return report.targets.map(endpointOf).includes(endpointOf(id))
      ? block(
          `${called(world, id)} has not yet met itself under its own address, and would count itself twice. That takes some seconds after a start: wait.`,
        )
      : pass(`The list of ${called(world, id)} is without its own address.`);
  },
});

/** What an election at this peer asks for, as it was fixed or, by what is dialled now, would be. */
const quorumOf = (report: PeerReport): number =>
  report.ipam?.paxos?.quorum ?? majorityOf(report.targets.length - (met(report) ? 1 : 0) + 1);

/**
 * Nobody of `electors` asks for so few peers that a part of the cluster makes a ring of its own: whoever is asked by this
 * (`id`), and whoever waits already, for each of them decides by its own quorum.
 */
export const noSmallQuorum = (id: PeerId, ids: readonly PeerId[], electors: readonly PeerId[]): Check => ({
  id: 'quorum-not-small',
  title: 'No election asks for less than more than half of the peers',
  judge: (world) => {
    const right = majorityOf(ids.length);
    const small = reporting(world, electors).find(
      ({ id: one, report }) =>
        !hasRing(report) && (one === id || report.ipam?.paxos?.elector === true) && quorumOf(report) < right,
    );
    return small === undefined
      ? pass(`No election asks for less than ${right} of ${ids.length} peers.`)
      : block(
          `${called(world, small.id)} ${small.report.ipam?.paxos ? 'asks' : 'would ask'} for ${quorumOf(small.report)} peers by the list that weave was started with, and ${right} of ${ids.length} is right. A part of the cluster could make a ring of its own. Correct the list and restart weave on ${called(world, small.id)} first.`,
        );
  },
});

/** The quorum of the election is that of the configured peers: by what is dialled, or as it was fixed already. */
export const quorumFits = (id: PeerId, ids: readonly PeerId[]): Check => ({
  id: 'quorum-fits',
  title: `${id} asks for more than half of the peers`,
  judge: (world) => {
    const it = seen(world, id);
    if (it.kind === 'none') return unknown(`${called(world, id)} tells no report: ${it.why}.`);
    const { report } = it;
    if (hasRing(report)) return pass('There is a ring, so no quorum is needed any more.');
    const fixed = report.ipam?.paxos?.quorum;
    const quorum = quorumOf(report);
    const right = majorityOf(ids.length);
    if (quorum === right) return pass(`${called(world, id)} asks for ${quorum} of ${ids.length} peers.`);
    const what = `${called(world, id)} ${fixed === undefined ? 'would ask' : 'asks'} for ${quorum} peers by the list that weave was started with (${report.targets.length} entries), and ${right} of ${ids.length} is right.`;
    const mend = `Correct the list and restart weave on ${called(world, id)} first.`;
    return quorum < right
      ? block(`${what} A part of the cluster could make a ring of its own. ${mend}`)
      : warn(`${what} It waits for more than are needed. ${mend}`);
  },
});
