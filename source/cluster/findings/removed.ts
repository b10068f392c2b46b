import type { Finding, Rule } from '../findings.ts';
import type { PeerId } from '../inventory.ts';
import type { Picture } from '../picture.ts';
import type { Removed } from '../removed.ts';
import { idsOf, label, labels, series, verb } from './words.ts';

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

/** Whether it answers and every ring that is told agrees with its own: a mark that came to nothing looks like this. */
function agrees({ reports }: Picture, { own }: Sight): boolean {
  if (own.length === 0) return false;
  const rings = reports.flatMap((report) => {
    const entries = report?.ipam?.entries ?? [];
    return entries.length === 0 ? [] : [entries.map(({ token, owner }) => `${token} ${owner}`).sort().join()];
  });
  return new Set(rings).size === 1;
}

const day = (at: number | null): string =>
  at === null ? '' : ` on ${new Date(at).toISOString().slice(0, 10)}`;

/** The newest record of each name. */
function newest(removed: readonly Removed[]): readonly Removed[] {
  const byName = new Map<string, Removed>();
  for (const one of removed) {
    const before = byName.get(one.name);
    if (before === undefined || (one.at ?? 0) >= (before.at ?? 0)) byName.set(one.name, one);
  }
  return [...byName.values()];
}

function removedCameBack(picture: Picture): Finding[] {
  const { roster, view } = picture;
  return newest(view.removed ?? []).flatMap((removed): Finding[] => {
    const { name, address, nickname, how, run } = removed;
    const sight = sightOf(picture, name);
    if (sight.own.length + sight.seers.length === 0) return [];
    const configured = roster.ids.includes(address);
    // Reset leaves no data behind, and who is a member by the config was added again.
    if (how === 'reset' && configured) return [];
    const [home] = sight.own;
    const where = home === undefined ? address : (roster.ids[home] ?? address);
    const who =
      home === undefined
        ? nickname === '' || nickname === address
          ? address
          : `${nickname} (${address})`
        : label(roster, home);
    const peers: PeerId[] = [...new Set([where, ...idsOf(roster, sight.seers)])].filter((id) =>
      roster.ids.includes(id),
    );
    const seen =
      sight.seers.length > 0
        ? `${labels(roster, sight.seers)} ${verb(sight.seers.length, 'sees', 'see')} the peer name ${name}`
        : `${where} tells a report with the peer name ${name}`;
    const marked = removed.marked.map((id) => {
      const index = roster.ids.indexOf(id);
      return index < 0 ? id : label(roster, index);
    });
    const told = marked.length > 0 ? `by the record on ${series(marked)}` : 'by the journal here';
    const mend = { mend: { kind: 'wipe-peer', target: where } } as const;
    if (how === 'reset')
      return [
        {
          id: 'removed-came-back',
          severity: 'warning',
          peers,
          title: `${who} was removed${day(removed.at)} and is back`,
          because: `${seen}, which was removed by weave reset (${run}, ${told}). It brings no old data, but nobody added it here.`,
          remedy: `If it was added elsewhere, take it among the peers of the config. Else stop weave there and disable its unit.`,
        },
      ];
    if (agrees(picture, sight))
      return [
        {
          id: 'removed-came-back',
          severity: 'warning',
          peers,
          title: `${who} is marked as reclaimed${day(removed.at)}, and is here`,
          because: `${seen}, which ${told} was to be reclaimed (${run}). All rings agree with its own, as where weave rmpeer was never run, or the peer began anew.`,
          remedy: `See what came of it (weave-console history show ${run}). If rmpeer was run and the host has its old data, wipe it. Else delete the line of ${name} in the file of reclaimed peers on ${marked.length > 0 ? series(marked) : 'each peer'}.`,
          ...mend,
        },
      ];
    return [
      {
        id: 'removed-came-back',
        severity: 'critical',
        peers,
        title: `${who} was reclaimed${day(removed.at)} and is back with its old data`,
        because: `${seen}, whose addresses were taken over (${run}, ${told}). It claims them again: the rings diverge, and the same address can be handed out twice.`,
        remedy: `Make no other change. On ${where} stop weave, disable its unit and wipe its data (weave-console wipe ${where}); only then it may be added again.`,
        ...mend,
      },
    ];
  });
}
