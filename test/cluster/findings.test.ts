import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildView, type ClusterView } from '../../source/cluster/cluster-view.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { ConnectionFault } from '../../source/cluster/peer-report.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import { all, down, file, hosts, known, mute, stoppedHost, withLook } from '../support/host-mesh.ts';
import {
  address,
  entry,
  failed,
  live,
  mesh,
  name,
  nickname,
  type Over,
  others,
  ring,
} from '../support/mesh.ts';
import { containerFacts, silent, unitFacts, unknownFact, watch } from '../support/watches.ts';

const view = (watches: readonly PeerWatch[], now = 1000, previous?: ClusterView) =>
  buildView('c', watches, { now, ...(previous ? { previous } : {}) });

const noShell: PeerWatch['facts'] = {
  kind: 'none',
  seq: 1,
  at: 1,
  why: { kind: 'no-shell', text: 'no shell there', layer: 'ssh' },
};

/** `severity id: peers` of each finding, without the unseen ones that only tell how we look. */
const found = (built: ClusterView): string[] =>
  built.findings.map(
    ({ severity, id, peers }) => `${severity} ${id}: ${peers.map((peer) => peer.slice(-1)).join(' ')}`,
  );

describe('a healthy cluster', () => {
  it.each([1, 2, 3, 5, 50])('of %i peers has no finding', (count) => {
    expect(view(mesh(count)).findings).toEqual([]);
    expect(view(hosts(count)).findings).toEqual([]);
  });

  it('has none where hosts cannot be probed', () => {
    const dark = {
      unit: unknownFact,
      container: unknownFact,
      machineId: unknownFact,
      environment: file(null, { state: 'unreadable' }),
    };
    expect(view(hosts(3, { 0: dark, 1: dark, 2: dark })).findings).toEqual([]);
  });

  it('has none for what is normal', () => {
    const own = failed(0, 'ourself', 'cannot connect to ourself, retry: never');
    const tie = failed(1, 'duplicate', 'Multiple connections to B(b) added to A(a)');
    const stale = failed(1, 'refused', 'dial tcp :0->10.0.0.2:6783: connect: connection refused');
    const inbound = { ...live(1), address: '10.0.0.2:43210', outbound: false };
    const over: Over = { connections: [own, tie, stale, inbound, live(2)] };
    expect(view(mesh(3, { 0: over })).findings).toEqual([]);
  });

  it('has none where PEERS has another order, leaves out the own address or adds the port', () => {
    const lists = {
      0: file([...all(3)].reverse()),
      1: file([address(0), address(2)]),
      2: file(all(3).map((item) => `${item}:6783`)),
    };
    expect(
      view(
        hosts(3, {
          0: { environment: lists[0] },
          1: { environment: lists[1] },
          2: { environment: lists[2] },
        }),
      ).findings,
    ).toEqual([]);
  });
});

describe('links', () => {
  const dial = (fault: ConnectionFault, info: string) => {
    const cut = (index: number): Over => ({
      sees: others(2, 3),
      connections: [
        ...others(index, 3)
          .filter((to) => to !== 2)
          .map((to) => live(to)),
        failed(2, fault, info),
      ],
    });
    return [...mesh(3, { 0: cut(0), 1: cut(1) }).slice(0, 2), watch(address(2), silent())];
  };

  it.each([
    ['refused', 'connect: connection refused', 'tcp-refused'],
    ['reset', 'read: connection reset by peer', 'tcp-refused'],
    ['other', 'something else', 'tcp-refused'],
    ['timeout', 'i/o timeout', 'tcp-timeout'],
    ['no-route', 'connect: no route to host', 'tcp-no-route'],
  ] as const)('%s: %s -> %s', (fault, info, id) => {
    expect(found(view(dial(fault, info)))).toEqual([`warning ${id}: 3`]);
    expect(view(dial(fault, info)).findings[0]?.because).toContain(info);
  });

  it('draws from a failed dial what follows, by who answers', () => {
    const info = 'connect: no route to host';
    const because = (watches: readonly PeerWatch[]) =>
      view(watches).findings.find(({ id }) => id === 'tcp-no-route')?.because;
    const gone = dial('no-route', info);
    expect(because(gone)).toBe(
      `a says of ${address(2)}: “${info}”; so the host or the network between is gone.`,
    );
    expect(because([...gone.slice(0, 2), ...mesh(3, { 2: { connections: [] } }).slice(2)])).toBe(
      `a says of c: “${info}”; but weave runs at both ends, so something between them is in the way.`,
    );
  });

  it.each([
    [
      'range-mismatch',
      'Incompatible IP allocation ranges (received: 10.0.0.0/8, ours: 10.32.0.0/16)',
      'critical range-mismatch',
    ],
    [
      'password',
      'password specified, but peer requested an unencrypted connection',
      'critical password-mismatch',
    ],
    ['version', 'remote version range [3,4] is incompatible with ours [1,2]', 'critical version-skew'],
    ['clock', 'host clock skew of 1200s exceeds 900s limit', 'critical clock-skew'],
    [
      'ring-conflict',
      'Inconsistent entries for 10.32.0.0: owned by A but incoming message says B',
      'critical ring-divergence',
    ],
    ['name-collision', 'local "A(a)" and remote "A(c)" peer names collision', 'critical name-collision'],
    ['unresolvable', 'lookup host9: no such host', 'warning list-unresolvable'],
  ] as const)('%s is told by Info alone', (fault, info, expected) => {
    const built = view(dial(fault, info));
    expect(found(built).filter((line) => line.startsWith(expected))).not.toEqual([]);
    expect(found(built).some((line) => line.includes('tcp-'))).toBe(false);
  });

  it('resets that come with a refusal are no news', () => {
    const rows: Over = {
      sees: [2],
      connections: [
        failed(0, 'password', 'Unable to decrypt TCP msg'),
        failed(1, 'reset', 'connection reset by peer'),
      ],
    };
    const rest = (index: number): Over => ({ sees: [0, 1], connections: [live(1 - index)] });
    expect(found(view(mesh(3, { 0: rest(0), 1: rest(1), 2: rows })))).toEqual([
      'critical password-mismatch: 3',
    ]);
  });

  describe('that stay pending', () => {
    const at = (time: number, state: 'pending' | 'established' | 'none') =>
      mesh(3, { 0: { connections: [live(1), ...(state === 'none' ? [] : [live(2, state)])] } }, time);
    const through = (...looks: readonly (readonly [number, 'pending' | 'established' | 'none'])[]) =>
      looks.reduce<ClusterView | undefined>(
        (before, [time, state]) => view(at(time, state), time, before),
        undefined,
      );

    it.each([
      [
        'a minute',
        [
          [0, 'pending'],
          [30_000, 'pending'],
          [60_000, 'pending'],
        ],
        true,
      ],
      [
        'less than a minute',
        [
          [0, 'pending'],
          [59_000, 'pending'],
        ],
        false,
      ],
      [
        'a minute with the moment in which weave replaces one',
        [
          [0, 'pending'],
          [55_000, 'pending'],
          [57_000, 'none'],
          [59_000, 'pending'],
          [61_000, 'pending'],
        ],
        true,
      ],
      [
        'twice, with a good time between',
        [
          [0, 'pending'],
          [20_000, 'established'],
          [40_000, 'pending'],
          [70_000, 'pending'],
        ],
        false,
      ],
      [
        'twice, with a gap between',
        [
          [0, 'pending'],
          [20_000, 'none'],
          [40_000, 'pending'],
          [70_000, 'pending'],
        ],
        false,
      ],
      [
        'a minute, and then came up',
        [
          [0, 'pending'],
          [70_000, 'established'],
        ],
        false,
      ],
    ] as const)('for %s', (_, looks, alarm) => {
      const built = through(...looks);
      expect(built && found(built)).toEqual(alarm ? [expect.stringMatching(/^warning udp-blocked: /)] : []);
    });

    it('is the trace of a host with UDP dropped', () => {
      const pend = (time: number) =>
        mesh(
          4,
          Object.fromEntries(
            [0, 1, 2, 3].map((index) => [
              index,
              {
                connections: others(index, 4).map((to) =>
                  live(to, index === 3 || to === 3 ? 'pending' : 'established'),
                ),
              },
            ]),
          ),
          time,
        );
      const first = view(pend(0), 0);
      expect(found(first)).toEqual([]);
      expect(found(view(pend(80_000), 80_000, first))).toEqual(['warning udp-blocked: 4']);
    });
  });
});

describe('rings', () => {
  const moved = ring(3).map((item, index) =>
    index === 2 ? { ...item, owner: name(0), nickname: nickname(0), version: 103 } : item,
  );
  const bumped = ring(3).map((item, index) => (index === 0 ? { ...item, version: 1 } : item));
  const divergent = (at: number) =>
    mesh(3, { 0: { ipam: { entries: moved } }, 1: { ipam: { entries: moved } } }, at);

  it('at first a claim against the owner is only likely, then certain when the owner repeats its word', () => {
    const first = view(divergent(1000), 1000);
    expect(found(first)).toEqual(['warning ring-divergence: 1 3']);
    const second = view(divergent(3000), 3000, first);
    expect(found(second)).toEqual(['critical ring-divergence: 1 3']);
    expect(second.findings[0]?.title).toContain('10.32.2.0');
  });

  it('is silent in a running session until the owner was looked at again', () => {
    const calm = view(mesh(3, {}, 1000), 1000);
    const [, , third] = mesh(3, {}, 1000);
    const [first, second] = divergent(2000);
    const during = view([first, second, third] as PeerWatch[], 2000, calm);
    expect(found(during)).toEqual([]);
    const given = mesh(
      3,
      Object.fromEntries([0, 1, 2].map((index) => [index, { ipam: { entries: moved } }])),
      3000,
    );
    expect(found(view(given, 3000, during))).toEqual([]);
    expect(found(view(divergent(3000), 3000, during))).toEqual(['critical ring-divergence: 1 3']);
  });

  it('lets versions lag, but not for ever', () => {
    const lagging = (at: number) => mesh(3, { 0: { ipam: { entries: bumped } } }, at);
    const first = view(lagging(0), 0);
    expect(first.space.rings).toHaveLength(2);
    expect(found(first)).toEqual([]);
    const later = view(lagging(30_000), 30_000, first);
    expect(found(later)).toEqual([]);
    expect(found(view(lagging(45_000), 45_000, later))).toEqual(['critical ring-divergence: 2 3']);
  });

  it('does not add up different lags', () => {
    let built = view(mesh(3), 0);
    for (let step = 0; step < 60; step += 1) {
      const entries = ring(3).map((item, index) => (index === 0 ? { ...item, version: step } : item));
      const behind = ring(3).map((item, index) =>
        index === 0 ? { ...item, version: Math.max(0, step - 1) } : item,
      );
      built = view(
        mesh(
          3,
          { 0: { ipam: { entries } }, 1: { ipam: { entries: behind } }, 2: { ipam: { entries: behind } } },
          step * 2000,
        ),
        step * 2000,
        built,
      );
      expect(found(built)).toEqual([]);
    }
  });

  it('lets the sides of a partition go their ways', () => {
    const side = (members: readonly number[], index: number, version: number): Over => ({
      sees: members,
      connections: members.filter((to) => to !== index).map((to) => live(to)),
      ipam: {
        entries: ring(5).map((item, token) => ({
          ...item,
          known: members.includes(token),
          version: members.includes(token) ? version : 0,
        })),
      },
    });
    const cut = (at: number) =>
      mesh(
        5,
        Object.fromEntries(
          [0, 1, 2, 3, 4].map((index) => [
            index,
            index < 3 ? side([0, 1, 2], index, 7) : side([3, 4], index, 9),
          ]),
        ),
        at,
      );
    const first = view(cut(0), 0);
    const later = view(cut(600_000), 600_000, first);
    expect(found(later)).toEqual(['warning owner-unreachable: 4 5']);
    expect(later.findings[0]?.title).toContain('a, b, c | d, e');
    expect(later.quorum.mesh).toMatchObject({ connected: 3, majority: 3 });
    expect(later.quorum.ipam.phase).toBe('ready');
  });

  it('a take-over on one side of a partition is a divergence once the owner repeats its word', () => {
    const taken = ring(2).map((item) => ({ ...item, owner: name(0), nickname: nickname(0), version: 103 }));
    const apart = (at: number) =>
      mesh(
        2,
        {
          0: { sees: [0], connections: [], ipam: { entries: taken } },
          1: { sees: [1], connections: [], ipam: { entries: ring(2) } },
        },
        at,
      );
    const second = view(apart(3000), 3000, view(apart(0), 0));
    expect(found(second)[0]).toBe('critical ring-divergence: 1 2');
    expect(second.quorum.ipam.phase).toBe('ready');
  });

  it('seeded apart: two rings without a common owner, held by peers that do not see each other', () => {
    const lone: Over = {
      sees: [3],
      connections: [],
      ipam: { entries: [entry('10.32.0.0', 3, 1, true, 256)] },
    };
    const rest = (index: number): Over => ({
      sees: [0, 1, 2],
      connections: others(index, 3).map((to) => live(to)),
      ipam: { entries: ring(3) },
    });
    const built = view(mesh(4, { 0: rest(0), 1: rest(1), 2: rest(2), 3: lone }));
    expect(found(built)[0]).toBe('critical seeded-apart: 1 2 3 4');
    expect(built.findings[0]?.title).toBe("Two rings that can't merge: a, b and c against d");
    expect(built.quorum.ipam.phase).toBe('split');
  });

  it('an heir that takes everything is not another seed', () => {
    const before = ring(2).map((item) => ({ ...item, owner: name(0), nickname: nickname(0) }));
    const after = before.map((item) => ({ ...item, owner: name(1), nickname: nickname(1), version: 2 }));
    expect(
      view(mesh(2, { 0: { ipam: { entries: before } }, 1: { ipam: { entries: after } } })).quorum.ipam.phase,
    ).toBe('ready');
  });
});

describe('IPAM', () => {
  const idle: Over = { ipam: { entries: [] } };
  const waits = (known: number, quorum: number): Over => ({
    ipam: { entries: [], paxos: { elector: true, known, quorum } },
  });

  it.each([
    [3, []],
    [4, ['warning quorum-too-big: 1']],
    [2, ['warning quorum-too-small: 1']],
  ] as const)('a quorum of %i for 5 peers', (quorum, expected) => {
    const built = view(mesh(5, { 0: waits(5, quorum), 1: idle, 2: idle, 3: idle, 4: idle }));
    expect(found(built)).toEqual(expected);
    expect(built.quorum.ipam).toEqual({ phase: 'awaiting-consensus', quorum, known: 5 });
  });

  it.each([
    [3, 'Start or reconnect enough of c, d and e '],
    [5, 'Start or reconnect c, d and e '],
  ])('an election that needs %i and counts 2 says whom to start', (quorum, remedy) => {
    const up = 2;
    const there = { ...idle, sees: Array.from({ length: up }, (_, at) => at) };
    const over = Object.fromEntries(
      there.sees.map((at) => [at, at === 0 ? { ...there, ...waits(up, quorum) } : there]),
    );
    const watches = mesh(5, over).map((one, at) => (at < up ? one : { ...one, look: silent() }));
    const built = view(watches);
    expect(built.findings.find(({ id }) => id === 'awaiting-consensus')?.remedy).toContain(remedy);
  });

  it('an owner that is no configured peer', () => {
    const ghost = [...ring(2), { ...entry('10.32.9.0', 8, 0, false) }];
    const built = view(mesh(2, { 0: { ipam: { entries: ghost } }, 1: { ipam: { entries: ghost } } }));
    expect(found(built)).toEqual(['warning owner-unreachable: ']);
    expect(built.findings[0]?.title).toContain('i (I)');
    expect(built.findings[0]?.because).toContain('not among the configured peers');
  });

  it('nobody left of those that own', () => {
    const gone = [entry('10.32.0.0', 8, 0, false)];
    const built = view(mesh(2, { 0: { ipam: { entries: gone } }, 1: { ipam: { entries: gone } } }));
    expect(found(built)).toContain('critical all-owners-unreachable: 1 2');
    expect(built.peers.map(({ state }) => state)).toEqual(['degraded', 'degraded']);
  });

  it('another range, before any ring', () => {
    const other: Over = { ipam: { entries: [], range: '10.40.0.0/16' } };
    expect(found(view(mesh(3, { 0: idle, 1: idle, 2: other })))).toEqual([
      'critical range-mismatch: 3',
      'warning not-primed: 1 2 3',
    ]);
  });

  it('another default subnet', () => {
    expect(found(view(mesh(3, { 1: { ipam: { defaultSubnet: '10.32.1.0/24' } } })))).toEqual([
      'warning range-mismatch: 2',
    ]);
  });
});

describe('names, versions, encryption', () => {
  it('clones share a name: the name and all hosts are said', () => {
    const built = view(mesh(3, { 2: { name: name(0) } }));
    expect(found(built)[0]).toBe('critical name-collision: 1 3');
    expect(built.findings[0]?.title).toBe('The peer name A is used by a (10.0.0.1) and c (10.0.0.3)');
  });

  it('an upgrade that is half done', () => {
    const built = view(mesh(3, { 2: { version: '2.9.0' } }));
    expect(found(built)).toEqual(['warning version-skew: 3']);
    expect(built.peers[2]?.drift).toEqual(['version']);
  });

  it('encryption on one side', () => {
    expect(found(view(mesh(3, { 1: { encryption: true } })))).toEqual(['critical password-mismatch: 2']);
  });

  it('a password that was changed in the files since weave was started, and not one that is the same or not known', () => {
    const environment = (running: string | null) => ({
      environment: file(all(3), {
        keys: ['PEERS', 'WEAVE_PASSWORD'],
        passwordDigest: 'd2',
        runningPasswordDigest: running,
      }),
    });
    const built = view(hosts(3, { 0: environment('d1'), 1: environment('d2'), 2: environment(null) }));
    expect(found(built)).toEqual(['warning password-mismatch: 1']);
    const [finding] = built.findings;
    expect(finding?.title).toBe('a runs with another WEAVE_PASSWORD than the environment file there has');
    expect(finding?.mend).toBeUndefined();
    expect(
      found(view(hosts(3, { 0: environment('d2'), 1: environment('d2'), 2: environment('d2') }))),
    ).toEqual([]);
  });

  it('a password in some files only', () => {
    const keys = file(all(3), { keys: ['PEERS', 'WEAVE_PASSWORD'] });
    expect(found(view(hosts(3, { 0: { environment: keys }, 1: { environment: keys } })))).toEqual([
      'warning password-mismatch: 3',
    ]);
  });
});

describe('hosts', () => {
  const stopped = stoppedHost;

  it.each([
    ...['disabled', 'masked', 'masked-runtime', 'enabled-runtime', 'linked', 'linked-runtime'].map(
      (enabled) =>
        [
          `a unit that is ${enabled}`,
          hosts(3, { 1: { unit: known(unitFacts({ enabled })) } }),
          ['warning unit-not-enabled: 2'],
        ] as const,
    ),
    ...['enabled', 'static', 'alias', 'generated', 'indirect', ''].map(
      (enabled) =>
        [
          `no unit that is ${enabled || 'not told'}`,
          hosts(3, { 1: { unit: known(unitFacts({ enabled })) } }),
          [],
        ] as const,
    ),
    [
      'a container beside an inactive unit',
      hosts(3, { 1: { unit: known(unitFacts({ active: 'inactive' })) } }),
      ['warning launched-by-hand: 2'],
    ],
    [
      'no unit anywhere',
      hosts(2, {
        0: { unit: known(unitFacts({ load: 'not-found', active: 'inactive', enabled: '' })) },
        1: { unit: known(unitFacts({ load: 'not-found', active: 'inactive', enabled: '' })) },
      }),
      ['info launched-by-hand: 1 2'],
    ],
    [
      'a unit that restarts',
      hosts(3, { 1: { unit: known(unitFacts({ restart: 'always' })) } }),
      ['info restart-policy: 2'],
    ],
    [
      'another unit file',
      hosts(3, { 1: { unit: known(unitFacts({ digest: 'bb' })) } }),
      ['info list-drift: 2'],
    ],
    ['a clock 2 minutes off', hosts(3, {}, [0, 120_000, 0]), ['info clock-skew: 2']],
    ['a clock 10 minutes off', hosts(3, {}, [0, -600_000, 0]), ['warning clock-skew: 2']],
    ['our own clock off', hosts(3, {}, [600_000, 600_100, 599_900]), []],
    ['one clock alone', hosts(1, {}, [600_000]), []],
    [
      'a failed unit',
      withLook(
        hosts(3, {
          1: {
            unit: known(unitFacts({ active: 'failed', result: 'exit-code', mainStatus: 137 })),
            container: known(containerFacts({ status: 'exited' })),
          },
        }),
        1,
        down,
      ),
      ['critical unit-failed: 2'],
    ],
    [
      'a failed unit that came back since',
      hosts(3, {
        1: {
          unit: known(unitFacts({ active: 'failed' })),
          container: known(containerFacts({ status: 'exited' })),
        },
      }).map((peer) => ({ ...peer, look: peer.look && { ...peer.look, at: 2000 } })),
      [],
    ],
    ['a weave that was stopped', withLook(hosts(3, { 1: stopped }), 1, down), ['warning tcp-refused: 2']],
    [
      'a port that nothing listens on, and no shell',
      withLook(
        mesh(3).map((peer): PeerWatch => ({ ...peer, facts: noShell })),
        1,
        down,
      ),
      ['warning tcp-refused: 2'],
    ],
    ['a port that nothing listens on, before the host was probed', withLook(mesh(3), 1, down), []],
    ['a weaver that hangs', withLook(hosts(3), 1, mute), ['critical weaver-hangs: 2']],
    ['a weaver that hangs, and no shell', withLook(mesh(3), 1, mute), ['critical weaver-hangs: 2']],
    ['a host that SSH does not reach', withLook(mesh(3), 1, silent()), ['warning unseen: 2']],
    [
      'an answer that cannot be read',
      withLook(mesh(3), 1, { kind: 'garbled', seq: 1, at: 1, via: 'curl', why: 'not JSON', excerpt: '' }),
      ['warning unseen: 2'],
    ],
  ] as const)('%s', (_, watches, expected) => {
    expect(found(view([...watches]))).toEqual(expected);
  });

  it.each([
    ['the weaver died', 137, '“failed, exit-code, status 137”'],
    ['the launch before it failed', 0, '“failed, exit-code”'],
  ])('says what systemd says where %s', (_, mainStatus, said) => {
    const unit = known(unitFacts({ active: 'failed', result: 'exit-code', mainStatus }));
    const container = known(containerFacts({ status: 'exited' }));
    const [finding] = view(withLook(hosts(3, { 1: { unit, container } }), 1, down)).findings;
    expect(finding?.because).toContain(said);
  });

  it('knows stopped from hung from silent', () => {
    const states = (look: PeerWatch['look'], over: Partial<HostFacts> = {}) =>
      view(withLook(hosts(2, { 1: over }), 1, look)).peers[1]?.state;
    expect(states(down, stopped)).toBe('stopped');
    expect(states(mute, stopped)).toBe('stopped');
    expect(states(mute)).toBe('hung');
    expect(states(silent(), stopped)).toBe('silent');
    expect(
      states(down, {
        container: known(containerFacts({ status: 'absent' })),
        unit: known(unitFacts({ load: 'not-found' })),
      }),
    ).toBe('stopped');
  });

  it('a probe from before the last answer does not outweigh a refused port', () => {
    const [first, second] = hosts(2);
    const last = second?.lastReport && { ...second.lastReport, at: 5000 };
    const died = { ...second, look: { ...down, at: 6000 }, lastReport: last } as PeerWatch;
    expect(view([first as PeerWatch, died]).peers[1]?.state).toBe('stopped');
  });

  it('a stopped peer is in no clique, a silent one where others see it', () => {
    expect(view(withLook(hosts(3, { 1: stopped }), 1, down)).quorum.mesh.cliques).toEqual([
      [address(0), address(2)],
    ]);
    expect(view(withLook(hosts(3), 1, silent())).quorum.mesh.cliques).toEqual([all(3)]);
  });

  it('a host that nobody can tell of is unknown, not failed', () => {
    const built = view([watch(address(0), silent()), watch(address(1), silent())]);
    expect(found(built)).toEqual(['warning unseen: 1 2']);
    expect(built.quorum.ipam.phase).toBe('unknown');
  });
});

describe('lists', () => {
  it('a file that differs: who, and how', () => {
    const built = view(hosts(4, { 3: { environment: file([...all(3), '10.0.0.9']) } }));
    expect(found(built)).toEqual(['warning list-drift: 4']);
    expect(built.findings[0]?.because).toContain('d has 10.0.0.9 beyond the others');
    expect(built.peers.map(({ drift }) => drift.join())).toEqual(['', '', '', 'peers']);
  });

  it('a file that lacks a peer, by whatever majority', () => {
    const short = file(all(3).slice(0, 2));
    const built = view(hosts(3, { 0: { environment: short }, 1: { environment: short } }));
    expect(found(built)).toEqual(['warning list-drift: 1 2']);
    expect(built.findings[0]?.because).toContain('a and b lack 10.0.0.3');
  });

  it.each([
    ['missing', file(null, { state: 'missing', digest: null, keys: [] })],
    ['without PEERS', file(null)],
    ['with an empty list', file([])],
  ])('a file that is %s where others have one', (_, environment) => {
    expect(found(view(hosts(3, { 2: { environment } })))).toEqual(['warning list-drift: 3']);
  });

  it('no file anywhere: the list comes from elsewhere', () => {
    const environment = file(null, { state: 'missing' });
    expect(view(hosts(2, { 0: { environment }, 1: { environment } })).findings).toEqual([]);
  });

  it('running peers that have not read the list that is in all files', () => {
    const watches = hosts(3).map((peer, index) => {
      const look =
        peer.look?.kind === 'report' && index < 2
          ? { ...peer.look, report: { ...peer.look.report, targets: all(2) } }
          : peer.look;
      return { ...peer, look };
    });
    expect(found(view(watches))).toEqual(['info list-drift: 1 2']);
  });

  it('a peer that only this console has', () => {
    const two = { environment: file(all(2)) };
    const watches = [...hosts(2, { 0: two, 1: two }), watch(address(2), silent())];
    expect(found(view(watches)).filter((line) => line.includes('list-drift'))).toEqual([
      'warning list-drift: 3',
    ]);
  });

  it('a peer that this console was not told of is to know, not to mend', () => {
    const three = { environment: file(all(3)) };
    const watches = hosts(3, { 0: three, 1: three, 2: three }).slice(0, 2);
    expect(found(view(watches))).toEqual(['info list-drift: ']);
  });

  it('host names cannot be compared with addresses', () => {
    const named: Over = { targets: ['host1', 'host2'] };
    expect(view(mesh(2, { 0: named, 1: named })).findings).toEqual([]);
  });
});

describe('whatever the peers say', () => {
  it('a view can be built, again and again, and every finding names configured peers', () => {
    const word = fc.constantFrom('established', 'pending', 'failed', 'none');
    const one = fc.record({
      look: fc.constantFrom('report', 'ssh', 'weave', 'none'),
      sees: fc.subarray([0, 1, 2, 3]),
      rows: fc.array(word, { minLength: 4, maxLength: 4 }),
      name: fc.integer({ min: 0, max: 3 }),
      versions: fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 4 }),
      owner: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(one, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (rounds) => {
          let before: ClusterView | undefined;
          for (const [round, peers] of rounds.entries()) {
            const at = round * 25_000;
            const over = Object.fromEntries(
              peers.map((peer, index): [number, Over] => [
                index,
                {
                  name: name(peer.name),
                  sees: peer.sees,
                  connections: peer.rows.flatMap((state, to) =>
                    state === 'failed'
                      ? [failed(to, 'refused', 'refused')]
                      : state === 'none'
                        ? []
                        : [live(to, state as 'pending')],
                  ),
                  ipam: {
                    entries: peer.versions.map((version, token) =>
                      entry(`10.32.${token}.0`, peer.owner, version, version % 2 === 0),
                    ),
                  },
                },
              ]),
            );
            const watches = mesh(4, over, at).map((peer, index) => {
              const look = peers[index]?.look;
              return look === 'report'
                ? peer
                : {
                    ...peer,
                    look: look === 'none' ? null : silent({ layer: look === 'ssh' ? 'ssh' : 'weave' }, at),
                  };
            });
            const built: ClusterView = view(watches, at, before);
            const again = view(watches, at, before);
            expect({ ...again, memory: null }).toEqual({ ...built, memory: null });
            for (const finding of built.findings) {
              for (const peer of finding.peers) expect(all(4)).toContain(peer);
              expect(new Set(finding.peers).size).toBe(finding.peers.length);
            }
            const members = built.quorum.mesh.cliques.flat();
            expect(new Set(members).size).toBe(members.length);
            before = built;
          }
        },
      ),
    );
  });
});
