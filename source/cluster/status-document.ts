import type { ClusterView, PeerView } from './cluster-view.ts';
import { factsWord, hostWord } from './peer-state.ts';
import type { StatusDocument } from './status-schema.ts';
import type { Millis } from './trouble.ts';

export type { StatusDocument } from './status-schema.ts';

/** What the document is made with: `at` is ISO 8601 for people, `now` the monotonic time that ages are counted from. */
export type StatusOptions = {
  readonly at: string;
  readonly now: Millis;
  readonly lock?: StatusDocument['lock'];
};

/** The `status --json` document of a view. What it says of a peer is what is known now, not what once was. */
export function statusDocument(view: ClusterView, { at, now, lock }: StatusOptions): StatusDocument {
  const { ipam, mesh } = view.quorum;
  return {
    schema: 1,
    cluster: view.cluster,
    at,
    peers: view.peers.map((peer) => peerDocument(peer, now)),
    quorum: {
      ipam: { phase: ipam.phase, quorum: ipam.quorum, known: ipam.known },
      mesh: {
        configured: mesh.configured,
        connected: mesh.connected,
        majority: mesh.majority,
        cliques: mesh.cliques.map((clique) => [...clique]),
      },
    },
    lock: lock ?? { state: 'unknown' },
    findings: view.findings.map((finding) => ({ ...finding, peers: [...finding.peers] })),
  };
}

function peerDocument(peer: PeerView, now: Millis): StatusDocument['peers'][number] {
  const { look, facts } = peer.watch;
  const { phase, quorum, known, owned, share } = peer.ipam;
  const { container, unit } = hostWord(peer.watch);
  return {
    address: peer.id,
    nickname: peer.nickname,
    name: peer.name,
    state: peer.state,
    hostname: facts?.kind === 'facts' && facts.facts.hostname !== '' ? facts.facts.hostname : null,
    reach: look?.kind ?? 'silent',
    facts: factsWord(peer.watch),
    trouble:
      look?.kind === 'silent' ? { kind: look.why.kind, text: look.why.text, layer: look.why.layer } : null,
    via: look && look.kind !== 'silent' ? look.via : 'none',
    ageMs: look ? Math.max(0, Math.round(now - look.at)) : null,
    version: peer.version,
    unit: unit && { active: unit.active, enabled: unit.enabled },
    container: container?.status ?? null,
    links: { established: peer.links.established, expected: peer.links.expected },
    ipam: { phase, quorum, known, owned, share },
    drift: [...peer.drift],
    seenBy: [...peer.seenBy],
  };
}

/**
 * The exit code of `status`: 5 if nobody answered, neither weave nor SSH; else 4 if an election waits or no group of
 * connected peers is a majority; else 3 if any finding is a warning or worse; else 0.
 */
export function exitCode(view: ClusterView): 0 | 3 | 4 | 5 {
  const answered = view.peers.some(({ watch: { look, facts } }) => {
    if (facts?.kind === 'facts') return true;
    return look !== null && (look.kind !== 'silent' || look.why.layer === 'weave');
  });
  if (!answered) return 5;
  const { ipam, mesh } = view.quorum;
  if (ipam.phase === 'awaiting-consensus' || mesh.connected < mesh.majority) return 4;
  return view.findings.some((finding) => finding.severity !== 'info') ? 3 : 0;
}
