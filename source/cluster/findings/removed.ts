import { listed } from '../../text/listed.ts';
import type { Finding, Rule } from '../findings.ts';
import type { PeerId } from '../inventory.ts';
import type { Picture } from '../picture.ts';
import type { Removed } from '../removed.ts';
import { idsOf, label, labels, verb } from './words.ts';

/** Rules about peers that were removed, and nothing that would fence them. */
export const removedRules: readonly Rule[] = [{ id: 'removed-came-back', evaluate: removedCameBack }];

/** Who has the name now, and who sees it. A name that only rings still have did not come back: it may be about to go. */
type Sight = { readonly own: readonly number[]; readonly seers: readonly number[] };

function sightOf({ reports }: Picture, name: string): Sight {
  const all = reports.flatMap((report, index) => (report === null ? [] : [{ report, index }]));
  return {
    own: all.filter(({ report }) => report.name === name).map(({ index }) => index),
    seers: all
      .filter(({ report }) => report.name !== name && report.peers.some((peer) => peer.name === name))
      .map(({ index }) => index),
  };
}

/** Whether it answers, others too, and every ring that is told agrees with its own: a mark that came to nothing looks like this. */
function agrees({ reports }: Picture, { own }: Sight): boolean {
  if (own.length === 0) return false;
  const rings = reports.flatMap((report) => {
    const entries = report?.ipam?.entries ?? [];
    return entries.length === 0
      ? []
      : [
          entries
            .map(({ token, owner }) => `${token} ${owner}`)
            .sort()
            .join(),
        ];
  });
  return rings.length > 1 && new Set(rings).size === 1;
}

const day = (at: number | null): string =>
  at === null ? '' : ` on ${new Date(at).toISOString().slice(0, 10)}`;

/**
 * One record of each name: of several the last that is told, and by rmpeer before one by reset, which left no data behind.
 * Their times are of several clocks, and say nothing of which came first.
 */
function gravest(removed: readonly Removed[]): readonly Removed[] {
  const byName = new Map<string, Removed>();
  for (const one of removed)
    if (byName.get(one.name)?.how !== 'rmpeer' || one.how === 'rmpeer') byName.set(one.name, one);
  return [...byName.values()];
}

/** Who it is, where, and by whose word: what all sentences are made of. */
function telling({ roster }: Picture, removed: Removed, sight: Sight) {
  const { name, address, nickname } = removed;
  const [home] = sight.own;
  const where = home === undefined ? address : (roster.ids[home] ?? address);
  const far = nickname === '' || nickname === address ? address : `${nickname} (${address})`;
  const marked = removed.marked.map((id) => {
    const index = roster.ids.indexOf(id);
    return index < 0 ? id : label(roster, index);
  });
  return {
    where,
    who: home === undefined ? far : label(roster, home),
    seen:
      sight.seers.length > 0
        ? `${labels(roster, sight.seers)} ${verb(sight.seers.length, 'sees', 'see')} the peer name ${name}`
        : `${where} tells a report with the peer name ${name}`,
    told: marked.length > 0 ? `by the record on ${listed(marked)}` : 'by the journal here',
    files: marked.length > 0 ? listed(marked) : 'each peer',
  };
}

type Words = Omit<Finding, 'id' | 'peers'>;

/** Reset leaves no data behind, so this is only somebody whom nobody added here. */
function resetWords(removed: Removed, { who, seen, told }: ReturnType<typeof telling>): Words {
  return {
    severity: 'warning',
    title: `${who} was removed${day(removed.at)} and is back`,
    because: `${seen}, which was removed by weave reset (${removed.run}, ${told}). It brings no old data, but nobody added it here.`,
    remedy:
      'If it was added elsewhere, take it among the peers of the config. Else stop weave there and disable its unit.',
  };
}

/** The rings agree: rmpeer was never run after the mark was made, or the peer began anew without the console. */
function agreeingWords(
  removed: Removed,
  { who, where, seen, told, files }: ReturnType<typeof telling>,
): Words {
  return {
    severity: 'warning',
    title: `${who} is marked as reclaimed${day(removed.at)}, and is here`,
    because: `${seen}, which ${told} was to be reclaimed (${removed.run}). All rings agree with its own, as where weave rmpeer was never run, or the peer began anew.`,
    remedy: `See what came of it (weave-console history show ${removed.run}). If rmpeer was run and the host has its old data, wipe it. Else delete the line of ${removed.name} in the file of reclaimed peers on ${files}.`,
    mend: { kind: 'wipe-peer', target: where },
  };
}

function oldDataWords(removed: Removed, { who, where, seen, told }: ReturnType<typeof telling>): Words {
  return {
    severity: 'critical',
    title: `${who} was reclaimed${day(removed.at)} and is back, with its old data`,
    because: `${seen}, whose addresses were taken over (${removed.run}, ${told}). It claims them again: the rings diverge, and the same address can be handed out twice.`,
    remedy: `Make no other change. On ${where} stop weave, disable its unit and wipe its data (weave-console wipe ${where}); only then it may be added again.`,
    mend: { kind: 'wipe-peer', target: where },
  };
}

function removedCameBack(picture: Picture): Finding[] {
  const { roster, view } = picture;
  return gravest(view.removed).flatMap((removed): Finding[] => {
    const sight = sightOf(picture, removed.name);
    if (sight.own.length + sight.seers.length === 0) return [];
    const byReset = removed.how === 'reset';
    // Who is a member by the config was added again, and brought nothing.
    if (byReset && roster.ids.includes(removed.address)) return [];
    const words = telling(picture, removed, sight);
    const peers = [...new Set<PeerId>([words.where, ...idsOf(roster, sight.seers)])];
    const say = byReset ? resetWords : agrees(picture, sight) ? agreeingWords : oldDataWords;
    return [
      {
        id: 'removed-came-back',
        peers: peers.filter((id) => roster.ids.includes(id)),
        ...say(removed, words),
      },
    ];
  });
}
