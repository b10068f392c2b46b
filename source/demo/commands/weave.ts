import { connectTo, forget, reportText } from '../api.ts';
import { launchOptions } from '../machine/machine.ts';
import { handOver, prime, takeOver } from '../world/ipam.ts';
import { reportOf } from '../world/report.ts';
import { type StatusPart, statusText } from '../world/status-text.ts';
import { runningOn, type Weaver } from '../world/weaver.ts';
import { optionValue, type Place, type Result, result, type StandIn } from './command.ts';
import { weaveUsage } from './weave-usage.ts';

/** Every `weave` command starts a container first: 0.7 s on an idle host. */
const startUp = 650;

const emptyReply = result(52, '', 'curl: (52) Empty reply from server\n');

/** Why there is no weaver to talk to, in the script's words. */
const missing = ({ machine }: Place): string =>
  machine.host.weaver === null
    ? 'weave container is not present. Have you launched it?\n'
    : 'weave container is not running.\n';

/** Runs `act` when a weaver runs that answers; `code` is what the script exits with when none does. */
const withWeaver = async (
  place: Place,
  code: number,
  act: (weaver: Weaver) => Result | Promise<Result>,
): Promise<Result> => {
  for (let weaver = runningOn(place.machine.host); ; weaver = runningOn(place.machine.host)) {
    if (weaver === null) return result(code, '', missing(place));
    if (!weaver.hung) return act(weaver);
    await place.machine.sleep(200);
    if (runningOn(place.machine.host) === null) return emptyReply;
  }
};

const parts = ['connections', 'peers', 'targets', 'ipam', 'dns'];

const status = async (place: Place, [part]: readonly string[]): Promise<Result> => {
  const { world } = place.machine;
  if (part !== undefined && !parts.includes(part)) {
    const absent = runningOn(place.machine.host) === null;
    return absent ? result(1, '', missing(place)) : result(1, '', weaveUsage);
  }
  const said = await withWeaver(place, 1, (weaver) =>
    result(0, statusText(reportOf(world, weaver), part as StatusPart | undefined)),
  );
  return part === undefined ? { ...said, stdout: `\n${said.stdout}\n` } : said;
};

const report = (place: Place, args: readonly string[]): Promise<Result> =>
  withWeaver(place, 7, (weaver) => {
    const said = reportText(place.machine.world, weaver, optionValue(args, '-f', '--format'));
    return said.status === 200 ? result(0, said.body) : result(1, '', said.body);
  });

const primeCommand = (place: Place): Promise<Result> =>
  withWeaver(
    place,
    7,
    (weaver) =>
      new Promise((resolve) =>
        prime(place.machine.world, weaver, (done) => resolve(done ? result(0) : emptyReply)),
      ),
  );

const reset = async (place: Place, args: readonly string[]): Promise<Result> => {
  const { machine } = place;
  const { world, host } = machine;
  const notRunning = 'Weave is not running (ignore on Kubernetes).\n';
  const weaver = runningOn(host);
  if (weaver === null) {
    const refused = host.weaver !== null && !args.includes('--force');
    if (refused)
      return result(
        1,
        '',
        'ERROR: weave is not running; unable to remove from cluster.\nRe-launch weave before reset or use --force to override.\n',
      );
    await machine.sleep(500);
    world.wipe(host.id);
    return result(0, '', notRunning);
  }
  await withWeaver(place, 7, (running) => {
    // Whatever comes back, the script goes on.
    handOver(world, running);
    return result(0);
  });
  await machine.sleep(900);
  world.exit(host.id, 0);
  await machine.sleep(600);
  world.wipe(host.id);
  return result(0);
};

const stop = async ({ machine }: Place): Promise<Result> => {
  await machine.sleep(300);
  if (runningOn(machine.host) === null)
    return result(0, '', 'Weave is not running (ignore on Kubernetes).\n');
  machine.world.exit(machine.host.id, 0);
  return result(0);
};

const launch = async ({ machine }: Place, args: readonly string[]): Promise<Result> => {
  const failure = await machine.launch(launchOptions(args));
  if (failure !== null) return result(failure.code, '', failure.stderr);
  return result(0, `${machine.world.random.hex(64)}\n`);
};

const commands: Record<string, (place: Place, args: readonly string[]) => Promise<Result> | Result> = {
  status,
  report,
  prime: primeCommand,
  reset,
  stop,
  launch,
  version: () => result(0, 'weave script 2.8.1\nweave 2.8.1\n'),
  ps: ({ machine: { host } }) => result(0, host.bridge === null ? '' : `weave:expose ${host.bridge}\n`),
  env: (place) =>
    runningOn(place.machine.host) === null
      ? result(0, '', missing(place))
      : result(0, 'export DOCKER_HOST=unix:///var/run/weave/weave.sock ORIG_DOCKER_HOST=\n'),
  forget: (place, peers) =>
    peers.length === 0
      ? result(1, '', weaveUsage)
      : withWeaver(place, 7, (weaver) => {
          forget(place.machine.world, weaver, peers);
          return result(0);
        }),
  connect: (place, args) =>
    withWeaver(place, 7, (weaver) => {
      const peers = args.filter((arg) => arg !== '--replace');
      const unknown = connectTo(place.machine.world, weaver, peers, args.includes('--replace'));
      const text = unknown.map((peer) => `lookup ${peer} on 10.255.255.53:53: no such host\n`).join('');
      return result(unknown.length === 0 ? 0 : 1, '', text);
    }),
  rmpeer: (place, peers) =>
    peers.length === 0
      ? result(1, '', weaveUsage)
      : withWeaver(place, 1, (weaver) => {
          const lines = peers.map(
            (peer) => `${takeOver(place.machine.world, weaver, peer)} IPs taken over from ${peer}\n`,
          );
          return result(0, lines.join(''));
        }),
  expose: (place) => withWeaver(place, 7, () => result(0)),
};

const noDocker =
  "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?.\nSee 'docker run --help'.\n";

/** The `weave` script of 2.8.1. */
export const weave: StandIn = async (place, [name, ...args]) => {
  const { host } = place.machine;
  if (name === undefined) return result(1, '', weaveUsage);
  if (name === 'help' || name === '--help') return result(0, weaveUsage);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!host.docker && name !== 'launch') return result(125, '', noDocker);
  await place.machine.sleep(startUp);
  if (command === undefined) return result(1, '', `Unknown weave command '${name}'\n${weaveUsage}`);
  return command(place, args);
};
