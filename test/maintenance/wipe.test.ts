import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import type { Mark } from '../../source/cluster/removed.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { wipePeer } from '../../source/maintenance/procedures/wipe-peer.ts';
import type { Procedure } from '../../source/maintenance/step.ts';
import { commandOf, judgeStep } from '../../source/maintenance/transition.ts';
import { judgeAll } from '../../source/maintenance/verdict.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
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
  stepOf,
  traced,
  tracedAll,
  unitOf,
  worldOf,
} from '../support/world.ts';

const known = <T>(value: T) => ({ known: true, value }) as const;
const four = ['h1', 'h2', 'h3', 'h4'];
const five = [...four, 'h5'];
const id = host('h5');
const member = wipePeer({ id: 'r1', members: five.map(peer), target: peer('h5') });
const stranger = wipePeer({ id: 'r1', members: four.map(peer), target: peer('h5') });

const healthy = tracedAll('18-golden-add/0-before', ...five);
/** h5 as it came back with its old data, and h1 as it had taken its ranges over: both of a real cluster. */
const markOf = (name: string): Mark => ({
  name,
  address: host('h5'),
  nickname: 'h5',
  at: null,
  run: 'r0',
  executor: host('h1'),
  begun: true,
});
const returned = traced('11-rmpeer/c-removed-peer-returned', 'h5');
const survivor = traced('11-rmpeer/c-removed-peer-returned', 'h1');

/** The same report as another peer would tell it, that sees and is linked with all of these. */
const toldBy = (report: PeerReport, name: string, names = five): PeerReport => {
  const own = healthy[host(name)];
  if (own === undefined) throw new Error(`no ${name}`);
  return { ...own, ipam: report.ipam, peers: own.peers.filter((one) => names.includes(one.nickname)) };
};
const survivors = (of = survivor): Record<string, PeerReport> =>
  Object.fromEntries(four.map((name) => [host(name), toldBy(of, name)]));
const back = (of = returned): PeerReport => toldBy(of, 'h5');

type Given = {
  readonly looks?: Record<string, Look>;
  readonly guests?: Record<string, Look>;
  readonly inspections?: readonly Inspection[];
};
const inspections = five.map((name) => inspectionOf(name));
const world = ({ looks = {}, guests, inspections: more = [] }: Given = {}): World =>
  worldOf({
    looks: { ...survivors(), ...(guests === undefined ? { [id]: back() } : {}), ...looks },
    guests: guests ?? {},
    last: healthy,
    inspections: [...inspections, ...more],
  });

const standing = (procedure: Procedure, step: string, given: World, notes: Notes = {}) =>
  judgeStep(stepOf(procedure, step, notes), { ...given, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never }) => `${level} ${check}${never ? ' never' : ''}`);
const because = (procedure: Procedure, step: string, check: string, given: World, notes: Notes = {}) =>
  judgeStep(stepOf(procedure, step, notes), { ...given, notes }).find((one) => one.check === check)?.because;
const missing = (procedure: Procedure, step: string, given: World, notes: Notes = {}) =>
  judgeAll(stepOf(procedure, step, notes).after, { ...given, notes })
    .filter(({ level }) => level !== 'pass')
    .map((one) => one.check);

const down = factsOf('h5', {
  unit: unitOf({ active: 'inactive', sub: 'dead' }),
  container: known({ status: 'exited', exitCode: 0, restartPolicy: 'no' }),
});
const stopped = (given: Given = {}): World =>
  world({
    ...given,
    looks: { ...survivors(), [id]: 'refused', ...given.looks },
    inspections: [inspectionOf('h5', { facts: down }), ...(given.inspections ?? [])],
  });
const nothing = { container: false, volume: false, bridge: false };
const clean = inspectionOf('h5', { facts: { ...down, container: noContainer }, leftovers: nothing });

describe('the steps', () => {
  const ids = (procedure: Procedure, notes: Notes = {}) => procedure.steps(notes).map((step) => step.id);
  const unmarks = four.map((name) => `unmark:${host(name)}`);

  it('let a member join anew, and keep out who is none, whatever was noted', () => {
    expect(ids(member)).toEqual(['preflight', 'stop', 'wipe', 'start', ...unmarks, 'summary']);
    expect(ids(stranger)).toEqual([
      'preflight',
      'stop',
      'disable',
      'wipe',
      'retire-file',
      ...unmarks,
      'summary',
    ]);
    for (const procedure of [member, stranger])
      expect(ids(procedure, { away: [host('h2')], nickname: ['h5'] })).toEqual(ids(procedure));
  });

  it.each([member, stranger])('have a host for each command, and something to be seen after', (procedure) => {
    for (const step of procedure.steps({})) {
      if (step.action.kind === 'look') expect([step.on, step.after]).toEqual([null, []]);
      else {
        expect(procedure.hosts.map(({ address }) => address)).toContain(step.on);
        expect(step.after.length).toBeGreaterThan(0);
      }
      for (const on of step.inspects) expect(procedure.inspect(on, step.id).effect).toBe('reads');
    }
    expect(() => procedure.inspect('10.9.9.9')).toThrow(RangeError);
  });

  it('are printed as a plan, with the exact commands', () => {
    const text = planLines(member, world()).join('\n');
    expect(text).toContain('weave-wipe /usr/local/bin/weave 127.0.0.1:6784 reset --force');
    expect(text).toContain('unit-stop stop -- weave.service');
    expect(text).toContain('confirmed by: typing h5');
    expect(planLines(stranger, null).join('\n')).toContain('confirmed by: typing 10.77.0.15');
  });
});

describe('before a peer is wiped', () => {
  it('all is well where a real peer came back after rmpeer: it is certain at once', () => {
    expect(standing(member, 'preflight', world())).toEqual([]);
    expect(because(member, 'preflight', 'minority', world())).toBe(
      'h5 (10.77.0.15) tells another ring than the others: 10.36.0.0 belongs to h3 by one and to h1 by the other; it was taken over (rmpeer) and does not know it.',
    );
  });

  it('and where two rings of a real cluster were seeded apart', () => {
    const lone = { ...back(traced('07-stale/a', 'h7')), ipam: traced('07-stale/a', 'h7').ipam };
    const given = world({ looks: { ...survivors(traced('07-stale/a', 'h1')), [id]: lone } });
    expect(standing(member, 'preflight', given)).toEqual([]);
    expect(because(member, 'preflight', 'minority', given)).toContain('they have no owner in common');
  });

  it.each<[string, Procedure, World, readonly string[]]>([
    ['nothing is wrong with it', member, world({ looks: healthy }), ['block minority never']],
    [
      'it may only lag behind',
      member,
      world({
        looks: {
          [id]: back({
            ...survivor,
            ipam: survivor.ipam && { ...survivor.ipam, entries: survivor.ipam.entries.slice(1) },
          }),
        },
      }),
      ['block minority never'],
    ],
    [
      'it has no ring',
      member,
      world({ looks: { [id]: back({ ...returned, ipam: null }) } }),
      ['block same-range', 'block minority never'],
    ],
    [
      'nobody else answers',
      member,
      world({ looks: Object.fromEntries(four.map((name) => [host(name), 'timeout' as const])) }),
      [
        'block larger-part never',
        'unknown others-agree never',
        'unknown no-partition',
        'block majority',
        'unknown minority never',
        'unknown orphans never',
        ...four.map((name) => `warn seen:${host(name)}`),
      ],
    ],
    [
      'the others that answer are few',
      member,
      world({ looks: { [host('h2')]: 'timeout', [host('h3')]: 'timeout', [host('h4')]: 'timeout' } }),
      [
        'block larger-part never',
        'block majority',
        ...['h2', 'h3', 'h4'].map((name) => `warn seen:${host(name)}`),
      ],
    ],
    [
      'the others tell two rings',
      member,
      world({ looks: { [host('h4')]: toldBy(returned, 'h4') } }),
      ['block others-agree never'],
    ],
    [
      'it can not be reached',
      member,
      world({ inspections: [notInspected('h5')] }),
      [
        'block host-reached',
        'unknown root',
        'unknown same-password',
        'unknown docker',
        'unknown under-unit',
        'unknown unit-loaded',
        'unknown own-list never',
        'unknown whole-list',
        'unknown resolves',
        'unknown containers',
      ],
    ],
    [
      'its list is short',
      member,
      world({ inspections: [inspectionOf('h5', { file: fileOf([peersLine('h5')]) })] }),
      ['block own-list never', 'block whole-list'],
    ],
    [
      'containers are there',
      member,
      world({ inspections: [inspectionOf('h5', { attached: known(['web']) })] }),
      ['warn containers'],
    ],
  ])('something is said where %s', (_name, procedure, given, said) => {
    expect([...standing(procedure, 'preflight', given)].sort()).toEqual([...said].sort());
  });

  it('says how to take it out where nothing is wrong with it', () => {
    expect(because(member, 'preflight', 'minority', world({ looks: healthy }))).toMatch(
      /^h5 \(10\.77\.0\.15\) tells the same ring as the others and owns \d+ addresses in it: nothing is wrong with it, and wiping it would lose them\. To take it out, remove it: weave-console remove 10\.77\.0\.15\.$/,
    );
  });

  it('takes a finding that has lasted, a refused link or a mark for more than lag', () => {
    const lag = back({
      ...survivor,
      ipam: survivor.ipam && { ...survivor.ipam, entries: survivor.ipam.entries.slice(1) },
    });
    const given = world({ looks: { [id]: lag } });
    const said = (one: World) => because(member, 'preflight', 'minority', one);
    expect(said(given)).toContain('That may be only the lag of gossip: look again in a minute.');
    const finding = { id: 'ring-divergence', severity: 'critical', peers: [id] };
    expect(
      said({ ...given, view: { ...given.view, findings: [finding] } as unknown as World['view'] }),
    ).toMatch(/; it has lasted\.$/);
    const [row] = lag.connections;
    const refused = { ...lag, connections: row ? [{ ...row, fault: 'ring-conflict' as const }] : [] };
    expect(said(world({ looks: { [id]: refused } }))).toContain('refuses links because of it');
    // A row about somebody else, who may be the one with the wrong ring, says nothing of this peer.
    const stray = row && { ...row, fault: 'ring-conflict' as const, peer: null, address: '10.77.0.99:6783' };
    expect(said(world({ looks: { [id]: { ...lag, connections: stray ? [stray] : [] } } }))).toContain(
      'That may be only the lag of gossip',
    );
    const mark = markOf(back().name);
    const marked = inspectionOf('h2', { facts: factsOf('h2', { reclaimed: known([mark]) }) });
    expect(said(world({ looks: { [id]: lag }, inspections: [marked] }))).toContain(
      'h2 (10.77.0.12) had it reclaimed',
    );
  });

  it('leaves two peers to a person who knows which ring is right', () => {
    const two = wipePeer({ id: 'r1', members: ['h1', 'h5'].map(peer), target: peer('h5') });
    const given = worldOf({
      looks: { [host('h1')]: toldBy(survivor, 'h1', ['h1', 'h5']), [id]: back() },
      last: healthy,
      inspections: [inspectionOf('h1'), inspectionOf('h5', { file: fileOf([peersLine('h1', 'h5')]) })],
    });
    expect(standing(two, 'preflight', given)).toEqual(['block majority']);
  });

  it('wipes one that is stopped only where the others count on nothing of it', () => {
    expect(standing(member, 'preflight', stopped())).toEqual([]);
    const theirs = stopped({ looks: { ...healthy, [id]: 'refused' } });
    expect(standing(member, 'preflight', theirs)).toEqual(['block minority never']);
    expect(because(member, 'preflight', 'minority', theirs)).toContain(
      'Start it and look again: weave-console restart 10.77.0.15.',
    );
  });

  it('never takes a peer for one that owns nothing because nobody knows its name', () => {
    const whole = healthy[host('h1')];
    if (whole?.ipam == null) throw new Error('no ring');
    const entries = whole.ipam.entries.map((one) => (one.nickname === 'h5' ? { ...one, known: false } : one));
    const looks = survivors({ ...whole, ipam: { ...whole.ipam, entries } });
    const { [id]: _, ...last } = healthy;
    const facts = { ...down, hostname: 'renamed' };
    const given = (mine: 'looks' | 'guests') =>
      worldOf({
        looks: { ...looks, ...(mine === 'looks' ? { [id]: 'refused' as const } : {}) },
        guests: mine === 'guests' ? { [id]: 'refused' } : {},
        last,
        inspections: [...inspections, inspectionOf('h5', { facts })],
      });
    expect(standing(member, 'preflight', given('looks'))).toContain('unknown minority never');
    expect(because(member, 'preflight', 'minority', given('looks'))).toContain(
      "nobody tells its peer name: it may be 82:93:65:46:db:ca (h5) of the others' ring",
    );
    for (const step of ['preflight', 'stop'])
      expect(standing(stranger, step, given('guests'))).toContain('warn orphans never');
  });

  it('keeps a host out that is no member, unless addresses would be lost with it', () => {
    const guests = { [id]: back() };
    expect(standing(stranger, 'preflight', world({ guests }))).toEqual([]);
    const owning = { ...returned, ipam: healthy[id]?.ipam ?? null };
    const given = world({ guests: { [id]: back(returned) }, looks: survivors(owning) });
    expect(standing(stranger, 'preflight', given)).toEqual(['block minority never', 'block orphans never']);
    expect(because(stranger, 'preflight', 'orphans', given)).toContain(
      'reclaim them: weave-console reclaim 10.77.0.15.',
    );
  });
});

describe('while it is wiped', () => {
  const notes: Notes = { away: [], nickname: ['h5'], [`name:${id}`]: [back().name] };

  it('is stopped when it says so itself and nobody sees it any more', () => {
    expect(missing(member, 'stop', world(), notes)).toEqual(['stopped', 'out-of-sight']);
    const unseen = Object.fromEntries(
      four.map((name) => [host(name), toldBy(survivor, name, four)] as const),
    );
    expect(missing(member, 'stop', stopped({ looks: unseen }), notes)).toEqual([]);
  });

  it('is wiped only while weave is down, for a running one would hand its ring over', () => {
    expect(standing(member, 'wipe', stopped(), notes)).toEqual([]);
    expect(standing(member, 'wipe', world(), notes)).toEqual(['block stopped never']);
    expect(stepOf(member, 'wipe', notes).confirm).toEqual({ kind: 'type', word: 'h5' });
    expect(missing(member, 'wipe', stopped(), notes)).toEqual(['nothing-left']);
    expect(missing(member, 'wipe', stopped({ inspections: [clean] }), notes)).toEqual([]);
  });

  it('starts only clean, and is there when all tell the same ring', () => {
    const start = (more: Given = {}) => standing(member, 'start', stopped(more), notes);
    expect(start()).toEqual(['block nothing-left']);
    expect(start({ inspections: [clean] })).toEqual([]);
    expect(missing(member, 'start', world(), notes)).toEqual(['same-ring']);
    expect(missing(member, 'start', world({ looks: { [id]: back(survivor) } }), notes)).toEqual([]);
  });

  it('is not wiped as a stranger before its unit is disabled', () => {
    expect(standing(stranger, 'wipe', stopped({ guests: { [id]: 'refused' } }), notes)).toEqual([
      'block disabled',
    ]);
  });

  it('goes off the record of each peer that has it there, by name', () => {
    const mark = markOf(back().name);
    const marked = inspectionOf('h2', { facts: factsOf('h2', { reclaimed: known([mark]) }) });
    const lifts = (given: World) => stepOf(member, 'preflight').takesNotes?.(given)?.lifts;
    expect(lifts(world())).toBeUndefined();
    expect(lifts(world({ inspections: [marked] }))).toEqual(['r0']);
    const step = stepOf(member, `unmark:${host('h2')}`, notes);
    expect(judgeAll(step.after, world()).map(({ level }) => level)).toEqual(['pass']);
    const given = world({ inspections: [marked] });
    expect(judgeAll(step.after, given).map(({ level }) => level)).toEqual(['block']);
    expect(commandOf(step, given)?.args).toEqual(['/var/lib/weave-console', mark.name]);
  });
});
