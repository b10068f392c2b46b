import type { PeerView } from '../../cluster/cluster-view.ts';
import { isBeingMade, nothingInstalled } from '../../cluster/peer-state.ts';
import { divergence } from '../../cluster/quorum.ts';
import type { Model } from '../../session/model.ts';
import { bindings } from '../bound-keys.ts';
import type { Scene } from '../drawing.ts';
import { mendKey } from '../mend-keys.ts';
import { cursorIndex, type UiState } from '../screens.ts';
import { callName, peerWord, percent, plural } from '../words.ts';
import { matches } from './grid.ts';

/** One peer as a sentence. No ages: a screen reader would speak them again at every tick. */
function peerSentence(peer: PeerView): string {
  const who = `${peer.nickname === null ? '' : `${peer.nickname}, `}${peer.id}`;
  const { look } = peer.watch;
  if (look === null) return `${who}: not looked at yet.`;
  if (look.kind === 'silent' && peer.state === 'silent')
    return `${who}: silent, ${look.why.kind}. ${look.why.text}`;
  if (look.kind === 'garbled') return `${who}: its answer was not understood: ${look.why}.`;
  const share = peer.ipam.share === null ? '' : `, owns ${percent(peer.ipam.share)} of the range`;
  const unread = peer.watch.lastFacts === null ? ', its host was not read, so drift is unknown' : '';
  const drift = peer.drift.length === 0 ? unread : `, drift in ${peer.drift.join(' and ')}`;
  const version = peer.version === null ? '' : `, version ${peer.version}`;
  return `${who}: ${peerWord(peer)}, ${peer.links.established} of ${peer.links.expected} links, IPAM ${peer.ipam.phase}${share}${version}${drift}.`;
}

function quorumSentence(model: Model): string {
  const { ipam, mesh } = model.view.quorum;
  const election =
    ipam.phase === 'awaiting-consensus' ? `, ${ipam.known ?? '?'} of ${ipam.quorum ?? '?'} known` : '';
  const seen = `${mesh.connected} of ${mesh.configured} connected`;
  const unknown =
    mesh.answering === 0
      ? `unknown, 0 of ${mesh.configured} answer`
      : `${seen}, the majority of ${mesh.majority} is not seen`;
  const stands: Readonly<Record<typeof mesh.standing, string>> = {
    unknown,
    lost: `${seen}, the majority of ${mesh.majority} is ${isBeingMade(model.view) ? 'not there yet' : 'lost'}`,
    held: `${seen}, majority is ${mesh.majority}`,
  };
  const rings = { certain: ', the rings diverge', possible: ', the rings may diverge' };
  const diverge = divergence(model.view);
  return `IPAM ${ipam.phase}${election}${diverge === null ? '' : rings[diverge]}. Mesh: ${nothingInstalled(model.view.peers) ? 'none, no weave on any host' : stands[mesh.standing]}.`;
}

/** What each peer says of the others, for the matrix. */
export function linkSentences(model: Model): readonly string[] {
  const { peers, links } = model.view;
  return peers.map((peer, row) => {
    const words = new Map<string, string[]>();
    for (const [column, other] of peers.entries()) {
      if (column === row) continue;
      const word = links[row]?.[column] ?? 'unknown';
      words.set(word, [...(words.get(word) ?? []), callName(model, other.id)]);
    }
    const said = [...words].map(([word, names]) => `${word} ${names.join(', ')}`).join('; ');
    return `${callName(model, peer.id)} says: ${said === '' ? 'nothing' : said}.`;
  });
}

/** The grid for a screen reader: the cluster, the peers from the cursor on, the findings, the keys. */
export function gridSentences(scene: Scene, state: UiState): readonly string[] {
  const { model } = scene;
  const peers = model.view.peers.filter((peer) => state.filter === '' || matches(peer, state.filter));
  const cursor = cursorIndex(
    state,
    peers.map(({ id }) => id),
  );
  const run = scene.maintenance?.run;
  const open = run !== undefined && run.ended === null;
  const readOnly = open
    ? ` Maintenance: ${run.procedure.title}, step ${run.at + 1}.`
    : scene.options.readOnly
      ? ' Read-only.'
      : '';
  const findings = model.view.findings.map((finding) => {
    const key = mendKey(scene, finding, { screen: 'grid' });
    const press = key === null ? '' : ` ${key.keys}: ${key.does}.`;
    return `${finding.severity}: ${finding.title} (${finding.peers.map((id) => callName(model, id)).join(', ')}). ${finding.remedy}${press}`;
  });
  const keys = bindings(scene.can, 'grid')
    .filter(({ hint }) => hint !== null)
    .map(({ shown, hint }) => `${shown} ${hint}`);
  return [
    `Cluster ${model.view.cluster}.${readOnly} ${quorumSentence(model)}`,
    state.at.screen === 'filter' ? `Filter: ${state.filter}` : plural(peers.length, 'peer'),
    ...peers.map((peer, index) => (index === cursor ? `Cursor: ${peerSentence(peer)}` : peerSentence(peer))),
    findings.length === 0 ? 'No findings.' : plural(findings.length, 'finding'),
    ...findings,
    ...(scene.notice === null ? [] : [scene.notice]),
    `Keys: ${keys.join(', ')}.`,
  ];
}
