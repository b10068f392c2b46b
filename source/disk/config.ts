import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import Conf from 'conf';
import type { z } from 'zod';
import { clean } from '../text/clean.ts';
import { type ClusterConfig, type ConfigFile, configSchema, type PeerConfig } from './config-schema.ts';
import { UsageProblem } from './problem.ts';
import { readSiteUnit } from './site-unit.ts';

/** A config file that was read and found good, and where it lies. */
export type LoadedConfig = { readonly path: string; readonly config: ConfigFile };

const field = (path: PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );

const problems = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.map((issue) => {
    const where = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    const what = issue.code === 'unrecognized_keys' ? 'is not a setting this version knows' : issue.message;
    return `  ${clean(field(where), 120) || '(the whole file)'}: ${clean(what, 200)}`;
  });

/** Reads the text of a config file. Throws UsageProblem naming the file and each line or field that is wrong. */
export const parseConfig = (text: string, path: string): ConfigFile => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = clean(error instanceof Error ? error.message : String(error), 200);
    throw new UsageProblem(
      `${path}: not valid JSON: ${message}\nNothing was changed. Mend the file and try again.`,
    );
  }
  const read = configSchema.safeParse(json);
  if (read.success) return read.data;
  const lines = problems(read.error.issues).slice(0, 20);
  throw new UsageProblem(
    `${path}: ${lines.length === 1 ? 'a setting is wrong' : 'settings are wrong'}:\n${lines.join('\n')}`,
  );
};

/**
 * Where the config file of this user lies, whether or not it is there yet: the folder that `conf` would take, worked out
 * here because `conf` makes the folder as soon as it is asked, and a look should leave nothing behind.
 */
export const configPath = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string => {
  const home = homedir();
  const folder =
    platform === 'darwin'
      ? join(home, 'Library', 'Preferences')
      : platform === 'win32'
        ? (env.APPDATA ?? join(home, 'AppData', 'Roaming'))
        : env.XDG_CONFIG_HOME || join(home, '.config');
  return join(folder, 'weave-console', ...(platform === 'win32' ? ['Config'] : []), 'config.json');
};

/** The store that `conf` keeps, of a file that is there: atomic writes, mode 0600. */
const openStore = (file: string): Conf<ConfigFile> =>
  new Conf<ConfigFile>({
    projectName: 'weave-console',
    projectSuffix: '',
    configFileMode: 0o600,
    cwd: dirname(file),
    configName: basename(file, extname(file)),
    fileExtension: extname(file).slice(1),
    deserialize: (text) => parseConfig(text, file),
  });

/** The units that the config names can be read and are units. Throws UsageProblem naming the file and each field. */
const checkUnits = ({ clusters }: ConfigFile, path: string): void => {
  const entries = Object.entries(clusters).flatMap(([name, cluster]) => [
    { where: ['clusters', name], entry: cluster },
    ...(['peers', 'spares'] as const).flatMap((list) =>
      (cluster[list] ?? []).map((entry, index) => ({ where: ['clusters', name, list, index], entry })),
    ),
  ]);
  const wrong = entries.flatMap(({ where, entry }) => {
    try {
      if (entry.unitFile !== undefined) readSiteUnit(entry.unitFile);
      return [];
    } catch (error) {
      return [`  ${clean(field([...where, 'unitFile']), 120)}: ${(error as Error).message}`];
    }
  });
  if (wrong.length > 0) throw new UsageProblem([`${path}: a unit can't be used:`, ...wrong].join('\n'));
};

/** Loads `file`, or the user's own config; null when the user has none yet. Throws UsageProblem. */
export const loadConfig = (file?: string): LoadedConfig | null => {
  const path = file === undefined ? configPath() : resolve(file);
  if (!existsSync(path)) {
    if (file === undefined) return null;
    throw new UsageProblem(`${path}: there is no such config file.`);
  }
  try {
    readFileSync(path);
    const { store } = openStore(path);
    const config = configSchema.parse(store);
    checkUnits(config, path);
    return { path, config };
  } catch (error) {
    if (error instanceof UsageProblem) throw error;
    throw new UsageProblem(
      `${path}: cannot be read: ${clean(error instanceof Error ? error.message : String(error), 200)}`,
    );
  }
};

/**
 * Moves a host between members and spares in the config file, keeping all that the file says of it. Nothing is written
 * when it stands there already. Throws UsageProblem when the file has changed so that the move makes no sense any more.
 */
export const moveHost = (
  path: string,
  cluster: string,
  address: string,
  to: 'peers' | 'spares',
): ConfigFile => {
  const store = openStore(path);
  const config = configSchema.parse(store.store);
  const before = config.clusters[cluster];
  if (before === undefined)
    throw new UsageProblem(`${path}: there is no cluster ${JSON.stringify(cluster)} any more.`);
  const spares = before.spares ?? [];
  const entry = [...before.peers, ...spares].find((peer) => peer.address === address) ?? { address };
  const without = (list: readonly PeerConfig[]) => list.filter((peer) => peer.address !== address);
  const after = {
    ...before,
    peers: to === 'peers' ? [...without(before.peers), entry] : without(before.peers),
    spares: to === 'spares' ? [...without(spares), entry] : without(spares),
  };
  const next: ConfigFile = { ...config, clusters: { ...config.clusters, [cluster]: after } };
  if (JSON.stringify(next) !== JSON.stringify(config)) store.store = next;
  return next;
};

/**
 * Writes one more cluster into the config file `file` (else the user's own), which is made where there is none yet.
 * Returns where that is. Throws UsageProblem, and then nothing was written.
 */
export const addCluster = (name: string, cluster: ClusterConfig, file?: string): string => {
  const path = file === undefined ? configPath() : resolve(file);
  const before = existsSync(path) ? loadConfig(path)?.config : undefined;
  if (before?.clusters[name] !== undefined)
    throw new UsageProblem(
      `${path}: there is a cluster ${JSON.stringify(name)} already. Nothing was changed. weave-console config edit changes it.`,
    );
  const next = { schema: 1, clusters: { ...before?.clusters, [name]: cluster } } as const;
  const config = parseConfig(JSON.stringify(next), path);
  checkUnits(config, path);
  openStore(path).store = config;
  return path;
};

/** Puts `text` in the place of a config file in one go, mode 0600, in a folder that is made where there is none. */
export const keepConfig = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A link is followed: what it leads to is the file that people keep, and it stays one.
  const file = existsSync(path) ? realpathSync(path) : path;
  const whole = `${file}.${process.pid}.new`;
  writeFileSync(whole, text, { mode: 0o600, flag: 'wx' });
  renameSync(whole, file);
};
