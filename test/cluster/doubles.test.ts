import { describe, expect, it } from 'vitest';
import { buildView, type ClusterView } from '../../source/cluster/cluster-view.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { statusDocument } from '../../source/cluster/status-document.ts';
import { meshWords, statusLines } from '../../source/cluster/status-text.ts';
import { address, failed, live, mesh, name, nickname } from '../support/mesh.ts';
import { facts, silent, trouble } from '../support/watches.ts';

const view = (watches: readonly PeerWatch[]): ClusterView => buildView('c', watches, { now: 1000 });
const self = (index: number) => failed(index, 'ourself', 'cannot connect to ourself');
const probed = (peer: PeerWatch, hostname: string, boot: string): PeerWatch => ({
  ...peer,
  facts: facts({ hostname, bootId: { known: true, value: boot } }),
});

/** The entry of `a` leads to the host of `b`. */
const astray = (): PeerWatch[] => {
  const connections = [self(1), live(0), live(2)];
  return mesh(3, { 0: { name: name(1), nickname: nickname(1), connections }, 1: { connections } });
};

describe('two entries that reach one host', () => {
  it('are no clones, and leave the mesh as it is', () => {
    const built = view(astray().map((peer, index) => (index < 2 ? probed(peer, 'b', 'b') : peer)));
    expect(built.findings.map(({ severity, id }) => `${severity} ${id}`)).toEqual(['warning name-collision']);
    expect(built.findings[0]?.title).toBe(
      `${address(0)} and ${address(1)} reach the same host (same boot id): check host and port in the config`,
    );
    expect(built.findings[0]?.remedy).toContain(`Correct host and port of ${address(0)}`);
    expect(built.quorum.mesh).toMatchObject({ connected: 3, answering: 2, standing: 'held' });
    expect(built.peers[0]).toMatchObject({ state: 'garbled', name: name(0) });
  });

  it('are asked after first where no probe tells', () => {
    expect(view(mesh(3, { 2: { name: name(0) } })).findings[0]?.remedy).toMatch(
      /^First make sure that both entries are different hosts/,
    );
  });

  it('are clones where the boot ids differ', () => {
    const clones = mesh(3, { 2: { name: name(0) } }).map((peer, index) => probed(peer, 'x', `b${index}`));
    expect(view(clones).findings[0]?.severity).toBe('critical');
    expect(view(clones).findings[0]?.remedy).toMatch(/^Give the newer host/);
  });
});

describe('what is not known', () => {
  const dark = mesh(5).map((peer) => ({ ...peer, look: silent({ text: 'No way. Next try in 2 s.' }) }));

  it('is no lost majority', () => {
    expect(meshWords(view(dark).quorum.mesh)).toMatch(/^unknown \(0 of 5 answer/);
    const alone = mesh(3, Object.fromEntries([0, 1, 2].map((at) => [at, { sees: [at], connections: [] }])));
    expect(meshWords(view(alone).quorum.mesh)).toContain('majority 2 LOST');
  });

  it('is no absence of drift', () => {
    const none = { kind: 'none', seq: 1, at: 1, why: trouble({ kind: 'no-shell' }) } as const;
    const built = view(mesh(2).map((peer, index) => (index === 0 ? { ...peer, facts: none } : peer)));
    const [first, second] = statusLines(built, 1000).filter((line) => /^10\./.test(line));
    expect(first).toMatch(/no shell +2\.8\.1 +no shell/);
    expect(second).toMatch(/\? +2\.8\.1 +\?/);
    const document = statusDocument(built, { at: '2026-11-22T12:00:00.000Z', now: 1000 });
    expect(document.peers.map((peer) => peer.facts)).toEqual(['no-shell', 'none']);
  });

  it('has a remedy by what stands in the way, and quotes nothing that changes', () => {
    const keyed = mesh(2).map((peer) => ({ ...peer, look: silent({ kind: 'host-key' }) }));
    expect(view(keyed).findings[0]?.remedy).toContain('Compare the fingerprint');
    expect(view(dark).findings[0]?.because).not.toContain('Next try');
  });
});
