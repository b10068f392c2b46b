import type { Millis } from '../../cluster/trouble.ts';
import { type Host, log } from '../world/host.ts';
import { type LaunchOptions, runningOn } from '../world/weaver.ts';
import type { World } from '../world/world.ts';
import { parseEnvironmentFile, parseUnit, unitWords } from './environment-file.ts';
import { type HostFiles, places } from './files.ts';

/** How a unit stands, in systemd's words. */
export type UnitState = {
  active: 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed';
  sub: string;
  result: 'success' | 'exit-code';
  mainStatus: number;
  enteredAt: Millis | null;
};

/** What went wrong with a launch, with weave's words and exit code. */
export type LaunchFailure = { readonly code: number; readonly stderr: string };

const resting = (): UnitState => ({
  active: 'inactive',
  sub: 'dead',
  result: 'success',
  mainStatus: 0,
  enteredAt: null,
});

/** What a host does by itself beside weave: systemd with weave.service, docker with its restart policy, power. */
export class Machine {
  readonly world: World;
  readonly host: Host;
  readonly files: HostFiles;
  unit: UnitState = resting();
  /** Kills what people run on the host, as a power cut does. */
  onPowerOff: () => void = () => {};
  #wasUp: boolean;
  #wasRunning = false;

  constructor(world: World, host: Host, files: HostFiles) {
    this.world = world;
    this.host = host;
    this.files = files;
    this.#wasUp = host.up;
    world.onChange((changed) => {
      if (changed === host) this.#notice();
    });
  }

  sleep(delay: Millis): Promise<void> {
    return new Promise((resolve) => {
      this.world.after(delay, resolve);
    });
  }

  get enabled(): boolean {
    return this.files.has(places.wants);
  }

  /** Writes what the machine has by nature into its files: ids, clock. */
  writeIds(): void {
    const { host, files } = this;
    files.write(places.machineId, `${host.machineId}\n`, 0o444);
    files.write(places.bootId, `${host.bootId}\n`);
    files.write(places.productUuid, `${host.productUuid}\n`);
    if (host.clockOffset !== 0) files.write(places.clockOffset, `${Math.round(host.clockOffset / 1000)}\n`);
    else files.remove(places.clockOffset);
  }

  say(text: string, from = 'systemd'): void {
    log(this.host, this.world.now, text, from);
  }

  /** `weave launch ...` as the unit or a person gives it. Takes about 1.7 s in the world's time. */
  async launch(options: LaunchOptions): Promise<LaunchFailure | null> {
    const { world, host } = this;
    if (!host.docker)
      return {
        code: 1,
        stderr:
          'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
      };
    if (runningOn(host) !== null)
      return { code: 3, stderr: "weave is already running; you can stop it with 'weave stop'.\n" };
    await this.sleep(700);
    if (!host.up || runningOn(host) !== null) return { code: 1, stderr: '' };
    const weaver = world.launch(host.id, options);
    const lost = options.peers.find(
      (peer) => world.resolve(peer) === null && !/^\d+(\.\d+){3}(:\d+)?$/.test(peer),
    );
    if (lost !== undefined) {
      world.log(weaver, `lookup ${lost} on 10.255.255.53:53: no such host`);
      world.exit(host.id, 1);
      await this.sleep(2000);
      return {
        code: 1,
        stderr: 'The weave container has died. Consult the container logs for further details.\n',
      };
    }
    await this.sleep(900);
    return null;
  }

  /** The environment that the unit gives to its commands; null when a file that must be there isn't. */
  #environment(unit: ReadonlyMap<string, readonly string[]>): Map<string, string> | null {
    const variables = new Map<string, string>();
    for (const place of unit.get('Service.EnvironmentFile') ?? []) {
      const text = this.files.read(place.replace(/^-/, ''));
      if (text === null && !place.startsWith('-')) return null;
      for (const [key, value] of parseEnvironmentFile(text ?? '')) variables.set(key, value);
    }
    return variables;
  }

  /** `systemctl start`: true when the unit is active afterwards. */
  async start(): Promise<boolean> {
    const { unit, files } = this;
    if (unit.active === 'active' || unit.active === 'activating') return true;
    const parsed = parseUnit(files.read(places.unit) ?? '');
    const variables = this.#environment(parsed);
    this.say('Starting weave.service - Weave Network...');
    this.unit = { ...resting(), active: 'activating', sub: 'start-pre' };
    const launch = [...(parsed.get('Service.ExecStartPre') ?? []), ...(parsed.get('Service.ExecStart') ?? [])]
      .map((line) => unitWords(line.replace(/^[-+!@]+/, ''), variables ?? new Map()))
      .find((words) => words.includes('launch'));
    this.host.docker = true;
    const args = launch?.slice(launch.indexOf('launch') + 1);
    const failure =
      variables === null || args === undefined
        ? { code: 1, stderr: 'Failed to load environment files\n' }
        : await this.launch(launchOptions(args, variables));
    if (this.unit.active !== 'activating') return false;
    if (failure !== null) {
      for (const line of failure.stderr.split('\n').filter((text) => text !== '')) this.say(line, 'weave');
      this.#fail(failure.code);
      return false;
    }
    this.#wasRunning = runningOn(this.host) !== null;
    this.unit = { ...resting(), active: 'active', sub: 'running', enteredAt: this.world.now };
    this.say('Started weave.service - Weave Network.');
    return true;
  }

  /** `systemctl stop`: ExecStop is `weave stop`. */
  async stop(): Promise<void> {
    if (this.unit.active === 'failed') {
      this.unit = resting();
      return;
    }
    if (this.unit.active !== 'active' && this.unit.active !== 'activating') return;
    this.say('Stopping weave.service - Weave Network...');
    this.unit = { ...this.unit, active: 'deactivating', sub: 'stop' };
    await this.sleep(400);
    this.world.exit(this.host.id, 0);
    await this.sleep(600);
    this.#rest();
  }

  #rest(): void {
    this.unit = resting();
    this.say('weave.service: Deactivated successfully.');
  }

  #fail(code: number): void {
    this.unit = { ...resting(), active: 'failed', sub: 'failed', result: 'exit-code', mainStatus: code };
    this.say(`weave.service: Main process exited, code=exited, status=${code}/n/a`);
    this.say("weave.service: Failed with result 'exit-code'.");
  }

  /** Something happened to the host or its weaver. */
  #notice(): void {
    const { host } = this;
    if (this.#wasUp !== host.up) {
      this.#wasUp = host.up;
      this.unit = resting();
      if (host.up) this.#boot();
      else this.onPowerOff();
      this.#wasRunning = false;
      return;
    }
    const running = runningOn(host) !== null;
    const ended = this.#wasRunning && !running;
    this.#wasRunning = running;
    if (!ended) return;
    const code = host.weaver?.exitCode ?? 0;
    const policy = host.weaver?.options.restart;
    if (this.unit.active === 'active') {
      // `docker attach` ends with the exit code of the container.
      if (code === 0) this.#rest();
      else this.#fail(code);
      const restart =
        parseUnit(this.files.read(places.unit) ?? '')
          .get('Service.Restart')
          ?.at(-1) ?? 'no';
      if (restart === 'always' || (restart === 'on-failure' && code !== 0))
        this.world.after(1000, () => void this.start());
    } else if (policy === 'always' && code !== 0 && this.unit.active === 'inactive') {
      this.#again(500);
    }
  }

  /** docker starts the container again, as its restart policy says. */
  #again(delay: Millis): void {
    const { host, world } = this;
    world.after(delay, () => {
      if (host.up && host.weaver !== null && !host.weaver.running && host.docker)
        world.launch(host.id, host.weaver.options);
    });
  }

  #boot(): void {
    const { files, host } = this;
    files.remove('run');
    files.folder(places.runtimeDir);
    this.writeIds();
    host.docker = true;
    if (this.enabled && files.has(places.unit)) this.world.after(1500, () => void this.start());
    else if (host.weaver?.options.restart === 'always') this.#again(1500);
  }
}

/** The options of a `weave launch` command line. */
export const launchOptions = (
  args: readonly string[],
  environment: ReadonlyMap<string, string> = new Map(),
): LaunchOptions => {
  const peers: string[] = [];
  const given = new Map<string, string>();
  const withValue = ['--password', '--name', '--nickname', '--ipalloc-init', '--ipalloc-range'];
  for (let index = 0; index < args.length; index++) {
    const [key, value] = (args[index] as string).split(/=(.*)/s, 2) as [string, string | undefined];
    if (!key.startsWith('-')) peers.push(args[index] as string);
    else if (value !== undefined) given.set(key, value);
    else given.set(key, withValue.includes(key) ? (args[++index] ?? '') : 'true');
  }
  const consensus = /^consensus=(\d+)$/.exec(given.get('--ipalloc-init') ?? '');
  return {
    peers,
    password: given.get('--password') || environment.get('WEAVE_PASSWORD') || null,
    range: given.get('--ipalloc-range') ?? '10.32.0.0/12',
    initCount: consensus === null ? null : Number(consensus[1]),
    name: given.get('--name') ?? null,
    nickname: given.get('--nickname') ?? null,
    restart: given.has('--no-restart') ? 'no' : 'always',
  };
};
