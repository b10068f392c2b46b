import { listed } from '../../text/listed.ts';
import { sameHost } from '../doubles.ts';
import type { Finding, Rule } from '../findings.ts';
import type { PeerName } from '../peer-report.ts';
import type { Picture } from '../picture.ts';
import { fullLabel, idsOf } from './words.ts';

/** Rules about peer names: two hosts with one name, and two config entries with one host. */
export const nameRules: readonly Rule[] = [
  { id: 'name-collision', evaluate: nameCollision },
  { id: 'name-collision', evaluate: oneHostTwice },
];

/** The names that several hosts have, by their own reports or by a refused link. An entry told twice counts once. */
function collisions(picture: Picture): Map<PeerName, readonly number[]> {
  const { roster, readings, doubles, failures } = picture;
  const extra = new Set(
    doubles.flatMap(({ peers, actual }) => peers.filter((index) => index !== (actual ?? peers[0]))),
  );
  const found = new Map([...roster.shared].map(([name, holders]) => [name, new Set(holders)]));
  const refused = new Set<PeerName>();
  for (const { to, info } of failures) {
    const other = met(picture, to, info);
    if (other === null) continue;
    found.set(other.name, (found.get(other.name) ?? new Set([other.index])).add(to));
  }
  readings.forEach((reading, index) => {
    const rows = [...(reading?.faults ?? []), ...(reading?.strays ?? [])].filter(
      (row) => row.fault === 'name-collision',
    );
    const name = roster.names[index];
    if (rows.length === 0 || !name) return;
    const holders = found.get(name) ?? new Set<number>();
    found.set(name, holders.add(index));
    refused.add(name);
    for (const row of rows) if ('to' in row) holders.add(row.to);
  });
  return new Map(
    [...found]
      .map(([name, holders]) => {
        const hosts = [...holders].filter((index) => !extra.has(index)).sort((a, b) => a - b);
        return [name, hosts] as const;
      })
      .filter(([name, hosts]) => hosts.length > 1 || (hosts.length > 0 && refused.has(name))),
  );
}

/**
 * `Multiple connections to NAME(NICK)` at an address: weave has that name at another one already. Once at the start this is
 * two dials that met, and names whom was dialled; where it names another configured peer, both have the name.
 */
function met(
  { roster }: Picture,
  dialled: number,
  info: string,
): { readonly name: PeerName; readonly index: number } | null {
  const [, name, nickname] = /Multiple connections to ([^\s(]+)\(([^)]*)\)/.exec(info) ?? [];
  if (name === undefined || nickname === undefined) return null;
  const index = roster.byRef({ name, nickname });
  return index === null || index === dialled ? null : { name, index };
}

/** Peers that have their name in common with another host. */
export function sharingNames(picture: Picture): ReadonlySet<number> {
  return new Set([...collisions(picture).values()].flat());
}

function nameCollision(picture: Picture): Finding[] {
  const { roster, watches } = picture;
  return [...collisions(picture)].map(([name, peers]) => {
    const machines = peers.map((index) => {
      const facts = watches[index]?.facts;
      return facts?.kind === 'facts' && facts.facts.machineId.known ? facts.facts.machineId.value : null;
    });
    const cloned = machines.length > 1 && machines.every((id) => id !== null && id === machines[0]);
    const hosts = listed(peers.map((index) => fullLabel(roster, index)));
    const [first] = peers;
    const apart = peers.slice(1).every((index) => {
      const [a, b] = [watches[first ?? -1], watches[index]];
      return a && b && sameHost(a, b) !== null;
    });
    return {
      id: 'name-collision',
      severity: 'critical',
      peers: idsOf(roster, peers),
      title: `The peer name ${name} is used by ${peers.length > 1 ? hosts : `${hosts} and another host`}`,
      because: `${cloned ? 'They have the same machine-id, so one is a clone of the other.' : 'A cloned machine-id or the same --name gives two hosts one name.'} Weave takes them for one peer: links flap, and the count of a quorum is wrong.`,
      remedy: `${apart ? '' : `First make sure that ${peers.length > 2 ? 'all' : 'both'} entries are different hosts (host and port in the config). Then: `}Give the newer host a machine-id of its own and weave reset it (its old bridge keeps the old name until then), or launch it with --name.`,
    };
  });
}

function oneHostTwice({ roster, doubles }: Picture): Finding[] {
  return doubles.map(({ name, peers, proof, actual }) => {
    const wrong = peers.filter((index) => index !== actual);
    const ids = listed(idsOf(roster, peers));
    const astray = listed(idsOf(roster, wrong));
    return {
      id: 'name-collision',
      severity: 'warning',
      peers: idsOf(roster, peers),
      title: `${ids} reach the same host (${proof}): check host and port in the config`,
      because:
        actual === null
          ? `All answer as ${name}. The others' view of the mesh can't be told from this: one of these peers was not asked at all.`
          : `All answer as ${name}, and that host is ${roster.ids[actual]} by its own word; so what ${astray} answered is left out.`,
      remedy: `Correct host and port of ${actual === null ? 'the wrong one' : astray} in the config. This is no fault of the hosts: reset nothing.`,
    };
  });
}
