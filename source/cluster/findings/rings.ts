import { listed } from '../../text/listed.ts';
import type { RingVersion } from '../cluster-view.ts';
import { readSeeds } from '../connection-info.ts';
import type { Finding, Rule } from '../findings.ts';
import type { Picture } from '../picture.ts';
import { majorityOf } from '../quorum.ts';
import { mendBy, ringMinority } from './mending.ts';
import { idsOf, label, labels, ownerLabel, quote, verb } from './words.ts';

/** Rules about the ring itself: who holds which, and who claims what. */
export const ringRules: readonly Rule[] = [
  { id: 'seeded-apart', evaluate: seededApart },
  { id: 'ring-divergence', evaluate: ringDivergence },
];

function seededApart(picture: Picture): Finding[] {
  const sides = picture.apart.length > 0 ? families(picture) : toldSides(picture);
  if (sides.length < 2) return [];
  const { roster } = picture;
  const [kept, ...others] = sides.toSorted((a, b) => b.peers.length - a.peers.length);
  const told = sides.find((side) => side.seeds !== undefined)?.seeds;
  const lone = listed(others.map((side) => side.said));
  const holders = others.reduce((sum, side) => sum + side.peers.length, 0);
  // Which side is the minority is certain only where the other is a majority of all.
  const outvoted = (kept?.peers.length ?? 0) >= majorityOf(roster.ids.length);
  return [
    {
      id: 'seeded-apart',
      severity: 'critical',
      peers: idsOf(
        roster,
        [...new Set(sides.flatMap((side) => side.peers))].sort((a, b) => a - b),
      ),
      title: `Two rings that can't merge: ${kept?.said} against ${lone}`,
      because: `IP allocation was seeded apart, by a start with a short, empty or missing list. Weave refuses links between the two, and both hand out addresses of the same range.${told ? ` ${told}` : ''}`,
      remedy: `Keep the ring of ${kept?.said}. On ${lone} correct PEERS, then wipe ${verb(holders, 'it', 'them')} (weave reset) and start again; ${verb(holders, 'its', 'their')} containers lose the network.`,
      ...(outvoted && mendBy('wipe-peer', picture, others[0]?.peers[0])),
    },
  ];
}

type Side = {
  readonly peers: readonly number[];
  readonly said: string;
  /** Who made the ring, where a refused peer was told. */
  readonly seeds?: string;
};

/** Rings that share an owner are one family; the peers of each family are a side. */
function families({ view, roster, apart, cliques, reports }: Picture): Side[] {
  const groups: RingVersion[][] = [];
  const isApart = (a: RingVersion, b: RingVersion): boolean =>
    apart.some((pair) => pair[0] !== pair[1] && pair.includes(a) && pair.includes(b));
  for (const ring of view.space.rings) {
    const home = groups.find((group) => !group.some((other) => isApart(ring, other)));
    if (home) home.push(ring);
    else groups.push([ring]);
  }
  return groups.map((group) => {
    const holders = new Set(group.flatMap((ring) => ring.observers.map((id) => roster.ids.indexOf(id))));
    // Who can't be asked but is seen by the holders gossips with them, so it holds their ring.
    const company = cliques
      .filter((clique) => clique.some((index) => holders.has(index)))
      .flatMap((clique) => clique.filter((index) => !reports[index]));
    const peers = [...new Set([...holders, ...company])].sort((a, b) => a - b);
    return { peers, said: labels(roster, peers) };
  });
}

/** Only one side reports: the other is known from the seeds that a refused peer was told. */
function toldSides(picture: Picture): Side[] {
  const { readings, roster } = picture;
  for (const [index, reading] of readings.entries()) {
    const rows = [...(reading?.faults ?? []), ...(reading?.strays ?? [])].filter(
      (row) => row.fault === 'seeded-apart',
    );
    const seeds = rows.map((row) => readSeeds(row.info)).find((found) => found !== null);
    if (rows.length === 0) continue;
    const far = (seeds?.received ?? []).flatMap((ref) => roster.byRef(ref) ?? []);
    const refused = rows.flatMap((row) => ('to' in row ? [row.to] : []));
    const others = [...new Set([...far, ...refused])]
      .filter((other) => other !== index)
      .sort((a, b) => a - b);
    const seeded = (seeds?.received ?? []).map((ref) => ownerLabel(picture, ref.name, ref.nickname));
    const said = others.length > 0 ? labels(roster, others) : listed(seeded);
    return [
      { peers: [index], said: label(roster, index) },
      { peers: others, said, seeds: `The other ring was seeded by ${listed(seeded)}.` },
    ];
  }
  return [];
}

function ringDivergence(picture: Picture): Finding[] {
  const { roster, conflicts } = picture;
  const told = picture.readings.flatMap((reading, index) =>
    [...(reading?.faults ?? []), ...(reading?.strays ?? [])]
      .filter((row) => row.fault === 'ring-conflict')
      .map((row) => ({ index, info: row.info })),
  );
  if (conflicts.length === 0 && told.length === 0) return [];
  const certain = told.length > 0 || conflicts.some((conflict) => conflict.certain);
  const peers = [
    ...new Set([...conflicts.flatMap(({ peers }) => peers), ...told.map(({ index }) => index)]),
  ].sort((a, b) => a - b);
  const tokens = listed([...new Set(conflicts.map((conflict) => conflict.token))]);
  const first = conflicts[0];
  const example = first
    ? `For ${first.token} ${labels(roster, first.peers.slice(0, 1))} ${first.kind === 'claimed' ? 'says' : 'still says'} ${first.ours}, others say ${first.theirs}.`
    : `${labels(roster, [told[0]?.index ?? 0])} says: ${quote(told[0]?.info ?? '')}.`;
  return [
    {
      id: 'ring-divergence',
      severity: certain ? 'critical' : 'warning',
      peers: idsOf(roster, peers),
      title: certain
        ? `The rings diverge${tokens === '' ? '' : ` at ${tokens}`}: ${labels(roster, peers)}`
        : `The rings may diverge at ${tokens}: ${labels(roster, peers)}`,
      because: `${example} This follows rmpeer of a live peer, rmpeer on two hosts, or a removed peer that came back; the same address can be handed out twice.`,
      ...(certain && first && mendBy('wipe-peer', picture, ringMinority(picture, first.token)[0])),
      remedy: certain
        ? 'Make no other change. Wipe the IPAM data (weave reset) of the minority only and start it again; its containers lose the network.'
        : 'Look again in a minute: a change that was just under way looks the same. Make no other change until it is gone.',
    },
  ];
}
