import type { ClusterView } from './cluster-view.ts';
import { type Election, electedPeer, readElection } from './election.ts';
import { called, calledAll } from './election-missing.ts';
import type { Saying } from './election-words.ts';
import type { PeerId } from './inventory.ts';
import type { Millis } from './trouble.ts';

/** One thing that happened to an election. */
export type ElectionChange = Saying & { readonly at: Millis };

/** What was seen of the election of one peer since this session watches it. */
export type ElectionTale = {
  readonly peer: PeerId;
  /** Since when it was seen to wait; null while it waits for nothing. */
  readonly since: Millis | null;
  /** It waited already when it was first seen, so it waits for longer than `since` says. */
  readonly longer: boolean;
  readonly election: Election;
  /** Oldest first. */
  readonly changes: readonly ElectionChange[];
};

export type ElectionTales = ReadonlyMap<PeerId, ElectionTale>;

/** Whose election is the matter: of the peer that was asked about, else the one that is on or was, else of the first peer. */
export const electionSubject = (
  view: ClusterView,
  tales: ElectionTales,
  asked: PeerId | null,
): PeerId | null => asked ?? electedPeer(view) ?? [...tales.keys()][0] ?? view.peers[0]?.id ?? null;

const kept = 60;

export const waits = ({ phase, stopped }: Election): boolean =>
  !stopped && (phase === 'awaiting-consensus' || phase === 'priming');

/**
 * Goes on with the tales by one view. A tale begins when a peer is first seen to wait, and goes on to the end of the
 * session, so that it tells how the waiting ended. Gives `before` back where there is nothing to tell of.
 */
export const followElections = (
  before: ElectionTales,
  previous: ClusterView,
  view: ClusterView,
  now: Millis,
): ElectionTales => {
  const told = view.peers.filter(
    ({ id, ipam: { phase } }) => before.has(id) || phase === 'awaiting-consensus' || phase === 'priming',
  );
  if (told.length === 0) return before.size === 0 ? before : new Map();
  return new Map(
    told.flatMap(({ id }) => {
      const election = readElection(view, id);
      if (election === null) return [];
      const tale = before.get(id);
      return [
        [id, tale === undefined ? begin(election, previous, now) : goOn(tale, election, view, now)] as const,
      ];
    }),
  );
};

const begin = (election: Election, previous: ClusterView, now: Millis): ElectionTale => ({
  peer: election.peer,
  since: now,
  longer: !previous.peers.some(({ id, watch }) => id === election.peer && watch.lastReport !== null),
  election,
  changes: [],
});

const goOn = (tale: ElectionTale, election: Election, view: ClusterView, now: Millis): ElectionTale => {
  const news = newsOf(tale.election, election, view).map((one) => ({ at: now, ...one }));
  const since = waits(election) ? (tale.since ?? now) : null;
  return {
    ...tale,
    since,
    longer: since !== null && tale.since !== null && tale.longer,
    election,
    changes: news.length === 0 ? tale.changes : [...tale.changes, ...news].slice(-kept),
  };
};

/** What happened between two readings of one election. */
const newsOf = (before: Election, next: Election, view: ClusterView): readonly Saying[] => {
  const who = called(view, next.peer);
  const news: Saying[] = [];
  const say = (level: Saying['level'], text: string): void => void news.push({ level, text });
  if (before.answers !== next.answers)
    say(
      next.answers ? 'good' : 'warning',
      `${who} ${next.answers ? 'answers again' : 'tells nothing any more'}.`,
    );
  if ((waits(before) || before.stopped) && next.answers && next.phase === 'idle')
    say('warning', `${who} is idle: weave there was restarted, and the election ended with it. Prime again.`);
  else if (!waits(before) && waits(next)) say('info', `${who} was asked for the ring.`);
  if (before.quorum !== null && next.quorum !== null && before.quorum !== next.quorum)
    say('info', `${who} needs ${next.quorum} now, and not ${before.quorum}.`);
  if (before.known !== null && next.known !== null && before.known !== next.known)
    say('info', `${who} counts ${next.known} of ${next.quorum} (${before.known} before).`);
  // What a peer that fell silent said last is no news.
  if (next.answers) {
    for (const id of next.seen.filter((one) => !before.seen.includes(one)))
      say('good', `${called(view, id)} came.`);
    for (const one of next.missing) {
      const was = before.missing.find(({ id }) => id === one.id);
      if (was === undefined) say('warning', `${called(view, one.id)} is gone: it ${one.why}.`);
      // Whom we only now looked at is no news.
      else if (was.kind !== one.kind && was.kind !== 'unseen')
        say('info', `${called(view, one.id)} ${one.why}.`);
    }
    for (const id of next.pending.filter((one) => !before.pending.includes(one) && before.seen.includes(one)))
      say('warning', `The link to ${called(view, id)} is only pending.`);
  }
  const ringed = next.ring.same.filter(
    (id) => !before.ring.same.includes(id) && !before.ring.other.includes(id),
  );
  if (ringed.length > 0) say('good', `The ring is on ${calledAll(view, ringed)}.`);
  if (!before.done && next.done) say('good', 'The ring is the same on all that answer.');
  return news;
};
