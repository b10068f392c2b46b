import type { PeerView } from '../../cluster/cluster-view.ts';
import { type Election, readElection } from '../../cluster/election.ts';
import { called } from '../../cluster/election-missing.ts';
import { type ElectionTale, electionSubject, waits } from '../../cluster/election-tale.ts';
import { electionSayings, type Saying } from '../../cluster/election-words.ts';
import type { PeerId } from '../../cluster/inventory.ts';
import type { Model } from '../../session/model.ts';
import type { Drawing, Scene } from '../drawing.ts';
import type { Screen } from '../screens.ts';
import { blank, type Line, line, span } from '../spans.ts';
import { ago, lasting, peerGlyph, peerTone, peerWord, severityGlyph, severityTone } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';
import { section } from './sections.ts';

/** Whom the prime screen shows: the one it was opened for, else the one that waits or waited, else the first. */
export const primeSubject = ({ view, elections }: Model, id: PeerId | null): PeerId | null =>
  electionSubject(view, elections, id);

const saying = ({ level, text }: Saying, columns: number): readonly Line[] =>
  wrap(text, Math.max(8, columns - 4)).map(
    (part, index): Line => [
      index === 0 ? span(` ${severityGlyph[level]} `, severityTone[level]) : span('   '),
      span(part, level === 'good' ? 'good' : 'plain'),
    ],
  );

const told = (text: string, columns: number): readonly Line[] =>
  wrap(text, Math.max(8, columns - 2)).map((part) => line(` ${part}`));

const howLong = ({ since, longer }: ElectionTale, now: number): string =>
  since === null
    ? ''
    : longer
      ? `It is seen to wait for ${lasting(now - since)}; it waited before that already.`
      : `It waits for ${lasting(now - since)}.`;

/** What changed last, for right below what is waited for: on a low screen the list of changes is out of sight. */
const lastChange = ({ changes, since }: ElectionTale, now: number, low: boolean): string => {
  const last = changes.at(-1);
  if (last !== undefined && !low) return '';
  if (last !== undefined) return `The last change, ${ago(now - last.at)}: ${last.text}`;
  return since === null ? '' : 'Nothing changed.';
};

/** What the keys of the screen can do about it, and what goes on without anybody. */
const outlook = (scene: Scene, election: Election): readonly string[] => {
  const who = called(scene.model.view, election.peer);
  const run = scene.maintenance?.run;
  const ours =
    run?.ended === null && run.procedure.kind === 'prime' && run.procedure.target === election.peer;
  if (election.split) return [];
  if (election.done) return ours ? ['w: back to the checklist, which ends it.'] : [];
  // Of one that fell silent nobody knows whether it has the ring that others have.
  const goesOn = waits(election) && (election.answers || election.ring.same.length === 0);
  return [
    ...(goesOn
      ? [
          `weave prime on ${who} goes on by itself, whether anybody watches or not. Leaving this screen or the console stops nothing.`,
        ]
      : []),
    ...(ours
      ? ['w: back to the checklist.']
      : scene.can.begin
        ? [
            `P: ${waits(election) ? 'prime it again, which is harmless, and take care of it in a checklist' : `run weave prime on ${who}`}. It asks first.`,
          ]
        : []),
  ];
};

const changeLines = (tale: ElectionTale | undefined, now: number, columns: number): readonly Line[] =>
  (tale?.changes ?? [])
    .toReversed()
    .flatMap(({ at, level, text }) =>
      wrap(text, Math.max(8, columns - 14)).map(
        (part, index): Line => [
          span(` ${(index === 0 ? ago(now - at) : '').padEnd(9)} `),
          index === 0 ? span(`${severityGlyph[level]} `, severityTone[level]) : span('  '),
          span(part),
        ],
      ),
    );

/** Whom the primed peer sees, as one sentence; nothing where it sees nobody else. */
const inSight = ({ view }: Model, { seen, peer, done }: Election): readonly string[] => {
  const others = seen.filter((id) => id !== peer);
  return done || others.length === 0
    ? []
    : [`In sight of ${called(view, peer)}: ${others.map((id) => called(view, id)).join(', ')}.`];
};

/** The election of a peer: what it waits for, who is missing and why, what changed. */
export function primeScreen(scene: Scene, at: Extract<Screen, { screen: 'prime' }>): Drawing {
  const { model, columns } = scene;
  const id = primeSubject(model, at.id);
  const peer = model.view.peers.find((one) => one.id === id);
  const election = peer === undefined ? null : readElection(model.view, peer.id);
  if (peer === undefined || election === null)
    return page(scene, 'prime', {
      title: line('prime'),
      lines: [blank, line(' There is no such peer.')],
      scroll: 0,
      name: 'the prime screen',
    });
  const tale = model.elections.get(peer.id);
  const [first, ...rest] = electionSayings(model.view, election);
  const linesOn = (low: boolean): readonly Line[] => [
    ...(first === undefined ? [] : saying(first, columns)),
    ...(tale === undefined || election.done || election.split
      ? []
      : told([howLong(tale, model.now), lastChange(tale, model.now, low)].join(' ').trim(), columns)),
    ...rest.flatMap((one) => saying(one, columns)),
    ...inSight(model, election).flatMap((text) => saying({ level: 'info', text }, columns)),
    ...section('what changed', changeLines(tale, model.now, columns)),
    ...section(
      'what now',
      outlook(scene, election).flatMap((text) => told(text, columns)),
    ),
  ];
  const whole = linesOn(false);
  return page(scene, 'prime', {
    title: titleOf(peer, model),
    // Header, title and hints take up to four lines.
    lines: whole.length <= scene.height - 4 ? whole : linesOn(true),
    scroll: at.scroll,
    name: `the election of ${peer.id}`,
  });
}

const titleOf = (peer: PeerView, { view }: Model): Line => [
  span('prime  ', 'strong'),
  span(`${called(view, peer.id)}  `),
  span(`${peerGlyph(peer)} ${peerWord(peer)}`, peerTone(peer)),
];

/** The same for a screen reader. No ages: they would be spoken again at every tick. */
export function primeSentences(scene: Scene, at: Extract<Screen, { screen: 'prime' }>): readonly string[] {
  const { model } = scene;
  const id = primeSubject(model, at.id);
  const election = id === null ? null : readElection(model.view, id);
  if (election === null) return ['There is no such peer.'];
  const changed = (model.elections.get(election.peer)?.changes ?? []).toReversed().map(({ text }) => text);
  return [
    `Prime, ${called(model.view, election.peer)}.`,
    ...electionSayings(model.view, election).map(({ text }) => text),
    ...inSight(model, election),
    ...(changed.length === 0 ? [] : [`Changed, newest first: ${changed.slice(0, 5).join(' ')}`]),
    ...outlook(scene, election),
  ];
}
