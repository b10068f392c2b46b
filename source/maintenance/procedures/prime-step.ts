import { primeOn, readElection } from '../../cluster/election.ts';
import { electionSayings } from '../../cluster/election-words.ts';
import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import { ipamPhase } from '../../cluster/peer-report.ts';
import { primeUnasked, weavePrime } from '../../commands/weave.ts';
import { answers } from '../checks/cluster.ts';
import { sameRing } from '../checks/ring.ts';
import { called, calledAll, reporting, seen, watchOf } from '../checks/seeing.ts';
import type { Step } from '../step.ts';
import { block, type Check, unknown } from '../verdict.ts';
import type { World } from '../world.ts';
import { second, step } from './steps.ts';

/** How old the wait must be before a report counts against it: one from before prime began says nothing. */
const begun = 20 * second;

/** The ring is there, and the same on every one of these that answers; who was not looked at just now may tell another. */
export const ringThere = (ids: readonly PeerId[]): Check => {
  const same = sameRing(ids);
  return {
    ...same,
    id: 'ring-there',
    title: 'The ring is there, and the same on all that answer',
    judge: (world) => {
      const open = ids.filter((id) => {
        const it = seen(world, id);
        return it.kind === 'none' && !it.looked;
      });
      if (open.length > 0) return unknown(`${calledAll(world, open)} told nothing just now.`);
      const reports = reporting(world, ids);
      return reports.length > 0 && reports.every(({ report }) => report.ipam?.entries.length === 0)
        ? block('No peer has the ring yet.')
        : same.judge(world);
    },
  };
};

/** An election ends with the weave that was asked for it: whoever is idle again, or stopped, waits for nothing. */
const electionOver =
  (id: PeerId) =>
  (world: World, since: number): string | null => {
    const look = watchOf(world, id)?.look;
    if (!look || look.at < since + begun) return null;
    if (look.kind === 'report')
      return ipamPhase(look.report) === 'idle'
        ? `Weave on ${called(world, id)} waits for nobody: weave prime did not reach it, or weave was restarted since and the election ended with it. Try it again.`
        : null;
    return world.view.peers.find((peer) => peer.id === id)?.state === 'stopped'
      ? `Weave on ${called(world, id)} does not run any more, and weave prime ended with it. Start it, then try again.`
      : null;
  };

/**
 * `weave prime` on `target`, watched until the ring is there and the same on all of `ids` that answer (the target's
 * address is one of them), as long as that takes. `given` says what differs.
 */
export const primeStep = (
  target: InventoryPeer,
  ids: readonly PeerId[],
  given: Partial<Pick<Step, 'id' | 'why' | 'before' | 'after' | 'settle' | 'inspects'>> = {},
): Step => {
  const id = target.address;
  return step({
    id: 'prime',
    title: `Prime ${id}`,
    why: `Asks for the first ring. ${id} waits until a quorum of the peers on its list is there; then the ring is made, and all get it.`,
    on: id,
    inspects: [],
    before: [answers(id)],
    action: { kind: 'command', command: () => weavePrime(target), unchanged: primeUnasked },
    after: [answers(id), ringThere(ids)],
    settle: Number.POSITIVE_INFINITY,
    undo: 'Nothing to undo: a ring is only ever made once, and asking for it again is harmless.',
    story: ({ view }) => {
      const election = readElection(view, id);
      return election === null ? [] : electionSayings(view, election).map(({ text }) => text);
    },
    hopeless: electionOver(id),
    goesOn: ({ view }) =>
      primeOn(view, id) === 'over'
        ? null
        : `weave prime on ${id} goes on by itself; prime it again to watch it again.`,
    ...given,
  });
};
