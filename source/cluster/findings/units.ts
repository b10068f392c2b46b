import type { Finding, Rule } from '../findings.ts';
import { containerRuns, hostWord } from '../peer-state.ts';
import type { Picture } from '../picture.ts';
import { staysAway } from '../unit-files.ts';
import { mendAll, mendBy } from './mending.ts';
import { idsOf, label, labels, quote } from './words.ts';

/** Rules about what systemd and docker do with weave. A fact that isn't known never alarms. */
export const unitRules: readonly Rule[] = [
  { id: 'unit-failed', evaluate: unitFailed },
  { id: 'launched-by-hand', evaluate: launchedByHand },
  { id: 'unit-not-enabled', evaluate: unitNotEnabled },
  { id: 'restart-policy', evaluate: unitRestarts },
  { id: 'restart-policy', evaluate: dockerRestarts },
];

function unitFailed({ watches, roster }: Picture): Finding[] {
  const failed = watches.flatMap((watch, index) => {
    const { container, unit } = hostWord(watch);
    // A report that is newer than the probe says that it runs again.
    const back = watch.look?.kind === 'report' && watch.look.at > (watch.facts?.at ?? 0);
    return unit?.active === 'failed' && !back && !(container && containerRuns(container))
      ? [{ index, unit }]
      : [];
  });
  const [first] = failed;
  if (!first) return [];
  const { result, mainStatus } = first.unit;
  const peers = failed.map(({ index }) => index);
  return [
    {
      id: 'unit-failed',
      severity: 'critical',
      peers: idsOf(roster, peers),
      title: `The weave unit has failed on ${labels(roster, peers)}`,
      // Where the launch fails, it is not the main process that has failed: that one's status is 0.
      because: `systemd on ${label(roster, first.index)} says ${quote(`failed, ${result}${mainStatus ? `, status ${mainStatus}` : ''}`)}, and weave doesn't run there.`,
      remedy: `Read the unit's log there, mend the cause, then start it again by its unit (restart).`,
      ...mendBy('restart-peer', { roster }, first.index),
    },
  ];
}

function launchedByHand({ watches, roster }: Picture): Finding[] {
  const words = watches.map(hostWord);
  const loaded = words.some(({ unit }) => unit?.load === 'loaded');
  const byHand = words.flatMap(({ container, unit }, index) =>
    unit && container && containerRuns(container) && (unit.active === 'inactive' || unit.active === 'failed')
      ? [index]
      : [],
  );
  const [first] = byHand;
  if (first === undefined) return [];
  const unit = words[first]?.unit;
  return [
    {
      id: 'launched-by-hand',
      // Where no host has the unit, somebody starts weave by other means on purpose.
      severity: loaded ? 'warning' : 'info',
      peers: idsOf(roster, byHand),
      title: `Weave runs outside its unit on ${labels(roster, byHand)}`,
      because: `On ${label(roster, first)} the container runs while the unit is ${unit?.load === 'loaded' ? unit.active : 'not there'}: it was launched by hand, and a reboot won't bring it back.`,
      remedy: 'At a good moment stop weave there and start it by its unit (restart).',
      ...(loaded &&
        mendBy(
          'restart-peer',
          { roster },
          byHand.find((index) => words[index]?.unit?.load === 'loaded'),
        )),
    },
  ];
}

function unitNotEnabled({ watches, roster }: Picture): Finding[] {
  const off = watches.flatMap((watch, index) => {
    const { unit } = hostWord(watch);
    return unit && unit.load !== 'not-found' && staysAway.has(unit.enabled) ? [index] : [];
  });
  const [first] = off;
  const watch = first === undefined ? undefined : watches[first];
  if (first === undefined || !watch) return [];
  return [
    {
      id: 'unit-not-enabled',
      severity: 'warning',
      peers: idsOf(roster, off),
      title: `The weave unit is not enabled on ${labels(roster, off)}`,
      because: `It is ${hostWord(watch).unit?.enabled} on ${label(roster, first)}: after a reboot that peer stays away.`,
      remedy: 'Enable the unit there (align), unless the peer is being removed.',
      ...mendAll('align'),
    },
  ];
}

function unitRestarts({ watches, roster, drift }: Picture): Finding[] {
  const restarting = watches.flatMap((watch, index) => {
    const { unit } = hostWord(watch);
    return unit?.load === 'loaded' && unit.restart !== '' && unit.restart !== 'no'
      ? [{ index, restart: unit.restart }]
      : [];
  });
  const [first] = restarting;
  if (!first) return [];
  const peers = restarting.map(({ index }) => index);
  // Where all units are like that it is the site's own choice, and there is nothing to align to.
  const differs = peers.some((index) => drift.units.includes(index));
  return [
    {
      id: 'restart-policy',
      severity: 'info',
      peers: idsOf(roster, peers),
      title: `The weave unit restarts by itself on ${labels(roster, peers)}`,
      because: `Restart=${first.restart} there: a peer that is reset would be launched again at once.`,
      remedy: `${differs ? 'Take it out as on the others (align)' : 'Nothing to mend now'}; neutralise Restart= before a reset.`,
      ...(differs && mendAll('align')),
    },
  ];
}

/** The documented unit launches with `--no-restart`; without it docker brings a killed weave back behind systemd's back. */
function dockerRestarts({ watches, roster }: Picture): Finding[] {
  const restarting = watches.flatMap((watch, index) => {
    const policy = hostWord(watch).container?.restartPolicy ?? '';
    return policy === '' || policy === 'no' ? [] : [{ index, policy }];
  });
  const [first] = restarting;
  if (!first) return [];
  const peers = restarting.map(({ index }) => index);
  return [
    {
      id: 'restart-policy',
      severity: 'info',
      peers: idsOf(roster, peers),
      title: `Docker restarts weave by itself on ${labels(roster, peers)}`,
      because: `The container of ${label(roster, first.index)} has the restart policy ${first.policy}: it was launched without --no-restart.`,
      remedy: 'At a good moment launch it by its unit, with --no-restart.',
    },
  ];
}
