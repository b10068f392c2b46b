import type {
  ClusterView,
  LinkWord,
  PeerState,
  PeerView,
  RingVersion,
} from '../../source/cluster/cluster-view.ts';
import type { Finding } from '../../source/cluster/findings.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { Inventory, InventoryPeer } from '../../source/cluster/inventory.ts';
import type { Connection, PeerReport } from '../../source/cluster/peer-report.ts';
import { meshMajority } from '../../source/cluster/quorum.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import type { Happening, LogLines, Model, Session } from '../../source/session/model.ts';
import { notAsked } from './watches.ts';

/** The moment of every sample, monotonic ms, and the wall clock then. */
export const NOW = 1_000_000;
const WALL = Date.UTC(2026, 10, 23, 12, 0, 0);

export const addressOf = (index: number): string => `10.0.${Math.floor(index / 200)}.${11 + (index % 200)}`;
export const nameOf = (index: number): string => {
  const hex = (value: number): string => (value & 255).toString(16).padStart(2, '0');
  return `12:e0:96:5c:${hex(index >> 8)}:${hex(index)}`;
};

export function inventoryPeer(address: string): InventoryPeer {
  return {
    address,
    host: address,
    port: 22,
    user: 'ops',
    jump: [],
    identity: [],
    knownHosts: [],
    sudo: 'never',
    weave: '/usr/local/bin/weave',
    unit: 'weave.service',
    siteUnit: null,
    environmentFile: '/etc/sysconfig/weave',
    stateDir: '/var/lib/weave-console',
    runtimeDir: '/run/lock',
    machineIdFile: '/etc/machine-id',
    bootIdFile: '/proc/sys/kernel/random/boot_id',
    statusAddress: { host: '127.0.0.1', port: 6782 },
    controlAddress: { host: '127.0.0.1', port: 6784 },
  };
}

export function hostFacts(index: number, peers: readonly string[], over: Partial<HostFacts> = {}): HostFacts {
  const known = <T>(value: T) => ({ known: true, value }) as const;
  return {
    hostname: `h${index + 1}`,
    user: 'ops',
    root: false,
    sudo: true,
    machineId: known(`5f1c${String(index).padStart(28, '0')}`),
    bootId: known(`b00701d0-0000-4000-8000-${String(index).padStart(12, '0')}`),
    clock: known(WALL),
    unit: known({
      load: 'loaded',
      active: 'active',
      sub: 'running',
      enabled: 'enabled',
      result: 'success',
      mainStatus: 0,
      restart: 'no',
      fragment: '/etc/systemd/system/weave.service',
      digest: 'abc',
    }),
    container: known({ status: 'running', exitCode: 0, restartPolicy: 'no' }),
    scriptVersion: known('2.8.1'),
    environment: {
      path: '/etc/sysconfig/weave',
      state: 'read',
      peers,
      keys: ['PEERS'],
      settings: {},
      hidden: {},
      digest: 'def',
      unresolved: [],
      passwordDigest: null,
      runningPasswordDigest: null,
    },
    ...notAsked,
    tools: ['flock', 'curl', 'docker', 'systemctl', 'timeout', 'sha256sum'],
    reclaimed: { known: true, value: [] },
    ...over,
  };
}

function connection(index: number, nickname: string, word: LinkWord): Connection {
  const up = word === 'established' || word === 'pending';
  return {
    address: `${addressOf(index)}:6783`,
    outbound: index % 2 === 0,
    state: word === 'none' || word === 'unknown' ? 'failed' : word,
    info: up
      ? `fastdp ${nameOf(index)}(${nickname})`
      : `dial tcp ${addressOf(index)}:6783: connect: no route to host, retry: 2026-11-23 12:00:31 +0000 UTC`,
    peer: up ? { name: nameOf(index), nickname } : null,
    overlay: up ? 'fastdp' : null,
    encrypted: false,
    mtu: up ? 1376 : null,
    fault: up ? null : 'no-route',
    retry: up ? null : '2026-11-23 12:00:31 +0000 UTC',
  };
}

/** What a test may say of one peer; the rest is a healthy one. */
export type PeerSketch = {
  readonly state?: PeerState;
  readonly nickname?: string;
  readonly drift?: PeerView['drift'];
  readonly ipam?: Partial<PeerView['ipam']>;
  readonly watch?: Partial<PeerWatch>;
  readonly facts?: Partial<HostFacts>;
};

export type Sketch = {
  readonly peers: number;
  readonly cluster?: string;
  readonly color?: string | null;
  readonly sketch?: (index: number) => PeerSketch;
  /** What i says of j; established by default. */
  readonly link?: (i: number, j: number) => LinkWord;
  readonly cliques?: readonly (readonly number[])[];
  readonly findings?: readonly Finding[];
  readonly events?: readonly Happening[];
  readonly ipam?: ClusterView['quorum']['ipam'];
  readonly rings?: readonly RingVersion[];
  readonly logs?: ReadonlyMap<string, LogLines>;
  readonly now?: number;
};

export const silentBecause = (text: string, kind: 'timeout' | 'refused' | 'unreachable' = 'timeout') =>
  ({ kind: 'silent', seq: 9, at: NOW - 1000, why: { kind, text, layer: 'ssh' } }) as const;

/** A ring in which each of these peers owns the same share, `known` where `reachable` says so. */
export function ringOf(
  owners: readonly number[],
  observers: readonly number[],
  nick: (index: number) => string,
  reachable: (index: number) => boolean = () => true,
  key = 'ring',
): RingVersion {
  const total = 1_048_576;
  const size = owners.length === 0 ? 0 : Math.floor(total / owners.length);
  const sizes = owners.map((_, place) => (place === owners.length - 1 ? total - size * place : size));
  return {
    key,
    observers: observers.map(addressOf),
    total,
    shares: owners.map((owner, place) => ({
      name: nameOf(owner),
      nickname: nick(owner),
      size: sizes[place] ?? 0,
      share: (sizes[place] ?? 0) / total,
      known: reachable(owner),
    })),
    entries: owners.map((owner, place) => {
      const offset = size * place;
      return {
        token: `10.${32 + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`,
        size: sizes[place] ?? 0,
        owner: nameOf(owner),
        version: 1,
      };
    }),
  };
}

function sampleReport(
  index: number,
  sketch: Sketch,
  nick: (index: number) => string,
  ring: RingVersion,
): PeerReport {
  const others = Array.from({ length: sketch.peers }, (_, j) => j).filter((j) => j !== index);
  return {
    ready: true,
    version: '2.8.1',
    name: nameOf(index),
    nickname: nick(index),
    encryption: false,
    discovery: true,
    protocol: { min: 1, max: 2 },
    terminations: 3,
    targets: others.map(addressOf),
    connections: others.map((j) => connection(j, nick(j), sketch.link?.(index, j) ?? 'established')),
    peers: others.map((j) => ({ name: nameOf(j), nickname: nick(j), uid: null, links: null })),
    ipam: {
      paxos: null,
      range: '10.32.0.0/12',
      rangeSize: ring.total,
      activeIps: 4,
      defaultSubnet: '10.32.0.0/12',
      entries: ring.entries.map((entry) => ({ ...entry, nickname: '', known: true })),
      pendingClaims: 0,
      pendingAllocates: 0,
    },
    missing: [],
  };
}

/** A model for the screens: healthy unless the sketch says otherwise. */
export function sampleModel(sketch: Sketch): Model {
  const all = Array.from({ length: sketch.peers }, (_, index) => index);
  const nick = (index: number): string => sketch.sketch?.(index).nickname ?? `h${index + 1}`;
  const rings = sketch.rings ?? [ringOf(all, all, nick)];
  const ring = rings[0] ?? ringOf([], [], nick);
  const addresses = all.map(addressOf);
  const links = all.map((i) =>
    all.map((j): LinkWord => (i === j ? 'none' : (sketch.link?.(i, j) ?? 'established'))),
  );
  const peers = all.map((index): PeerView => {
    const drawn = sketch.sketch?.(index) ?? {};
    const report = {
      kind: 'report',
      seq: 1,
      at: NOW - 1200,
      took: 12,
      via: 'status-port',
      report: sampleReport(index, sketch, nick, ring),
    } as const;
    const facts = {
      kind: 'facts',
      seq: 1,
      at: NOW - 5000,
      facts: hostFacts(index, addresses, drawn.facts),
      skew: 120,
    } as const;
    const share = ring.shares.find(({ name }) => name === nameOf(index));
    return {
      id: addressOf(index),
      watch: {
        peer: inventoryPeer(addressOf(index)),
        look: report,
        lastReport: report,
        facts,
        lastFacts: facts,
        lookingSince: null,
        ...drawn.watch,
      },
      state: drawn.state ?? 'ready',
      nickname: nick(index),
      name: nameOf(index),
      version: '2.8.1',
      links: {
        established: links[index]?.filter((word) => word === 'established').length ?? 0,
        expected: sketch.peers - 1,
      },
      ipam: {
        phase: 'ready',
        quorum: null,
        known: null,
        owned: share?.size ?? 0,
        share: share?.share ?? 0,
        ...drawn.ipam,
      },
      drift: drawn.drift ?? [],
      seenBy: addresses.filter((_, other) => other !== index && links[other]?.[index] === 'established'),
    };
  });
  const inventory: Inventory = {
    cluster: sketch.cluster ?? 'prod',
    color: sketch.color === undefined ? 'red' : sketch.color,
    readOnly: false,
    interval: 2000,
    peers: addresses.map(inventoryPeer),
    spares: [],
  };
  const cliques = (sketch.cliques ?? [all]).map((group) => group.map(addressOf));
  const seen = new Set(cliques.flat());
  return {
    inventory,
    now: sketch.now ?? NOW,
    events: sketch.events ?? [],
    elections: new Map(),
    logs: sketch.logs ?? new Map(),
    view: {
      revision: 1,
      cluster: inventory.cluster,
      peers,
      links,
      quorum: {
        ipam: sketch.ipam ?? { phase: 'ready', quorum: null, known: null },
        mesh: meshMajority(
          addresses,
          cliques.map((group) => group.map((id) => addresses.indexOf(id))),
          peers.map(({ id, state, watch }) => ({
            reports: watch.look?.kind === 'report',
            stopped: state === 'stopped',
            seen: seen.has(id),
          })),
        ),
      },
      space: { range: '10.32.0.0/12', rangeSize: ring.total, rings },
      removed: [],
      findings: sketch.findings ?? [],
    },
  };
}

/** Three against two, with the range of the two out of reach of the three. */
export function partitionModel(): Model {
  const side = (index: number): number => (index < 3 ? 0 : 1);
  const nick = (index: number): string => `h${index + 1}`;
  return sampleModel({
    peers: 5,
    link: (i, j) => (side(i) === side(j) ? 'established' : i < 3 ? 'failed' : 'retrying'),
    cliques: [
      [0, 1, 2],
      [3, 4],
    ],
    sketch: () => ({ state: 'degraded' }),
    rings: [ringOf([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], nick, (index) => index < 3)],
    findings: [
      {
        id: 'partition',
        severity: 'critical',
        peers: [3, 4].map(addressOf),
        title: 'The mesh is split in two groups',
        because: 'h1, h2 and h3 see each other; h4 and h5 see only each other.',
        remedy:
          'Mend the network between 10.0.0.11-13 and 10.0.0.14-15 and wait: weave reconnects within six minutes. Remove nobody while a side may still be alive.',
      },
      {
        id: 'owner-unreachable',
        severity: 'warning',
        peers: [3, 4].map(addressOf),
        title: '40% of the address range belongs to peers that others can not reach',
        because: 'Entries of h4 and h5 are marked unreachable by h1, h2, h3.',
        remedy:
          'Nothing while the network is mended. Only a peer that is dead for sure is reclaimed, once, on one survivor.',
      },
    ],
    events: [
      {
        at: NOW - 4000,
        wall: WALL - 4000,
        peer: addressOf(3),
        severity: 'critical',
        text: 'links 4/4 -> 1/4',
      },
      {
        at: NOW - 9000,
        wall: WALL - 9000,
        peer: addressOf(0),
        severity: 'warning',
        text: 'link to h4 failed',
      },
      { at: NOW - 60_000, wall: WALL - 60_000, peer: null, severity: 'good', text: 'IPAM ready' },
    ],
  });
}

/** One of each trouble, for the grid. */
export function troubledModel(): Model {
  const states: readonly PeerSketch[] = [
    {},
    {
      state: 'silent',
      watch: { look: silentBecause('h2 (10.0.0.12): no answer on port 22 within 8 s; is the host up?') },
    },
    {
      state: 'stopped',
      ipam: { phase: 'unknown', owned: null, share: null },
      facts: {
        unit: {
          known: true,
          value: {
            load: 'loaded',
            active: 'failed',
            sub: 'failed',
            enabled: 'enabled',
            result: 'exit-code',
            mainStatus: 137,
            restart: 'no',
            fragment: '',
            digest: null,
          },
        },
        container: { known: true, value: { status: 'exited', exitCode: 137, restartPolicy: 'no' } },
      },
    },
    { state: 'degraded', drift: ['peers', 'version', 'encryption'] },
    {
      state: 'hung',
      watch: { lookingSince: NOW - 12_000 },
      ipam: { phase: 'unknown', owned: null, share: null },
    },
    {
      state: 'waiting',
      ipam: { phase: 'awaiting-consensus', quorum: 4, known: 2, owned: null, share: null },
    },
    { state: 'idle', ipam: { phase: 'idle', owned: null, share: null } },
    {
      state: 'garbled',
      watch: {
        look: {
          kind: 'garbled',
          seq: 3,
          at: NOW - 900,
          via: 'curl',
          why: 'not JSON',
          excerpt: '<html>proxy error',
        },
      },
    },
    {
      state: 'unseen',
      nickname: '',
      watch: { look: null, lastReport: null, facts: null, lastFacts: null, lookingSince: NOW - 700 },
    },
  ];
  return sampleModel({
    peers: states.length,
    sketch: (index) => states[index] ?? {},
    link: (_, j) => (j === 2 ? 'retrying' : j === 4 ? 'pending' : 'established'),
    cliques: [[0, 3, 5, 6]],
    ipam: { phase: 'awaiting-consensus', quorum: 4, known: 2 },
  });
}

/** Before the first look came back. */
export function earlyModel(peers: number): Model {
  return sampleModel({
    peers,
    ipam: { phase: 'unknown', quorum: null, known: null },
    cliques: [],
    rings: [],
    sketch: () => ({
      state: 'unseen',
      watch: { look: null, lastReport: null, facts: null, lastFacts: null, lookingSince: NOW - 300 },
      ipam: { phase: 'unknown', owned: null, share: null },
    }),
    link: () => 'unknown',
  });
}

/** A session over models that a test sets; everything it is asked is written down. */
export function sampleSession(first: Model): Session & {
  readonly asked: string[];
  set(model: Model): void;
} {
  let model = first;
  const listeners = new Set<() => void>();
  const asked: string[] = [];
  return {
    asked,
    set(next) {
      model = next;
      for (const listener of listeners) listener();
    },
    snapshot: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lookNow: (ids) => void asked.push(`look ${ids === undefined ? 'all' : ids.join(' ')}`),
    adopt: () => {
      throw new Error('no change was begun');
    },
    recall: () => {},
    hasten: () => ({ set: () => {}, end: () => {} }),
    readLog: (id) => void asked.push(`log ${id}`),
    stop: async () => void asked.push('stop'),
  };
}
