import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectionPath } from '../source/commands/report.ts';
import { addressesOf } from './addresses.ts';
import type { Cleanup } from './cleanup.ts';
import { CannotMeasure, end, run } from './processes.ts';
import type { Site } from './site.ts';

/** A parallel ssh that an operator would reach for instead. */
export type Tool = {
  readonly name: 'clush' | 'parallel-ssh';
  readonly install: string;
  /** Asks every peer once by curl, with a fan-out of all peers; resolves with the ms from its start to its end. */
  ask(site: Site, size: number, masters: boolean): Promise<number>;
};

const limit = 60_000;

/** The same bytes that the console asks for. All curls ask one peer's port: on a real cluster, too, it is one same URL. */
const curl = (site: Site, size: number): string =>
  `curl -q -sS -g --noproxy '*' -H 'Accept:' 'http://${addressesOf(size)[0]}:${site.statusPort}${projectionPath}'`;

const asked = (tool: string, size: number, result: Awaited<ReturnType<typeof run>>): number => {
  const answers = result.stdout.split('"Ready":true').length - 1;
  if (answers === size) return result.took;
  const errors = result.stderr.trim().split('\n').slice(0, 3).join(' | ');
  throw new CannotMeasure(`${tool}: ${answers} of ${size} peers answered (exit ${result.code}): ${errors}`);
};

const clush: Tool = {
  name: 'clush',
  install: 'apt-get install clustershell',
  ask: async (site, size, masters) => {
    const where = [
      '-w',
      `127.0.${size}.[1-${size}]`,
      '-f',
      String(size),
      '-o',
      `-F ${site.sshConfig(masters)}`,
    ];
    return asked('clush', size, await run('clush', ['-q', '-N', ...where, curl(site, size)], { limit }));
  },
};

const parallelSsh: Tool = {
  name: 'parallel-ssh',
  install: 'apt-get install pssh',
  ask: async (site, size, masters) => {
    const hosts = join(site.folder, `hosts-${size}`);
    writeFileSync(hosts, `${addressesOf(size).join('\n')}\n`);
    const how = [
      '-h',
      hosts,
      '-p',
      String(size),
      '-t',
      '0',
      '--inline-stdout',
      '-x',
      `-F ${site.sshConfig(masters)}`,
    ];
    return asked('parallel-ssh', size, await run('parallel-ssh', [...how, curl(site, size)], { limit }));
  },
};

const installed = (name: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, name)));

/** The tools that this machine has, and those it hasn't. */
export const findTools = (): { readonly present: readonly Tool[]; readonly missing: readonly Tool[] } => {
  const all = [clush, parallelSsh];
  return {
    present: all.filter((tool) => installed(tool.name)),
    missing: all.filter((tool) => !installed(tool.name)),
  };
};

/**
 * Opens one ssh connection a peer and keeps it, as ControlMaster with ControlPersist does, so that the tools' refresh
 * starts from open connections as ours does. Resolves with the way to close them.
 */
export const openMasters = async (
  site: Site,
  size: number,
  cleanup: Cleanup,
): Promise<() => Promise<void>> => {
  const children = addressesOf(size).map((address) =>
    spawn('ssh', ['-F', site.sshConfig(true), '-o', 'ControlMaster=yes', '-N', address], { stdio: 'ignore' }),
  );
  const close = async () => {
    await Promise.all(children.map(end));
  };
  cleanup.add(close);
  for (let waited = 0; waited < limit; waited += 100) {
    if (addressesOf(size).every((address) => existsSync(site.controlPath(address)))) return close;
    if (children.some((child) => child.exitCode !== null)) break;
    await sleep(100);
  }
  throw new CannotMeasure(`ssh could not keep ${size} shared connections open`);
};
