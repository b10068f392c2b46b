import { type ChangeKind, verbs } from '../../cluster/change-kinds.ts';
import { consentToSurvivors, countWords, noSurvivors } from '../../lock/consent.ts';
import { type TooFew, voters } from '../../lock/votes.ts';
import { changes } from '../../maintenance/changes.ts';
import type { Clock } from '../../ports.ts';
import type { HeldLock } from '../lock/held-lock.ts';
import type { LockRequest, Locksmith } from '../lock/locksmith.ts';
import { lockViewOf } from './lock-view.ts';
import type { LockView, Refusal, Shortage, Survivors } from './model.ts';

/** Whether survivors may go on alone with what the lock is for, and the word of a person that they shall, if it was given. */
export type Rescue = {
  /** Why what is asked for is never done without a majority; null where it may be. */
  readonly never: string | null;
  readonly survivors: Survivors | undefined;
};

/** Why this kind of change is never made without a majority, and what to do `instead`; null where survivors may go on with it. */
export const onlyByMajority = (kind: ChangeKind, instead: string): string | null =>
  changes[kind].rescues
    ? null
    : `${verbs[kind]} needs a majority of the peers: survivors alone may only reclaim, restart or wipe one. ${instead}`;

export const refuse = (
  why: string,
  lock: LockView | null = null,
  shortage: Shortage | null = null,
): Refusal => ({ ok: false, why, lock, shortage });

const sentence = (clause: string): string =>
  `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`.replace(/\.?$/, '.');

const shortageOf = (seen: TooFew, never: string | null): Shortage => {
  const whyNot = never ?? noSurvivors(seen);
  return { seen, whyNot: whyNot === null ? null : sentence(whyNot) };
};

const reachWait = 15_000;

/** A lock, or what stands in the way. `too-soon` and a racing session are waited for, once in a while. */
export const takeLock = async (
  smith: Locksmith,
  clock: Clock,
  request: LockRequest,
  { never, survivors }: Rescue,
): Promise<{ readonly ok: true; readonly lock: HeldLock } | Refusal> => {
  const shown = async () => lockViewOf(await smith.status(request.peers));
  const said = { typed: survivors?.typed ?? '', cluster: request.cluster };
  const agreed = survivors === undefined || never !== null ? null : consentToSurvivors(survivors.seen, said);
  if (survivors !== undefined && !agreed?.ok)
    return refuse(
      sentence(never ?? (agreed?.ok === false ? agreed.why : '')),
      await shown(),
      shortageOf(survivors.seen, never),
    );
  const wanted = agreed?.ok ? { ...request, survivors: agreed.consent } : request;
  const until = clock.now() + reachWait;
  for (;;) {
    const got = await smith.acquire(wanted);
    if (got.ok) return got;
    const { result } = got;
    const why = result.kind === 'refused' ? result.why : null;
    const soon = why !== null && (why.kind === 'too-soon' || (why.kind === 'held' && why.by === null));
    if (!soon || clock.now() > until) {
      const could = 'The maintenance lock could not be had';
      return why?.kind === 'too-few'
        ? refuse(
            `${could}: ${countWords(why.have, voters(request.peers).length)}.`,
            await shown(),
            shortageOf(why, never),
          )
        : refuse(`${could}.`, await shown());
    }
    const wait = why?.kind === 'too-soon' ? why.wait : 300 + 700 * clock.random();
    await new Promise<void>((resolve) => clock.after(Math.min(wait, 2000), resolve));
  }
};
