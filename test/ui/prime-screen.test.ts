import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { followElections } from '../../source/cluster/election-tale.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import type { Model } from '../../source/session/model.ts';
import { width } from '../../source/text/width.ts';
import { type Can, lookOnly } from '../../source/ui/can.ts';
import { draw, speak } from '../../source/ui/draw.ts';
import type { Scene } from '../../source/ui/drawing.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { primeSubject } from '../../source/ui/screens/prime.ts';
import { reduce, start, startWith } from '../../source/ui/screens.ts';
import { plainText } from '../../source/ui/spans.ts';
import { address, failed, live, mesh } from '../support/mesh.ts';
import { sampleModel } from '../support/views.ts';
import { facts, known, silent, unitFacts, watch } from '../support/watches.ts';

const changing: Can = { ...lookOnly, workshop: true, begin: true };
const stopped = (index: number): PeerWatch => {
  const sighting = facts({
    hostname: 'x',
    unit: known(unitFacts({ active: 'inactive' })),
    container: known({ status: 'absent', exitCode: null, restartPolicy: null }),
  });
  return watch(address(index), silent({ kind: 'refused', layer: 'weave' }), { facts: sighting });
};
const waiting = (up: number): PeerWatch[] => {
  const group = Array.from({ length: up }, (_, index) => index);
  return mesh(5, {
    0: {
      sees: group,
      connections: [1, 2, 3, 4].map((to) =>
        to < up ? live(to) : failed(to, 'refused', 'connection refused'),
      ),
      ipam: { entries: [], paxos: { elector: true, known: up, quorum: 3 } },
    },
    1: { sees: group, ipam: { entries: [] } },
  }).map((one, index) => (index < up ? one : stopped(index)));
};

/** The model after these looks, 10 s apart. */
const modelOf = (...steps: readonly (readonly PeerWatch[])[]): Model => {
  let model: Model = { ...sampleModel({ peers: 0 }), view: buildView('prod', [], { now: 0 }), now: 0 };
  for (const [index, watches] of steps.entries()) {
    const now = (index + 1) * 10_000;
    const view = buildView('prod', watches, { now, previous: model.view });
    model = { ...model, view, now, elections: followElections(model.elections, model.view, view, now) };
  }
  return model;
};

const scene = (model: Model, columns: number, rows: number, can: Can = lookOnly): Scene => ({
  model,
  columns,
  height: rows - 1,
  options: { ascii: false, color: false, readOnly: !can.begin },
  can,
  maintenance: null,
  lock: unseenLock,
  notice: null,
});

const at = (scroll = 0) => ({ ...start, at: { screen: 'prime', id: null, scroll } as const });
const frame = (...given: Parameters<typeof scene>): string[] =>
  draw(scene(...given), at()).lines.map((parts) => plainText(parts).trimEnd());

const two = modelOf(waiting(2), waiting(2));
const whole = modelOf(waiting(1), waiting(2), mesh(5));

describe('the prime screen', () => {
  it('names quorum, electors, who is missing and why, and for how long', () => {
    expect(frame(two, 80, 24, changing).slice(2)).toEqual([
      '── prime  a (10.0.0.1)  ◐ waiting ──────────────────────────────────────────────',
      ' ▲ a (10.0.0.1) waits for consensus: it needs 3 and counts 2, itself included.',
      ' It is seen to wait for 10s; it waited before that already. Nothing changed.',
      ' · a (10.0.0.1) sees 2 peers, itself included: 1 more must come of c',
      '   (10.0.0.3), d (10.0.0.4) and e (10.0.0.5).',
      ' ▲ Missing: c (10.0.0.3) has its weave stopped (the unit is inactive, there is',
      '   no container). a (10.0.0.1) says of it: failed: “connection refused”.',
      ' ▲ Missing: d (10.0.0.4) has its weave stopped (the unit is inactive, there is',
      '   no container). a (10.0.0.1) says of it: failed: “connection refused”.',
      ' ▲ Missing: e (10.0.0.5) has its weave stopped (the unit is inactive, there is',
      '   no container). a (10.0.0.1) says of it: failed: “connection refused”.',
      ' · In sight of a (10.0.0.1): b (10.0.0.2).',
      '',
      ' what now',
      ' weave prime on a (10.0.0.1) goes on by itself, whether anybody watches or not.',
      ' Leaving this screen or the console stops nothing.',
      ' P: prime it again, which is harmless, and take care of it in a checklist. It',
      ' asks first.',
      '',
      '',
      expect.stringContaining(' P prime it '),
    ]);
  });

  it('says on a low screen, too, what changed last and when', () => {
    const lines = frame(modelOf(waiting(1), waiting(2), waiting(2)), 60, 20);
    expect(lines.slice(3, 8).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      'The last change, 10s ago: b (10.0.0.2) came.',
    );
    expect(frame(modelOf(waiting(1), waiting(2), waiting(2)), 140, 40).join('\n')).not.toMatch(
      /The last change/,
    );
  });

  it('says clearly that the ring is there, on whom, and what changed', () => {
    const lines = frame(whole, 140, 40);
    expect(lines.slice(1, 11)).toEqual([
      expect.stringMatching(/^── prime {2}a \(10\.0\.0\.1\) {2}● ready ─+$/),
      ' ● The ring is there, and the same on all 5 peers that answer: a (10.0.0.1), b (10.0.0.2), c (10.0.0.3), d (10.0.0.4) and e (10.0.0.5).',
      '',
      ' what changed',
      ' just now  ● The ring is the same on all that answer.',
      expect.stringMatching(/^ just now {2}● The ring is on a \(10\.0\.0\.1\), b/),
      ' just now  ● e (10.0.0.5) came.',
      ' just now  ● d (10.0.0.4) came.',
      ' just now  ● c (10.0.0.3) came.',
      ' 10s ago   ● b (10.0.0.2) came.',
    ]);
  });

  it('says of no prime that it goes on where others have the ring and it fell silent', () => {
    const mute = (world: PeerWatch[]): PeerWatch[] =>
      world.map((one, index) => (index === 0 ? { ...one, look: silent() } : one));
    expect(frame(modelOf(waiting(2), mute(waiting(2))), 140, 40).join('\n')).toMatch(/goes on by itself/);
    const had = waiting(2).map((one, index) => (index === 0 ? one : (mesh(5)[index] ?? one)));
    expect(frame(modelOf(waiting(2), mute(had)), 140, 40).join('\n')).not.toMatch(/goes on by itself/);
  });

  it('offers nothing to a session that only looks', () => {
    expect(frame(two, 80, 24).join('\n')).not.toMatch(/P: |P prime/);
  });

  it.each([
    [60, 20],
    [80, 24],
    [140, 40],
    [40, 15],
  ])('fits into %ix%i, and can be scrolled to its end', (columns, rows) => {
    for (const model of [two, whole]) {
      const drawn = draw(scene(model, columns, rows, changing), at());
      expect(drawn.lines).toHaveLength(rows - 1);
      const end = draw(scene(model, columns, rows, changing), at(drawn.maxScroll));
      for (const { lines } of [drawn, end])
        for (const parts of lines) expect(width(plainText(parts))).toBeLessThanOrEqual(columns);
      const last = end.lines.map((parts) => plainText(parts)).join('\n');
      if (model === two) expect(last).toContain('asks first.');
    }
  });

  it('is spoken in sentences, without ages', () => {
    const said = speak(scene(two, 80, 24, changing), at());
    expect(said[0]).toBe('Prime, a (10.0.0.1).');
    expect(said[1]).toBe('a (10.0.0.1) waits for consensus: it needs 3 and counts 2, itself included.');
    expect(said.join('\n')).not.toMatch(/\d+s|[▲·●]/);
    expect(speak(scene(whole, 80, 24), at()).at(-1)).toMatch(/^Changed, newest first: The ring is the same/);
  });

  it('shows whom it was opened for, else whose election is on, else who waited', () => {
    expect(primeSubject(two, address(3))).toBe(address(3));
    expect(primeSubject(two, null)).toBe(address(0));
    expect(primeSubject(whole, null)).toBe(address(0));
    expect(primeSubject(modelOf(mesh(2)), null)).toBe(address(0));
    expect(primeSubject(modelOf([]), null)).toBeNull();
    expect(frame(modelOf([]), 80, 24)).toContain(' There is no such peer.');
  });

  it('is where `prime` opens, and under the question of `prime PEER`', () => {
    expect(startWith({ on: 'grid' })).toEqual(start);
    expect(startWith({ on: 'prime', id: null }).at).toEqual({ screen: 'prime', id: null, scroll: 0 });
    const asked = startWith({ on: 'begin', request: { kind: 'prime', target: address(1), reason: '' } });
    expect(asked.at.screen).toBe('question');
    const back = reduce(asked, { kind: 'back' }, { ids: [], page: 1, maxScroll: 0, maxLeft: 0 });
    expect(back.at).toEqual({ screen: 'prime', id: address(1), scroll: 0 });
  });
});
