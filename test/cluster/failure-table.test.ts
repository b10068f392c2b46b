import { describe, expect, it } from 'vitest';
import { buildView, type ClusterView } from '../../source/cluster/cluster-view.ts';
import { rules } from '../../source/cluster/findings.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { ConnectionFault, ConnectionState } from '../../source/cluster/peer-report.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import {
  all,
  bareHost,
  down,
  file,
  hosts,
  known,
  mute,
  stoppedHost,
  withLook,
} from '../support/host-mesh.ts';
import { address, entry, failed, live, mesh, name, type Over, others, ring } from '../support/mesh.ts';
import {
  containerFacts,
  facts,
  silent,
  traceAddress,
  traceWatches,
  unitFacts,
  watch,
} from '../support/watches.ts';

/** The rows of the failure table, by their ids. */
const TABLE = [
  'not-primed',
  'awaiting-consensus',
  'quorum-too-big',
  'quorum-too-small',
  'seeded-apart',
  'ring-divergence',
  'owner-unreachable',
  'all-owners-unreachable',
  'range-mismatch',
  'name-collision',
  'password-mismatch',
  'udp-blocked',
  'tcp-refused',
  'tcp-timeout',
  'tcp-no-route',
  'version-skew',
  'clock-skew',
  'list-drift',
  'unit-not-enabled',
  'unit-failed',
  'launched-by-hand',
  'restart-policy',
  'list-unresolvable',
  'range-overlap',
  'removed-came-back',
  'leftover',
  'weaver-hangs',
] as const;

/** Not of the table: that the console itself can't look says nothing of weave. */
const OWN = ['unseen'] as const;

type Id = (typeof TABLE)[number] | (typeof OWN)[number];

/** A world in which a row shows, by the sign that is in its name; `mend` is the procedure and its target, if one mends it. */
type Row = readonly [id: Id, sign: string, mend: string | null, view: ClusterView];

const view = (watches: readonly PeerWatch[], spares: readonly PeerWatch[] = []): ClusterView =>
  buildView('c', watches, { now: 1000, spares });

/** Looked at twice, some time apart: what only a second look tells. */
const twice = (at: (time: number) => readonly PeerWatch[], later: number): ClusterView =>
  buildView('c', at(later), { now: later, previous: buildView('c', at(0), { now: 0 }) });

const trace = (folder: string, names: string): ClusterView => view(traceWatches(folder, names.split(' ')));

const FIVE = 'h1 h2 h3 h4 h5';
const SIX = `${FIVE} h6`;

/** Two of three peers can't dial the third for this reason, and don't see it. */
const dial = (fault: ConnectionFault, info: string): readonly PeerWatch[] => {
  const cut = (index: number): Over => ({
    sees: [0, 1],
    connections: [live(1 - index), failed(2, fault, info)],
  });
  return [...mesh(3, { 0: cut(0), 1: cut(1) }).slice(0, 2), watch(address(2), silent())];
};

/** The third peer alone says this of its links to the others, which see each other. */
const refused = (...rows: readonly (readonly [ConnectionFault, string])[]): readonly PeerWatch[] => {
  const rest = (index: number): Over => ({ sees: [0, 1], connections: [live(1 - index)] });
  const lone: Over = {
    sees: [2],
    connections: rows.map(([fault, info], to) => failed(to, fault, info)),
  };
  return mesh(3, { 0: rest(0), 1: rest(1), 2: lone });
};

const idle: Over = { ipam: { entries: [] } };
const waits = (known: number, quorum: number): Over => ({
  ipam: { entries: [], paxos: { elector: true, known, quorum } },
});

/** One of three is down: SSH works, and its host tells this. */
const downWith = (over: Partial<HostFacts>): PeerWatch[] => withLook(hosts(3, { 2: over }), 2, down);

const spare = (over: Partial<HostFacts>): PeerWatch => {
  const told = facts({ hostname: 'i', ...over });
  return watch(address(8), null, { facts: told, lastFacts: told.kind === 'facts' ? told : null });
};

const password = (digest: string | null, set = true, running: string | null = digest) => ({
  environment: file(all(3), {
    keys: set ? ['PEERS', 'WEAVE_PASSWORD'] : ['PEERS'],
    passwordDigest: digest,
    runningPasswordDigest: running,
  }),
});

const taken = ring(3).map((item, index) =>
  index === 2 ? { ...item, owner: name(0), nickname: 'a', version: 103 } : item,
);
const lagging = ring(3).map((item, index) => (index === 0 ? { ...item, version: 1 } : item));
const lone: Over = {
  sees: [3],
  connections: [],
  ipam: { entries: [entry('10.32.0.0', 3, 1, true, 256)] },
};
const together = (index: number): Over => ({
  sees: [0, 1, 2],
  connections: others(index, 3).map((to) => live(to)),
  ipam: { entries: ring(3) },
});
const ghost = [entry('10.32.0.0', 8, 0, false)];
const nobody = { container: null, volume: null, bridge: null };
const old = { container: false, volume: true, bridge: true };
const route = (to: string) => known([to]);
const fewer = hosts(3).map((peer, index): PeerWatch => {
  const { look } = peer;
  return look?.kind === 'report' && index === 0
    ? { ...peer, look: { ...look, report: { ...look.report, targets: all(2) } } }
    : peer;
});
const pendingTo = (time: number) => mesh(3, { 0: { connections: [live(1), live(2, 'pending')] } }, time);

const rows: readonly Row[] = [
  ['not-primed', 'all idle, no entries', 'prime h1', trace('01-launched-idle', FIVE)],
  ['not-primed', 'one peer, idle', 'prime h7', trace('23-one-peer/a-idle', 'h7')],
  [
    'not-primed',
    'no weave on any host',
    'bootstrap',
    view(withLook(withLook(hosts(2, { 0: bareHost, 1: bareHost }), 0, down), 1, down)),
  ],
  [
    'awaiting-consensus',
    'Paxos set, SSH to the missing fails',
    'prime h1',
    trace('02-prime-2of5/b-blocked', FIVE),
  ],
  [
    'awaiting-consensus',
    'Paxos set, one of the missing is stopped',
    'restart-peer c',
    view(
      withLook(
        hosts(3, { 2: stoppedHost }, [], {
          0: { ...waits(1, 2), sees: [0], connections: [failed(2, 'refused', 'connection refused')] },
          1: { ...idle, sees: [1], connections: [] },
        }),
        2,
        down,
      ),
    ),
  ],
  ['quorum-too-big', 'Quorum above', 'restart-peer a', view(mesh(3, { 0: waits(3, 3), 1: idle, 2: idle }))],
  ['quorum-too-small', 'Quorum below', 'restart-peer a', view(mesh(3, { 0: waits(1, 1), 1: idle, 2: idle }))],
  ['seeded-apart', 'Info, and disjoint rings', 'wipe-peer h7', trace('07-stale/a', `${SIX} h7`)],
  [
    'seeded-apart',
    'disjoint rings only',
    'wipe-peer d',
    view(mesh(4, { 0: together(0), 1: together(1), 2: together(2), 3: lone })),
  ],
  [
    'seeded-apart',
    'one against one: nobody is the minority',
    null,
    view(
      mesh(2, {
        0: { sees: [0], connections: [], ipam: { entries: [entry('10.32.0.0', 0, 1, true, 256)] } },
        1: { sees: [1], connections: [], ipam: { entries: [entry('10.32.0.0', 1, 1, true, 256)] } },
      }),
    ),
  ],
  ['ring-divergence', 'another owner, at the first look', null, trace('11-rmpeer/b-after', FIVE)],
  [
    'ring-divergence',
    'the owner repeats its word against that of the others',
    'wipe-peer c',
    twice((at) => mesh(3, { 0: { ipam: { entries: taken } }, 1: { ipam: { entries: taken } } }, at), 3000),
  ],
  [
    'ring-divergence',
    'a version that doesn’t catch up',
    'wipe-peer a',
    twice((at) => mesh(3, { 0: { ipam: { entries: lagging } } }, at), 45_000),
  ],
  [
    'ring-divergence',
    'Info: update for a range that it owns',
    null,
    view(
      refused([
        'ring-conflict',
        'Received update for IP range I own at 10.32.0.0 v1: incoming message says owner B v2',
      ]),
    ),
  ],
  [
    'ring-divergence',
    'Info: inconsistent entries',
    null,
    view(dial('ring-conflict', 'Inconsistent entries for 10.32.0.0: owned by A but incoming message says B')),
  ],
  ['owner-unreachable', 'a partition', null, trace('04-partition/b-85s-after', FIVE)],
  [
    'owner-unreachable',
    'one host that SSH finds nobody on',
    'reclaim-peer h5',
    trace('11-rmpeer/a-h5-dead', FIVE),
  ],
  [
    'owner-unreachable',
    'the other one of two, which may be cut off',
    null,
    view([...mesh(2, { 0: gone(0, 2, [1]) }).slice(0, 1), watch(address(1), silent())]),
  ],
  [
    'owner-unreachable',
    'two hosts at once, which may be a partition',
    null,
    view([
      ...mesh(5, Object.fromEntries([0, 1, 2].map((index) => [index, gone(index, 5, [3, 4])]))).slice(0, 3),
      watch(address(3), silent()),
      watch(address(4), silent()),
    ]),
  ],
  [
    'owner-unreachable',
    'one host to which only our own key has no access',
    null,
    view([
      ...mesh(3, { 0: gone(0, 3, [2]), 1: gone(1, 3, [2]) }).slice(0, 2),
      watch(address(2), silent({ kind: 'auth' })),
    ]),
  ],
  [
    'owner-unreachable',
    'a weave that was stopped',
    'restart-peer c',
    view(withLook(hosts(3, { 2: stoppedHost }, [], { 0: gone(0, 3, [2]), 1: gone(1, 3, [2]) }), 2, down)),
  ],
  [
    'all-owners-unreachable',
    'the status',
    null,
    view(mesh(2, { 0: { ipam: { entries: ghost } }, 1: { ipam: { entries: ghost } } })),
  ],
  [
    'range-mismatch',
    'Info',
    null,
    view(
      dial('range-mismatch', 'Incompatible IP allocation ranges (received: 10.0.0.0/8, ours: 10.32.0.0/16)'),
    ),
  ],
  [
    'range-mismatch',
    'Range differs while idle',
    null,
    view(mesh(3, { 0: idle, 1: idle, 2: { ipam: { entries: [], range: '10.40.0.0/16' } } })),
  ],
  [
    'range-mismatch',
    'another default subnet',
    null,
    view(mesh(3, { 1: { ipam: { defaultSubnet: '10.32.1.0/24' } } })),
  ],
  ['name-collision', 'one name from two hosts', null, view(mesh(3, { 2: { name: name(0) } }))],
  [
    'name-collision',
    'Info',
    null,
    view(dial('name-collision', 'local "A(a)" and remote "A(c)" peer names collision')),
  ],
  [
    'name-collision',
    '`Multiple connections to` a name that has another address',
    null,
    view(dial('duplicate', 'Multiple connections to B(b) added to A(a)')),
  ],
  ['version-skew', 'Version differs', null, view(mesh(3, { 2: { version: '2.9.0' } }))],
  [
    'version-skew',
    'Info',
    null,
    view(dial('version', 'remote version range [3,4] is incompatible with ours [1,2]')),
  ],
  [
    'password-mismatch',
    'Info: unencrypted',
    null,
    view(dial('password', 'password specified, but peer requested an unencrypted connection')),
  ],
  [
    'password-mismatch',
    'Info: undecryptable, with resets beside it',
    null,
    view(refused(['password', 'Unable to decrypt TCP msg'], ['reset', 'connection reset by peer'])),
  ],
  [
    'password-mismatch',
    'encryption here and not there, all links only reset',
    'restart-peer c',
    view(
      mesh(3, {
        0: { sees: [0, 1], connections: [live(1), failed(2, 'reset', 'connection reset by peer')] },
        1: { sees: [0, 1], connections: [live(0), failed(2, 'reset', 'connection reset by peer')] },
        2: { sees: [2], connections: [], encryption: true },
      }),
    ),
  ],
  [
    'password-mismatch',
    'missing in a file',
    'align',
    view(hosts(3, { 0: password(null), 1: password(null), 2: password(null, false) })),
  ],
  [
    'password-mismatch',
    'another one in a file, by digests',
    'align',
    view(hosts(3, { 0: password('d1'), 1: password('d1'), 2: password('d2') })),
  ],
  [
    'password-mismatch',
    'another one in all files than runs',
    null,
    view(
      hosts(3, {
        0: password('d2', true, 'd1'),
        1: password('d2', true, 'd1'),
        2: password('d2', true, 'd1'),
      }),
    ),
  ],
  ['udp-blocked', 'pending for more than a minute', null, twice(pendingTo, 80_000)],
  [
    'udp-blocked',
    'no working forwarders',
    null,
    view(
      mesh(3, { 0: { connections: [live(1), failed(2, 'no-forwarders', 'no working forwarders to C(c)')] } }),
    ),
  ],
  ['tcp-refused', 'refused', null, view(dial('refused', 'connect: connection refused'))],
  ['tcp-refused', 'reset', null, view(dial('reset', 'read: connection reset by peer'))],
  ['tcp-refused', 'weave is stopped, by its host', 'restart-peer c', view(downWith(stoppedHost))],
  ['tcp-refused', 'weave is not on one host', null, view(downWith(bareHost))],
  ['tcp-timeout', 'timeout', null, view(dial('timeout', 'i/o timeout'))],
  ['tcp-no-route', 'no route', null, view(dial('no-route', 'connect: no route to host'))],
  ['clock-skew', 'Info', null, view(dial('clock', 'host clock skew of 1200s exceeds 900s limit'))],
  ['clock-skew', 'the probe', null, view(hosts(3, {}, [0, 600_000, 0]))],
  ['list-drift', 'files differ', 'align', view(hosts(3, { 2: { environment: file([address(0)]) } }))],
  [
    'list-drift',
    'a file is missing',
    'align',
    view(hosts(3, { 2: { environment: file(null, { state: 'missing' }) } })),
  ],
  ['list-drift', 'Targets differ, and the files agree', null, view(fewer)],
  [
    'list-drift',
    'Targets differ before there is a ring',
    null,
    view(mesh(3, { 0: { ...idle, targets: all(2) }, 1: idle, 2: idle })),
  ],
  [
    'list-drift',
    'the config of this console differs',
    'align',
    view([
      ...hosts(2, { 0: { environment: file(all(2)) }, 1: { environment: file(all(2)) } }),
      watch(address(2), silent()),
    ]),
  ],
  [
    'list-drift',
    'a unit differs',
    'align',
    view(hosts(3, { 1: { unit: known(unitFacts({ digest: 'bb' })) } })),
  ],
  [
    'unit-not-enabled',
    'systemd says so',
    'align',
    view(hosts(3, { 1: { unit: known(unitFacts({ enabled: 'disabled' })) } })),
  ],
  [
    'unit-failed',
    'systemd says so',
    'restart-peer c',
    view(
      downWith({
        unit: known(unitFacts({ active: 'failed', result: 'exit-code', mainStatus: 137 })),
        container: known(containerFacts({ status: 'exited', exitCode: 137 })),
      }),
    ),
  ],
  [
    'launched-by-hand',
    'a container beside an inactive unit',
    'restart-peer b',
    view(hosts(3, { 1: { unit: known(unitFacts({ active: 'inactive' })) } })),
  ],
  [
    'restart-policy',
    'Restart= of one unit',
    'align',
    view(hosts(3, { 1: { unit: known(unitFacts({ restart: 'always', digest: 'bb' })) } })),
  ],
  [
    'restart-policy',
    'Restart= of every unit',
    null,
    view(hosts(1, { 0: { unit: known(unitFacts({ restart: 'always' })) } })),
  ],
  [
    'restart-policy',
    'of the container',
    null,
    view(hosts(3, { 1: { container: known(containerFacts({ restartPolicy: 'always' })) } })),
  ],
  ['list-unresolvable', 'Info', null, view(dial('unresolvable', 'lookup host9: no such host'))],
  [
    'list-unresolvable',
    'getent on the host, before it is fatal',
    'align',
    view(hosts(3, { 1: { environment: file(['10.0.0.1', 'h2'], { unresolved: ['h2'] }) } })),
  ],
  [
    'list-unresolvable',
    'weave died of it',
    null,
    view(
      downWith({
        ...stoppedHost,
        lastWords: ['FATA: 2026/11/22 12:11:20.583074 lookup h9 on 10.0.0.53:53: no such host'],
      }),
    ),
  ],
  [
    'range-overlap',
    'weave died of it',
    null,
    view(
      downWith({
        ...stoppedHost,
        lastWords: ['ERROR: Default --ipalloc-range 10.32.0.0/12 overlaps with existing route on host.'],
      }),
    ),
  ],
  [
    'range-overlap',
    'a route of a member that is down',
    null,
    view(downWith({ ...stoppedHost, routes: route('10.32.0.0/24') })),
  ],
  [
    'range-overlap',
    'a route of a spare',
    null,
    view(hosts(3), [spare({ ...bareHost, routes: route('10.0.0.0/8') })]),
  ],
  [
    'removed-came-back',
    'a mark of it on a survivor, and its name',
    'wipe-peer h5',
    view(
      traceWatches('11-rmpeer/c-removed-peer-returned', FIVE.split(' ')).map((one) => {
        const told = facts({
          reclaimed: known([
            {
              name: '82:93:65:46:db:ca',
              address: traceAddress('h5'),
              nickname: 'h5',
              at: 0,
              run: 'r1',
              executor: traceAddress('h1'),
              begun: true,
            },
          ]),
        });
        return { ...one, lastFacts: told.kind === 'facts' ? told : null };
      }),
    ),
  ],
  ['leftover', 'on a spare', null, view(hosts(3), [spare({ ...bareHost, leftovers: old })])],
  ['leftover', 'on a member without weave', null, view(downWith({ ...bareHost, leftovers: old }))],
  [
    'weaver-hangs',
    'no answer within the time-out, docker says running',
    'restart-peer c',
    view(withLook(hosts(3), 2, mute)),
  ],
  ['unseen', 'SSH gives no answer', null, view(withLook(hosts(3), 2, silent()))],
];

/** A report that calls these owners unreachable, and has no link to them. */
function gone(index: number, count: number, lost: readonly number[]): Over {
  const rest = others(-1, count).filter((other) => !lost.includes(other));
  return {
    sees: rest,
    connections: [
      ...rest.filter((other) => other !== index).map((other) => live(other)),
      ...lost.map((other) => failed(other, 'no-route', 'connect: no route to host')),
    ],
    ipam: { entries: ring(count).map((item, token) => ({ ...item, known: !lost.includes(token) })) },
  };
}

const callOf = (built: ClusterView, id: string | null): string => {
  const peer = built.peers.find((each) => each.id === id);
  return peer?.nickname ?? (id === null ? '' : id.replace(/^10\.77\.0\.1/, 'h'));
};

describe('the failure table', () => {
  it('has a rule for each row, and no rule is beside it', () => {
    const ids = [...new Set(rules.map(({ id }) => id))].sort();
    expect(ids).toEqual([...TABLE, ...OWN].sort());
  });

  it('is shown by a world for each row', () => {
    expect([...new Set(rows.map(([id]) => id))].sort()).toEqual([...TABLE, ...OWN].sort());
  });

  it.each(rows)('%s: %s', (id, _, mend, built) => {
    const [finding] = built.findings.filter((each) => each.id === id);
    expect(finding).toBeDefined();
    const said = finding?.mend && `${finding.mend.kind} ${callOf(built, finding.mend.target)}`.trim();
    expect(said ?? null).toBe(mend);
  });

  it.each(rows.filter(([, , mend]) => mend !== null))(
    '%s (%s): the remedy names the procedure, too',
    (id, _, mend, built) => {
      const finding = built.findings.find((each) => each.id === id);
      const [verb = ''] = (mend ?? '').split(/[- ]/);
      expect(finding?.remedy.toLowerCase()).toContain(verb);
    },
  );

  it('tells the one that is left of two what to do, when the other was seen before and when it was not', () => {
    const left = mesh(2, { 0: gone(0, 2, [1]) });
    const dead = { ...watch(address(1), silent()), lastReport: left[1]?.lastReport ?? null };
    for (const other of [dead, watch(address(1), silent())])
      expect(view([...left.slice(0, 1), other]).findings.map(({ remedy }) => remedy)).toContainEqual(
        expect.stringContaining('weave-console reclaim 10.0.0.2 (D on its row)'),
      );
    const three = view([
      ...mesh(3, { 0: gone(0, 3, [2]), 1: gone(1, 3, [2]) }).slice(0, 2),
      watch(address(2), silent()),
    ]);
    expect(three.findings.map(({ remedy }) => remedy).join()).not.toContain('on its row');
  });

  it('never names a peer that may be cut off for reclaim', () => {
    const named = rows.filter(([, , , built]) =>
      built.findings.some(({ mend }) => mend?.kind === 'reclaim-peer'),
    );
    expect(named.map(([, sign]) => sign)).toEqual(['one host that SSH finds nobody on']);
  });
});

const row = (to: number, state: ConnectionState) => ({
  ...live(to),
  state,
  info: '',
  peer: null,
  overlay: null,
});

/** What must not alarm, and the little that it may say: a difference that a person may want to know and needs not mend. */
const normal: readonly (readonly [what: string, found: readonly string[], view: ClusterView])[] = [
  ['a healthy cluster', [], trace('03-primed-5of5/b-with-ips', FIVE)],
  [
    'a healthy cluster whose hosts were read, with a clean spare',
    [],
    view(hosts(5), [
      spare({
        ...bareHost,
        leftovers: { container: false, volume: false, bridge: false },
        routes: route('10.0.0.0/24'),
      }),
    ]),
  ],
  ['a spare that nobody can reach', [], view(hosts(3), [watch(address(8), null)])],
  [
    'its own address, to which a peer can’t connect',
    [],
    view(
      mesh(3, {
        0: {
          connections: [failed(0, 'ourself', 'cannot connect to ourself, retry: never'), live(1), live(2)],
        },
      }),
    ),
  ],
  [
    'one `Multiple connections` at the start',
    [],
    view(
      mesh(3, {
        0: { connections: [failed(1, 'duplicate', 'Multiple connections to B(b) added to A(a)'), live(2)] },
      }),
    ),
  ],
  [
    'a peer without a share',
    [],
    view(mesh(4, Object.fromEntries([0, 1, 2, 3].map((index) => [index, { ipam: { entries: ring(3) } }])))),
  ],
  [
    'a version of the ring that lags for 16 s',
    [],
    twice((at) => mesh(3, { 0: { ipam: { entries: lagging } } }, at), 16_000),
  ],
  [
    'a failed row beside a live inbound one, on an ephemeral port',
    [],
    view(
      mesh(3, {
        0: {
          connections: [
            failed(1, 'refused', 'dial tcp :0->10.0.0.2:6783: connect: connection refused'),
            { ...live(1), address: '10.0.0.2:43210', outbound: false },
            { ...live(2), address: '10.0.0.3:43211', outbound: false },
          ],
        },
      }),
    ),
  ],
  [
    'links at the start: connecting and waiting, without an error',
    [],
    view(mesh(3, { 0: { connections: [row(1, 'connecting'), row(2, 'waiting')] } })),
  ],
  ['a target that is suspended: no row at all', [], view(mesh(3, { 0: { connections: [live(1)] } }))],
  [
    'a list with or without the own address, in any order',
    [],
    view(hosts(3, { 0: { environment: file([address(2), address(1)]) } })),
  ],
  ['a cluster of one peer', [], trace('23-one-peer/c-primed', 'h7')],
  ['an encrypted cluster', [], trace('22-encrypted/2-primed', 'h1 h2 h3')],
  [
    'an encrypted cluster with one password, by its files',
    [],
    view(hosts(3, { 0: password('d1'), 1: password('d1'), 2: password('d1') })),
  ],
  [
    'passwords of which only one could be read',
    [],
    view(
      hosts(3, {
        0: password('d1'),
        1: { environment: file(null, { state: 'unreadable', keys: [] }) },
        2: password(null),
      }),
    ),
  ],
  // The old peers don't dial it by themselves until their next start or a `weave connect`: good to know, no alarm.
  ['a peer that was just added', ['info list-drift'], trace('18-golden-add/3-after-launch', SIX)],
  ['an added peer, all told of it', [], trace('18-golden-add/7-after', SIX)],
  ['a cluster after a removal', [], trace('19-golden-remove/9-after', 'h1 h2 h4 h5 h6')],
  ['pending links of half a minute', [], twice(pendingTo, 30_000)],
  [
    'a stopped peer that has its own data',
    ['warning tcp-refused'],
    view(
      downWith({
        ...stoppedHost,
        leftovers: { container: true, volume: true, bridge: true },
        routes: known([]),
      }),
    ),
  ],
  ['leftovers that nobody could look for', [], view(hosts(3), [spare({ ...bareHost, leftovers: nobody })])],
  ['a route of a peer whose weave runs', [], view(hosts(3, { 1: { routes: route('10.32.0.0/16') } }))],
];

describe('what is normal', () => {
  it.each(normal)('%s', (_, expected, built) => {
    expect(built.findings.map(({ severity, id }) => `${severity} ${id}`)).toEqual(expected);
  });
});
