import type { PeerView } from '../../cluster/cluster-view.ts';
import type { Sighting } from '../../cluster/sighting.ts';
import type { Model } from '../../session/model.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { mendKey, worstFirst } from '../mend-keys.ts';
import type { Screen } from '../screens.ts';
import { blank, type Line, line, span } from '../spans.ts';
import { ago, count, ipamTone, ipamWord, lasting, peerGlyph, peerTone, peerWord, percent } from '../words.ts';
import { hardWrap, wrap } from '../wrap.ts';
import { findingLines } from './findings.ts';
import { page } from './page.ts';
import { hostLines } from './peer-host.ts';
import { connectionsOf, saidByOthers } from './peer-links.ts';
import { field, section } from './sections.ts';

const viaWords = {
  'status-port': 'its status port through SSH',
  'control-port': 'its control port through SSH',
  curl: 'curl on the host',
  'weave-report': '`weave report` on the host',
} as const;

function lookLines(look: Sighting | null, model: Model, columns: number): readonly Line[] {
  if (look === null) return field('looked', 'not yet', columns, 'info');
  const when = ago(model.now - look.at);
  switch (look.kind) {
    case 'report':
      return field('looked', `${when}, by ${viaWords[look.via]}, in ${Math.round(look.took)} ms`, columns);
    case 'silent':
      return [
        ...field(
          'looked',
          `${when}, no answer: ${look.why.kind} (${look.why.layer === 'ssh' ? 'SSH' : 'weave behind SSH'})`,
          columns,
          'bad',
        ),
        ...field('', look.why.text, columns),
      ];
    case 'garbled':
      return [
        ...field(
          'looked',
          `${when}, by ${viaWords[look.via]}; the answer was not understood: ${look.why}`,
          columns,
          'bad',
        ),
        ...field('it began', look.excerpt, columns),
      ];
  }
}

const yesNo = (value: boolean | null): string => (value === null ? 'unknown' : value ? 'on' : 'off');

function weaveLines(peer: PeerView, model: Model, columns: number): readonly Line[] {
  const last = peer.watch.lastReport;
  if (last === null) return field('weave', 'no report from it yet', columns, 'info');
  const { report } = last;
  const protocol =
    report.protocol === null ? '' : `, protocol ${report.protocol.min} to ${report.protocol.max}`;
  const old =
    peer.watch.look?.kind === 'report'
      ? []
      : field('', `what follows is from its report ${ago(model.now - last.at)}`, columns, 'warn');
  const drops =
    report.terminations === null ? '' : `; ${count(report.terminations)} dropped since it started`;
  return [
    ...old,
    ...field(
      'weave',
      `${report.version}${protocol}, encryption ${yesNo(report.encryption)}, discovery ${yesNo(report.discovery)}`,
      columns,
    ),
    ...field('links', `${peer.links.established} of ${peer.links.expected} established${drops}`, columns),
    ...(report.missing.length === 0 ? [] : field('not sent', report.missing.join(', '), columns, 'info')),
  ];
}

function ipamLines(peer: PeerView, columns: number): readonly Line[] {
  const { ipam } = peer;
  const own =
    ipam.owned === null
      ? ''
      : `; owns ${count(ipam.owned)} addresses${ipam.share === null ? '' : ` (${percent(ipam.share)})`}`;
  const waiting = ipam.phase === 'awaiting-consensus' ? ` electors known, ${ipam.quorum ?? '?'} needed` : '';
  const report = peer.watch.lastReport?.report.ipam ?? null;
  const pending = report === null ? 0 : report.pendingAllocates + report.pendingClaims;
  return [
    ...field(
      'IPAM',
      `${ipamWord(ipam)}${waiting}${own}`,
      columns,
      ipam.phase === 'ready' ? 'plain' : ipamTone(ipam),
    ),
    ...(report === null
      ? []
      : field(
          'range',
          `${report.range}; ${count(report.activeIps)} in use${pending === 0 ? '' : `; ${count(pending)} requests waiting`}`,
          columns,
        )),
  ];
}

function logLines(peer: PeerView, model: Model, columns: number): readonly Line[] {
  const log = model.logs.get(peer.id);
  if (log === undefined) return [line(' press o to read them')];
  switch (log.kind) {
    case 'asking':
      return [line(` asking the host for ${lasting(model.now - log.since)}`, 'info')];
    case 'failed':
      return field('failed', log.why, columns, 'bad');
    case 'there':
      return log.lines.length === 0
        ? [line(` the log is empty (read ${ago(model.now - log.at)})`)]
        : [
            line(` read ${ago(model.now - log.at)}; o reads them again`),
            ...log.lines.flatMap((text) => hardWrap(text, columns - 1).map((part) => line(` ${part}`))),
          ];
  }
}

/** What it dials by itself; the strings matter, since `weave forget` needs them exactly. */
function targetLines(targets: readonly string[], columns: number): readonly Line[] {
  const text = targets.length === 0 ? 'none: it dials nobody by itself' : targets.join(' ');
  return wrap(text, columns - 1).map((part) => line(` ${part}`));
}

/** Everything that is known of one peer, from all sides. */
function peerLines(scene: Scene, peer: PeerView): readonly Line[] {
  const { model, columns } = scene;
  const { peer: host, lookingSince } = peer.watch;
  const report = peer.watch.lastReport?.report ?? null;
  const about = worstFirst(model.view.findings.filter((finding) => finding.peers.includes(peer.id)));
  const waiting = lookingSince === null ? null : model.now - lookingSince;
  return [
    ...field('reached at', `${host.user}@${host.host}:${host.port}`, columns),
    ...field('peer name', peer.name ?? 'unknown', columns),
    ...lookLines(peer.watch.look, model, columns),
    ...(waiting !== null && waiting > model.inventory.interval
      ? field('', `a look is under way for ${lasting(waiting)}`, columns, 'warn')
      : []),
    ...weaveLines(peer, model, columns),
    ...ipamLines(peer, columns),
    ...(peer.drift.length === 0 ? [] : field('drift', peer.drift.join(', '), columns, 'warn')),
    ...section(
      'findings',
      about.flatMap((finding) =>
        findingLines(scene, finding, mendKey(scene, finding, { screen: 'peer', id: peer.id })),
      ),
    ),
    ...section('what others say of it', saidByOthers(peer, model, columns)),
    ...section('its connections', report === null ? [] : connectionsOf(report, columns)),
    ...section('its targets', report === null ? [] : targetLines(report.targets, columns)),
    ...section('the host', hostLines(peer, model, columns)),
    ...section('last log lines', logLines(peer, model, columns)),
  ];
}

export function peerScreen(scene: Scene, at: Extract<Screen, { screen: 'peer' }>): Drawing {
  const peer = scene.model.view.peers.find(({ id }) => id === at.id);
  if (peer === undefined) {
    return page(scene, 'peer', {
      title: line(at.id),
      lines: [blank, line(' This peer is no longer configured.')],
      scroll: 0,
      name: at.id,
    });
  }
  const title: Line = [
    span(`${peer.nickname ?? peer.id}`, 'strong'),
    span(peer.nickname === null ? ' ' : `  ${peer.id}  `),
    span(`${peerGlyph(peer)} ${peerWord(peer)}`, peerTone(peer)),
  ];
  return page(scene, 'peer', {
    title,
    lines: peerLines(scene, peer),
    scroll: at.scroll,
    name: `the page of ${peer.id}`,
  });
}
