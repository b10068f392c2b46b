import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClusterView, PeerView } from '../../source/cluster/cluster-view.ts';
import type { HostFacts } from '../../source/cluster/host-facts.ts';
import type { InventoryPeer, PeerId } from '../../source/cluster/inventory.ts';
import { type PeerReport, readReport } from '../../source/cluster/peer-report.ts';
import type { PeerWatch, Sighting } from '../../source/cluster/sighting.ts';
import { unitText } from '../../source/commands/unit.ts';
import type { FileState, Inspection, UnitFile } from '../../source/maintenance/inspection.ts';
import { readFileLines } from '../../source/maintenance/read-inspection.ts';
import type { Procedure, Step } from '../../source/maintenance/step.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import { inventoryPeer } from './inventory-peer.ts';
import { notAsked } from './watches.ts';

/** `h3` is 10.77.0.13: the hosts of the captured traces. */
export const host = (name: string): PeerId => `10.77.0.${10 + Number(name.slice(1))}`;

/** The inventory's entry of one of them. */
export const peer = (name: string): InventoryPeer => inventoryPeer({ address: host(name) });

/** A step of a procedure by its id. */
export const stepOf = (procedure: Procedure, id: string, notes: Notes = {}): Step => {
  const step = procedure.steps(notes).find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

/** A report captured from a real cluster. */
export const traced = (folder: string, name: string): PeerReport => {
  const file = fileURLToPath(new URL(`../fixtures/traces/${folder}/${name}.report.json`, import.meta.url));
  const read = readReport(readFileSync(file, 'utf8'));
  if (read.kind !== 'report') throw new Error(`${file}: ${read.why}`);
  return read.report;
};

/** Reports of several hosts of one trace, by address. */
export const tracedAll = (folder: string, ...names: string[]): Record<PeerId, PeerReport> =>
  Object.fromEntries(names.map((name) => [host(name), traced(folder, name)]));

/** What looking at a peer gave: a report, or the kind of trouble it had. */
export type Look = PeerReport | 'timeout' | 'refused' | null;

const silent = (seq: number, at: number, kind: 'timeout' | 'refused'): Sighting => ({
  kind: 'silent',
  seq,
  at,
  why: { kind, text: `no answer (${kind})`, layer: 'ssh' },
});

const watched = (address: PeerId, look: Look, at: number, last?: PeerReport): PeerWatch => {
  const report = (of: PeerReport): Extract<Sighting, { kind: 'report' }> => ({
    kind: 'report',
    seq: 1,
    at,
    took: 3,
    via: 'status-port',
    report: of,
  });
  const sighting = look === null ? null : typeof look === 'string' ? silent(1, at, look) : report(look);
  const known = look !== null && typeof look !== 'string' ? look : last;
  return {
    peer: inventoryPeer({ address }),
    look: sighting,
    lastReport: known === undefined ? null : report(known),
    facts: null,
    lastFacts: null,
    lookingSince: null,
  };
};

const peerView = (watch: PeerWatch): PeerView => ({
  id: watch.peer.address,
  watch,
  state: 'ready',
  nickname: null,
  name: null,
  version: null,
  links: { established: 0, expected: 0 },
  ipam: { phase: 'unknown', quorum: null, known: null, owned: null, share: null },
  drift: [],
  seenBy: [],
});

/**
 * A world for checks, which go by what peers and hosts say and not by what the screens make of it: that part of the view
 * is empty. `guests` are hosts that are no members; `last` is what a peer told before it fell silent.
 */
export const worldOf = (given: {
  readonly looks?: Readonly<Record<PeerId, Look>>;
  readonly guests?: Readonly<Record<PeerId, Look>>;
  readonly last?: Readonly<Record<PeerId, PeerReport>>;
  readonly inspections?: readonly Inspection[];
  readonly notes?: Notes;
  readonly removed?: ClusterView['removed'];
  readonly now?: number;
  /** How old the looks are, in ms. */
  readonly age?: number;
}): World => {
  const now = given.now ?? 100_000;
  const at = now - (given.age ?? 500);
  const view: Pick<
    ClusterView,
    'revision' | 'cluster' | 'peers' | 'links' | 'quorum' | 'space' | 'findings' | 'removed'
  > = {
    revision: 1,
    cluster: 'prod',
    peers: Object.entries(given.looks ?? {}).map(([id, look]) =>
      peerView(watched(id, look, at, given.last?.[id])),
    ),
    links: [],
    quorum: {
      ipam: { phase: 'unknown', quorum: null, known: null },
      mesh: { configured: 0, connected: 0, majority: 0, cliques: [], answering: 0, standing: 'unknown' },
    },
    space: { range: null, rangeSize: null, rings: [] },
    findings: [],
    removed: given.removed ?? [],
  };
  return {
    now,
    view: view as ClusterView,
    guests: new Map(Object.entries(given.guests ?? {}).map(([id, look]) => [id, watched(id, look, at)])),
    inspections: new Map((given.inspections ?? []).map((one) => [one.host, one])),
    notes: given.notes ?? {},
  };
};

const known = <T>(value: T) => ({ known: true, value }) as const;

/** Facts of a host with the documented unit, where weave runs. */
export const factsOf = (name: string, given: Partial<HostFacts> = {}): HostFacts => ({
  hostname: name,
  user: 'root',
  root: true,
  sudo: null,
  machineId: known(`${name}`.repeat(16)),
  bootId: known('boot'),
  clock: known(1_700_000_000_000),
  unit: known({
    load: 'loaded',
    active: 'active',
    sub: 'running',
    enabled: 'enabled',
    result: 'success',
    mainStatus: 0,
    restart: 'no',
    fragment: '/etc/systemd/system/weave.service',
    digest: 'd'.repeat(64),
  }),
  container: known({ status: 'running', exitCode: 0, restartPolicy: 'no' }),
  scriptVersion: known('2.8.1'),
  environment: {
    path: '/etc/sysconfig/weave',
    state: 'read',
    peers: null,
    keys: [],
    settings: {},
    hidden: {},
    digest: null,
    unresolved: [],
    passwordDigest: null,
    runningPasswordDigest: null,
  },
  ...notAsked,
  tools: ['flock', 'curl', 'docker', 'systemctl', 'timeout', 'sha256sum', 'awk'],
  reclaimed: { known: true, value: [] },
  ...given,
});

/** The unit of `factsOf`, changed. */
export const unitOf = (given: Partial<Extract<HostFacts['unit'], { known: true }>['value']>) => {
  const { unit } = factsOf('h1');
  return unit.known ? known({ ...unit.value, ...given }) : unit;
};

export const noUnit = unitOf({
  load: 'not-found',
  active: 'inactive',
  sub: 'dead',
  enabled: '',
  digest: null,
});
export const noContainer = known({ status: 'absent', exitCode: null, restartPolicy: null });

/** A file with other bytes is another file. */
const stampOf = (digest: string | null): string | null =>
  digest === null ? null : `7.1.${digest.slice(0, 4)}`;

/** An environment file with these lines; what a member's has, without an argument. */
export const fileOf = (lines: readonly string[], given: Partial<FileState> = {}): FileState => ({
  ...readFileLines(lines, {
    path: '/etc/sysconfig/weave',
    digest: 'a'.repeat(64),
    stamp: stampOf(given.digest ?? 'a'.repeat(64)),
    mode: '644',
    owner: 'root:root',
    symlink: false,
    writable: true,
    secretDigests: new Map(),
  }),
  ...given,
});

export const noFile: FileState = {
  ...fileOf([]),
  state: 'missing',
  digest: null,
  stamp: null,
  mode: null,
  owner: null,
};

export const peersLine = (...names: string[]): string => `PEERS="${names.map(host).join(' ')}"`;

/** The documented unit, as the inspection tells it. */
export const unitFileOf = (given: Partial<UnitFile> = {}): UnitFile => ({
  path: '/etc/systemd/system/weave.service',
  digest: 'd'.repeat(64),
  stamp: stampOf(given.digest ?? 'd'.repeat(64)),
  lines: unitText(inventoryPeer()).split('\n').slice(0, -1),
  hidden: new Map(),
  dropIns: [],
  unread: false,
  ...given,
});

export const noUnitFile = unitFileOf({ path: '', digest: null, lines: [] });

type Inspected = Extract<Inspection, { kind: 'inspected' }>;

/** An inspection in which all is well: a member that runs, reaches everybody and resolves everything. */
export const inspectionOf = (name: string, given: Partial<Inspected> = {}): Inspected => {
  const others = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(host);
  return {
    kind: 'inspected',
    at: 100_000,
    host: host(name),
    facts: factsOf(name),
    skew: 0,
    file: fileOf([peersLine('h1', 'h2', 'h3', 'h4', 'h5'), 'WEAVE_MTU=1400']),
    unitFile: unitFileOf(),
    leftovers: { container: true, volume: true, bridge: true },
    routes: known(['10.77.0.0/24', '172.17.0.0/16']),
    resolves: new Map(others.map((id) => [id, true])),
    reaches: new Map(others.map((id) => [id, id === host('h6') ? 'refused' : 'open'])),
    attached: known([]),
    running: false,
    docker: known('20.10.24'),
    ...given,
  };
};

/** A clean spare host. */
export const spareOf = (name: string, given: Partial<Inspected> = {}): Inspected =>
  inspectionOf(name, {
    facts: factsOf(name, {
      unit: unitOf({ active: 'inactive', sub: 'dead', enabled: 'disabled' }),
      container: noContainer,
    }),
    file: noFile,
    leftovers: { container: false, volume: false, bridge: false },
    ...given,
  });

export const notInspected = (name: string, text = `${host(name)}: timed out.`): Inspection => ({
  kind: 'failed',
  at: 100_000,
  host: host(name),
  why: { kind: 'timeout', text, layer: 'ssh' },
});
