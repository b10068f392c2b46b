import { listed } from '../../text/listed.ts';
import { listlessAmong } from '../drift.ts';
import type { Finding, Rule, Severity } from '../findings.ts';
import { difference, type ListComparison, type ListDifference } from '../lists.ts';
import type { Picture } from '../picture.ts';
import type { Roster } from '../roster.ts';
import { mendAll } from './mending.ts';
import { idsOf, label, labels, verb } from './words.ts';

/** Rules about the lists of peers: in the hosts' files, in the running peers, and in this console's config. */
export const configRules: readonly Rule[] = [
  { id: 'list-drift', evaluate: filesDiffer },
  { id: 'list-drift', evaluate: targetsDiffer },
  { id: 'list-drift', evaluate: consoleDiffers },
  { id: 'list-drift', evaluate: unitsDiffer },
];

function filesDiffer({ drift, roster }: Picture): Finding[] {
  const listless = listlessAmong(drift);
  const differing = drift.files.differing;
  if (differing.length === 0 && listless.length === 0) return [];
  const peers = [...new Set([...differing.map(({ index }) => index), ...listless])].sort((a, b) => a - b);
  const details = [
    ...said(roster, differing),
    ...listless.map((index) => `${label(roster, index)} has no PEERS at all`),
  ];
  return [
    listDrift('warning', roster, peers, {
      title: `PEERS differs on ${labels(roster, peers)}`,
      because: `${details.join('; ')}. A peer started with another list counts another quorum, and with none it makes a cluster of its own.`,
      remedy: 'Write the same complete list to the environment file of every host (align).',
      ...mendAll('align'),
    }),
  ];
}

function targetsDiffer({ drift, roster, view }: Picture): Finding[] {
  const { differing } = drift.targets;
  if (differing.length === 0) return [];
  const peers = differing.map(({ index }) => index);
  const files =
    drift.files.reference === null
      ? 'unknown'
      : drift.files.differing.length === 0 && drift.listless.length === 0
        ? 'agree'
        : 'differ';
  // With a ring nobody counts targets any more: what the next start will put right, or may, is no alarm.
  const harmless = files === 'agree' || (files === 'unknown' && view.quorum.ipam.phase === 'ready');
  const remedies = {
    agree: 'The files agree: weave connect or forget now, or the next restart, puts it right.',
    differ:
      'Align the files, then weave connect or forget the difference, or restart these peers one by one.',
    unknown:
      'Compare PEERS in the files of the hosts, which this account has not read; weave connect or forget puts right what runs.',
  };
  return [
    listDrift(harmless ? 'info' : 'warning', roster, peers, {
      title: `${labels(roster, peers)} ${verb(peers.length, 'runs', 'run')} with another list of targets`,
      because: `${said(roster, differing).join('; ')}. A running peer doesn't read a changed list.`,
      remedy: remedies[files],
      ...(files === 'differ' && mendAll('align')),
    }),
  ];
}

/** What the hosts agree on among themselves, against the peers that this console was told to watch. */
function consoleDiffers({ drift, roster }: Picture): Finding[] {
  const source: ListComparison = drift.files.reference ? drift.files : drift.targets;
  if (!source.reference?.some((item) => roster.ids.includes(item))) return [];
  const { lacks, extra } = difference(source.reference, roster.ids);
  const where = source === drift.files ? "the hosts' files" : 'the running peers';
  const findings: Finding[] = [];
  if (lacks.length > 0) {
    findings.push(
      listDrift(
        'warning',
        roster,
        lacks.map((id) => roster.ids.indexOf(id)),
        {
          title: `${listed(lacks)} ${verb(lacks.length, 'is', 'are')} configured here, but not in the list of ${where}`,
          because:
            'A peer was added to one list only: a change that was not distributed, or is not done yet.',
          remedy: 'Put it into PEERS on every host (align), or take it out of the config of this console.',
          ...mendAll('align'),
        },
      ),
    );
  }
  if (extra.length > 0) {
    findings.push(
      listDrift('info', roster, [], {
        title: `${listed(extra)} ${verb(extra.length, 'is', 'are')} in the list of ${where}, but not watched here`,
        because: 'It is a peer that this console was not told of, or one that was removed and not forgotten.',
        remedy: 'Add it to the config of this console, or take it out of PEERS and weave forget it.',
      }),
    );
  }
  return findings;
}

function unitsDiffer({ drift, roster }: Picture): Finding[] {
  if (drift.units.length === 0) return [];
  return [
    listDrift('info', roster, drift.units, {
      title: `The unit file of ${labels(roster, drift.units)} differs from the others`,
      because: 'Its salted digest is another one, drop-ins included.',
      remedy: 'Compare the files, and align them unless the difference is meant.',
      ...mendAll('align'),
    }),
  ];
}

/** `h1, h2 and h3 lack 10.0.0.16`: who differs in the same way is said together. */
function said(roster: Roster, differences: readonly ListDifference[]): string[] {
  const groups = new Map<string, ListDifference[]>();
  for (const item of differences) {
    const key = `${item.lacks.join(' ')}|${item.extra.join(' ')}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((group) => {
    const { lacks = [], extra = [] } = group[0] ?? {};
    const parts = [
      ...(lacks.length > 0 ? [`${verb(group.length, 'lacks', 'lack')} ${listed(lacks)}`] : []),
      ...(extra.length > 0
        ? [`${verb(group.length, 'has', 'have')} ${listed(extra)} beyond the others`]
        : []),
    ];
    return `${labels(
      roster,
      group.map(({ index }) => index),
    )} ${parts.join(' and ')}`;
  });
}

function listDrift(
  severity: Severity,
  roster: Roster,
  peers: readonly number[],
  words: Pick<Finding, 'title' | 'because' | 'remedy' | 'mend'>,
): Finding {
  return { id: 'list-drift', severity, peers: idsOf(roster, peers), ...words };
}
