import type { ClusterView, PeerState, PeerView } from './cluster-view.ts';
import { findingChanges } from './finding-changes.ts';
import { lasting } from './findings/way-in.ts';
import type { Severity } from './findings.ts';
import type { PeerId } from './inventory.ts';

/** One thing that changed between two views, as a sentence for the list of events. */
export type Change = {
  readonly peer: PeerId | null;
  readonly severity: Severity | 'good';
  readonly text: string;
};

const STATE: Readonly<Record<PeerState, readonly [severity: Change['severity'], words: string]>> = {
  unseen: ['info', 'has not been looked at yet'],
  silent: ['warning', "can't be looked at by SSH"],
  hung: ['critical', "answers by SSH, but weave doesn't answer"],
  stopped: ['warning', 'has its weave stopped'],
  garbled: ['warning', 'answers what cannot be read'],
  degraded: ['warning', 'is degraded'],
  idle: ['info', 'is idle: no ring yet'],
  waiting: ['info', 'waits for consensus'],
  ready: ['good', 'is ready'],
};

/** What changed from `previous` to `next`, the cluster first, then peer by peer. Nothing for a first view. */
export function changes(previous: ClusterView | null, next: ClusterView): Change[] {
  if (!previous) return [];
  const before = new Map(previous.peers.map((peer, index) => [peer.id, { peer, index }]));
  return [
    ...consensusChanges(previous, next),
    ...next.peers.flatMap((peer, index) => {
      const old = before.get(peer.id);
      return old ? peerChanges(previous, next, old, { peer, index }) : [];
    }),
    ...findingChanges(previous, next),
  ];
}

function consensusChanges(previous: ClusterView, next: ClusterView): Change[] {
  const [before, now] = [previous.quorum.ipam, next.quorum.ipam];
  const said = (severity: Change['severity'], text: string): Change => ({ peer: null, severity, text });
  const mesh = meshChanges(previous, next);
  if (before.phase === now.phase) {
    const moved = now.phase === 'awaiting-consensus' && before.known !== now.known;
    return moved ? [said('info', `Election: ${now.known} of ${now.quorum} known`), ...mesh] : mesh;
  }
  // From `unknown` means that the first report came: that is a state, not a change.
  if (before.phase === 'unknown' && now.phase !== 'split') return mesh;
  switch (now.phase) {
    case 'ready':
      return [said('good', `The ring is there: ${next.space.rings[0]?.shares.length ?? 0} owners`), ...mesh];
    case 'awaiting-consensus':
      return [said('info', `An election began: ${now.known} of ${now.quorum} known`), ...mesh];
    case 'split':
      return [said('critical', 'There are two rings that cannot merge'), ...mesh];
    case 'idle':
      return [said('warning', 'IPAM is idle again: no ring, no election'), ...mesh];
    default:
      return mesh;
  }
}

function meshChanges(previous: ClusterView, next: ClusterView): Change[] {
  const [before, now] = [previous.quorum.mesh, next.quorum.mesh];
  // What isn't known is no change: neither a loss nor a return.
  if (before.standing === 'unknown' || now.standing === 'unknown') return [];
  if (before.connected === 0 || now.connected === 0) return [];
  const had = before.connected >= before.majority;
  const has = now.connected >= now.majority;
  if (had === has) return [];
  const text = `${now.connected} of ${now.configured} peers see each other, majority ${now.majority}`;
  return [has ? { peer: null, severity: 'good', text } : { peer: null, severity: 'critical', text }];
}

type Row = { readonly peer: PeerView; readonly index: number };

function peerChanges(previous: ClusterView, next: ClusterView, old: Row, now: Row): Change[] {
  const who = now.peer.nickname ?? now.peer.id;
  const list: Change[] = [];
  const say = (severity: Change['severity'], text: string): void => {
    list.push({ peer: now.peer.id, severity, text: `${who} ${text}` });
  };
  const { lost, back } = linkChanges(previous, next, old.index, now.index);
  const links = [
    ...(lost.length > 0 ? [['warning', `lost its link to ${some(lost)}`] as const] : []),
    ...(back.length > 0 ? [['good', `has its link to ${some(back)} again`] as const] : []),
  ];
  if (old.peer.state !== now.peer.state && old.peer.state !== 'unseen') {
    const [severity, words] = STATE[now.peer.state];
    // A link that goes with the state is its reason: one sentence.
    const reason = links.length === 1 && links[0]?.[0] === severity ? links.pop()?.[1] : undefined;
    const why = now.peer.state === 'silent' ? troubleOf(now.peer) : reason;
    say(severity, why === undefined ? words : `${words}: ${why}`);
  }
  if (old.peer.name !== null && now.peer.name !== null && old.peer.name !== now.peer.name) {
    say('warning', `changed its peer name from ${old.peer.name} to ${now.peer.name}`);
  }
  if (old.peer.version !== null && now.peer.version !== null && old.peer.version !== now.peer.version) {
    say('info', `runs weave ${now.peer.version} instead of ${old.peer.version}`);
  }
  for (const [severity, text] of links) say(severity, text);
  return list;
}

/** Links that were or are established, by what the peer itself says; silence is no loss. */
function linkChanges(previous: ClusterView, next: ClusterView, from: number, at: number) {
  const [old, now] = [previous.links[from], next.links[at]];
  const lost: string[] = [];
  const back: string[] = [];
  if (!old || !now || old === now) return { lost, back };
  const same = previous.peers.length === next.peers.length;
  next.peers.forEach((peer, to) => {
    const word = now[to];
    const was =
      old[
        same && previous.peers[to]?.id === peer.id ? to : previous.peers.findIndex(({ id }) => id === peer.id)
      ];
    if (was === word || was === undefined || was === 'unknown' || word === 'unknown') return;
    if (was === 'established') lost.push(peer.nickname ?? peer.id);
    else if (word === 'established') back.push(peer.nickname ?? peer.id);
  });
  return { lost, back };
}

function troubleOf(peer: PeerView): string {
  return peer.watch.look?.kind === 'silent' ? lasting(peer.watch.look.why.text) : 'no answer';
}

function some(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
