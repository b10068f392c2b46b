import { describe, expect, it } from 'vitest';
import type { Model } from '../../source/session/model.ts';
import { actionsFor } from '../../source/ui/bound-keys.ts';
import { type Can, lookOnly } from '../../source/ui/can.ts';
import { draw, speak } from '../../source/ui/draw.ts';
import type { Scene } from '../../source/ui/drawing.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { start, type UiState } from '../../source/ui/screens.ts';
import { plainText } from '../../source/ui/spans.ts';
import { addressOf, hostFacts, sampleModel, silentBecause } from '../support/views.ts';

const changing: Can = { ...lookOnly, workshop: true, begin: true };
const all = [0, 1, 2, 3, 4].map(addressOf);

const plain = hostFacts(0, all);
const environment = { ...plain.environment, peers: all };
const unit = (over: object) =>
  plain.unit.known ? { known: true as const, value: { ...plain.unit.value, ...over } } : plain.unit;

/** h2 isn't enabled, h3 lacks a peer and has another MTU, h4 has another unit, h5 is silent. */
const driftModel = (): Model =>
  sampleModel({
    peers: 5,
    sketch: (index) => {
      if (index === 1) return { facts: { unit: unit({ enabled: 'disabled' }) } };
      if (index === 2)
        return {
          facts: { environment: { ...environment, peers: all.slice(0, 4), settings: { WEAVE_MTU: '1300' } } },
        };
      if (index === 3) return { facts: { unit: unit({ digest: 'other' }) } };
      return index === 4
        ? { state: 'silent', watch: { look: silentBecause('no route'), lastReport: null, facts: null } }
        : {};
    },
  });

const scene = (model: Model, columns: number, rows: number, can: Can = changing): Scene => ({
  model,
  columns,
  height: rows - 1,
  options: { ascii: false, color: false, readOnly: !can.workshop },
  can,
  maintenance: null,
  lock: unseenLock,
  notice: null,
});

const drift = (scroll = 0): UiState => ({ ...start, at: { screen: 'drift', scroll } });
const frame = (one: Scene, scroll = 0): readonly string[] =>
  draw(one, drift(scroll)).lines.map((parts) => plainText(parts).trimEnd());

describe('the drift screen', () => {
  it('is this at 80x24', () => {
    expect(frame(scene(driftModel(), 80, 24)).slice(1)).toEqual([
      '── drift: 3 of 5 peers differ ────────────────────────────────────── ↓ 5 more ──',
      ' peer  list        password    variables   unit        enabled',
      ' h2    ● same      ● none      ● same      ● same      ▲ disabled',
      ' h3    ▲ differs   ● none      ▲ differs   ● same      ● enabled',
      ' h4    ● same      ● none      ● same      ▲ differs   ● enabled',
      ' h5    ? unknown   ? unknown   ? unknown   ? unknown   ? unknown',
      ' h1    ● same      ● none      ● same      ● same      ● enabled',
      '',
      ' peer  version     range       encryption  clock       targets',
      ' h2    ● 2.8.1     ● same      ● off       ● same      ● same',
      ' h3    ● 2.8.1     ● same      ● off       ● same      ● same',
      ' h4    ● 2.8.1     ● same      ● off       ● same      ● same',
      ' h5    ? unknown   ? unknown   ? unknown   ? unknown   ? unknown',
      ' h1    ● 2.8.1     ● same      ● off       ● same      ● same',
      '',
      ' ▲ PEERS in the files: h3 lacks 10.0.0.15.',
      '   → Align makes it the same; a running weave reads it at its next start only.',
      ' ▲ WEAVE_MTU: 1300 on h3, not set elsewhere.',
      '   → Align makes it the same; a running weave reads it at its next start only.',
      ' ▲ The unit file of h4 is not that of the others.',
      '   → Align replaces it by that of most; weave runs on.',
      ' Esc back  m matrix  i space  f findings  A align  l lock  ? help  q quit',
    ]);
  });

  it('is this at 60x20, and reaches its end by scrolling', () => {
    expect(frame(scene(driftModel(), 60, 20)).slice(2, 12)).toEqual([
      '── drift: 3 of 5 peers differ ───────────────── ↓ 22 more ──',
      ' peer  list        password    variables   unit',
      ' h2    ● same      ● none      ● same      ● same',
      ' h3    ▲ differs   ● none      ▲ differs   ● same',
      ' h4    ● same      ● none      ● same      ▲ differs',
      ' h5    ? unknown   ? unknown   ? unknown   ? unknown',
      ' h1    ● same      ● none      ● same      ● same',
      '',
      ' peer  enabled     version     range       encryption',
      ' h2    ▲ disabled  ● 2.8.1     ● same      ● off',
    ]);
    expect(frame(scene(driftModel(), 60, 20), 999).slice(-4)).toEqual([
      '',
      ' A: align, one confirmed host at a time; it restarts',
      ' nothing.',
      ' Esc back  m matrix  A align  l lock  ? help  q quit',
    ]);
  });

  it('has all beside each other where there is room', () => {
    expect(frame(scene(driftModel(), 140, 40)).slice(2, 4)).toEqual([
      ' peer  list        password    variables   unit        enabled     version     range       encryption  clock       targets',
      ' h2    ● same      ● none      ● same      ● same      ▲ disabled  ● 2.8.1     ● same      ● off       ● same      ● same',
    ]);
  });

  it('puts who differs first among many', () => {
    const many = sampleModel({
      peers: 100,
      sketch: (index) => (index === 77 ? { facts: { unit: unit({ enabled: 'disabled' }) } } : {}),
    });
    const lines = frame(scene(many, 80, 24));
    expect(lines[1]).toMatch(/^── drift: 1 of 100 peers differ ─+ ↓ \d+ more ──$/);
    expect(lines[3]).toMatch(/^ h78 .* ▲ disabled$/);
  });

  it('says that nobody differs, and what is only not known', () => {
    const text = frame(scene(sampleModel({ peers: 3 }), 80, 24)).join('\n');
    expect(text).toContain('── drift: nobody differs ─');
    expect(text).toContain(' Nothing that is known differs.');
    const looking = frame(
      scene(
        sampleModel({ peers: 1, sketch: () => ({ state: 'unseen', watch: { look: null, facts: null } }) }),
        80,
        24,
      ),
    );
    expect(looking[1]).toMatch(/^── drift: looking ─/);
    expect(looking.join('\n')).not.toContain('Nothing that is known differs');
  });

  it('begins to align by A only where something may be begun', () => {
    expect(actionsFor(['A'], 'grid', lookOnly)).toEqual([{ kind: 'go', to: 'drift' }]);
    expect(actionsFor(['A'], 'drift', changing)).toEqual([{ kind: 'deed', deed: 'begin align' }]);
    expect(actionsFor(['A'], 'drift', lookOnly)).toEqual([]);
    expect(frame(scene(driftModel(), 80, 40, lookOnly)).join('\n')).toContain(
      ' This session only looks: align begins in one that may change the cluster.',
    );
  });

  it('is spoken as sentences', () => {
    expect(speak(scene(driftModel(), 80, 24), drift())).toEqual([
      'Drift: 3 of 5 peers differ.',
      'h2 differs in enabled (disabled).',
      'h3 differs in list, variables.',
      'h4 differs in unit.',
      'h5 differs in nothing that is known; unknown: list, password, variables, unit, enabled, version, range, encryption, clock, targets.',
      'h1 differs in nothing that is known.',
      'PEERS in the files: h3 lacks 10.0.0.15. Align makes it the same; a running weave reads it at its next start only.',
      'WEAVE_MTU: 1300 on h3, not set elsewhere. Align makes it the same; a running weave reads it at its next start only.',
      'The unit file of h4 is not that of the others. Align replaces it by that of most; weave runs on.',
      'The unit of h2 is not enabled: after a reboot weave stays down there. Align enables it; nothing is started by that.',
      'A: align, one confirmed host at a time; it restarts nothing.',
    ]);
  });
});
