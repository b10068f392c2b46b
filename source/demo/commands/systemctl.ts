import { parseUnit } from '../machine/environment-file.ts';
import { places } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { optionValue, type Result, result, type StandIn } from './command.ts';

const isWeave = (name: string) => name === 'weave' || name === 'weave.service';
const isDocker = (name: string) => /^docker(\.service|\.socket)?$/.test(name);

/** `Sun 2026-11-22 12:22:25 UTC` */
const stamp = (wall: number): string => {
  const date = new Date(wall);
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()];
  return `${day} ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

/**
 * Where the unit lies for whoever reads it. A unit that was written by way of a path below the sandbox has that path in
 * it; on the host itself it would be a unit like all the others, and so it is shown.
 */
const fragment = ({ files }: Machine, text: string): string => {
  const plain = text.replaceAll(files.path('bin/weave'), '/usr/local/bin/weave').replaceAll(files.root, '');
  if (plain === text) return files.path(places.unit);
  if (files.read(places.unitAsSeen) !== plain) files.write(places.unitAsSeen, plain);
  return files.path(places.unitAsSeen);
};

/** The properties of a unit in the order in which systemctl prints them. */
const properties = (machine: Machine, name: string): Map<string, string> => {
  const { files, unit, host } = machine;
  const text = isWeave(name) ? files.read(places.unit) : null;
  const known = isDocker(name) || text !== null;
  const parsed = parseUnit(text ?? '');
  const environment = (parsed.get('Service.EnvironmentFile') ?? []).map(
    (place) =>
      `${files.path(place.replace(/^-/, ''))} (ignore_errors=${place.startsWith('-') ? 'yes' : 'no'})`,
  );
  const state = isDocker(name)
    ? { ...unit, active: host.docker ? 'active' : 'inactive', sub: host.docker ? 'running' : 'dead' }
    : isWeave(name)
      ? unit
      : { ...unit, active: 'inactive', sub: 'dead', result: 'success', mainStatus: 0, enteredAt: null };
  const enabled = isDocker(name) || machine.enabled ? 'enabled' : 'disabled';
  return new Map([
    ['Id', name.includes('.') ? name : `${name}.service`],
    ['Restart', parsed.get('Service.Restart')?.at(-1) ?? 'no'],
    ['Result', state.result],
    ['NRestarts', '0'],
    ['ExecMainStatus', String(state.mainStatus)],
    ['EnvironmentFiles', environment.join('\n')],
    ['LoadState', known ? 'loaded' : 'not-found'],
    ['ActiveState', state.active],
    ['SubState', state.sub],
    ['FragmentPath', text === null ? '' : fragment(machine, text)],
    ['DropInPaths', ''],
    ['UnitFileState', known ? enabled : ''],
    ['NeedDaemonReload', 'no'],
    [
      'ActiveEnterTimestamp',
      state.enteredAt === null ? '' : stamp(machine.world.wall(host, state.enteredAt)),
    ],
    ['UserspaceTimestamp', stamp(machine.world.wall(host, host.bootedAt))],
  ]);
};

const show = (machine: Machine, names: readonly string[], args: readonly string[]): Result => {
  const wanted = args
    .flatMap((arg, index) => {
      if (arg === '-p' || arg === '--property') return args[index + 1] ?? '';
      return /^(?:-p|--property=)(.+)$/.exec(arg)?.[1] ?? [];
    })
    .flatMap((list) => list.split(','));
  const value = args.includes('--value');
  // Without a unit it is the manager that is asked.
  if (names.length === 0 && wanted.includes('UnitPath')) {
    const path = machine.files.path('etc/systemd/system');
    return result(0, value ? `${path}\n` : `UnitPath=${path}\n`);
  }
  const blocks = (names.length === 0 ? ['weave.service'] : names).map((name) =>
    [...properties(machine, name)]
      .filter(([key]) => wanted.length === 0 || wanted.includes(key))
      .map(([key, text]) => (value ? `${text}\n` : `${key}=${text}\n`))
      .join(''),
  );
  return result(0, blocks.join('\n'));
};

const noUnit = (name: string) => `Unit ${name.includes('.') ? name : `${name}.service`} not found.\n`;

const startFailed = (name: string) =>
  `Job for ${name.includes('.') ? name : `${name}.service`} failed because the control process exited with error code.\n` +
  `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`;

const start = async (machine: Machine, name: string): Promise<Result> => {
  if (isDocker(name)) {
    machine.host.docker = true;
    return result(0);
  }
  if (!isWeave(name) || !machine.files.has(places.unit))
    return result(5, '', `Failed to start ${name}: ${noUnit(name)}`);
  return (await machine.start()) ? result(0) : result(1, '', startFailed(name));
};

const stop = async (machine: Machine, name: string): Promise<Result> => {
  if (isDocker(name)) {
    await machine.stop();
    machine.world.exit(machine.host.id, 0);
    machine.host.docker = false;
    return result(0);
  }
  if (!isWeave(name) || !machine.files.has(places.unit))
    return result(5, '', `Failed to stop ${name}: ${noUnit(name)}`);
  await machine.stop();
  return result(0);
};

const enable = (machine: Machine, name: string): Result => {
  if (!isWeave(name) || !machine.files.has(places.unit))
    return result(1, '', `Failed to enable unit: Unit file ${name} does not exist.\n`);
  if (machine.enabled) return result(0);
  machine.files.link(places.wants, machine.files.path(places.unit));
  return result(0, '', `Created symlink /${places.wants} → /${places.unit}.\n`);
};

const disable = (machine: Machine, name: string): Result => {
  if (!isWeave(name) || !machine.files.has(places.unit))
    return result(1, '', `Failed to disable unit: Unit file ${name} does not exist.\n`);
  if (!machine.enabled) return result(0);
  machine.files.remove(places.wants);
  return result(0, '', `Removed "/${places.wants}".\n`);
};

const words = (machine: Machine, name: string) => {
  const all = properties(machine, name);
  return { active: all.get('ActiveState') as string, enabled: all.get('UnitFileState') as string };
};

const status = (machine: Machine, name: string): Result => {
  const { active, enabled } = words(machine, name);
  if (enabled === '') return result(4, '', noUnit(name));
  const { host, unit, world } = machine;
  const dot = active === 'active' ? '●' : active === 'failed' ? '×' : '○';
  const lines = host.log.slice(-10).map(({ at, from, text }) => {
    const time = new Date(world.wall(host, at))
      .toUTCString()
      .replace(/^\w+, (\d+) (\w+) \d+ ([\d:]+) .*/, '$2 $1 $3');
    return `${time} ${host.id} ${from}[${host.weaver?.pid ?? 1}]: ${text}\n`;
  });
  const text =
    `${dot} weave.service - Weave Network\n` +
    `     Loaded: loaded (${machine.files.path(places.unit)}; ${enabled}; preset: enabled)\n` +
    `     Active: ${active} (${unit.sub})\n       Docs: http://docs.weave.works/weave/latest_release/\n\n`;
  return result(active === 'active' ? 0 : 3, text + lines.join(''));
};

/** Power off, then on after the half minute that a boot takes. */
export const reboot = (machine: Machine, backOn: boolean): Result => {
  const { world, host } = machine;
  world.after(500, () => {
    world.powerOff(host.id);
    if (backOn) world.after(20_000, () => world.boot(host.id));
  });
  return result(0);
};

/** systemctl, for weave.service and docker.service. */
export const systemctl: StandIn = async ({ machine }, args) => {
  const withValue = ['-p', '--property', '-n', '--lines', '-o', '--output'];
  const free = args.filter(
    (arg, index) => !arg.startsWith('-') && !withValue.includes(args[index - 1] ?? ''),
  );
  const [verb = 'list-units', ...names] = free;
  const name = names[0] ?? '';
  const now = args.includes('--now');
  if (verb === 'show') return show(machine, names, args);
  if (verb === 'daemon-reload' || verb === 'is-system-running' || verb === 'reset-failed') return result(0);
  if (verb === 'reboot') return reboot(machine, true);
  if (verb === 'poweroff' || verb === 'halt') return reboot(machine, false);
  if (name === '') return result(1, '', 'Too few arguments.\n');
  const { active, enabled } = words(machine, name);
  const said = args.includes('-q') || args.includes('--quiet') ? '' : null;
  switch (verb) {
    case 'is-active':
      return result(active === 'active' ? 0 : 3, said ?? `${active}\n`);
    case 'is-failed':
      return result(active === 'failed' ? 0 : 1, said ?? `${active}\n`);
    case 'is-enabled':
      if (enabled === '')
        return result(1, '', `Failed to get unit file state for ${name}: No such file or directory\n`);
      return result(enabled === 'enabled' ? 0 : 1, said ?? `${enabled}\n`);
    case 'cat': {
      const text = isWeave(name) ? machine.files.read(places.unit) : null;
      return text === null
        ? result(1, '', `No files found for ${name}.\n`)
        : result(0, `# ${machine.files.path(places.unit)}\n${text}`);
    }
    case 'status':
      return status(machine, name);
    case 'start':
      return start(machine, name);
    case 'stop':
      return stop(machine, name);
    case 'restart': {
      const stopped = await stop(machine, name);
      return stopped.code === 0 ? start(machine, name) : stopped;
    }
    case 'enable': {
      const done = enable(machine, name);
      if (done.code !== 0 || !now) return done;
      const started = await start(machine, name);
      return { ...started, stderr: done.stderr + started.stderr };
    }
    case 'disable': {
      const done = disable(machine, name);
      if (done.code !== 0 || !now) return done;
      const stopped = await stop(machine, name);
      return { ...stopped, stderr: done.stderr + stopped.stderr };
    }
    case 'kill': {
      const signal = optionValue(args, '-s', '--signal') ?? 'TERM';
      machine.world.exit(machine.host.id, /KILL|9/.test(signal) ? 137 : 0);
      return result(0);
    }
    default:
      return result(1, '', `Unknown command verb ${verb}.\n`);
  }
};
