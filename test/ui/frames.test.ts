import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusLines } from '../../source/cluster/status-text.ts';
import type { Model } from '../../source/session/model.ts';
import { width } from '../../source/text/width.ts';
import { lookOnly } from '../../source/ui/can.ts';
import { draw, speak } from '../../source/ui/draw.ts';
import type { Scene } from '../../source/ui/drawing.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { type Screen, start, type UiState } from '../../source/ui/screens.ts';
import { painter, plainText } from '../../source/ui/spans.ts';
import {
  addressOf,
  earlyModel,
  NOW,
  partitionModel,
  ringOf,
  type Sketch,
  sampleModel,
  silentBecause,
  troubledModel,
} from '../support/views.ts';

const hostile = [
  '宇宙船エンタープライズ号',
  'e\u0301te\u0301'.repeat(9),
  '👩‍🚀👩‍🚀',
  'x'.repeat(300),
  '',
  '한국어',
  '‮',
];

const sketches: Readonly<Record<string, () => Model>> = {
  one: () => sampleModel({ peers: 1 }),
  five: () => sampleModel({ peers: 5 }),
  hundred: () => sampleModel({ peers: 100 }),
  none: () => sampleModel({ peers: 0 }),
  partition: partitionModel,
  troubled: troubledModel,
  early: () => earlyModel(5),
  allSilent: () =>
    sampleModel({
      peers: 3,
      cliques: [],
      rings: [],
      sketch: () => ({ state: 'silent', watch: { look: silentBecause('nobody home'), lastReport: null } }),
    }),
  hostile: () =>
    sampleModel({ peers: hostile.length, sketch: (index) => ({ nickname: hostile[index] ?? '' }) }),
  split: () =>
    sampleModel({
      peers: 4,
      ipam: { phase: 'split', quorum: null, known: null },
      rings: [
        ringOf([0, 1, 2], [0, 1, 2], (index) => `h${index + 1}`),
        ringOf(
          [3],
          [3],
          (index) => `h${index + 1}`,
          () => true,
          'other',
        ),
      ],
    }),
};

const models: Readonly<Record<string, Model>> = Object.fromEntries(
  Object.entries(sketches).map(([name, make]) => [name, make()]),
);

const screens: Readonly<Record<string, Screen>> = {
  grid: { screen: 'grid' },
  filter: { screen: 'filter', former: '' },
  peer: { screen: 'peer', id: addressOf(0), scroll: 0 },
  silentPeer: { screen: 'peer', id: addressOf(1), scroll: 7 },
  gonePeer: { screen: 'peer', id: '10.9.9.9', scroll: 3 },
  matrix: { screen: 'matrix', scroll: 0, left: 0 },
  matrixFar: { screen: 'matrix', scroll: 999, left: 999 },
  space: { screen: 'space', scroll: 0 },
  findings: { screen: 'findings', scroll: 2 },
  prime: { screen: 'prime', id: null, scroll: 0 },
  drift: { screen: 'drift', scroll: 0 },
  driftEnd: { screen: 'drift', scroll: 999 },
  events: { screen: 'events', scroll: 0 },
  help: { screen: 'help', scroll: 5 },
};

const scene = (model: Model, columns: number, rows: number, over: Partial<Scene> = {}): Scene => ({
  model,
  columns,
  height: rows - 1,
  options: { ascii: false, color: true, readOnly: true },
  can: lookOnly,
  maintenance: null,
  lock: unseenLock,
  notice: null,
  ...over,
});

const at = (screen: Screen): UiState => ({ ...start, at: screen });

const frame = (model: Model, columns: number, rows: number, state: UiState = start): readonly string[] =>
  draw(scene(model, columns, rows), state).lines.map((parts) => plainText(parts).trimEnd());

const everyFrame = Object.entries(models).flatMap(([name, model]) =>
  Object.entries(screens).map(([screen, value]) => [name, screen, model, value] as const),
);

describe.each(everyFrame)('%s on the %s screen', (_model, _screen, model, screen) => {
  it.each([
    [60, 20],
    [80, 24],
    [140, 40],
    [40, 15],
  ])('fits into %ix%i and leaves the last line', (columns, rows) => {
    const { lines } = draw(scene(model, columns, rows), at(screen));
    expect(lines).toHaveLength(rows - 1);
    for (const parts of lines) expect(width(plainText(parts))).toBeLessThanOrEqual(columns);
  });

  it('has no colour without colour, and only 7-bit characters in ASCII', () => {
    const { lines } = draw(scene(model, 80, 24), at(screen));
    const colourless = lines.map(painter({ color: false, ascii: false })).join('\n');
    const codes = [...colourless.matchAll(/\u001B\[([\d;]*)m/g)].map((match) => match[1]);
    expect(codes.filter((code) => !['1', '22', '7', '27'].includes(code ?? ''))).toEqual([]);
    const ascii = lines
      .map(painter({ color: true, ascii: true }))
      .map((text) => text.replaceAll(/\u001B\[\d+m/g, ''));
    for (const [index, text] of ascii.entries()) {
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(text).toHaveLength(width(plainText(lines[index] ?? [])));
    }
  });
});

it('fits into any terminal at all', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 220 }),
      fc.integer({ min: 2, max: 60 }),
      fc.constantFrom(...Object.values(models)),
      fc.constantFrom(...Object.values(screens)),
      (columns, rows, model, screen) => {
        const { lines } = draw(scene(model, columns, rows), at(screen));
        expect(lines.length).toBeLessThanOrEqual(rows - 1);
        for (const parts of lines) expect(width(plainText(parts))).toBeLessThanOrEqual(columns);
      },
    ),
    { numRuns: 400 },
  );
});

describe('the grid', () => {
  it('is this at 80x24 with five peers', () => {
    expect(frame(sampleModel({ peers: 5 }), 80, 12)).toEqual([
      ' prod   READ-ONLY  IPAM ready  mesh 5/5 connected, majority 3  oldest look 1s',
      '    state    address   nick unit     links IPAM      share        drift looked',
      '▸ ● ready    10.0.0.11 h1   active     4/4 ready     █▍       20%       <5s',
      '  ● ready    10.0.0.12 h2   active     4/4 ready     █▍       20%       <5s',
      '  ● ready    10.0.0.13 h3   active     4/4 ready     █▍       20%       <5s',
      '  ● ready    10.0.0.14 h4   active     4/4 ready     █▍       20%       <5s',
      '  ● ready    10.0.0.15 h5   active     4/4 ready     █▍       20%       <5s',
      '── no findings ─────────────────────────────────────────────────────────────────',
      '',
      ' no events yet',
      ' Enter open  / filter  m matrix  i space  f findings  e events  ? help  q quit',
    ]);
  });

  it.each([
    ['nothing is wrong', sampleModel({ peers: 5 }), ' Enter open  a add  d remove  l lock  ? help  q quit'],
    ['something is', partitionModel(), ' Enter open  f findings  a add  d remove  ? help  q quit'],
  ])('names the keys that matter most on a narrow screen where %s', (_, model, keys) => {
    const can = { ...lookOnly, workshop: true, begin: true };
    const { lines } = draw(scene(model, 60, 20, { can }), start);
    expect(lines.map((parts) => plainText(parts).trimEnd()).at(-1)).toBe(keys);
  });

  it('keeps columns aligned behind wide, combining and endless nicknames', () => {
    const model = models.hostile ?? sampleModel({ peers: 1 });
    for (const columns of [80, 140]) {
      const rows = frame(model, columns, 24).filter((text) => /ready +10\./.test(text));
      expect(rows).toHaveLength(hostile.length);
      const places = rows.map((text) => width(text.slice(0, text.indexOf(' active'))));
      expect(new Set(places).size).toBe(1);
    }
  });

  it('says of a silent peer why, and when it last reported', () => {
    const text = frame(troubledModel(), 140, 24).join('\n');
    expect(text).toMatch(
      /✖ silent +10\.0\.0\.12 .*timeout · last report 1s ago · h2 \(10\.0\.0\.12\): no answer/,
    );
    expect(text).toMatch(/◌ hung .* wait 12s/);
    expect(text).toMatch(/■ stopped .* failed +exited 137/);
    expect(text).toMatch(/¿ garbled .*not understood · last report 1s ago · not JSON/);
    expect(text).toMatch(/· looking .*waiting for the first answer/);
    expect(text).toMatch(/◐ waiting .* 2 of 4/);
  });

  it('shows findings worst first with the remedy, and counts what has no room', () => {
    const tall = frame(partitionModel(), 80, 24).join('\n');
    expect(tall.indexOf('✖ The mesh is split')).toBeLessThan(tall.indexOf('▲ 40% of the address range'));
    expect(tall).toContain('→ Mend the network');
    const short = frame(partitionModel(), 80, 13).join('\n');
    expect(short).toContain('✖ The mesh is split');
    expect(short).toMatch(/\+1 more finding: f/);
  });

  it.each([140, 60])('says first of a peer that it should not be back, in red, at %i columns', (columns) => {
    const model = sampleModel({ peers: 3 });
    const peers = model.view.peers.map((peer, index) =>
      index === 1 ? { ...peer, returned: true as const } : peer,
    );
    const { lines } = draw(scene({ ...model, view: { ...model.view, peers } }, columns, 24), start);
    const row = lines.find((parts) => plainText(parts).includes(addressOf(1))) ?? [];
    expect(plainText(row)).toContain('✖ returned');
    expect(row.find(({ text }) => text.includes('returned'))?.tone).toBe('bad');
  });

  it('adds to a title the peers that it does not name', () => {
    const finding = { id: 'x', severity: 'warning', because: '', remedy: '' } as const;
    const model = sampleModel({
      peers: 12,
      findings: [{ ...finding, peers: [0, 9].map(addressOf), title: 'h10 differs from h2.' }],
    });
    expect(frame(model, 80, 24).join('\n')).toContain('▲ h10 differs from h2. (h1)');
  });

  it('counts the rows above and below the window', () => {
    const state: UiState = { ...start, cursor: addressOf(50), top: 45 };
    const text = frame(sampleModel({ peers: 100 }), 80, 24, state).join('\n');
    const [, above, below] = /↑ (\d+) more peers {2}↓ (\d+) more peers ──/.exec(text) ?? [];
    const shown = text.split('\n').filter((part) => part.includes('● ready')).length;
    expect(Number(above) + Number(below) + shown).toBe(100);
    expect(text).toContain('▸ ● ready    10.0.0.61');
  });

  it('says so when nothing matches, and when there is nothing', () => {
    const none: UiState = { ...start, filter: 'nothing like this' };
    expect(frame(sampleModel({ peers: 5 }), 80, 24, none).join('\n')).toContain(
      'no peer matches “nothing like this”',
    );
    expect(frame(sampleModel({ peers: 0 }), 80, 24).join('\n')).toContain('no peers are configured');
  });

  it('is not blank before the first answer, and does not call that healthy', () => {
    const text = frame(earlyModel(5), 80, 24).join('\n');
    expect(text).toContain('looked at 0 of 5');
    expect(text).toContain('waiting for the first answer');
    expect(text).not.toContain('no findings');
  });

  it('calls the majority lost only where that is proven', () => {
    const top = (model: Model) => frame(model, 140, 20)[0];
    const spoken = (model: Model) => speak(scene(model, 140, 20), start).join('\n');
    const silent = { state: 'silent', watch: { look: silentBecause('no route'), lastReport: null } } as const;
    const nobody = sampleModel({ peers: 5, cliques: [], rings: [], sketch: () => silent });
    expect(top(nobody)).toContain('mesh unknown (0 of 5 answer)');
    expect(spoken(nobody)).toContain('Mesh: unknown, 0 of 5 answer.');
    for (const text of [top(nobody), spoken(nobody)]) expect(text).not.toMatch(/LOST|lost|majority/);
    const two = sampleModel({ peers: 5, cliques: [[0, 1]], sketch: (index) => (index < 2 ? {} : silent) });
    expect(top(two)).toContain('mesh 2/5 connected, majority 3 not seen');
    expect(spoken(two)).toContain('2 of 5 connected, the majority of 3 is not seen');
    const stopped = { ...silent, state: 'stopped' } as const;
    const lost = sampleModel({ peers: 5, cliques: [[0, 1]], sketch: (index) => (index < 2 ? {} : stopped) });
    expect(top(lost)).toContain('mesh 2/5 connected, majority 3 LOST');
    expect(spoken(lost)).toContain('the majority of 3 is lost');
    expect(top(sampleModel({ peers: 5, cliques: [], sketch: () => stopped }))).toContain('LOST');
  });

  it('calls nothing lost while the cluster is only being made', () => {
    const top = (model: Model) => frame(model, 140, 20)[0];
    const clean = { leftovers: { container: false, volume: false, bridge: false } };
    const fresh = {
      state: 'stopped',
      watch: { look: silentBecause('refused', 'refused'), lastReport: null },
      facts: clean,
    } as const;
    const idle = { state: 'idle', ipam: { phase: 'idle' } } as const;
    const young = (over: Partial<Sketch>): Model =>
      sampleModel({
        peers: 5,
        cliques: [[0, 1]],
        rings: [],
        ipam: { phase: 'idle', quorum: null, known: null },
        sketch: (index) => (index < 2 ? idle : fresh),
        ...over,
      });
    expect(top(young({}))).toContain('mesh 2/5 connected, majority 3 not yet');
    expect(speak(scene(young({}), 140, 20), start).join('\n')).toContain(
      'the majority of 3 is not there yet',
    );
    expect(statusLines(young({}).view, 0).join('\n')).toContain('majority 3 not yet');
    // Ring data of an earlier life, or a ring: then something was there to be lost.
    const old = { ...fresh, facts: { leftovers: { ...clean.leftovers, volume: true } } };
    expect(top(young({ sketch: (index) => (index < 2 ? idle : index < 4 ? fresh : old) }))).toContain('LOST');
    expect(top(young({ rings: [ringOf([0, 1], [0, 1], String)] }))).toContain('LOST');
  });

  it('names the peer of an event once', () => {
    const event = (peer: string | null, text: string) =>
      ({ at: NOW, wall: NOW, peer, severity: 'good', text }) as const;
    const model = sampleModel({
      peers: 3,
      events: [
        event(addressOf(0), 'h1 has its link to h2 again'),
        event(addressOf(0), 'No longer: udp'),
        event(addressOf(0), 'h11 came'),
        event(null, 'the ring is there'),
      ],
    });
    const lines = frame(model, 100, 20, { ...start, at: { screen: 'events', scroll: 0 } }).join('\n');
    for (const text of ['● h1 has its link', '● h1: No longer', '● h1: h11 came', '● the ring'])
      expect(lines).toContain(text);
    expect(frame(model, 100, 20).join('\n')).toContain('● h1 has its link');
  });

  it('does not look green while the rings diverge', () => {
    const diverging = (severity: 'critical' | 'warning') =>
      sampleModel({
        peers: 3,
        findings: [
          { id: 'ring-divergence', severity, peers: [addressOf(0)], title: 't', because: 'b', remedy: 'r' },
        ],
      });
    const all = [frame(diverging('critical'), 140, 20)[0], frame(diverging('warning'), 140, 20)[0]];
    expect(all[0]).toContain('IPAM ready, RINGS DIVERGE');
    expect(all[1]).toContain('IPAM ready, rings may diverge');
    const tones = (model: Model) =>
      draw(scene(model, 140, 20), start)
        .lines[0]?.filter(({ text }) => text.startsWith('IPAM'))
        .map(({ tone }) => tone);
    expect(tones(diverging('critical'))).toEqual(['bad']);
    expect(tones(diverging('warning'))).toEqual(['warn']);
    expect(speak(scene(diverging('critical'), 140, 20), start).join('\n')).toContain('the rings diverge');
    expect(statusLines(diverging('warning').view, 0)[0]).toContain('IPAM ready, but the rings may diverge');
  });

  it('marks no shell where facts need one', () => {
    const model = sampleModel({
      peers: 2,
      sketch: () => ({
        watch: {
          lastFacts: null,
          facts: {
            kind: 'none',
            seq: 1,
            at: 0,
            why: { kind: 'no-shell', text: 'only forwarding', layer: 'ssh' },
          },
        },
      }),
    });
    expect(frame(model, 140, 20).join('\n')).toMatch(/h1 .* no shell +no shell +2\.8\.1 .* no shell +<5s/);
    expect(frame(model, 50, 20).join('\n')).toContain('drift no shell');
    expect(speak(scene(model, 140, 20), start).join('\n')).toContain('drift is unknown');
    const page = frame(model, 100, 40, at({ screen: 'peer', id: addressOf(0), scroll: 0 })).join('\n');
    expect(page).toMatch(/no shell +only forwarding/);
  });

  it('does not show drift as none, nor a unit as nothing, before the host was read', () => {
    const model = sampleModel({ peers: 2, sketch: () => ({ watch: { facts: null, lastFacts: null } }) });
    expect(frame(model, 140, 20).join('\n')).toMatch(/h1 .* \? +\? +2\.8\.1 .*50% +\? +<5s/);
  });
});

describe('the peer page', () => {
  const page = (model: Model, index: number, rows = 80): string =>
    frame(model, 100, rows, at({ screen: 'peer', id: addressOf(index), scroll: 0 })).join('\n');

  it('shows links with their trouble in full, the list of its file, and what others say', () => {
    const text = page(partitionModel(), 3);
    expect(text).toContain('by its status port through SSH, in 12 ms');
    expect(text).toMatch(/↻ retrying +← 10\.0\.0\.12:6783/);
    expect(text).toContain('no route to the host; next try at 12:00:31 (+0000, its clock)');
    expect(text).toContain('the same peers as the configured cluster');
    expect(text).toMatch(/failed +h1 h2 h3/);
    expect(text).toMatch(/not seen by +h1 h2 h3/);
    expect(text).toContain('The mesh is split in two groups');
    expect(text).toContain('press o to read them');
  });

  it('says what its list lacks and what only it has', () => {
    const base = sampleModel({ peers: 3 });
    const facts = base.view.peers[0]?.watch.lastFacts;
    if (facts === null || facts === undefined) throw new Error('the sample has facts');
    const model = sampleModel({
      peers: 3,
      sketch: (index) =>
        index === 0
          ? {
              drift: ['peers'],
              facts: {
                environment: { ...facts.facts.environment, peers: ['10.0.0.12', '10.0.0.99'] },
              },
            }
          : {},
    });
    const text = page(model, 0);
    expect(text).toContain('missing here: 10.0.0.13');
    expect(text).toContain('only here: 10.0.0.99');
    expect(text).toContain('its own address is not in its list');
  });

  it.each([
    ['asking', { kind: 'asking', since: 998_000 } as const, 'asking the host for 2s'],
    [
      'there',
      { kind: 'there', at: 999_000, lines: ['INFO: overlay_switch'] } as const,
      'INFO: overlay_switch',
    ],
    [
      'failed',
      { kind: 'failed', at: 999_000, why: 'no journal on this host' } as const,
      'no journal on this host',
    ],
  ])('shows a log that is %s', (_name, log, text) => {
    expect(page(sampleModel({ peers: 2, logs: new Map([[addressOf(0), log]]) }), 0)).toContain(text);
  });
});

describe('the matrix', () => {
  const matrix = (model: Model, columns: number, rows: number, left = 0): readonly string[] =>
    frame(model, columns, rows, at({ screen: 'matrix', scroll: 0, left }));

  it('shows a partition as blocks with a divider, and names the groups', () => {
    const text = matrix(partitionModel(), 80, 24);
    expect(text.slice(3, 12)).toEqual([
      '       1 2 3 │ 4 5',
      ' 1 h1  ─ ● ● │ ✖ ✖',
      ' 2 h2  ● ─ ● │ ✖ ✖',
      ' 3 h3  ● ● ─ │ ✖ ✖',
      '      ───────┼────',
      ' 4 h4  ↻ ↻ ↻ │ ─ ●',
      ' 5 h5  ↻ ↻ ↻ │ ● ─',
      ' group 1 (3): h1 h2 h3',
      ' group 2 (2): h4 h5',
    ]);
  });

  it('tells peers with one nickname apart, also in the space and when spoken', () => {
    const model = sampleModel({
      peers: 3,
      sketch: (index) => ({ nickname: index < 2 ? 'twin' : 'h3' }),
      rings: [
        ringOf([0, 1, 2], [0, 1], () => 'x'),
        ringOf(
          [2],
          [2],
          () => 'x',
          () => true,
          'other',
        ),
      ],
    });
    const rows = matrix(model, 80, 24).join('\n');
    expect(rows).toMatch(/1 twin \(10\.0\.0\.11\) +─/);
    expect(rows).toMatch(/2 twin \(10\.0\.0\.12\) +●/);
    expect(rows).toMatch(/3 h3 +●/);
    const space = frame(model, 80, 40, at({ screen: 'space', scroll: 0 })).join('\n');
    expect(space).toContain('held by 2 peers: twin (10.0.0.11) twin (10.0.0.12)');
    expect(speak(scene(model, 80, 24), at({ screen: 'matrix', scroll: 0, left: 0 })).join('\n')).toContain(
      'h3 says: established twin (10.0.0.11), twin (10.0.0.12).',
    );
  });

  it('orders by group, whatever the order of the list', () => {
    const model = sampleModel({
      peers: 4,
      link: (i, j) => (i % 2 === j % 2 ? 'established' : 'failed'),
      cliques: [
        [0, 2],
        [1, 3],
      ],
    });
    const rows = matrix(model, 60, 20).filter((text) => /^ \d h/.test(text));
    expect(rows).toEqual([' 1 h1  ─ ● │ ✖ ✖', ' 2 h3  ● ─ │ ✖ ✖', ' 3 h2  ✖ ✖ │ ─ ●', ' 4 h4  ✖ ✖ │ ● ─']);
  });

  it('scrolls sideways when there are many, to the last column and not beyond', () => {
    const model = sampleModel({ peers: 100 });
    const first = matrix(model, 80, 24).join('\n');
    const hidden = Number(/→ (\d+) more/.exec(first)?.[1]);
    expect(hidden).toBeGreaterThan(0);
    const { maxLeft } = draw(scene(model, 80, 24), at({ screen: 'matrix', scroll: 0, left: 0 }));
    expect(maxLeft).toBe(hidden);
    const last = matrix(model, 80, 24, 999).join('\n');
    expect(last).toContain(`← ${hidden} more`);
    expect(last).not.toContain('→');
  });

  it('has its ASCII signs', () => {
    const { lines } = draw(scene(partitionModel(), 80, 24), at({ screen: 'matrix', scroll: 0, left: 0 }));
    const text = lines
      .map(painter({ color: false, ascii: true }))
      .join('\n')
      .replaceAll(/\u001B\[\d+m/g, '');
    expect(text).toContain(' 1 h1  - # # | x x');
    expect(text).toContain(' 4 h4  r r r | - #');
  });
});

describe('the address space', () => {
  const space = (model: Model, columns = 80, rows = 40): string =>
    frame(model, columns, rows, at({ screen: 'space', scroll: 0 })).join('\n');

  it('shows owners to scale and who is not reached', () => {
    const text = space(partitionModel());
    expect(text).toContain(' A h1 20%       │B h2 20%');
    expect(text).toMatch(/D {2}h4 \(12:e0:96:5c:00:03\) +209,715 +20% {2}UNREACHABLE/);
    expect(text).toContain('40% of the range belongs to peers that nobody reaches');
    expect(text).toContain('All 5 peers that answer hold the same ring.');
  });

  it('says which part of a cut mesh reaches an owner, where it is not all', () => {
    const text = space(
      sampleModel({
        peers: 5,
        cliques: [
          [0, 1, 2],
          [3, 4],
        ],
      }),
      60,
    );
    expect(text).toMatch(/A {2}h1 .* 20% {2}only in group 1$/m);
    expect(text).toMatch(/E {2}h5 .* 20% {2}only in group 2$/m);
    expect(space(sampleModel({ peers: 5 }))).toMatch(/E {2}h5 .* 20% {2}reachable$/m);
  });

  it('names who disagrees and where', () => {
    const text = space(models.split ?? sampleModel({ peers: 1 }));
    expect(text).toContain('2 different rings: who disagrees');
    expect(text).toContain('ring 1, held by 3 peers: h1 h2 h3');
    expect(text).toContain('ring 2, held by 1 peer: h4');
    expect(text).toContain(' D h4 100%');
    expect(text).toContain('10.32.0.0: owned by h4 (version 1) here, by h1 (version 1) in ring 1');
  });

  it('says when nobody owns anything', () => {
    expect(space(sampleModel({ peers: 3, rings: [] }))).toContain('No peer has a ring');
  });
});

describe('sentences for a screen reader', () => {
  it('say each row, without ages', () => {
    const spoken = speak(scene(troubledModel(), 80, 24), start);
    expect(spoken).toContain(
      'Cursor: h1, 10.0.0.11: ready, 6 of 8 links, IPAM ready, owns 11% of the range, version 2.8.1.',
    );
    expect(spoken.join('\n')).toMatch(/h2, 10\.0\.0\.12: silent, timeout\. h2 \(10\.0\.0\.12\): no answer/);
    expect(speak(scene({ ...troubledModel(), now: 2_000_000 }, 80, 24), start)).toEqual(spoken);
  });

  it('say the matrix peer by peer', () => {
    expect(speak(scene(partitionModel(), 80, 24), at({ screen: 'matrix', scroll: 0, left: 0 }))[0]).toBe(
      'h1 says: established h2, h3; failed h4, h5.',
    );
  });
});
