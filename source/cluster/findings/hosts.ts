import { listed } from '../../text/listed.ts';
import { CLOCK_TOLERANCE } from '../drift.ts';
import type { Finding, Rule } from '../findings.ts';
import { hostWord, isInstalled } from '../peer-state.ts';
import type { Picture } from '../picture.ts';
import { mendAll, mendBy } from './mending.ts';
import { lasting, remedies } from './way-in.ts';
import { idsOf, label, labels, quote, verb } from './words.ts';

/** Rules about hosts: what SSH and the probe tell. A fact that isn't known never alarms. */
export const hostRules: readonly Rule[] = [
  { id: 'not-primed', evaluate: freshHosts },
  { id: 'tcp-refused', evaluate: notInstalled },
  { id: 'weaver-hangs', evaluate: weaverHangs },
  { id: 'clock-skew', evaluate: clockSkew },
  { id: 'unseen', evaluate: unseen },
];

/** Weave refuses links beyond 900 s; from here on it is time to act. */
const CLOCK_WARNING = 300_000;

/** Configured peers whose host has neither the unit nor the container, by its own word. */
function bare({ view, watches }: Picture): number[] {
  return watches.flatMap((watch, index) =>
    view.peers[index]?.state === 'stopped' && isInstalled(watch) === false ? [index] : [],
  );
}

/** Nothing anywhere: a cluster that is still to be made, and no fault of any host. */
function freshHosts(picture: Picture): Finding[] {
  const { roster } = picture;
  const peers = bare(picture);
  if (peers.length === 0 || peers.length < roster.ids.length) return [];
  return [
    {
      id: 'not-primed',
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `Weave is not installed on ${peers.length === 1 ? labels(roster, peers) : `any of the ${peers.length} hosts`}: there is no cluster yet`,
      because: `${verb(peers.length, 'The host has', 'No host has')} ${verb(peers.length, 'no weave unit and no', 'a weave unit or a')} weave container.`,
      remedy: 'Start a new cluster: the same files on every host, start, prime (bootstrap).',
      ...mendAll('bootstrap'),
    },
  ];
}

function notInstalled(picture: Picture): Finding[] {
  const { roster } = picture;
  const peers = bare(picture);
  const [first] = peers;
  if (first === undefined || peers.length === roster.ids.length) return [];
  return [
    {
      id: 'tcp-refused',
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `Weave is not installed on ${labels(roster, peers)}`,
      because: `${label(roster, first)} has no weave unit and no weave container, and nothing answers for weave.`,
      remedy:
        'If it shall be a member, make it a spare in the config of this console and add it; otherwise take it out of the config.',
    },
  ];
}

function weaverHangs({ view, watches, roster }: Picture): Finding[] {
  const hung = view.peers.flatMap((peer, index) => (peer.state === 'hung' ? [index] : []));
  const [first] = hung;
  if (first === undefined) return [];
  const look = watches[first]?.look;
  const watch = watches[first];
  const container = watch ? hostWord(watch).container : null;
  return [
    {
      id: 'weaver-hangs',
      severity: 'critical',
      peers: idsOf(roster, hung),
      title: `Weave doesn't answer on ${labels(roster, hung)}`,
      because: `SSH to ${label(roster, first)} works${container ? ` and its container is ${container.status}` : ''}, but: ${quote(look?.kind === 'silent' ? lasting(look.why.text) : '')}`,
      remedy: 'Look at the host (load, memory, a stopped process), then restart weave there by its unit.',
      ...mendBy('restart-peer', { roster }, first),
    },
  ];
}

/** SSH can't look at a peer, or what it said can't be read. Unknown is not failed: others may see it well. */
function unseen({ view, watches, roster, readings, doubles }: Picture): Finding[] {
  const astray = new Set(doubles.flatMap(({ peers, actual }) => (actual === null ? [] : peers)));
  const dark = view.peers.flatMap((peer, index) =>
    (peer.state === 'silent' || peer.state === 'garbled') && !astray.has(index) ? [index] : [],
  );
  const isSeen = (index: number): boolean => (view.peers[index]?.seenBy.length ?? 0) > 0;
  const isToldOf = (index: number): boolean =>
    readings.some(
      (reading) => reading?.faults.some(({ to }) => to === index) || reading?.words[index] === 'pending',
    );
  const seen = dark.filter(isSeen);
  const alone = dark.filter(
    (index) => !isSeen(index) && (!isToldOf(index) || view.peers[index]?.state === 'garbled'),
  );
  const finding = (peers: readonly number[], seenByOthers: boolean): Finding[] => {
    const [first] = peers;
    if (first === undefined) return [];
    const look = watches[first]?.look;
    const why = look?.kind === 'silent' ? lasting(look.why.text) : look?.kind === 'garbled' ? look.why : '';
    return [
      {
        id: 'unseen',
        // Even where others see it: its ring and its files can't be compared, so nobody can call the cluster healthy.
        severity: 'warning',
        peers: idsOf(roster, peers),
        title: seenByOthers
          ? `${labels(roster, peers)} can't be looked at, but other peers see ${verb(peers.length, 'it', 'them')}`
          : `How ${labels(roster, peers)} ${verb(peers.length, 'stands', 'stand')} is unknown`,
        because: `${label(roster, first)}: ${quote(why)}${seenByOthers ? '' : ' No other report tells of it. Unknown is not failed.'}`,
        remedy: remedies(peers.map((index) => watches[index]?.look ?? null)),
      },
    ];
  };
  return [...finding(alone, false), ...finding(seen, true)];
}

function clockSkew({ drift, roster, failures, watches }: Picture): Finding[] {
  const refused = failures.filter(({ fault }) => fault === 'clock');
  const off = drift.clocks.flatMap((offset, index) =>
    offset !== null && Math.abs(offset) > CLOCK_TOLERANCE ? [{ index, offset }] : [],
  );
  if (off.length === 0 && refused.length === 0) return [];
  const peers = off.length > 0 ? off.map(({ index }) => index) : [...new Set(refused.map(({ to }) => to))];
  const worst = Math.max(0, ...off.map(({ offset }) => Math.abs(offset)));
  const [told] = refused;
  const known = watches.filter((watch) => watch.facts?.kind === 'facts').length;
  return [
    {
      id: 'clock-skew',
      severity: told ? 'critical' : worst >= CLOCK_WARNING ? 'warning' : 'info',
      peers: idsOf(roster, peers),
      title:
        off.length > 0
          ? `The clock of ${listed(off.map(({ index, offset }) => `${label(roster, index)} is ${Math.round(Math.abs(offset) / 1000)} s ${offset < 0 ? 'behind' : 'ahead'}`))}`
          : `Weave refuses links for clock skew: ${labels(roster, peers)}`,
      because: told
        ? `${label(roster, told.from)} says of ${label(roster, told.to)}: ${quote(told.info)}.`
        : `Measured against the middle of ${known} hosts. Beyond 900 s weave refuses new links.`,
      remedy: 'Mend time synchronisation there.',
    },
  ];
}
