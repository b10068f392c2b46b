import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ContainerFacts, HostFacts, UnitFacts } from '../../source/cluster/host-facts.ts';
import { type PeerReport, readReport } from '../../source/cluster/peer-report.ts';
import type { FactsSighting, PeerWatch, Sighting } from '../../source/cluster/sighting.ts';
import type { Trouble } from '../../source/cluster/trouble.ts';
import { inventoryPeer } from './inventory-peer.ts';

const traces = join(import.meta.dirname, '../fixtures/traces');

/** All folders of the traces that hold reports, e.g. `04-partition/b-85s-after`. */
export const traceFolders: readonly string[] = [
  ...new Set(
    globSync('**/h*.report.json', { cwd: traces }).map((path) => path.slice(0, -basename(path).length - 1)),
  ),
].sort();

/** The bytes of one trace. */
export function traceBytes(path: string): string {
  return readFileSync(join(traces, path), 'utf8');
}

export function reportOf(bytes: string): PeerReport {
  const read = readReport(bytes);
  if (read.kind !== 'report') throw new Error(`not a report: ${read.why}`);
  return read.report;
}

/** The reports of a trace folder by host, e.g. `h1`. */
export function traceReports(folder: string): Map<string, PeerReport> {
  const names = globSync('h*.report.json', { cwd: join(traces, folder) }).sort();
  return new Map(
    names.map((name) => [basename(name, '.report.json'), reportOf(traceBytes(`${folder}/${name}`))]),
  );
}

/** The address that host hN has in the traces. */
export function traceAddress(host: string): string {
  return `10.77.0.1${host.slice(1)}`;
}

export const trouble = (over: Partial<Trouble> = {}): Trouble => ({
  kind: 'timeout',
  text: 'SSH to the host timed out',
  layer: 'ssh',
  ...over,
});

export const silent = (why: Partial<Trouble> = {}, at = 1000): Sighting => ({
  kind: 'silent',
  seq: 1,
  at,
  why: trouble(why),
});

export const told = (report: PeerReport, at = 1000, took = 5): Extract<Sighting, { kind: 'report' }> => ({
  kind: 'report',
  seq: 1,
  at,
  took,
  via: 'status-port',
  report,
});

export function watch(address: string, look: Sighting | null, over: Partial<PeerWatch> = {}): PeerWatch {
  return {
    peer: inventoryPeer({ address }),
    look,
    lastReport: look?.kind === 'report' ? look : null,
    facts: null,
    lastFacts: null,
    lookingSince: null,
    ...over,
  };
}

/** Watches of a trace folder: hosts with a report tell it, the others given are silent by SSH. */
export function traceWatches(folder: string, hosts: readonly string[], at = 1000): PeerWatch[] {
  const reports = traceReports(folder);
  return hosts.map((host) => {
    const report = reports.get(host);
    return watch(traceAddress(host), report ? told(report, at) : silent({}, at));
  });
}

export const known = <T>(value: T) => ({ known: true, value }) as const;

export const unitFacts = (over: Partial<UnitFacts> = {}): UnitFacts => ({
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  result: 'success',
  mainStatus: 0,
  restart: 'no',
  fragment: '/etc/systemd/system/weave.service',
  digest: 'aa',
  ...over,
});

export const containerFacts = (over: Partial<ContainerFacts> = {}): ContainerFacts => ({
  status: 'running',
  exitCode: 0,
  restartPolicy: 'no',
  ...over,
});

export const unknownFact = { known: false, because: 'no shell' } as const;

/** What a probe leaves out where weave runs. */
export const notAsked = {
  leftovers: { container: null, volume: null, bridge: null },
  routes: unknownFact,
  lastWords: [],
} as const;

export function hostFacts(over: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: 'h1',
    user: 'root',
    root: true,
    sudo: null,
    machineId: known('m1'),
    bootId: known('b1'),
    clock: known(0),
    unit: known(unitFacts()),
    container: known(containerFacts()),
    scriptVersion: known('2.8.1'),
    environment: {
      path: '/etc/sysconfig/weave',
      state: 'read',
      peers: null,
      keys: ['PEERS'],
      settings: {},
      hidden: {},
      digest: 'ee',
      unresolved: [],
      passwordDigest: null,
      runningPasswordDigest: null,
    },
    tools: [],
    ...notAsked,
    reclaimed: { known: true, value: [] },
    ...over,
  };
}

export const facts = (over: Partial<HostFacts> = {}, at = 1000, skew: number | null = 0): FactsSighting => ({
  kind: 'facts',
  seq: 1,
  at,
  facts: hostFacts(over),
  skew,
});
