import { describe, expect, it } from 'vitest';
import type { Mend } from '../../source/cluster/change-kinds.ts';
import type { Finding } from '../../source/cluster/findings.ts';
import { type Can, lookOnly } from '../../source/ui/can.ts';
import { draw, speak } from '../../source/ui/draw.ts';
import type { Scene } from '../../source/ui/drawing.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { type Screen, start } from '../../source/ui/screens.ts';
import { plainText } from '../../source/ui/spans.ts';
import { bareHost, down } from '../support/host-mesh.ts';
import { addressOf, sampleModel } from '../support/views.ts';

const changing: Can = { ...lookOnly, workshop: true, begin: true };
const busy: Can = { ...changing, begin: false, maintenance: true };

const finding = (title: string, mend?: Mend, severity: Finding['severity'] = 'warning'): Finding => ({
  id: 'tcp-refused',
  severity,
  peers: mend?.target ? [mend.target] : [],
  title,
  because: 'Because.',
  remedy: 'Do something.',
  ...(mend && { mend }),
});

const of = (kind: Mend['kind'], index: number | null): Mend => ({
  kind,
  target: index === null ? null : addressOf(index),
});

const sceneOf = (findings: readonly Finding[], can: Can, columns = 80, height = 40): Scene => ({
  model: sampleModel({ peers: 5, findings }),
  columns,
  height,
  can,
  options: { ascii: false, color: false, readOnly: !can.workshop },
  maintenance: null,
  lock: unseenLock,
  notice: null,
});

const text = (scene: Scene, at: Screen): string =>
  draw(scene, { ...start, at })
    .lines.map((parts) => plainText(parts).trimEnd())
    .join('\n');

const grid: Screen = { screen: 'grid' };
const list: Screen = { screen: 'findings', scroll: 0 };
const pageOf = (index: number): Screen => ({ screen: 'peer', id: addressOf(index), scroll: 0 });

describe('hosts without weave', () => {
  const bare = sampleModel({
    peers: 2,
    cliques: [],
    rings: [],
    findings: [finding('Weave is not installed on any of the 2 hosts', of('bootstrap', null))],
    sketch: () => ({
      state: 'stopped',
      watch: { look: down, lastReport: null },
      facts: bareHost,
    }),
  });
  const scene = { ...sceneOf([], changing), model: bare };

  it('are called so, nothing is lost, and the key makes a cluster of them', () => {
    const drawn = text(scene, grid);
    expect(drawn).toContain('mesh none, no weave on any host');
    expect(drawn).toMatch(/▸ ■ no weave 10\.0\.0\.11/);
    expect(drawn).toContain('     B: bootstrap the cluster');
    expect(drawn).not.toContain('LOST');
    expect(speak(scene, start).join('\n')).toContain('Mesh: none, no weave on any host.');
  });
});

describe('the key that mends a finding', () => {
  const stopped = [finding('Weave is stopped on h5', of('restart-peer', 4))];

  it('stands on the findings screen with what it begins, and on whom', () => {
    expect(text(sceneOf(stopped, changing), list)).toContain('   → Do something.\n     R: restart h5\n');
  });

  it('leads over the findings from the grid, where the key is about the cursor', () => {
    expect(text(sceneOf(stopped, changing), grid)).toContain('     f R: restart h5');
  });

  it('stands on the page of its peer, and leads over the findings from that of another', () => {
    expect(text(sceneOf(stopped, changing), pageOf(4))).toContain('\n     R: restart h5\n');
    const both = [{ ...stopped[0], peers: [3, 4].map(addressOf) } as Finding];
    expect(text(sceneOf(both, changing), pageOf(3))).toContain('     f R: restart h5');
  });

  it('acts on the grid itself where it is about all peers', () => {
    const drift = [finding('PEERS differs', of('align', null))];
    expect(text(sceneOf(drift, changing), grid)).toContain('     A: align all peers');
    expect(text(sceneOf(drift, changing), list)).toContain('     A: align all peers');
  });

  it('comes before the remedy where there are only two lines', () => {
    const drawn = text(sceneOf(stopped, changing, 40, 12), grid);
    expect(drawn).toContain('   → f R: restart h5. Do something.');
  });

  it('is of the first of its kind; another is begun from the page of its peer', () => {
    const two = [
      finding('h4 waits', of('restart-peer', 3), 'info'),
      finding('h5 is stopped', of('restart-peer', 4), 'critical'),
    ];
    const drawn = text(sceneOf(two, changing), list);
    expect(drawn).toContain('     R: restart h5\n');
    expect(drawn).toContain('     R on its page: restart h4');
  });

  it.each([
    ['looks only', lookOnly],
    ['has a change under way', busy],
  ])('does not exist in a session that %s: only the remedy does', (_, can) => {
    for (const at of [grid, list, pageOf(4)]) {
      const drawn = text(sceneOf(stopped, can), at);
      expect(drawn).toContain('→ Do something.');
      expect(drawn).not.toContain('R: restart');
    }
  });

  it('is spoken', () => {
    const said = speak(sceneOf(stopped, changing), start).join('\n');
    expect(said).toContain('Do something. f R: restart h5.');
  });

  it('is none where no procedure mends it', () => {
    expect(text(sceneOf([finding('UDP is blocked')], changing), list)).not.toMatch(/\w: (re|al|pr)/);
  });
});
