import { listed } from '../text/listed.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Election } from './election.ts';
import { called, calledAll, type Missing } from './election-missing.ts';
import type { WrongQuorum } from './election-quorum.ts';

import type { Severity } from './findings.ts';
import type { PeerId } from './inventory.ts';

/** A sentence of the story of an election, and how much it matters. */
export type Saying = { readonly level: Severity | 'good'; readonly text: string };

const say = (level: Saying['level'], text: string): Saying => ({ level, text });
const peers = (count: number): string => (count === 1 ? '1 peer' : `${count} peers`);
const are = (ids: readonly PeerId[], one: string, many: string): string => (ids.length === 1 ? one : many);

/** The story of one election in sentences, the most important first. No ages in it: it changes when something happened. */
export const electionSayings = (view: ClusterView, election: Election): readonly Saying[] => {
  const { phase, wrong, missing, pending } = election;
  const over = election.split || phase === 'ready' || election.ring.same.length > 0;
  return [
    ...headline(view, election),
    ...(over || phase !== 'awaiting-consensus' ? [] : count(view, election)),
    ...(over || wrong === null ? [] : wrongWords(view, election, wrong)),
    ...(over || election.gone === 0 ? [] : [goneWords(view, election)]),
    ...missing.map((one) => (over ? late(view, election, one) : missingWords(view, election, one))),
    ...pending.map((id) =>
      say(
        'warning',
        `${called(view, id)}: the link is only pending, so UDP (6783 and 6784) does not pass. The election goes by TCP and is not held up by that; no traffic passes until it is mended.`,
      ),
    ),
    ...(election.electors.length === 0 || over
      ? []
      : [
          say(
            'info',
            `${calledAll(view, election.electors)} ${are(election.electors, 'was', 'were')} asked for the ring, too: that is harmless.`,
          ),
        ]),
  ];
};

const headline = (view: ClusterView, election: Election): readonly Saying[] => {
  const { phase, ring, peer, known, quorum } = election;
  const who = called(view, peer);
  const silent = election.answers
    ? []
    : election.stopped
      ? [
          say(
            'critical',
            `Weave on ${who} is stopped, and so is its election: start it, then prime again. What follows was told before.`,
          ),
        ]
      : [say('warning', `${who} tells nothing now; what it waits for is as it was told last.`)];
  if (election.split)
    return [
      ...silent,
      say(
        'critical',
        'Rings were made apart from each other, and they can never merge. Prime nothing: see the findings.',
      ),
    ];
  if (election.done)
    return [
      say(
        'good',
        ring.same.length === 1
          ? `The ring is there, on ${calledAll(view, ring.same)}, the only peer that answers.`
          : `The ring is there, and the same on all ${ring.same.length} peers that answer: ${calledAll(view, ring.same)}.`,
      ),
    ];
  if (ring.same.length > 0)
    return [
      ...silent,
      say('info', `The ring is there on ${calledAll(view, ring.same)}.`),
      ...(ring.without.length === 0
        ? []
        : [
            say(
              'warning',
              `${calledAll(view, ring.without)} ${are(ring.without, 'has', 'have')} no ring yet.`,
            ),
          ]),
      ...(ring.other.length === 0
        ? []
        : [
            say(
              'warning',
              `${calledAll(view, ring.other)} ${are(ring.other, 'tells', 'tell')} it otherwise: gossip may lag for some seconds.`,
            ),
          ]),
    ];
  switch (phase) {
    case 'unknown':
      return [say('warning', `${who} has told nothing yet.`)];
    case 'absent':
      return [say('warning', `Weave on ${who} shares out no addresses (no IPAM).`)];
    case 'idle':
      return [...silent, say('info', `Nobody has asked ${who} for the ring yet: it is idle.`)];
    case 'priming':
      return [...silent, say('info', `${who} takes part in an election, and waits for it to end.`)];
    default:
      return [
        ...silent,
        say(
          'warning',
          `${who} waits for consensus: it needs ${quorum} and counts ${known}, itself included.`,
        ),
      ];
  }
};

const count = (view: ClusterView, { peer, quorum, inSight, missing }: Election): readonly Saying[] => {
  const more = (quorum ?? 0) - inSight;
  return [
    more > 0
      ? say(
          'info',
          `${called(view, peer)} sees ${peers(inSight)}, itself included: ${more} more must come${
            missing.length < 2
              ? ''
              : ` of ${calledAll(
                  view,
                  missing.map(({ id }) => id),
                )}`
          }.`,
        )
      : say(
          'info',
          `${called(view, peer)} sees ${peers(inSight)}, itself included: that is enough, so the ring is about to be made.`,
        ),
  ];
};

const missingWords = (view: ClusterView, { peer }: Election, { id, why, link }: Missing): Saying =>
  say(
    'warning',
    `Missing: ${called(view, id)} ${why}.${link === null ? '' : ` ${called(view, peer)} says of it: ${link}.`}`,
  );

/** Who is missing once there is a ring misses nothing: it gets the ring when it comes, or has it by another peer already. */
const late = (view: ClusterView, { ring }: Election, { id, why }: Missing): Saying =>
  say(
    'info',
    `${called(view, id)} ${why}.${[...ring.same, ...ring.other].includes(id) ? '' : ' It gets the ring when it comes.'}`,
  );

const goneWords = (view: ClusterView, { peer, gone, known, quorum, inSight }: Election): Saying => {
  const what = `${called(view, peer)} counts ${known} and sees ${inSight}: ${gone} that it counts ${gone === 1 ? 'is' : 'are'} gone, for a peer that was restarted counts twice until the end.`;
  return (known ?? 0) >= (quorum ?? 0)
    ? say('warning', `${what} So ${known} of ${quorum} is no quorum: what it sees must reach ${quorum}.`)
    : say('info', what);
};

const becauseWords = (view: ClusterView, { peer }: Election, { because }: WrongQuorum): string => {
  const who = called(view, peer);
  switch (because.kind) {
    case 'self-unknown':
      return `${who} has not yet recognised its own address, which counts for another peer.`;
    case 'self-was-unknown':
      return `${who} had not yet recognised its own address when the election began, and counted it for another peer.`;
    case 'short':
      return `The list that weave on ${who} was started with has ${because.listed} ${because.listed === 1 ? 'entry' : 'entries'}${because.lacks.length === 0 ? '' : ` and lacks ${calledAll(view, because.lacks)}`}.`;
    case 'long':
      return `The list that weave on ${who} was started with has ${because.listed} entries${because.strangers.length === 0 ? '' : `; ${listed(because.strangers)} ${because.strangers.length === 1 ? 'is no configured peer, or a second name of one' : 'are no configured peers, or second names of some'}`}.`;
    case 'without-self':
      return `The list that weave on ${who} was started with has ${because.listed} entries and not itself.`;
    case 'earlier-list':
      return `${who} has ${because.listed} targets now, which would give another quorum: they were others when the election began.`;
  }
};

const wrongWords = (view: ClusterView, election: Election, wrong: WrongQuorum): readonly Saying[] => {
  const who = called(view, election.peer);
  const small = wrong.quorum < wrong.right;
  return [
    say(
      small ? 'critical' : 'warning',
      `The quorum is wrong: ${who} asks for ${wrong.quorum}, and ${wrong.right} is right for ${view.peers.length} configured peers. ${becauseWords(view, election, wrong)}${small ? ' A part of the cluster could make a ring of its own.' : ''}`,
    ),
    say(
      'warning',
      `No list that is corrected later mends this: the quorum is fixed until weave on ${who} is restarted.${wrong.file === null ? '' : ` Its file lists ${wrong.file} now, which counts from the next start on.`} Correct PEERS there, restart ${who}, and prime again.`,
    ),
  ];
};
