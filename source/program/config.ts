import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { quote } from '../commands/quote.ts';
import { addCluster, configPath, keepConfig, loadConfig, parseConfig } from '../disk/config.ts';
import type { ClusterConfig } from '../disk/config-schema.ts';
import { UsageProblem } from '../disk/problem.ts';
import type { Request } from '../options/request.ts';
import { clean } from '../text/clean.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './watching.ts';

const example = `{
  "schema": 1,
  "clusters": {
    "prod": {
      "peers": [
        { "address": "10.0.0.11" },
        { "address": "10.0.0.12" },
        { "address": "10.0.0.13" }
      ]
    }
  }
}
`;

/** `config list` and `config path`. */
export const configShow = (action: 'list' | 'path', file: string | undefined, output: Output): number => {
  const loaded = loadConfig(file);
  if (action === 'path') output.print(loaded?.path ?? configPath());
  else if (loaded === null)
    output.print(
      `No cluster is configured: ${configPath()} is not there yet. weave-console config add NAME --peers A,B,C makes it.`,
    );
  else
    for (const [name, cluster] of Object.entries(loaded.config.clusters))
      output.print(`${clean(name)}: ${cluster.peers.map((peer) => peer.address).join(' ')}`);
  return exitCode.done;
};

/** `config add`. Throws UsageProblem where it can't be written as it was asked for. */
export const configAdd = (
  { name, peers, settings, config }: Extract<Request, { command: 'config-add' }>,
  output: Output,
): number => {
  const { spares, ...rest } = settings;
  const addressed = (addresses: readonly string[]) => addresses.map((address) => ({ address }));
  const cluster = {
    ...rest,
    peers: addressed(peers),
    ...(spares === undefined ? {} : { spares: addressed(spares) }),
  } as ClusterConfig;
  const path = addCluster(name, cluster, config);
  output.print(
    `${clean(name)} is in ${path} now, with ${peers.length === 1 ? '1 peer' : `${peers.length} peers`}.`,
  );
  const words = ['weave-console', '--cluster', name, ...(config === undefined ? [] : ['--config', config])];
  output.print(`${words.map(quote).join(' ')} opens it.`);
  return exitCode.done;
};

/**
 * `config edit`: a copy is opened in `editor`, a command line as in $EDITOR, and takes the file's place when it is
 * right. Throws UsageProblem otherwise, with where the copy is: nothing that was typed is lost.
 */
export const configEdit = (file: string | undefined, editor: string, output: Output): number => {
  const path = file === undefined ? configPath() : resolve(file);
  const read = (): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);
  const before = read();
  const folder = mkdtempSync(join(tmpdir(), 'weave-console-'));
  const copy = join(folder, 'config.json');
  writeFileSync(copy, before ?? example, { mode: 0o600 });
  const drop = () => rmSync(folder, { recursive: true });
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', copy], { stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    drop();
    throw new UsageProblem(
      `The editor (${clean(editor)}) ended with an error. Nothing was changed. EDITOR says which one is used.`,
    );
  }
  const after = readFileSync(copy, 'utf8');
  if (after === before) {
    drop();
    output.print(`${path} is as it was.`);
    return exitCode.done;
  }
  try {
    parseConfig(after, path);
    if (read() !== before) throw new UsageProblem(`${path} was changed by somebody else meanwhile.`);
    keepConfig(path, after);
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new UsageProblem(`${clean(why, 2000)}\n${path} is as it was; what you wrote is in ${copy}.`);
  }
  drop();
  output.print(`${path} was written.`);
  return exitCode.done;
};
