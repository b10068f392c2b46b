import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { commandLine } from '../../source/commands/command.ts';
import { probeCommand } from '../../source/commands/probe.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { restartAll } from '../../source/maintenance/procedures/restart-all.ts';
import { restartPeer } from '../../source/maintenance/procedures/restart-peer.ts';
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
  tracedAll,
  unitFileOf,
  unitOf,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const known = <T>(value: T) => ({ known: true, value }) as const;
const target = host('h2');
const one = restartPeer({ id: 'r1', members: five.map(peer), target: peer('h2') });
const all = restartAll({ id: 'r1', members: five.map(peer) });

const healthy = tracedAll('18-golden-add/0-before', ...five);
type Given = {
  readonly looks?: Record<string, Look>;
  readonly inspections?: readonly Inspection[];
  readonly unlocked?: ReadonlyMap<string, string>;
};

const whole = ({ looks = {}, inspections = [], unlocked }: Given = {}): World => ({
  ...worldOf({
    looks: { ...healthy, ...looks },
    last: healthy,
    inspections: [...five.map((name) => inspectionOf(name)), ...inspections],
  }),
  ...(unlocked === undefined ? {} : { unlocked }),
});

/** The world after `systemctl stop weave` on h2. */
const down = factsOf('h2', {
  unit: unitOf({ active: 'inactive', sub: 'dead' }),
  container: known({ status: 'exited', exitCode: 0, restartPolicy: 'no' }),
});
const without = (report: PeerReport, name: string): PeerReport => ({
  ...report,
  peers: report.peers.filter((one) => one.name !== name),
  connections: report.connections.filter((row) => row.peer?.name !== name),
});
const nameOf2 = healthy[target]?.name ?? '';
const stopped = ({ looks = {}, inspections = [], unlocked }: Given = {}): World =>
  whole({
    looks: {
      ...Object.fromEntries(
        Object.entries(healthy).map(([id, report]) => [
          id,
          id === target ? 'refused' : without(report, nameOf2),
        ]),
      ),
      ...looks,
    },
    inspections: [inspectionOf('h2', { facts: down }), ...inspections],
    ...(unlocked === undefined ? {} : { unlocked }),
  });

/** What does not pass before a step. */
const standing = (procedure: Procedure, id: string, world: World, notes: Notes = {}) =>
  judgeStep(stepOf(procedure, id), { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never }) => `${level} ${check}${never ? ' never' : ''}`);

/** What is not true after a step. */
const missing = (procedure: Procedure, id: string, world: World, notes: Notes = {}) =>
  judgeAll(stepOf(procedure, id).after, { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ because }) => because);

describe('both kinds of restart', () => {
  it.each([one, all])(
    '$title: ids are unique; each command has a host, and something to be seen after',
    (procedure) => {
      const steps = procedure.steps({});
      const ids = steps.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(procedure.steps({ away: [host('h5')] }).map(({ id }) => id)).toEqual(ids);
      for (const step of steps) {
        if (step.action.kind === 'look') expect([step.on, step.after]).toEqual([null, []]);
        else {
          expect(procedure.hosts.map(({ address }) => address)).toContain(step.on);
          expect(step.after.length).toBeGreaterThan(0);
        }
        for (const on of step.inspects) expect(procedure.inspect(on, step.id).effect).toBe('reads');
        expect(step.undo).not.toBe('');
        const checks = step.before.map(({ id: check }) => check);
        expect(new Set(checks).size).toBe(checks.length);
      }
      expect(() => procedure.inspect('10.9.9.9')).toThrow(RangeError);
    },
  );

  it('consist of stop, a person’s work and start; of all, one peer after the other', () => {
    expect(one.steps({}).map(({ id }) => id)).toEqual(['preflight', 'stop', 'work', 'start', 'summary']);
    expect(all.steps({}).map(({ id }) => id)).toEqual([
      'preflight',
      ...five.map(host).flatMap((id) => [`stop:${id}`, `work:${id}`, `start:${id}`]),
      'summary',
    ]);
  });

  it('run exactly these commands', () => {
    const line = (id: string) => {
      const command = commandOf(stepOf(one, id), whole());
      return command === null ? null : commandLine(command, { sudo: true });
    };
    expect(line('stop')).toBe(
      `sudo -n sh -c 'exec systemctl "$@" </dev/null' unit-stop stop -- weave.service`,
    );
    expect(line('start')).toBe(
      `sudo -n sh -c 'exec systemctl "$@" </dev/null' unit-start start -- weave.service`,
    );
    expect(['preflight', 'work', 'summary'].map(line)).toEqual([null, null, null]);
  });

  it('ask a host that is worked on for little, and for its containers only once', () => {
    const probe = probeCommand(peer('h2')).args.length;
    const asked = (procedure: Procedure, at?: string) => procedure.inspect(target, at).args.slice(probe);
    expect(asked(one, 'work')).toEqual(['-']);
    expect(asked(one, 'start')).toHaveLength(1 + 15);
    expect(asked(one, 'preflight')[0]).toBe('attached');
    expect(one.inspect(host('h1'), 'preflight').args.slice(probe)).toEqual(['-']);
    expect(asked(all, `work:${target}`)).toEqual(['-']);
    expect(asked(all, `stop:${host('h1')}`)).toHaveLength(1 + 15);
    expect(asked(all, 'preflight')).toEqual(['attached']);
  });

  it('can be printed as a plan', () => {
    const lines = planLines(one, whole()).join('\n');
    expect(lines).toContain('3/5 Patch or reboot 10.77.0.12 [on 10.77.0.12]');
    expect(lines).toContain('By hand: reboot 10.77.0.12 now');
    expect(planLines(all, null)[0]).toBe('Restart all peers: 17 steps. Nothing is run by this.');
  });
});

describe('before a peer is stopped', () => {
  it('there is nothing to say of a healthy cluster', () => {
    expect(standing(one, 'preflight', whole())).toEqual([]);
    expect(standing(one, 'stop', whole())).toEqual([]);
    expect(standing(all, 'preflight', whole())).toEqual([]);
    expect(standing(all, `stop:${target}`, whole())).toEqual([]);
  });

  it('writes down what only shows while the peer is there', () => {
    expect(stepOf(one, 'preflight').takesNotes?.(whole())).toEqual({
      away: [],
      [`name:${target}`]: [nameOf2],
      [`share:${target}`]: ['262144'],
    });
    expect(Object.keys(stepOf(all, 'preflight').takesNotes?.(whole()) ?? {})).toHaveLength(1 + 2 * 5);
    expect(stepOf(one, 'stop').takesNotes?.(stopped())).toEqual({ [`boot:${target}`]: ['boot'] });
  });

  const h2 = (given: Parameters<typeof inspectionOf>[1]): Given => ({
    inspections: [inspectionOf('h2', given)],
  });
  const missingFile = fileOf([], { state: 'missing', digest: null, peers: null });
  it.each<[string, Given, string[]]>([
    [
      'the host is silent',
      { inspections: [notInspected('h2')] },
      [
        'block host-reached',
        'unknown root',
        'unknown unit-loaded',
        'unknown unit-reads-list',
        'unknown own-list never',
        'unknown whole-list',
        'unknown resolves',
        'unknown ring-kept',
        'unknown under-unit',
        'unknown same-password',
        'unknown clock',
        `unknown enabled:${target}`,
        `unknown containers:${target}`,
      ],
    ],
    ['it has no list', h2({ file: missingFile }), ['block own-list never', 'block whole-list']],
    [
      'its list is only itself',
      h2({ file: fileOf([peersLine('h2')]) }),
      ['block own-list never', 'block whole-list'],
    ],
    [
      'its list is only itself, by its host name',
      h2({ file: fileOf(['PEERS="h2 localhost"']) }),
      ['block own-list never', 'block whole-list', 'unknown resolves'],
    ],
    [
      'its unit reads another file',
      h2({ unitFile: unitFileOf({ lines: ['[Service]', 'EnvironmentFile=-/etc/default/weave'] }) }),
      ['block unit-reads-list'],
    ],
    [
      'its list lacks a member',
      h2({ file: fileOf([peersLine('h1', 'h2', 'h3', 'h4')]) }),
      ['block whole-list'],
    ],
    ['its list has a stranger', h2({ file: fileOf([peersLine(...five, 'h6')]) }), ['block whole-list']],
    ['its list has one twice', h2({ file: fileOf([peersLine(...five, 'h1')]) }), ['block whole-list']],
    [
      'its file has a password that the others do not run with',
      h2({
        file: fileOf([peersLine(...five), 'WEAVE_PASSWORD="(removed)"'], {
          secretDigests: new Map([['WEAVE_PASSWORD', 'x']]),
        }),
      }),
      [`block encrypts:${target}`, 'block same-password'],
    ],
    [
      'the file of another could not be read',
      { inspections: [inspectionOf('h4', { file: { ...missingFile, state: 'unreadable' } })] },
      ['unknown same-password'],
    ],
    [
      'another answers and could not be inspected',
      { inspections: [notInspected('h4')] },
      ['unknown same-password'],
    ],
    ['a name does not resolve there', h2({ resolves: new Map([[host('h3'), false]]) }), ['block resolves']],
    [
      'its ring data is gone',
      h2({ leftovers: { container: true, volume: false, bridge: true } }),
      ['block ring-kept'],
    ],
    [
      'its ring data could not be told',
      h2({ leftovers: { container: true, volume: null, bridge: true } }),
      ['unknown ring-kept'],
    ],
    [
      'it has no unit',
      h2({ facts: factsOf('h2', { unit: unitOf({ load: 'not-found', active: 'inactive', enabled: '' }) }) }),
      ['block unit-loaded', 'block under-unit'],
    ],
    [
      'it was launched by hand',
      h2({ facts: factsOf('h2', { unit: unitOf({ active: 'inactive' }) }) }),
      ['block under-unit'],
    ],
    [
      'its unit is busy',
      h2({ facts: factsOf('h2', { unit: unitOf({ active: 'activating' }) }) }),
      ['block under-unit'],
    ],
    [
      'it does not start with the host',
      h2({ facts: factsOf('h2', { unit: unitOf({ enabled: 'disabled' }) }) }),
      [`warn enabled:${target}`],
    ],
    [
      'it starts with the host until the next boot only, which is gone by then',
      h2({ facts: factsOf('h2', { unit: unitOf({ enabled: 'enabled-runtime' }) }) }),
      [`warn enabled:${target}`],
    ],
    [
      'another version is installed',
      h2({ facts: factsOf('h2', { scriptVersion: known('2.8.2') }) }),
      [`warn version:${target}`],
    ],
    ['containers are there', h2({ attached: known(['web', 'db']) }), [`warn containers:${target}`]],
    ['its clock is off', h2({ skew: 1_000_000 }), ['block clock']],
    [
      'another peer is away',
      { looks: { [host('h5')]: 'timeout' }, inspections: [notInspected('h5')] },
      [`warn seen:${host('h5')}`],
    ],
    [
      'two others are away',
      { looks: { [host('h4')]: 'timeout', [host('h5')]: 'timeout' } },
      [`warn seen:${host('h4')}`, `warn seen:${host('h5')}`, 'block majority'],
    ],
    [
      'the lock is not held there',
      { unlocked: new Map([[target, 'another session holds the lease']]) },
      ['block locked never'],
    ],
  ])('is told when %s', (_, given, expected) => {
    expect(standing(one, 'preflight', whole(given))).toEqual(expected);
  });

  it.each<[string, Given]>([
    ['hangs', { looks: { [target]: 'timeout' } }],
    [
      'was killed',
      {
        looks: { [target]: 'refused' },
        inspections: [
          inspectionOf('h2', {
            facts: factsOf('h2', {
              unit: unitOf({ active: 'failed', sub: 'failed', result: 'exit-code', mainStatus: 137 }),
              container: known({ status: 'exited', exitCode: 137, restartPolicy: 'no' }),
            }),
          }),
        ],
      },
    ],
  ])('mends a weaver that %s', (_, given) => {
    expect(standing(one, 'preflight', whole(given))).toEqual([]);
    expect(standing(one, 'stop', whole(given))).toEqual([]);
  });

  it('does not take a peer down whose file was changed so that it would come back without a link', () => {
    const secret = (name: string) =>
      inspectionOf(name, {
        file: fileOf([peersLine(...five), 'WEAVE_PASSWORD="(removed)"'], {
          secretDigests: new Map([['WEAVE_PASSWORD', 'x']]),
        }),
      });
    // All files agree; the running peers have read none of them since.
    const rotated = whole({ inspections: five.map(secret) });
    expect(standing(one, 'preflight', rotated)).toEqual([`block encrypts:${target}`]);
    expect(standing(one, 'stop', rotated)).toEqual([`block encrypts:${target}`]);
    expect(standing(all, 'preflight', rotated)).toEqual(five.map((name) => `block encrypts:${host(name)}`));
    const encrypted = Object.fromEntries(
      Object.entries(healthy).map(([id, report]) => [id, { ...report, encryption: true }]),
    );
    expect(standing(one, 'preflight', whole({ looks: encrypted, inspections: five.map(secret) }))).toEqual(
      [],
    );
    expect(standing(one, 'preflight', whole({ looks: encrypted }))).toEqual([`block encrypts:${target}`]);
  });

  it('does not take a peer down whose file has another password than the others run with', () => {
    const encrypted = Object.fromEntries(
      Object.entries(healthy).map(([id, report]) => [id, { ...report, encryption: true }]),
    );
    const secret = (name: string) =>
      inspectionOf(name, {
        file: fileOf([peersLine(...five), 'WEAVE_PASSWORD="(removed)"'], {
          secretDigests: new Map([['WEAVE_PASSWORD', 'x']]),
        }),
      });
    const probed = (runs: (id: string) => string | null): World => {
      const world = whole({ looks: encrypted, inspections: five.map(secret) });
      const environment = (id: string) => ({
        ...factsOf('h1').environment,
        passwordDigest: 'new',
        runningPasswordDigest: runs(id),
      });
      const peers = world.view.peers.map((peer) => ({
        ...peer,
        watch: {
          ...peer.watch,
          facts: {
            kind: 'facts' as const,
            seq: 1,
            at: world.now,
            facts: factsOf('h1', { environment: environment(peer.id) }),
            skew: 0,
          },
        },
      }));
      return { ...world, view: { ...world.view, peers } };
    };
    expect(
      standing(
        one,
        'preflight',
        probed(() => 'old'),
      ),
    ).toEqual([`block encrypts:${target}`]);
    expect(
      standing(
        one,
        'start',
        probed(() => 'old'),
      ),
    ).toContain(`block encrypts:${target}`);
    expect(
      standing(
        one,
        'preflight',
        probed(() => 'new'),
      ),
    ).toEqual([]);
    expect(
      standing(
        one,
        'preflight',
        probed(() => null),
      ),
    ).toEqual([]);
    // Its own does not matter: by a restart it gets that of the others.
    expect(
      standing(
        one,
        'preflight',
        probed((id) => (id === target ? 'old' : 'new')),
      ),
    ).toEqual([]);
  });

  it('does not start a peer that was reclaimed, with its old data', () => {
    const mark = { name: nameOf2, address: target, nickname: 'h2', at: null, run: 'r0' };
    const reclaimed = (world: World, how: 'rmpeer' | 'reset'): World => ({
      ...world,
      view: { ...world.view, removed: [{ ...mark, how, marked: [host('h1')], journal: false }] },
    });
    expect(standing(one, 'preflight', reclaimed(whole(), 'rmpeer'))).toEqual(['block not-reclaimed']);
    expect(standing(one, 'start', reclaimed(stopped(), 'rmpeer'))).toEqual(['block not-reclaimed']);
    expect(standing(one, 'start', reclaimed(stopped(), 'reset'))).toEqual([]);
    const leftovers = { container: false, volume: false, bridge: false };
    const wiped = stopped({ inspections: [inspectionOf('h2', { facts: down, leftovers })] });
    expect(standing(one, 'start', reclaimed(wiped, 'rmpeer'))).toEqual(['block ring-kept']);
  });

  it('lets nothing but what was acknowledged stand before the command itself', () => {
    const world = whole({ looks: { [host('h5')]: 'timeout' }, inspections: [notInspected('h5')] });
    expect(standing(one, 'stop', world)).toEqual([`warn seen:${host('h5')}`]);
    expect(standing(one, 'stop', world, { away: [host('h5')] })).toEqual([]);
    // Of all peers, any doubt stops it.
    expect(standing(all, `stop:${target}`, world)).toEqual(['block all-there']);
  });

  it('does not take the only owner away from peers that own nothing', () => {
    const owned = (report: PeerReport): PeerReport => ({
      ...report,
      ipam: report.ipam && {
        ...report.ipam,
        entries: report.ipam.entries.map((entry) => ({ ...entry, owner: nameOf2, nickname: 'h2' })),
      },
    });
    const looks = Object.fromEntries(Object.entries(healthy).map(([id, report]) => [id, owned(report)]));
    expect(standing(one, 'preflight', whole({ looks }))).toEqual(['block others-own']);
    expect(standing(one, 'stop', whole({ looks }))).toEqual(['block others-own']);
    // One that hangs tells nothing itself; the others know.
    expect(standing(one, 'preflight', whole({ looks: { ...looks, [target]: 'timeout' } }))).toEqual([
      'block others-own',
    ]);
  });

  it('counts as owned what any ring says, and as unknown what none does', () => {
    const lost = h2({ leftovers: { container: true, volume: false, bridge: true } });
    const empty = (report: PeerReport | undefined): PeerReport | null =>
      report === undefined ? null : { ...report, ipam: report.ipam && { ...report.ipam, entries: [] } };
    // It lost its ring data and was started without: its own report tells of no ring, and neither does h1's.
    const looks = { [target]: empty(healthy[target]), [host('h1')]: empty(healthy[host('h1')]) };
    expect(standing(one, 'preflight', whole({ ...lost, looks }))).toContain('block ring-kept');
    const nobody = Object.fromEntries(five.map((name) => [host(name), 'timeout' as const]));
    expect(standing(one, 'preflight', whole({ ...lost, looks: nobody }))).toEqual(
      expect.arrayContaining(['unknown ring-kept', 'unknown others-own']),
    );
  });

  it('of two peers or one says what that means, and goes on when it is acknowledged', () => {
    for (const names of [['h1', 'h2'], ['h2']]) {
      const procedure = restartPeer({ id: 'r1', members: names.map(peer), target: peer('h2') });
      const looks = Object.fromEntries(names.map((name) => [host(name), healthy[host(name)] ?? null]));
      const world = worldOf({
        looks,
        inspections: names.map((name) => inspectionOf(name, { file: fileOf([peersLine(...names)]) })),
      });
      expect(standing(procedure, 'preflight', world)).toEqual(['warn majority']);
      expect(standing(procedure, 'stop', world)).toEqual([]);
    }
  });
});

describe('a peer that is stopped', () => {
  it('is found stopped by itself and by the others', () => {
    expect(missing(one, 'stop', stopped())).toEqual([]);
    expect(missing(one, 'stop', whole())).toEqual([
      'On h2 (10.77.0.12) the unit is active, the container running.',
      'h1 (10.77.0.11), h3 (10.77.0.13), h4 (10.77.0.14) and h5 (10.77.0.15) still see h2 (10.77.0.12).',
    ]);
    expect(missing(one, 'stop', stopped({ looks: { [host('h4')]: 'timeout' } }))).toEqual([
      'h4 (10.77.0.14) told no report just now.',
    ]);
  });

  it('can be taken up where it was stopped before, too: nothing is lost by that', () => {
    expect(standing(one, 'preflight', stopped())).toEqual([]);
    expect(standing(one, 'stop', stopped())).toEqual([]);
    expect(standing(one, 'start', stopped())).toEqual([]);
  });

  const booted = (id: string) => factsOf('h2', { ...down, bootId: known(id) });
  it.each<[string, Given, Notes, string[]]>([
    [
      'silent',
      { inspections: [notInspected('h2')] },
      {},
      ['h2 (10.77.0.12) is silent: it was heard last 1 s ago.'],
    ],
    [
      'not rebooted yet',
      {},
      { [`boot:${target}`]: ['boot'] },
      ['h2 (10.77.0.12) answers with the boot id that it had before: it was not rebooted yet.'],
    ],
    [
      'rebooted',
      { inspections: [inspectionOf('h2', { facts: booted('other') })] },
      { [`boot:${target}`]: ['boot'] },
      [],
    ],
    [
      'of no known boot',
      {},
      {},
      ["h2 (10.77.0.12) answers; which boot id it had before is not on record, so a reboot can't be told."],
    ],
  ])('is waited for while it is worked on: %s', (_, given, notes, expected) => {
    expect(missing(one, 'work', stopped(given), notes)).toEqual(expected);
  });

  it('is told by the newest that was heard: a probe may come before the next inspection, a report before both', () => {
    const notes = { [`boot:${target}`]: ['boot'] };
    const silent = stopped({ inspections: [notInspected('h2')] });
    const heard = (watch: Partial<PeerWatch>): World => ({
      ...silent,
      now: 110_000,
      view: {
        ...silent.view,
        peers: silent.view.peers.map((one) =>
          one.id === target ? { ...one, watch: { ...one.watch, ...watch } } : one,
        ),
      },
    });
    const probed = (at: number) =>
      heard({ lastFacts: { kind: 'facts', seq: 1, at, facts: booted('other'), skew: 0 } });
    expect(missing(one, 'work', probed(105_000), notes)).toEqual([]);
    expect(missing(one, 'work', probed(90_000), notes)).toEqual([
      'h2 (10.77.0.12) is silent: it was heard last 11 s ago.',
    ]);
    const { lastReport } = silent.view.peers.find(({ id }) => id === target)?.watch ?? {};
    if (!lastReport) throw new Error('h2 was never heard');
    expect(missing(one, 'work', heard({ lastReport: { ...lastReport, at: 106_000 } }), notes)).toEqual([
      'h2 (10.77.0.12) is back; its boot id is not known yet.',
    ]);
  });

  it('is not worked on while weave runs there, unless it was rebooted by now', () => {
    expect(standing(one, 'work', whole(), { [`boot:${target}`]: ['boot'] })).toEqual(['warn down']);
    expect(standing(one, 'work', whole(), { [`boot:${target}`]: ['before'] })).toEqual([]);
    expect(standing(one, 'work', stopped())).toEqual([]);
    expect(standing(one, 'work', stopped({ inspections: [notInspected('h2')] }))).toEqual([]);
  });

  it('is started only once the lock is held there again', () => {
    const unlocked = new Map([[target, 'the lease does not answer any more']]);
    expect(standing(one, 'start', stopped({ unlocked }))).toEqual(['block locked never']);
    expect(standing(one, 'start', stopped({ unlocked: new Map() }))).toEqual([]);
  });

  it('is not started with a list of nobody else', () => {
    const inspections = [inspectionOf('h2', { facts: down, file: fileOf([peersLine('h2')]) })];
    expect(standing(one, 'start', stopped({ inspections }))).toEqual([
      'block own-list never',
      'block whole-list',
    ]);
  });
});

describe('a peer that is back', () => {
  const notes = { [`name:${target}`]: [nameOf2], [`share:${target}`]: ['262144'] };

  it('is back by its own word and that of the others', () => {
    expect(missing(one, 'start', whole(), notes)).toEqual([]);
    expect(missing(one, 'start', stopped(), notes)).toHaveLength(7);
  });

  it('is back without a ring only when it knows its own address: it would count itself twice', () => {
    const idle = tracedAll('01-launched-idle', ...five);
    const own = idle[target];
    if (own === undefined) throw new Error('no report');
    const strange = { ...own, connections: own.connections.filter(({ fault }) => fault !== 'ourself') };
    const said = (looks: Given['looks']) =>
      missing(one, 'start', whole({ looks }), { [`name:${target}`]: [own.name] });
    expect(said(idle)).toEqual([]);
    expect(said({ ...idle, [target]: strange }).join()).toContain('has not yet met itself');
  });

  it('has its old name and its share', () => {
    expect(missing(one, 'start', whole(), { ...notes, [`name:${target}`]: ['other'] })).toEqual([
      `h2 (10.77.0.12) came back as ${nameOf2} and was other: what it owned still belongs to the old name. Stop it and give it its old name (--name), or reclaim the old one.`,
    ]);
    const bare = Object.fromEntries(
      Object.entries(healthy).map(([id, report]): [string, PeerReport] => [
        id,
        {
          ...report,
          ipam: report.ipam && {
            ...report.ipam,
            entries: report.ipam.entries.map((entry) =>
              entry.owner === nameOf2 ? { ...entry, owner: healthy[host('h1')]?.name ?? '' } : entry,
            ),
          },
        },
      ]),
    );
    expect(missing(one, 'start', whole({ looks: bare }), notes)).toEqual([
      'h2 (10.77.0.12) owned 262144 addresses before, and owns none now.',
    ]);
    expect(standing(one, 'summary', whole(), { [`share:${target}`]: ['100'] })).toEqual([
      `warn share:${target}`,
    ]);
    expect(standing(one, 'summary', whole(), notes)).toEqual([]);
  });
});

describe('a cluster that waits for its first ring', () => {
  const fresh = (name: string) =>
    inspectionOf(name, {
      facts: factsOf(name, { unit: unitOf({ active: 'inactive', sub: 'dead' }), container: noContainer }),
      leftovers: { container: false, volume: false, bridge: false },
    });
  const two = tracedAll('02-prime-2of5/b-blocked', 'h1', 'h2');
  const world = worldOf({
    looks: { ...two, [host('h3')]: 'refused', [host('h4')]: 'refused', [host('h5')]: 'refused' },
    inspections: ['h1', 'h2', 'h3', 'h4', 'h5'].map((name) =>
      name === 'h1' || name === 'h2' ? inspectionOf(name) : fresh(name),
    ),
  });
  const third = restartPeer({ id: 'r1', members: five.map(peer), target: peer('h3') });
  const away = [`warn seen:${host('h4')}`, `warn seen:${host('h5')}`];

  it('can have a peer started that it waits for', () => {
    expect(standing(third, 'preflight', world)).toEqual(away);
    expect(missing(third, 'stop', world, { away: [host('h4'), host('h5')] })).toEqual([]);
    expect(standing(third, 'start', world, { away: [host('h4'), host('h5')] })).toEqual([]);
  });

  it('says what it means to restart one of those that wait', () => {
    const first = restartPeer({ id: 'r1', members: five.map(peer), target: peer('h1') });
    expect(standing(first, 'preflight', world)).toEqual([
      `warn seen:${host('h3')}`,
      ...away,
      'warn nothing-pending',
      'block majority',
    ]);
  });
});

describe('a host that was never started', () => {
  it('owns nothing, so it needs no ring data', () => {
    const fresh = factsOf('h2', {
      unit: unitOf({ active: 'inactive', sub: 'dead' }),
      container: noContainer,
    });
    const world = worldOf({
      looks: {
        ...Object.fromEntries(Object.entries(healthy).map(([id, report]) => [id, without(report, nameOf2)])),
        [target]: 'refused',
      },
      inspections: five.map((name) =>
        name === 'h2'
          ? inspectionOf('h2', {
              facts: { ...fresh, hostname: 'new' },
              leftovers: { container: false, volume: false, bridge: false },
            })
          : inspectionOf(name),
      ),
    });
    expect(standing(one, 'preflight', world)).toEqual([]);
    expect(missing(one, 'stop', world)).toEqual([]);
  });
});
