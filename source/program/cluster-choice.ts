import type { Inventory } from '../cluster/inventory.ts';
import { loadConfig } from '../disk/config.ts';
import { configSchema } from '../disk/config-schema.ts';
import { inventoryOf, type Overrides } from '../disk/inventory.ts';
import { UsageProblem } from '../disk/problem.ts';
import type { CommonOptions } from '../options.ts';

/** The cluster that was asked for, or the ones to choose from. */
export type Choice =
  | { readonly kind: 'one'; readonly inventory: Inventory }
  | {
      readonly kind: 'several';
      readonly names: readonly string[];
      readonly choose: (name: string) => Inventory;
    };

const overridesOf = (common: CommonOptions): Overrides => ({
  ...(common.user === undefined ? {} : { user: common.user }),
  ...(common.port === undefined ? {} : { port: common.port }),
  ...(common.identity === undefined ? {} : { identity: common.identity }),
  ...(common.interval === undefined ? {} : { interval: common.interval }),
  ...(common.readOnly === undefined ? {} : { readOnly: common.readOnly }),
});

const fromPeers = (peers: readonly string[], common: CommonOptions): Inventory => {
  const name = common.cluster ?? 'unnamed';
  const read = configSchema.safeParse({
    schema: 1,
    clusters: { [name]: { peers: peers.map((address) => ({ address })) } },
  });
  const cluster = read.success ? read.data.clusters[name] : undefined;
  if (!read.success || cluster === undefined)
    throw new UsageProblem(`--peers: ${read.error?.issues[0]?.message ?? 'not a list of addresses'}.`);
  return inventoryOf(name, cluster, overridesOf(common));
};

/** Finds the cluster by `--peers`, `--config` and `--cluster`. Throws UsageProblem when there is none such. */
export const chooseCluster = (common: CommonOptions): Choice => {
  if (common.peers !== undefined) return { kind: 'one', inventory: fromPeers(common.peers, common) };
  const loaded = loadConfig(common.config);
  if (loaded === null)
    throw new UsageProblem(
      'No cluster is configured yet.\n' +
        '  weave-console demo                    opens a simulated cluster\n' +
        '  weave-console --peers 10.0.0.11,...   looks at these peers\n' +
        '  weave-console config path             prints where the config file goes (docs/operating.md shows one)',
    );
  const { clusters } = loaded.config;
  const names = Object.keys(clusters);
  const choose = (name: string): Inventory => {
    const cluster = clusters[name];
    if (cluster === undefined)
      throw new UsageProblem(
        `${loaded.path}: there is no cluster ${JSON.stringify(name)}; it has ${names.join(', ') || 'none'}.`,
      );
    return inventoryOf(name, cluster, overridesOf(common));
  };
  if (common.cluster !== undefined) return { kind: 'one', inventory: choose(common.cluster) };
  const [only] = names;
  if (only === undefined) throw new UsageProblem(`${loaded.path}: clusters: it names no cluster yet.`);
  return names.length === 1 ? { kind: 'one', inventory: choose(only) } : { kind: 'several', names, choose };
};

/** The one cluster that was asked for, where nobody can be asked to choose. Throws UsageProblem. */
export const theCluster = (common: CommonOptions): Inventory => {
  const choice = chooseCluster(common);
  if (choice.kind === 'one') return choice.inventory;
  throw new UsageProblem(`There are several clusters: name one with --cluster (${choice.names.join(', ')}).`);
};
