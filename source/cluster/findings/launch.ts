import { listed } from '../../text/listed.ts';
import { overlaps } from '../cidr.ts';
import type { Finding, Rule } from '../findings.ts';
import type { HostFacts } from '../host-facts.ts';
import { leftoverWords } from '../host-traces.ts';
import type { PeerId } from '../inventory.ts';
import { containerRuns, hostWord } from '../peer-state.ts';
import type { Picture } from '../picture.ts';
import type { PeerWatch } from '../sighting.ts';
import { mendAll } from './mending.ts';
import { hostLabel, idsOf, label, labels, quote, verb } from './words.ts';

/** Rules about what will keep weave from starting, or start it wrongly: on members where it is down, and on spares. */
export const launchRules: readonly Rule[] = [
  { id: 'list-unresolvable', evaluate: listUnresolvable },
  { id: 'range-overlap', evaluate: rangeOverlap },
  { id: 'leftover', evaluate: leftover },
];

/** What weave takes unless `--ipalloc-range` says otherwise. */
const DEFAULT_RANGE = '10.32.0.0/12';

/** What a weave that died says of its launch. */
const OVERLAPS = /overlaps with existing route/;
const LOOKUP = / lookup /;

type Told = { readonly index: number; readonly said: string };

/** By a failed dial, by the host's own look-up of its list, or by what a weave that died said last. */
function listUnresolvable(picture: Picture): Finding[] {
  const { roster, readings, watches, drift } = picture;
  const dialled = readings.flatMap((reading, index): Told[] =>
    [...(reading?.faults ?? []), ...(reading?.strays ?? [])]
      .filter(({ fault }) => fault === 'unresolvable')
      .map(({ info }) => ({ index, said: `says: ${quote(info)}` })),
  );
  const looked = watches.flatMap((watch, index): Told[] => {
    const names = factsOf(watch)?.environment.unresolved ?? [];
    return names.length > 0
      ? [
          {
            index,
            said: `has ${listed(names)} in its file, which ${verb(names.length, "doesn't", "don't")} resolve there now`,
          },
        ]
      : [];
  });
  const died = watches.flatMap((watch, index): Told[] => {
    const facts = factsOf(watch);
    const said = facts && !runs(facts) ? facts.lastWords.find((words) => LOOKUP.test(words)) : undefined;
    return said === undefined
      ? []
      : [{ index, said: `had a weave that died, and said last: ${quote(said)}` }];
  });
  const told = [...died, ...dialled, ...looked];
  const peers = [...new Set(told.map(({ index }) => index))].sort((a, b) => a - b);
  const [first] = told;
  if (first === undefined) return [];
  // Aligning helps where another list is right: that of the others, or the addresses of the config.
  const differs = drift.files.differing.some(({ index }) => peers.includes(index));
  return [
    {
      id: 'list-unresolvable',
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `${labels(roster, peers)} can't resolve a name in ${verb(peers.length, 'its', 'their')} list`,
      because: `${label(roster, first.index)} ${first.said}. Weave dies at the next launch on a list with such a name.`,
      remedy: `Use addresses in PEERS${differs ? ' (align)' : ''}, or mend name resolution there before anything is restarted.`,
      ...(differs && mendAll('align')),
    },
  ];
}

/** True where the probe saw weave run. */
const runs = ({ container }: HostFacts): boolean => container.known && containerRuns(container.value);

/** The range that the members have, as they say now or said last. */
function rangeOf({ drift, watches }: Picture): string | null {
  return (
    drift.ranges.usual ??
    watches.map(({ lastReport }) => lastReport?.report.ipam?.range || null).find((range) => range !== null) ??
    null
  );
}

/** A host that something was found on: how sentences call it, and why. */
type Found = { readonly id: PeerId; readonly said: string; readonly because: string };

/** One finding for members, which are down, and a lesser one for spares, which nobody may ever add. */
function foundOn(
  id: string,
  { members, spares }: { readonly members: readonly Found[]; readonly spares: readonly Found[] },
  words: (who: string, spare: boolean) => Pick<Finding, 'title' | 'remedy'>,
): Finding[] {
  return [members, spares].flatMap((found, spare): Finding[] => {
    const [first] = found;
    if (first === undefined) return [];
    const about = {
      id,
      severity: spare === 0 ? ('warning' as const) : ('info' as const),
      peers: found.map((host) => host.id),
    };
    return [
      { ...about, because: first.because, ...words(listed(found.map(({ said }) => said)), spare === 1) },
    ];
  });
}

const factsOf = ({ facts }: PeerWatch): HostFacts | null => (facts?.kind === 'facts' ? facts.facts : null);

/** Members that give no report and spares, with what `of` finds on those where weave isn't seen to run. */
function downHosts(
  { watches, roster, spares }: Picture,
  of: (facts: HostFacts, watch: PeerWatch) => ((who: string) => string) | null,
): { readonly members: readonly Found[]; readonly spares: readonly Found[] } {
  const look = (watch: PeerWatch, said: string): Found[] => {
    const facts = factsOf(watch);
    const because = facts === null || runs(facts) || watch.look?.kind === 'report' ? null : of(facts, watch);
    return because === null ? [] : [{ id: watch.peer.address, said, because: because(said) }];
  };
  return {
    members: watches.flatMap((watch, index) => look(watch, label(roster, index))),
    spares: spares.flatMap((watch) => look(watch, hostLabel(watch))),
  };
}

function rangeOverlap(picture: Picture): Finding[] {
  const known = rangeOf(picture);
  const range = known ?? DEFAULT_RANGE;
  const what = `weave's range ${range}${known === null ? ', its default (no peer tells another)' : ''}`;
  const found = downHosts(picture, ({ routes, lastWords }) => {
    const said = lastWords.find((words) => OVERLAPS.test(words));
    if (said !== undefined) return (who) => `The weave of ${who} died, and said last: ${quote(said)}.`;
    const taken = routes.known ? routes.value.filter((route) => overlaps(route, range)) : [];
    return taken.length === 0
      ? null
      : (who) =>
          `${who} has a route to ${listed(taken)}, which overlaps ${what}: weave would not start there.`;
  });
  return foundOn('range-overlap', found, (who, spare) => ({
    title: `A route of ${who} overlaps the address range`,
    remedy: `Take the route away, or give every peer of the cluster another --ipalloc-range${spare ? ', before it is added' : ''}.`,
  }));
}

/** Ring data, bridge or container where no weave is installed: it would start with an old ring or an old name. */
function leftover(picture: Picture): Finding[] {
  const found = downHosts(picture, ({ leftovers }, watch) => {
    // On a member with a unit this is how a stopped peer looks: what it has is its own.
    const own = picture.watches.includes(watch) && hostWord(watch).unit?.load !== 'not-found';
    const parts = own ? [] : leftoverWords(leftovers, (part) => part === true);
    return parts.length === 0
      ? null
      : (who) =>
          `${who} has ${listed(parts)} of an earlier life. A weave that starts with ${verb(parts.length, 'it', 'them')} brings its old name or its old ring along.`;
  });
  return foundOn('leftover', found, (who, spare) => ({
    title: `An earlier weave left something on ${who}${spare ? ', no member' : ''}`,
    remedy: `Look what it is; if it may go: weave reset --force there, before weave is started${spare ? ' or the host added' : ''}.`,
  }));
}
