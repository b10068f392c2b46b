import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Millis } from '../cluster/trouble.ts';
import type { Mischief } from '../ports.ts';
import type { Door } from './api.ts';
import { standIns } from './commands/index.ts';
import { drive } from './drive.ts';
import { httpDoors } from './http.ts';
import { newKey, withoutComment } from './keys.ts';
import { places } from './machine/files.ts';
import type { Machine } from './machine/machine.ts';
import { mischiefOf } from './mischief.ts';
import { loginEnvironment, writePrograms } from './sandbox/sandbox.ts';
import { openSpool } from './sandbox/spool.ts';
import type { ScenarioName } from './scenario-names.ts';
import { play } from './scenarios.ts';
import { shell } from './shell.ts';
import { type SshServer, sshServer } from './ssh-server.ts';
import { Stage } from './stage.ts';
import { seededRandom } from './world/random.ts';

export { remoteMischief, serveMischief } from './remote-mischief.ts';

export type DemoOptions = {
  readonly scenario: ScenarioName;
  /** How many peers; the scenario's own number without it. */
  readonly peers?: number;
  /** How many times faster than life. */
  readonly speed?: number;
  /** For the dice: the same seed, the same names and accidents. */
  readonly seed?: number;
  /** Time between two looks, written into the config file. */
  readonly interval?: Millis;
  /** Told of every command line that SSH brings to a host, before it runs. */
  readonly onCommand?: (address: string, line: string) => void;
  /** Told of every program that asks the world on a host: `weave`, `systemctl` and the like. */
  readonly onProgram?: (address: string, name: string, args: readonly string[]) => void;
};

/** A host as somebody who wants to log in needs it. */
export type DemoHost = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identity: string;
};

export type DemoCluster = {
  /** The config file of a console. */
  readonly configFile: string;
  /** The name of the cluster in it. */
  readonly cluster: string;
  readonly peers: readonly DemoHost[];
  /** Clean hosts that aren't members. */
  readonly spares: readonly DemoHost[];
  /** A key that may only open 127.0.0.1:6782: no shell, no command. */
  readonly viewerIdentity: string;
  /** The folder that stands for a host's file system. */
  readonly rootOf: (address: string) => string;
  readonly mischief: Mischief;
  /** For tests: the world behind it all, its time up to date. */
  readonly stage: Stage;
  /** Kills what still runs on the hosts, closes all servers, removes the folder. Can be called twice. */
  readonly stop: () => Promise<void>;
};

const doorOf = (host: string, port: number): Door | null => {
  if (host !== '127.0.0.1' && host !== 'localhost') return null;
  return port === 6782 ? 'status' : port === 6784 ? 'control' : null;
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'demo';
  }
};

/**
 * Where a host's sshd listens: at the host's own address, which lies in 127/8 so that what stands in PEERS can be
 * reached by ssh, too. Only Linux answers on all of it; elsewhere the ports tell the hosts apart.
 */
const loopbackOf = ({ host }: Machine): string => (process.platform === 'linux' ? host.address : '127.0.0.1');

/** Starts a simulated cluster behind real SSH servers on loopback. Everything it writes is in one temporary folder. */
export const startDemo = async (options: DemoOptions): Promise<DemoCluster> => {
  const { scenario, speed = 1, seed = Math.floor(Math.random() * 2 ** 31), interval } = options;
  const count = options.peers ?? (scenario === 'big' ? 100 : 5);
  const folder = mkdtempSync(join(tmpdir(), 'weave-demo-'));
  const path = process.env.PATH ?? '/usr/bin:/bin';
  const user = userName();
  const cleanUps: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })];
  // Nothing of us stays behind, also when the program ends by an error of its own.
  const lastWord = () => {
    for (const cleanUp of cleanUps.toReversed()) void cleanUp();
  };
  process.once('exit', lastWord);
  let stopped: Promise<void> | null = null;
  const stop = () => {
    process.removeListener('exit', lastWord);
    stopped ??= (async () => {
      for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    })();
    return stopped;
  };

  try {
    writePrograms(join(folder, 'bin'), path);
    const stage = new Stage(seededRandom(seed), Date.now() - 10 * 60_000, folder);
    stage.populate(count, 2);
    const machines = [...stage.peers, ...stage.spares];

    let tick = () => {};
    const spool = openSpool(
      join(folder, 'requests'),
      (host) => join(folder, 'hosts', host, '.world'),
      async (host, name, args) => {
        const standIn = standIns[name];
        const place = placeOf.get(host);
        if (standIn === undefined || place === undefined)
          throw new Error(`nothing is known of ${name} on ${host}`);
        tick();
        options.onProgram?.(place.machine.host.address, name, args);
        return standIn(place, args);
      },
    );
    cleanUps.push(() => spool.close());

    const [key, viewer] = [newKey('demo'), newKey('demo-viewer')];
    const identity = join(folder, 'id_ed25519');
    const viewerIdentity = join(folder, 'id_ed25519_viewer');
    const knownHosts = join(folder, 'known_hosts');
    const hostKeys = new Map(machines.map((machine) => [machine, newKey(machine.host.id)]));
    const servers = new Map<Machine, SshServer>();
    const placeOf = new Map<string, { machine: Machine; doors: ReturnType<typeof httpDoors> }>();

    for (const machine of machines) {
      const { host, files } = machine;
      const doors = httpDoors(stage.world, host, () => tick());
      placeOf.set(host.id, { machine, doors });
      const commands = shell(files.root, loginEnvironment(files.root, user, path));
      const server = sshServer({
        user,
        listen: loopbackOf(machine),
        hostKey: hostKeys.get(machine) as ReturnType<typeof newKey>,
        logins: [
          { publicKey: key.public, only: null },
          { publicKey: viewer.public, only: ['127.0.0.1:6782'] },
        ],
        delay: () => stage.delays.get(host.id) ?? 0,
        exec: (command, channel) => {
          options.onCommand?.(host.address, command);
          return commands.exec(command, channel);
        },
        forward: (name, port, open) => {
          const door = doorOf(name, port);
          return door !== null && doors.accept(door, open);
        },
      });
      servers.set(machine, server);
      cleanUps.push(() => {
        doors.close();
        commands.killAll();
        return server.down();
      });
      let up = true;
      stage.world.onChange((changed) => {
        if (changed !== host || changed.up === up) return;
        up = changed.up;
        if (up) void server.listen();
        else void server.down();
        if (!up) commands.killAll();
      });
    }

    await play(scenario, stage);
    const ports = new Map<Machine, number>();
    await Promise.all(
      machines.map(async (machine) => {
        const server = servers.get(machine) as SshServer;
        ports.set(machine, await server.listen());
        // A host that is down has a port all the same, to come back to.
        if (!machine.host.up) await server.down();
      }),
    );

    const portOf = (machine: Machine) => ports.get(machine) as number;
    const line = (machine: Machine) =>
      `[${loopbackOf(machine)}]:${portOf(machine)} ${withoutComment((hostKeys.get(machine) as { public: string }).public)}\n`;
    writeFileSync(identity, key.private, { mode: 0o600 });
    writeFileSync(viewerIdentity, viewer.private, { mode: 0o600 });
    writeFileSync(knownHosts, machines.map(line).join(''));

    const entry = (machine: Machine) => {
      const { files, host } = machine;
      return {
        address: host.address,
        host: loopbackOf(machine),
        port: portOf(machine),
        weave: files.path('bin/weave'),
        environmentFile: files.path(places.environmentFile),
        stateDir: files.path(places.stateDir),
        runtimeDir: files.path(places.runtimeDir),
        machineIdFile: files.path(places.machineId),
        bootIdFile: files.path(places.bootId),
      };
    };
    const cluster = `demo-${scenario}`;
    const configFile = join(folder, 'config.json');
    const config = {
      schema: 1,
      clusters: {
        [cluster]: {
          user,
          identity: [identity],
          knownHosts: [knownHosts],
          sudo: 'passwordless',
          unit: 'weave.service',
          ...(interval === undefined ? {} : { intervalMs: interval }),
          peers: stage.peers.map(entry),
          spares: stage.spares.map(entry),
        },
      },
    };
    writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });

    const driver = drive(stage, speed);
    tick = driver.tick;
    cleanUps.push(driver.stop);
    const login = (machine: Machine): DemoHost => ({
      address: loopbackOf(machine),
      port: portOf(machine),
      user,
      identity,
    });
    return {
      configFile,
      cluster,
      peers: stage.peers.map(login),
      spares: stage.spares.map(login),
      viewerIdentity,
      rootOf: (address) => {
        const machine = machines.find(({ host }) => host.address === address);
        if (machine === undefined) throw new Error(`no host ${address}`);
        return machine.files.root;
      },
      mischief: mischiefOf(stage, (machine) => servers.get(machine) as SshServer, tick),
      stage,
      stop,
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
};
