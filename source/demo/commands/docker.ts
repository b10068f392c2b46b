import type { Machine } from '../machine/machine.ts';
import { parseTemplate, TemplateProblem } from '../template.ts';
import type { GoValue } from '../world/go-json.ts';
import { goLogTime } from '../world/go-time.ts';
import { optionValue, type Result, result, type StandIn } from './command.ts';

const noTime = '0001-01-01T00:00:00Z';
const image = 'weaveworks/weave:2.8.1';

const volume = (name: string, destination: string): GoValue => ({
  Type: 'volume',
  Name: name,
  Source: `/var/lib/docker/volumes/${name}/_data`,
  Destination: destination,
  Driver: 'local',
  Mode: '',
  RW: true,
  Propagation: '',
});

/** An id that looks like docker's and stays the same for one container. */
const idOf = (machine: Machine, what: string): string => {
  let hash = 7n;
  const seed = `${machine.host.machineId}${machine.host.weaver?.uid ?? ''}${what}`;
  for (const letter of seed)
    hash = BigInt.asUintN(256, hash * 0x100000001b3n ** 3n + BigInt(letter.charCodeAt(0)));
  return hash.toString(16).padStart(64, '0');
};

type Container = {
  readonly name: string;
  readonly command: string;
  readonly image: string;
  readonly value: GoValue;
};

const containers = (machine: Machine): Container[] => {
  const { host, world } = machine;
  const { weaver } = host;
  const iso = (at: number) => `${new Date(world.wall(host, at)).toISOString().slice(0, 23)}497816Z`;
  const dataOnly = (name: string, from: string, mounts: GoValue): Container => ({
    name,
    command: 'data-only',
    image: from,
    value: {
      Id: idOf(machine, name),
      Name: `/${name}`,
      State: {
        Status: 'created',
        Running: false,
        Paused: false,
        Restarting: false,
        OOMKilled: false,
        Dead: false,
        Pid: 0,
        ExitCode: 0,
        Error: '',
        StartedAt: noTime,
        FinishedAt: noTime,
      },
      Image: idOf(machine, from),
      HostConfig: { NetworkMode: 'default', RestartPolicy: { Name: '', MaximumRetryCount: 0 } },
      Mounts: mounts,
      Config: { Image: from },
    },
  });
  if (weaver === null && host.volume === null) return [];
  const helpers = [
    dataOnly('weavevolumes-2.8.1', 'weaveworks/weaveexec:2.8.1', []),
    dataOnly('weavedb', 'weaveworks/weavedb:latest', [volume(idOf(machine, 'volume'), '/weavedb')]),
  ];
  if (weaver === null) return helpers;
  const running = host.up && weaver.running;
  const own: Container = {
    name: 'weave',
    command: '/home/weave/weaver …',
    image,
    value: {
      Id: idOf(machine, 'weave'),
      Created: iso(weaver.startedAt),
      Name: '/weave',
      State: {
        Status: running ? 'running' : 'exited',
        Running: running,
        Paused: false,
        Restarting: false,
        OOMKilled: false,
        Dead: false,
        Pid: running ? weaver.pid : 0,
        ExitCode: weaver.exitCode,
        Error: '',
        StartedAt: iso(weaver.startedAt),
        FinishedAt: weaver.finishedAt === null ? noTime : iso(weaver.finishedAt),
      },
      Image: idOf(machine, image),
      RestartCount: 0,
      HostConfig: {
        NetworkMode: 'host',
        RestartPolicy: { Name: weaver.options.restart, MaximumRetryCount: 0 },
      },
      Mounts: [volume(idOf(machine, 'volume'), '/weavedb')],
      Args: [],
      Config: {
        Image: image,
        Env: [
          'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
          ...(weaver.options.password === null ? [] : [`WEAVE_PASSWORD=${weaver.options.password}`]),
        ],
      },
    },
  };
  return [own, ...helpers];
};

/** `Up 10 minutes`, `Exited (137) 2 seconds ago`. */
const statusWords = (machine: Machine, name: string): string => {
  const { weaver } = machine.host;
  if (name !== 'weave' || weaver === null) return 'Created';
  const since = (at: number) => {
    const seconds = Math.floor((machine.world.now - at) / 1000);
    if (seconds < 1) return 'Less than a second';
    if (seconds < 60) return `${seconds} second${seconds === 1 ? '' : 's'}`;
    if (seconds < 120) return 'About a minute';
    return seconds < 7200 ? `${Math.floor(seconds / 60)} minutes` : `${Math.floor(seconds / 3600)} hours`;
  };
  if (weaver.running) return `Up ${since(weaver.startedAt)}`;
  return `Exited (${weaver.exitCode}) ${since(weaver.finishedAt ?? weaver.startedAt)} ago`;
};

const apply = (format: string, value: GoValue): string => {
  try {
    return `${parseTemplate(format)(value)}\n`;
  } catch (problem) {
    if (problem instanceof TemplateProblem)
      throw new TemplateProblem(`template parsing error: ${problem.message}`);
    throw problem;
  }
};

const inspect = (machine: Machine, args: readonly string[]): Result => {
  const format = optionValue(args, '-f', '--format');
  const flags = ['-f', '--format', '--type'];
  const names = args.filter((arg, index) => !arg.startsWith('-') && !flags.includes(args[index - 1] ?? ''));
  let stdout = '';
  let stderr = '';
  for (const name of names) {
    const found = containers(machine).find((one) => one.name === name);
    if (found === undefined) {
      stderr += `Error: No such object: ${name}\n`;
      if (stdout === '') stdout = '\n';
    } else stdout += apply(format ?? '{{json .}}', found.value);
  }
  return result(stderr === '' ? 0 : 1, stdout, stderr);
};

const ps = (machine: Machine, args: readonly string[]): Result => {
  const all = args.some((arg) => arg === '--all' || /^-[a-z]*a[a-z]*$/.test(arg));
  const quiet = args.some((arg) => arg === '--quiet' || /^-[a-z]*q[a-z]*$/.test(arg));
  const format = optionValue(args, '--format');
  const filters = args.flatMap((arg, index) =>
    arg === '--filter' || arg === '-f' ? [args[index + 1] ?? ''] : (/^--filter=(.*)/.exec(arg)?.[1] ?? []),
  );
  const rows = containers(machine).filter(({ name }) => {
    const wanted = filters.every(
      (filter) => !filter.startsWith('name=') || name.includes(filter.slice(5).replace(/[\^$/]/g, '')),
    );
    return wanted && (all || (name === 'weave' && machine.host.weaver?.running === true));
  });
  const lines = rows.map(({ name, command, image: from }) => {
    const id = idOf(machine, name).slice(0, 12);
    if (quiet) return `${id}\n`;
    const status = statusWords(machine, name);
    const state = status.startsWith('Up') ? 'running' : status.startsWith('Exited') ? 'exited' : 'created';
    return apply(format ?? '{{.ID}}   {{.Image}}   {{.Command}}   {{.Status}}   {{.Names}}', {
      Command: JSON.stringify(command),
      ID: id,
      Image: from,
      Names: name,
      Networks: 'host',
      State: state,
      Status: status,
    });
  });
  return result(0, lines.join(''));
};

const server = {
  Client: { Version: '20.10.24+dfsg1', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64' },
  Server: {
    Version: '20.10.24+dfsg1',
    ApiVersion: '1.41',
    MinAPIVersion: '1.12',
    Os: 'linux',
    Arch: 'amd64',
  },
};

const logs = ({ host, world }: Machine, args: readonly string[]): Result => {
  if (host.weaver === null) return result(1, '', 'Error: No such container: weave\n');
  const tail = Number(optionValue(args, '--tail', '-n') ?? 200);
  const lines = host.log.filter(({ from }) => from === 'docker').slice(-tail);
  return result(0, '', lines.map(({ at, text }) => `${text || goLogTime(world.wall(host, at))}\n`).join(''));
};

/** docker, as far as looks at weave's containers go. */
export const docker: StandIn = ({ machine }, [first, ...rest]) => {
  const [verb, args] = first === 'container' ? [rest[0], rest.slice(1)] : [first, rest];
  const { host, world } = machine;
  if (!host.docker) {
    const text =
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n';
    return result(1, '', text);
  }
  try {
    switch (verb) {
      case 'inspect':
        return inspect(machine, args);
      case 'ps':
      case 'ls':
        return ps(machine, args);
      case 'version':
        return result(0, apply(optionValue(args, '-f', '--format') ?? '{{.Server.Version}}', server));
      case 'info':
        return result(
          0,
          apply(optionValue(args, '-f', '--format') ?? '{{.ServerVersion}}', {
            ServerVersion: server.Server.Version,
          }),
        );
      case 'logs':
        return logs(machine, args);
      case 'kill':
      case 'stop':
        if (!args.includes('weave')) return result(1, '', `Error: No such container: ${args.at(-1)}\n`);
        world.exit(host.id, verb === 'kill' ? 137 : 0);
        return result(0, 'weave\n');
      default:
        return result(1, '', `docker: '${verb}' is not a docker command.\nSee 'docker --help'\n`);
    }
  } catch (problem) {
    if (problem instanceof TemplateProblem) return result(64, '', `${problem.message}\n`);
    throw problem;
  }
};
