import { listed } from '../../text/listed.ts';
import type { Finding, Rule } from '../findings.ts';
import type { ConnectionFault } from '../peer-report.ts';
import { isInstalled } from '../peer-state.ts';
import type { Picture } from '../picture.ts';
import type { LinkFault } from '../reading.ts';
import { mendBy, startable } from './mending.ts';
import { lasting } from './way-in.ts';
import { idsOf, label, labels, quote, verb } from './words.ts';

/** Rules about links between peers that aren't there, and why. */
export const linkRules: readonly Rule[] = [
  { id: 'version-skew', evaluate: versionSkew },
  { id: 'udp-blocked', evaluate: udpBlocked },
  { id: 'tcp-refused', evaluate: notRunning },
  { id: 'tcp-refused', evaluate: (picture) => tcp(picture, 'tcp-refused') },
  { id: 'tcp-timeout', evaluate: (picture) => tcp(picture, 'tcp-timeout') },
  { id: 'tcp-no-route', evaluate: (picture) => tcp(picture, 'tcp-no-route') },
];

/** How long a link may be pending: a healthy one takes seconds, a blocked one is replaced after 60 s and pends again. */
const PENDING = 60_000;

type TcpId = 'tcp-refused' | 'tcp-timeout' | 'tcp-no-route';

/** Which dial error belongs to which row of the failure table; a reset or an unknown error is a weave that isn't well. */
const TCP: Readonly<Partial<Record<ConnectionFault, TcpId>>> = {
  refused: 'tcp-refused',
  reset: 'tcp-refused',
  other: 'tcp-refused',
  timeout: 'tcp-timeout',
  'no-route': 'tcp-no-route',
};

/** Refusals after the handshake: the resets that come with them are no news. */
const REFUSALS: ReadonlySet<ConnectionFault> = new Set([
  'seeded-apart',
  'range-mismatch',
  'ring-conflict',
  'name-collision',
  'password',
  'version',
  'clock',
]);

const TCP_WORDS: Readonly<Record<TcpId, { readonly cause: string; readonly remedy: string }>> = {
  'tcp-refused': {
    cause: 'so weave is down there, or 6783/tcp is closed',
    remedy: 'See whether weave runs there and start it by its unit.',
  },
  'tcp-timeout': {
    cause: 'so the host is gone, or something drops 6783/tcp on the way',
    remedy: 'See whether the host is up and 6783/tcp open between these hosts.',
  },
  'tcp-no-route': {
    cause: 'so the host or the network between is gone',
    remedy: 'See whether the host is up and routed to; links come back by themselves within a minute or two.',
  },
};

const BETWEEN = {
  cause: 'but weave runs at both ends, so something between them is in the way',
  remedy:
    'Look at 6783/tcp and 6783-6784/udp between these hosts; weave goes on trying and links come back by themselves.',
};

/** Of two peers that can't link, the one that fewer see, as a stopped one: it is where to look. */
export function blamed({ cliqueOf, view }: Picture, { from, to }: LinkFault): number {
  const rank = (index: number): number =>
    view.peers[index]?.state === 'stopped' ? Number.POSITIVE_INFINITY : (cliqueOf[index] ?? cliqueOf.length);
  return rank(from) > rank(to) ? from : to;
}

function tcp(picture: Picture, id: TcpId): Finding[] {
  const { roster, view, reports } = picture;
  const all = picture.failures;
  const refused = new Set(
    all.filter(({ fault }) => REFUSALS.has(fault)).flatMap(({ from, to }) => [from, to]),
  );
  const isNoise = ({ from, to, fault }: LinkFault): boolean =>
    (fault === 'reset' || fault === 'other') && (refused.has(from) || refused.has(to));
  const mine = all.filter((failure) => TCP[failure.fault] === id && !isNoise(failure));
  const partners = new Map<number, Set<number>>();
  for (const failure of mine) {
    const at = blamed(picture, failure);
    if (view.peers[at]?.state === 'stopped') continue;
    partners.set(at, (partners.get(at) ?? new Set()).add(at === failure.to ? failure.from : failure.to));
  }
  const peers = [...partners.keys()].sort((a, b) => a - b);
  const [first] = peers;
  const example = mine.find((failure) => blamed(picture, failure) === first);
  if (first === undefined || !example) return [];
  const others = [...new Set([...partners.values()].flatMap((set) => [...set]))].filter(
    (index) => !partners.has(index),
  );
  // Weave that answers us runs, so the fault lies between the hosts; or the error is older than the dial under way.
  const runs = peers.every((index) => reports[index]);
  const words = runs ? BETWEEN : TCP_WORDS[id];
  return [
    {
      id,
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `${labels(roster, peers)} ${verb(peers.length, 'has', 'have')} no link to ${
        others.length > 0
          ? labels(
              roster,
              others.sort((a, b) => a - b),
            )
          : 'each other'
      }`,
      because: `${label(roster, example.from)} says of ${label(roster, example.to)}: ${quote(example.info)}; ${words.cause}.`,
      remedy: words.remedy,
    },
  ];
}

/**
 * A stopped weave, as its own host tells it: no dial needs to fail first. A failed unit or a missing one has a finding of its
 * own, so nothing is said before the first probe tells which it is.
 */
function notRunning(picture: Picture): Finding[] {
  const { roster, view, watches } = picture;
  const down = view.peers.flatMap((peer, index) => {
    const facts = watches[index]?.facts;
    const failed =
      facts?.kind === 'facts' && facts.facts.unit.known && facts.facts.unit.value.active === 'failed';
    const missing = watches[index] && isInstalled(watches[index]) === false;
    return peer.state === 'stopped' && facts !== null && !failed && !missing ? [index] : [];
  });
  if (down.length === 0) return [];
  const [first = 0] = down;
  const facts = watches[first]?.facts;
  const look = watches[first]?.look;
  const unit =
    facts?.kind === 'facts' && facts.facts.unit.known ? `its unit is ${facts.facts.unit.value.active}` : null;
  const container =
    facts?.kind === 'facts' && facts.facts.container.known
      ? `its container is ${facts.facts.container.value.status}`
      : null;
  const told = [unit, container].filter((word) => word !== null);
  return [
    {
      id: 'tcp-refused',
      severity: 'warning',
      peers: idsOf(roster, down),
      title: `Weave is stopped on ${labels(roster, down)}`,
      because:
        told.length > 0
          ? `On ${label(roster, first)} ${told.join(' and ')}, and nothing answers for weave.`
          : `${label(roster, first)} answers by SSH, and weave doesn't: ${quote(look?.kind === 'silent' ? lasting(look.why.text) : '')}`,
      remedy: `Start weave there by its unit (restart), unless somebody stopped it on purpose.`,
      ...mendBy('restart-peer', picture, startable(picture, down)),
    },
  ];
}

function udpBlocked(picture: Picture): Finding[] {
  const { pending, readings, roster } = picture;
  const pairs: [number, number][] = [];
  for (const [key, spell] of pending) {
    const [from = -1, to = -1] = key.split('>').map(Number);
    if (spell.last - spell.since >= PENDING && readings[from]?.words[to] === 'pending')
      pairs.push([from, to]);
  }
  // A silent cut says this, too, but then the two don't see each other by any way round, either.
  const dead = picture.failures.filter(
    ({ fault, from, to }) => fault === 'no-forwarders' && readings[from]?.known[to],
  );
  for (const { from, to } of dead) pairs.push([from, to]);
  if (pairs.length === 0) return [];
  const peers = coverOf(pairs);
  const [example] = dead;
  const others = [...new Set(pairs.flat())].filter((index) => !peers.includes(index)).sort((a, b) => a - b);
  return [
    {
      id: 'udp-blocked',
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `Links of ${labels(roster, peers)} stay pending: no data passes`,
      because: example
        ? `${label(roster, example.from)} says of ${label(roster, example.to)}: ${quote(example.info)}. TCP works, so gossip and the ring do.`
        : `TCP works, so gossip and the ring do; but the links to ${others.length > 0 ? labels(roster, others) : 'the others'} have been pending for over a minute, and weave replaces each by another pending one.`,
      remedy: `Open UDP 6783 and 6784 (and ESP if encrypted) between these hosts.`,
    },
  ];
}

/** The fewest peers that have a part in every pair, by the simple rule: most pairs first. */
function coverOf(pairs: readonly (readonly [number, number])[]): number[] {
  let left = [...pairs];
  const cover: number[] = [];
  while (left.length > 0) {
    const counts = new Map<number, Set<number>>();
    for (const [a, b] of left) {
      counts.set(a, (counts.get(a) ?? new Set()).add(b));
      counts.set(b, (counts.get(b) ?? new Set()).add(a));
    }
    const [worst] = [...counts].reduce((best, next) => (next[1].size > best[1].size ? next : best));
    cover.push(worst);
    left = left.filter((pair) => !pair.includes(worst));
  }
  return cover.sort((a, b) => a - b);
}

function versionSkew(picture: Picture): Finding[] {
  const { roster, drift, reports } = picture;
  const told = picture.failures.filter(({ fault }) => fault === 'version');
  const { usual, odd } = drift.versions;
  if (told.length === 0 && odd.length === 0) return [];
  const peers = odd.length > 0 ? odd : [...new Set(told.map((failure) => blamed(picture, failure)))];
  const [example] = told;
  return [
    {
      id: 'version-skew',
      severity: told.length > 0 ? 'critical' : 'warning',
      peers: idsOf(roster, peers),
      title:
        odd.length > 0
          ? `${labels(roster, odd)} ${verb(odd.length, 'runs', 'run')} weave ${listed([...new Set(odd.map((index) => reports[index]?.version ?? ''))])}, the others ${usual}`
          : `${labels(roster, peers)} ${verb(peers.length, 'speaks', 'speak')} an incompatible protocol version`,
      because: example
        ? `${label(roster, example.from)} says of ${label(roster, example.to)}: ${quote(example.info)}.`
        : 'An upgrade is half done.',
      remedy: 'Finish the upgrade one peer at a time.',
    },
  ];
}
