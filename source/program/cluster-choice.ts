import type { Inventory } from '../cluster/inventory.ts';
import { loadConfig, moveHost } from '../disk/config.ts';
import { type ConfigFile, configSchema, isAddress, jump } from '../disk/config-schema.ts';
import { inventoryOf, type Overrides } from '../disk/inventory.ts';
import { UsageProblem } from '../disk/problem.ts';
import type { CommonOptions } from '../options/request.ts';

/** A cluster, and the way to write down that a host has become a member or a spare of it. */
export type Cluster = {
  readonly inventory: Inventory;
  readonly keep: (target: string, to: 'peers' | 'spares') => Inventory;
};

/** The cluster that was asked for, or the ones to choose from. */
export type Choice =
  | { readonly kind: 'one'; readonly cluster: Cluster }
  | {
      readonly kind: 'several';
      readonly names: readonly string[];
      readonly choose: (name: string) => Cluster;
    };

const jumpOf = (text: string): string => {
  const read = jump.safeParse(text);
  if (!read.success) throw new UsageProblem(`--jump: ${read.error.issues[0]?.message ?? 'not a host'}.`);
  return read.data;
};

const overridesOf = (common: CommonOptions): Overrides => ({
  ...(common.user === undefined ? {} : { user: common.user }),
  ...(common.port === undefined ? {} : { port: common.port }),
  ...(common.jump === undefined ? {} : { jump: jumpOf(common.jump) }),
  ...(common.identity === undefined ? {} : { identity: common.identity }),
  ...(common.interval === undefined ? {} : { interval: common.interval }),
  ...(common.readOnly === undefined ? {} : { readOnly: common.readOnly }),
});

/** `--peers`: a cluster without a config, so that nothing of it is kept. */
const fromPeers = (peers: readonly string[], common: CommonOptions): Cluster => {
  const name = common.cluster ?? 'unnamed';
  const wrong = peers.find((peer) => !isAddress(peer));
  if (wrong !== undefined)
    throw new UsageProblem(
      `--peers: ${JSON.stringify(wrong)} is not a host name or an IP address. A port goes into --port, a user into --user.`,
    );
  const build = (members: readonly string[], spares: readonly string[]): Inventory => {
    const entries = (addresses: readonly string[]) => addresses.map((address) => ({ address }));
    const read = configSchema.safeParse({
      schema: 1,
      clusters: { [name]: { peers: entries(members), spares: entries(spares) } },
    });
    const cluster = read.success ? read.data.clusters[name] : undefined;
    if (!read.success || cluster === undefined)
      throw new UsageProblem(`--peers: ${read.error?.issues[0]?.message ?? 'not a list of addresses'}.`);
    return inventoryOf(name, cluster, overridesOf(common));
  };
  let [members, spares]: readonly (readonly string[])[] = [peers, []];
  return {
    inventory: build(peers, []),
    keep: (target, to) => {
      const without = (list: readonly string[]) => list.filter((one) => one !== target);
      members = [...without(members ?? []), ...(to === 'peers' ? [target] : [])];
      spares = [...without(spares ?? []), ...(to === 'spares' ? [target] : [])];
      return build(members, spares);
    },
  };
};

/** Finds the cluster by `--peers`, `--config` and `--cluster`. Throws UsageProblem when there is none such. */
export const chooseCluster = (common: CommonOptions): Choice => {
  if (common.peers !== undefined) return { kind: 'one', cluster: fromPeers(common.peers, common) };
  const loaded = loadConfig(common.config);
  if (loaded === null)
    throw new UsageProblem(
      'No cluster is configured yet.\n' +
        '  weave-console demo                    opens a simulated cluster\n' +
        '  weave-console --peers 10.0.0.11,...   looks at these peers\n' +
        '  weave-console config add NAME --peers 10.0.0.11,...   writes them down',
    );
  const { clusters } = loaded.config;
  const names = Object.keys(clusters);
  const inventoryIn = (file: ConfigFile, name: string): Inventory => {
    const cluster = file.clusters[name];
    if (cluster === undefined)
      throw new UsageProblem(
        `${loaded.path}: there is no cluster ${JSON.stringify(name)}; it has ${names.join(', ') || 'none'}.`,
      );
    return inventoryOf(name, cluster, overridesOf(common));
  };
  const choose = (name: string): Cluster => ({
    inventory: inventoryIn(loaded.config, name),
    keep: (target, to) => inventoryIn(moveHost(loaded.path, name, target, to), name),
  });
  if (common.cluster !== undefined) return { kind: 'one', cluster: choose(common.cluster) };
  const [only] = names;
  if (only === undefined) throw new UsageProblem(`${loaded.path}: clusters: it names no cluster yet.`);
  return names.length === 1 ? { kind: 'one', cluster: choose(only) } : { kind: 'several', names, choose };
};

/** The one cluster that was asked for, where nobody can be asked to choose. Throws UsageProblem. */
export const theCluster = (common: CommonOptions): Cluster => {
  const choice = chooseCluster(common);
  if (choice.kind === 'one') return choice.cluster;
  throw new UsageProblem(`There are several clusters: name one with --cluster (${choice.names.join(', ')}).`);
};

/** The same cluster with one more spare, where `address` is in it nowhere: a host to be added that the config doesn't name. */
export const withSpare = (cluster: Cluster, address: string): Cluster => {
  const { inventory } = cluster;
  const [like] = inventory.peers;
  if (
    like === undefined ||
    [...inventory.peers, ...inventory.spares].some((host) => host.address === address)
  )
    return cluster;
  if (!isAddress(address))
    throw new UsageProblem(
      `${JSON.stringify(address)} is not an address: it must be a host name or an IP address, without a port or a user.`,
    );
  return {
    ...cluster,
    inventory: { ...inventory, spares: [...inventory.spares, { ...like, address, host: address }] },
  };
};
