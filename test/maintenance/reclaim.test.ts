import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import { type Mark, noRecords, type RemovalRecords, type Removed } from '../../source/cluster/removed.ts';
import { weaveRmpeer } from '../../source/commands/weave.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { reclaimPeer } from '../../source/maintenance/procedures/reclaim-peer.ts';
import { commandOf, judgeStep } from '../../source/maintenance/transition.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import {
  factsOf,
  fileOf,
  host,
  inspectionOf,
  type Look,
  noContainer,
  notInspected,
  peer,
  peersLine,
  stepOf as stepAt,
  traced,
  tracedAll,
  unitOf,
  worldOf,
} from '../support/world.ts';

/** The real cluster in which h5 was dead and h1 took its range over; of its four survivors two were asked. */
const before = tracedAll('11-rmpeer/a-h5-dead', 'h1', 'h2');
const NAME = '82:93:65:46:db:ca';
const three = ['h1', 'h2', 'h5'];
const reclaim = reclaimPeer({ id: 'r1', members: three.map(peer), target: peer('h5') });

const survivor = (name: string, marks: readonly Mark[] = [], given: Partial<typeof inspectionOf> = {}) =>
  inspectionOf(name, {
    file: fileOf([peersLine(...three)]),
    facts: factsOf(name, { reclaimed: { known: true, value: marks } }),
    ...given,
  });
const off = notInspected('h5');
const removedBefore: Removed = {
  name: NAME,
  address: host('h5'),
  nickname: 'h5',
  how: 'rmpeer',
  at: 1_700_000_000_000,
  run: 'r0',
  marked: [],
  journal: true,
};
const markOf = (given: Partial<Mark> = {}): Mark => ({
  name: NAME,
  address: host('h5'),
  nickname: 'h5',
  at: 1_700_000_000_000,
  run: 'r1',
  executor: host('h1'),
  begun: false,
  ...given,
});

const dead = (
  looks: Record<string, Look> = {},
  inspections: readonly Inspection[] = [],
  rest: { notes?: Notes; removed?: readonly Removed[]; last?: Record<string, PeerReport> } = {},
): World =>
  worldOf({
    looks: { ...before, [host('h5')]: 'timeout', ...looks },
    inspections: [survivor('h1'), survivor('h2'), off, ...inspections],
    ...rest,
  });

const stepOf = (id: string, notes: Notes = {}) => stepAt(reclaim, id, notes);
const notes: Notes = stepOf('preflight').takesNotes?.(dead()) ?? {};

/** What stands in the way of a step, as `level check [never]: because`. */
const standing = (id: string, world: World, options: { sent?: boolean } = {}): string[] =>
  judgeStep(stepOf(id, world.notes), world, options.sent)
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never, because }) => `${level} ${check}${never ? ' never' : ''}: ${because}`);

const changed = (report: PeerReport, given: Partial<PeerReport>): PeerReport => ({ ...report, ...given });
const h1 = traced('11-rmpeer/a-h5-dead', 'h1');
const h2 = traced('11-rmpeer/a-h5-dead', 'h2');
const ipam = (report: PeerReport) => {
  if (report.ipam === null) throw new Error('no IPAM');
  return report.ipam;
};
const entries = (report: PeerReport, change: (entry: ReturnType<typeof ipam>['entries'][number]) => object) =>
  changed(report, {
    ipam: {
      ...ipam(report),
      entries: ipam(report).entries.map((entry) => ({ ...entry, ...change(entry) })),
    },
  });
const elimination =
  'warn name never: Nobody tells the address of 82:93:65:46:db:ca (h5). It is taken for 10.77.0.15, because it is the only owner out of sight and 10.77.0.15 the only peer here without a name. Make sure that no other host has this name.';

describe('before a dead peer is reclaimed', () => {
  it('nothing stands in the way but that its name is inferred', () => {
    expect(standing('preflight', dead())).toEqual([elimination]);
    const last = { [host('h5')]: traced('11-rmpeer/c-removed-peer-returned', 'h5') };
    expect(standing('preflight', dead({}, [], { last }))).toEqual([]);
  });

  it('what is needed later is noted: by name, on which survivor, what it owns', () => {
    expect(notes).toEqual({
      away: [],
      list: [host('h1'), host('h2')],
      name: [NAME],
      nickname: ['h5'],
      executor: [host('h1')],
      owned: ['10.43.0.0 65536 v2'],
      addresses: ['10.77.0.15:6783'],
      'targets:10.77.0.11': ['10.77.0.15'],
      'targets:10.77.0.12': ['10.77.0.15'],
    });
  });

  const ready = { notes };
  const marks = (run: string, given: Partial<Mark> = {}): Mark[] => [markOf({ run, ...given })];
  const marked = [survivor('h1', marks('r1')), survivor('h2', marks('r1'))];

  it('rmpeer is armed when every survivor has the mark of this maintenance', () => {
    expect(standing('rmpeer', dead({}, marked, ready))).toEqual([]);
    expect(standing('rmpeer', dead({}, [], ready))).toEqual([
      `block marked:10.77.0.11: h1 (10.77.0.11) has no record of ${NAME} yet.`,
      `block marked:10.77.0.12: h2 (10.77.0.12) has no record of ${NAME} yet.`,
    ]);
  });

  const lives = (what: string) => new RegExp(`^block dead never: h5 \\(10\\.77\\.0\\.15\\) lives: ${what}`);
  const there = (given: Parameters<typeof factsOf>[1]) =>
    inspectionOf('h5', { facts: factsOf('h5', given), file: fileOf([peersLine(...three)]) });
  const stopped = { container: noContainer, unit: unitOf({ active: 'failed', enabled: 'disabled' }) };

  it.each<[string, Record<string, Look>, Inspection[], RegExp]>([
    [
      'a live peer that answers',
      { [host('h5')]: traced('11-rmpeer/c-removed-peer-returned', 'h5') },
      [],
      lives('it told a report just now'),
    ],
    ['a live peer that is silent', {}, [there({})], lives('its weave container is running')],
    [
      'a live peer between two starts',
      {},
      [there({ ...stopped, unit: unitOf({ active: 'activating' }) })],
      lives('its unit is activating'),
    ],
    [
      'a host that answers and lets nobody in',
      {},
      [{ ...off, why: { kind: 'auth', text: 'Login refused.', layer: 'ssh' } } as Inspection],
      /^unknown dead never: The host of h5 \(10\.77\.0\.15\) answers and lets nobody in/,
    ],
    [
      'a host on which the look itself hangs',
      {},
      [
        {
          ...off,
          why: { kind: 'timeout', text: 'It did not end within 30 s.', layer: 'ssh', answered: true },
        } as Inspection,
      ],
      /^unknown dead never: The host of h5 \(10\.77\.0\.15\) is there and does not do what it is asked/,
    ],
    [
      'a host whose name nobody could look up',
      {},
      [{ ...off, why: { kind: 'dns', text: 'No such name.', layer: 'ssh' } } as Inspection],
      /^unknown dead never: The host of h5 \(10\.77\.0\.15\) could not be asked/,
    ],
    [
      'a peer that one survivor still sees',
      {
        [host('h2')]: changed(h2, {
          peers: [...h2.peers, { name: NAME, nickname: 'h5', uid: null, links: null }],
        }),
      },
      [],
      /^block unseen never: h2 \(10\.77\.0\.12\) still sees h5 \(10\.77\.0\.15\): it lives, or died a moment ago\./,
    ],
    [
      'a peer that one survivor has a link to',
      {
        [host('h1')]: changed(h1, {
          connections: h1.connections.map((row) =>
            row.address === '10.77.0.15:6783'
              ? { ...row, state: 'pending', fault: null, peer: { name: NAME, nickname: 'h5' } }
              : row,
          ),
        }),
      },
      [],
      /^block unseen never: h1 \(10\.77\.0\.11\) still sees/,
    ],
    [
      'the name of a living survivor',
      { [host('h2')]: changed(h2, { name: NAME }) },
      [],
      /^block unseen never: h2 \(10\.77\.0\.12\) itself has the peer name/,
    ],
    [
      'a second reclaim',
      {},
      [survivor('h2', marks('r0'))],
      /^block not-before never: h2 \(10\.77\.0\.12\) has it on record that 82:93:65:46:db:ca was reclaimed on 2023-11-14 \(r0\): rmpeer is never run twice\. h1 \(10\.77\.0\.11\) was to run it, and does not show now that it was never begun\./,
    ],
    [
      'a second reclaim after one that was begun',
      {},
      [
        survivor('h1', [...marks('r1'), ...marks('r0', { begun: true })]),
        survivor('h2', [...marks('r1'), ...marks('r0')]),
      ],
      /^block not-before never: h1 .* and h2 .* have it on record .* \(r0\): rmpeer is never run twice\. It was begun on h1 \(10\.77\.0\.11\)\./,
    ],
    [
      'a second reclaim after one that does not say who was to run it',
      {},
      [survivor('h2', [...marks('r1'), ...marks('r0', { executor: null, begun: true })])],
      /^block not-before never: .* It does not say whether that was begun\./,
    ],
    [
      'a second reclaim after one whose executor is no survivor here',
      {},
      [survivor('h2', [...marks('r1'), ...marks('r0', { executor: host('h4') })])],
      /^block not-before never: .* 10\.77\.0\.14 was to run it, and does not show now/,
    ],
    [
      'a second reclaim after one in which two were to run it',
      {},
      [
        survivor('h1', [...marks('r1'), ...marks('r0')]),
        survivor('h2', [...marks('r1'), ...marks('r0', { executor: host('h2') })]),
      ],
      /^block not-before never: .* h1 .* was to run it, and does not show now/,
    ],
    [
      'another executor than the marks of this maintenance name',
      {},
      [survivor('h2', marks('r1', { executor: host('h2') }))],
      /^block marked:10\.77\.0\.12: The record of .* says that 10\.77\.0\.12 was to run rmpeer, and here it is 10\.77\.0\.11/,
    ],
    [
      'a survivor whose record can not be read',
      {},
      [
        inspectionOf('h2', {
          file: fileOf([peersLine(...three)]),
          facts: factsOf('h2', { reclaimed: { known: false, because: 'this user may not look' } }),
        }),
      ],
      /^unknown not-before never: Whom h2 \(10\.77\.0\.12\) \(this user may not look\) has on record as reclaimed is not known: see to the file reclaimed in the state folder there, and look again\./,
    ],
    [
      'an executor that disagrees about the ring',
      {
        [host('h1')]: entries(h1, ({ token }) =>
          token === '10.44.0.0' ? { owner: h1.name, nickname: 'h1' } : {},
        ),
      },
      [],
      /^block executor never: h1 \(10\.77\.0\.11\), which would run rmpeer, does not tell the ring that h2 \(10\.77\.0\.12\) tells/,
    ],
    [
      'an executor that fell silent, which is not replaced by another',
      { [host('h1')]: 'timeout' },
      [],
      /^block executor never: h1 \(10\.77\.0\.11\) was chosen to run rmpeer and does not answer .* It is never run on another host instead/,
    ],
    [
      'survivors that tell other versions of what it owns',
      { [host('h2')]: entries(h2, ({ owner }) => (owner === NAME ? { version: 4 } : {})) },
      [],
      /^block tokens never: h1 .* says that h5 .* owns 10\.43\.0\.0 65536 v2, h2 .* says 10\.43\.0\.0 65536 v4/,
    ],
    [
      'survivors that do not see each other',
      { [host('h2')]: changed(h2, { peers: h2.peers.filter(({ nickname }) => nickname !== 'h1') }) },
      [],
      /^block no-partition never: h2 \(10\.77\.0\.12\) does not see h1/,
    ],
    [
      'a silent survivor that the other one sees',
      { [host('h2')]: 'timeout' },
      [],
      /^block told:10\.77\.0\.12 never: .*and h1 \(10\.77\.0\.11\) sees it: it lives and must be asked/,
    ],
    [
      'an owner that is not in the ring',
      { ...before, [host('h2')]: changed(h2, { ipam: { ...ipam(h2), entries: [] } }) },
      [],
      /^block in-ring never: h2 \(10\.77\.0\.12\) has no entry of 82:93:65:46:db:ca in the ring/,
    ],
  ])('it refuses %s', (_, looks, inspections, expected) => {
    const last = { [host('h1')]: h1, [host('h2')]: h2 };
    const world = dead(looks, [...marked, ...inspections], { ...ready, last });
    expect(standing('rmpeer', world)).toContainEqual(expect.stringMatching(expected));
  });

  it('a reclaim that was given up does not stand in the way, when who was to run rmpeer shows that it never was', () => {
    const both = (h1: Mark[], h2: Mark[]) => [survivor('h1', h1), survivor('h2', h2)];
    const given = marks('r0');
    expect(standing('preflight', dead({}, both(given, given)))).toEqual([elimination]);
    expect(standing('preflight', dead({}, both(given, [])))).toEqual([elimination]);
    const all = [...given, ...marks('r1')];
    expect(standing('rmpeer', dead({}, both(all, all), ready))).toEqual([]);
    const said = stepOf('preflight').before.find(({ id }) => id === 'not-before');
    expect(said?.judge(dead({}, both(given, given)))).toEqual({
      level: 'pass',
      because: `A reclaim of ${NAME} was given up before (r0): h1 (10.77.0.11), which was to run rmpeer, shows that it was never begun.`,
    });
  });

  it('what was sent for it must not be on its way any more: who was to run it has the mark of this one, away or not', () => {
    const four = reclaimPeer({ id: 'r1', members: [...three, 'h4'].map(peer), target: peer('h5') });
    const noted = { ...notes, away: [host('h4')] };
    const given = marks('r0', { executor: host('h4') });
    const judge = (h4: Mark[]) =>
      stepAt(four, 'rmpeer', noted)
        .before.find(({ id }) => id === 'earlier-ended')
        ?.judge(dead({}, [survivor('h1', [...given, ...marks('r1')]), survivor('h4', h4)], { notes: noted }));
    expect(judge(given)).toEqual({
      level: 'block',
      because:
        'h4 (10.77.0.14) was to run rmpeer for a reclaim that was given up, and has no record of this one yet: what was sent there could still run.',
    });
    expect(judge([...given, ...marks('r1')])?.level).toBe('pass');
  });

  it('what the journal here says alone blocks, and can be overridden: it may have been added again since', () => {
    const removed = removedBefore;
    expect(standing('rmpeer', dead({}, marked, { ...ready, removed: [removed] }))).toEqual([
      `block not-in-journal: The journal here says that ${NAME} was reclaimed on 2023-11-14 (r0): rmpeer is never run twice. Only if it was wiped and added again since, and no survivor has a mark of it, may this be overridden.`,
    ]);
    expect(standing('rmpeer', dead({}, marked, { ...ready, removed: [{ ...removed, run: 'r1' }] }))).toEqual(
      [],
    );
  });

  it('the journals count as they are now, and not as they were when this session was opened', () => {
    const { marked: _, journal: __, ...told } = removedBefore;
    const judged = (removals: Partial<RemovalRecords>, removed: readonly Removed[] = []) =>
      standing('rmpeer', {
        ...dead({}, marked, { ...ready, removed }),
        removals: { ...noRecords, ...removals },
      }).map((line) => line.replace(/^(\S+ \S+): .*/, '$1'));
    expect(judged({ removed: [told] })).toEqual(['block not-in-journal']);
    expect(judged({}, [removedBefore])).toEqual([]);
    expect(judged({ removed: [told], lifted: new Set(['r0']) })).toEqual([]);
    expect(judged({ unread: [{ run: 'r0', address: null }] })).toEqual(['unknown not-in-journal']);
    expect(judged({ unread: [{ run: 'r0', address: host('h5') }] })).toEqual(['unknown not-in-journal']);
    expect(judged({ unread: [{ run: 'r0', address: host('h4') }] })).toEqual([]);
    expect(judged({ unread: [{ run: 'r1', address: null }] })).toEqual([]);
  });

  it('a host that SSH reaches must not start weave any more', () => {
    const enabled = there({ container: noContainer, unit: unitOf({ active: 'failed' }) });
    expect(standing('rmpeer', dead({}, [...marked, enabled], ready))).toEqual([
      'block disabled: The unit of h5 (10.77.0.15) is enabled: a reboot would bring it back with its old data.',
    ]);
    expect(standing('disable', dead({}, [enabled], ready))).toEqual([]);
    expect(standing('rmpeer', dead({}, [...marked, there(stopped)], ready))).toEqual([]);
  });

  describe('the name of a peer that never answered here', () => {
    const stranger = (report: PeerReport) =>
      entries(report, ({ nickname }) => (nickname === 'h4' ? { known: false } : {}));

    it('is not told by guessing between two', () => {
      const world = dead({ [host('h1')]: stranger(h1), [host('h2')]: stranger(h2) });
      expect(standing('preflight', world)[0]).toBe(
        'unknown name never: Nobody tells which peer name 10.77.0.15 has. Out of sight are 5a:ad:67:9d:75:62 (h4) and 82:93:65:46:db:ca (h5); without a name here are 10.77.0.15. Bring back the others first, or start this console where it has seen 10.77.0.15.',
      );
    });

    it('is told by its host name where that is the nickname of one', () => {
      const named = reclaimPeer({
        id: 'r1',
        members: [peer('h1'), peer('h2'), inventoryPeer({ address: 'h5.example' })],
        target: inventoryPeer({ address: 'h5.example' }),
      });
      const world = worldOf({
        looks: { [host('h1')]: stranger(h1), [host('h2')]: stranger(h2), 'h5.example': 'timeout' },
      });
      expect(named.steps({})[0]?.takesNotes?.(world)).toMatchObject({ name: [NAME], nickname: ['h5'] });
    });

    it('is not needed where nobody who owns something is out of sight', () => {
      const without = (report: PeerReport) =>
        changed(report, {
          ipam: {
            ...ipam(report),
            entries: ipam(report).entries.map((entry) =>
              entry.owner === NAME ? { ...entry, owner: h1.name, nickname: 'h1', known: true } : entry,
            ),
          },
        });
      const world = dead({ [host('h1')]: without(h1), [host('h2')]: without(h2) });
      expect(standing('preflight', world)).toEqual([
        'warn name never: No owner of address space is out of sight, so 10.77.0.15 owns nothing: weave rmpeer is not needed, and only lists and targets are put in order.',
      ]);
      const none = stepOf('preflight').takesNotes?.(world) ?? {};
      expect(none).toMatchObject({ name: [], owned: [] });
      for (const id of [`mark:${host('h1')}`, 'rmpeer']) {
        const step = stepOf(id, none);
        const judged = step.after.map((check) => check.judge({ ...world, notes: none }));
        expect(judged.map(({ level }) => level)).toEqual(['pass']);
      }
    });
  });

  it('one survivor alone can do it: there is nobody else whom it could contradict', () => {
    const two = reclaimPeer({ id: 'r1', members: [peer('h1'), peer('h5')], target: peer('h5') });
    const world = worldOf({
      looks: { [host('h1')]: h1, [host('h5')]: 'timeout' },
      inspections: [inspectionOf('h1', { file: fileOf([peersLine('h1', 'h5')]) }), off],
    });
    const [step] = two.steps({});
    if (step === undefined) throw new Error('no step');
    expect(judgeStep(step, world).filter(({ level }) => level !== 'pass')).toMatchObject([
      { check: 'name', level: 'warn' },
    ]);
    expect(step.takesNotes?.(world)).toMatchObject({ executor: [host('h1')], name: [NAME] });
  });

  it('what a person said of the host is asked again of whoever takes it up later, and after a while', () => {
    const world = { ...dead({}, marked, ready), now: 10_000_000 };
    const at = (said: ReadonlyMap<string, number>, more: readonly Inspection[] = []) =>
      stepOf('rmpeer', notes)
        .before.find(({ id }) => id === 'said')
        ?.judge({
          ...world,
          said,
          inspections: new Map([...world.inspections, ...more.map((one) => [one.host, one] as const)]),
        }).level;
    expect(at(new Map([['evidence', world.now - 60_000]]))).toBe('pass');
    expect(at(new Map([['evidence', world.now - 31 * 60_000]]))).toBe('warn');
    expect(at(new Map())).toBe('warn');
    expect(at(new Map(), [there(stopped)])).toBe('pass');
  });

  it('whoever takes it up and knows fewer peers is told whom they do not ask', () => {
    const files = ['h1', 'h2'].map((name) =>
      survivor(name, marks('r1'), { file: fileOf([peersLine(...three, 'h4')]) }),
    );
    expect(standing('rmpeer', dead({}, files, ready))).toEqual([
      "block same-lists: The files list 10.77.0.14, which this console does not look at: add it to the cluster's config first.",
    ]);
  });

  it('an owner who is no member here and out of sight, too, may be cut off with it', () => {
    const cut = (report: PeerReport) =>
      entries(report, ({ nickname }) => (nickname === 'h4' ? { known: false } : {}));
    const world = dead({ [host('h1')]: cut(h1), [host('h2')]: cut(h2) }, marked, ready);
    expect(standing('rmpeer', world)).toEqual([
      "warn strangers never: 5a:ad:67:9d:75:62 (h4) owns address space, is out of sight and is no member here, so nobody asked: cut off together with h5 (10.77.0.15), it would look the same. Go on only if it is known to be as surely stopped, and add it to the cluster's config if it is not.",
    ]);
  });

  it('a second silent member, whom nobody sees, is the word of a person', () => {
    const four = reclaimPeer({ id: 'r1', members: [...three, 'h6'].map(peer), target: peer('h5') });
    const last = { [host('h5')]: changed(h2, { name: NAME, nickname: 'h5' }) };
    // Nothing but the two is seen: h3 and h4 of the trace are no members here.
    const alone = (report: PeerReport) =>
      changed(report, { peers: report.peers.filter(({ nickname }) => /^h[12]$/.test(nickname)) });
    const silent = { [host('h6')]: 'timeout' } as const;
    const seen = dead(silent, [notInspected('h6')], { last });
    const world = dead(
      { ...silent, [host('h1')]: alone(h1), [host('h2')]: alone(h2) },
      [notInspected('h6')],
      {
        last,
      },
    );
    const [step] = four.steps({});
    if (step === undefined) throw new Error('no step');
    const said = (of: World) =>
      judgeStep(step, of)
        .filter(({ check }) => check === `told:${host('h6')}`)
        .map(({ level, because }) => `${level} ${because}`);
    expect(said(seen)).toEqual([
      'block 10.77.0.16 does not tell what it sees (no answer in time), and h1 (10.77.0.11) and h2 (10.77.0.12) see it, or a peer that is none of the members: it lives and must be asked. Mend the way to it first.',
    ]);
    expect(said(world)).toEqual([
      "warn 10.77.0.16 is silent, too (no answer in time), and no survivor sees it, so it can't be asked. If weave runs there, cut off together with h5 (10.77.0.15), the same addresses would be handed out twice. Go on only if it is as surely stopped.",
    ]);
    const shown = (h6: Inspection) =>
      said({ ...world, inspections: new Map([...world.inspections, [host('h6'), h6]]) });
    expect(shown(inspectionOf('h6'))).toEqual([
      "block Weave runs on h6 (10.77.0.16) and does not answer (no answer in time): it may see what the others don't. Mend or stop it first.",
    ]);
    const barred = { ...notInspected('h6'), why: { kind: 'auth', text: 'Login refused.', layer: 'ssh' } };
    expect(shown(barred as Inspection)).toEqual([
      "unknown The host of 10.77.0.16 answers and lets nobody in, so whether weave runs there can't be told: Login refused.",
    ]);
    const away = { ...notes, away: [host('h6')] };
    const human = four.steps(away).find(({ id }) => id === 'evidence');
    expect(human?.action).toMatchObject({
      instruction: expect.stringContaining('the power of 10.77.0.15 and of 10.77.0.16, not at the network'),
    });
  });
});

describe('what is run', () => {
  it('is rmpeer by peer name, on the survivor that was noted, confirmed by the name', () => {
    const world = dead({}, [], { notes });
    const step = stepOf('rmpeer', notes);
    expect(step).toMatchObject({
      on: host('h1'),
      title: 'Take over what 82:93:65:46:db:ca (h5) owns, on 10.77.0.11',
      confirm: { kind: 'type', word: NAME },
    });
    const command = commandOf(step, world);
    expect(command).toEqual(weaveRmpeer(peer('h1'), { name: NAME, run: 'r1' }));
    expect(step.action).toMatchObject({ unchanged: [73, 74, 77, 78] });
    expect(stepOf('rmpeer', { ...notes, executor: [host('h2')] }).on).toBe(host('h2'));
    expect(commandOf(stepOf(`mark:${host('h2')}`, notes), world)?.args).toEqual([
      '/var/lib/weave-console',
      NAME,
      '10.77.0.15',
      'h5',
      'r1',
      '10.77.0.11',
    ]);
  });

  it('ids are unique, and the same whatever was noted', () => {
    const ids = (noted: Notes) => reclaim.steps(noted).map(({ id }) => id);
    expect(ids({})).toEqual([
      'preflight',
      'evidence',
      'disable',
      'mark:10.77.0.11',
      'mark:10.77.0.12',
      'rmpeer',
      'list:10.77.0.11',
      'list:10.77.0.12',
      'forget:10.77.0.11',
      'forget:10.77.0.12',
      'summary',
    ]);
    expect(ids({ ...notes, away: [host('h2')] })).toEqual(ids({}));
  });

  it('is shown by a plan, which runs nothing', () => {
    expect(planLines(reclaim, dead()).join('\n')).toContain(
      'By hand: look at the console or the power of 10.77.0.15, not at the network.',
    );
  });

  it.each([
    [
      '0 IPs taken over from 82:93:65:46:db:ca\n',
      notes,
      /“0 IPs taken over .* owned 65536: nothing was done/,
    ],
    ['65536 IPs taken over from 82:93:65:46:db:ca\n', notes, null],
    ['0 IPs taken over from 82:93:65:46:db:ca\n', { ...notes, owned: [] }, null],
    ['', notes, null],
  ])('%j is judged by what it owned', (stdout, noted, expected) => {
    const { action } = stepOf('rmpeer', noted);
    const said = action.kind === 'command' ? action.didNothing?.(stdout) : undefined;
    if (expected === null) expect(said).toBeNull();
    else expect(said).toMatch(expected);
  });
});

describe('whether it came true, by the reports of a real reclaim', () => {
  const after = tracedAll('11-rmpeer/b-after', 'h1', 'h2', 'h4');
  const four = reclaimPeer({ id: 'r1', members: ['h1', 'h2', 'h4', 'h5'].map(peer), target: peer('h5') });
  const judge = (looks: Record<string, Look>, noted: Notes = notes, procedure = four) => {
    const [check] = procedure.steps(noted).find(({ id }) => id === 'rmpeer')?.after ?? [];
    const { level, because } = check?.judge(worldOf({ looks, notes: noted })) ?? {};
    return `${level} ${because}`;
  };

  it('is told by all survivors: the name is gone, the executor has its tokens, the ring is whole', () => {
    expect(judge(after)).toBe(
      'pass h1 (10.77.0.11) took over 65536 addresses of h5 (10.77.0.15), as h1 (10.77.0.11), h2 (10.77.0.12) and h4 (10.77.0.14) tell; their ring is whole.',
    );
  });

  it.each<[string, Record<string, Look>, Notes, string]>([
    [
      'one that has not heard of it',
      { ...after, [host('h4')]: traced('11-rmpeer/b-after', 'h3') },
      notes,
      'block h3 (10.77.0.14) still says that h5 (10.77.0.15) owns 65536 addresses.',
    ],
    [
      'another one that took it',
      after,
      { ...notes, executor: [host('h2')] },
      'block 10.43.0.0, which h5 (10.77.0.15) owned, belongs to h1 by h1 (10.77.0.11), and not to h2 (10.77.0.12), which took it over.',
    ],
    [
      'a survivor that fell silent',
      { ...after, [host('h2')]: 'timeout' },
      notes,
      'unknown 10.77.0.12 told no report just now.',
    ],
    [
      'a ring with a hole',
      {
        ...after,
        [host('h1')]: entries(after[host('h1')] as PeerReport, ({ owner }) =>
          owner === h2.name ? { size: 1 } : {},
        ),
      },
      notes,
      'block The ring of h1 (10.77.0.11) comes to 786433 of 1048576 addresses.',
    ],
    ['nobody who noted the name', after, {}, 'unknown The peer name of 10.77.0.15 was not noted.'],
  ])('is not by %s', (_, looks, noted, expected) => {
    expect(judge(looks, noted)).toBe(expected);
  });
});

describe('a second attempt in the same maintenance', () => {
  const marks: Mark[] = [markOf({ begun: true })];
  const marked = [survivor('h1', marks), survivor('h2', marks)];
  const again = (looks: Record<string, Look>, inspections: readonly Inspection[] = []) =>
    standing('rmpeer', dead(looks, [...marked, ...inspections], { notes }), { sent: true });
  const running = (value: boolean | null): Inspection => ({ ...survivor('h1', marks), running: value });

  it('is left where the first one shows to have done nothing, and nothing runs any more', () => {
    expect(again({})).toEqual([]);
  });

  it.each<[string, Record<string, Look>, Inspection[], RegExp]>([
    [
      'it may still run',
      {},
      [running(true)],
      /^block did-nothing never: The rmpeer that was sent to h1 .* still runs there\./,
    ],
    [
      'nobody knows whether it runs',
      {},
      [running(null)],
      /^unknown did-nothing never: Whether the rmpeer .* still runs/,
    ],
    [
      'the executor is silent',
      { [host('h1')]: 'timeout' },
      [],
      /^unknown did-nothing never: rmpeer may have run on .*10\.77\.0\.11.*, which does not tell its ring now\. It is not sent again, here or elsewhere/,
    ],
    [
      'one survivor tells another ring',
      { [host('h2')]: entries(h2, ({ owner }) => (owner === NAME ? { owner: h1.name, version: 103 } : {})) },
      [],
      /^block did-nothing never: rmpeer was sent to h1 .* before, and the ring of h2 \(10\.77\.0\.12\) is not what it was\./,
    ],
  ])('is not where %s', (_, looks, inspections, expected) => {
    expect(again(looks, inspections)).toContainEqual(expect.stringMatching(expected));
  });
});
