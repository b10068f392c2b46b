import { electedPeer, primeOn, readElection } from '../cluster/election.ts';
import { called } from '../cluster/election-missing.ts';
import type { Inventory, PeerId } from '../cluster/inventory.ts';
import { systemClock } from '../disk/clock.ts';
import { electionLines } from '../session/election-lines.ts';
import { watchElection } from '../session/haste.ts';
import type { Session } from '../session/model.ts';
import { openSession } from '../session/session.ts';
import { exitCode } from './exit-code.ts';
import { openFleet } from './fleet.ts';
import { begun, type Output, type Stop, stoppedLine, until } from './watching.ts';

/** What stands there as the exit code of a monitor; null while it is to be waited for. */
const verdict = (
  { view }: ReturnType<Session['snapshot']>,
  peer: PeerId,
): [code: number, text: string] | null => {
  const election = readElection(view, peer);
  if (election === null) return [exitCode.failed, `${peer} is no member any more.`];
  if (election.split) return [exitCode.failed, ''];
  if (election.done) return [exitCode.done, ''];
  if (election.stopped && election.ring.same.length === 0)
    return [exitCode.noQuorum, `Weave on ${called(view, peer)} is stopped, and its election ended with it.`];
  if (!election.answers || election.ring.same.length > 0) return null;
  if (election.phase === 'idle')
    return [
      exitCode.noQuorum,
      `Nothing is being primed on ${called(view, peer)}: weave there was not asked for the ring, or was restarted since.`,
    ];
  return election.phase === 'absent' ? [exitCode.noQuorum, ''] : null;
};

/** Whom to watch where nobody was named: the election that is on, else a peer that has the ring. */
const subject = ({ view }: ReturnType<Session['snapshot']>): PeerId | null =>
  electedPeer(view) ?? view.space.rings[0]?.observers[0] ?? null;

/** `prime` without a terminal that only looks: prints what a prime waits for until the ring is there. */
export const monitorPrime = async (
  inventory: Inventory,
  target: PeerId | null,
  output: Output,
  stop: Stop,
): Promise<number> => {
  const session = openSession(openFleet(inventory).parts);
  try {
    const nobody = 'No peer tells a report, so nothing is known of a prime.';
    const early = await begun(session, output, stop, nobody);
    if (early !== null) return early;
    const peer = target ?? subject(session.snapshot());
    if (peer === null) {
      output.print('Nothing is being primed, and there is no ring: `weave-console prime PEER` begins.');
      return exitCode.noQuorum;
    }
    return await watchPrime(session, peer, output, stop);
  } finally {
    await session.stop();
  }
};

const watchPrime = async (session: Session, peer: PeerId, output: Output, stop: Stop): Promise<number> => {
  const lines = electionLines(peer);
  const calm = watchElection(session, peer);
  const code = await until<number>(
    session,
    stop,
    () => {
      const model = session.snapshot();
      for (const line of lines(model, systemClock.wall())) output.print(line);
      const end = verdict(model, peer);
      if (end === null) return null;
      if (end[1] !== '') output.print(end[1]);
      return end[0];
    },
    exitCode.stoppedByHuman,
  );
  calm();
  if (code === exitCode.stoppedByHuman) {
    const { view } = session.snapshot();
    output.print(stoppedLine(called(view, peer), primeOn(view, peer)));
  }
  return code;
};
