import type { Machine } from '../machine/machine.ts';
import { runningOn } from '../world/weaver.ts';
import { optionValue, type Result, result, type StandIn } from './command.ts';
import { reboot } from './systemctl.ts';

export const hostname: StandIn = ({ machine }) => result(0, `${machine.host.id}\n`);

/** journalctl of weave.service: `-n N`, `-o short-iso|cat`. */
export const journalctl: StandIn = ({ machine: { host, world } }, args) => {
  const unit = optionValue(args, '-u', '--unit');
  const count = Number(optionValue(args, '-n', '--lines') ?? 1000);
  const plain = optionValue(args, '-o', '--output') === 'cat';
  const lines = unit === null || /^weave(\.service)?$/.test(unit) ? host.log.slice(-count) : [];
  if (lines.length === 0) return result(0, '-- No entries --\n');
  const text = lines.map(({ at, from, text: words }) => {
    const time = `${new Date(world.wall(host, at)).toISOString().slice(0, 19)}+0000`;
    const pid = from === 'docker' ? (host.weaver?.pid ?? 1) : 1;
    return plain ? `${words}\n` : `${time} ${host.id} ${from}[${pid}]: ${words}\n`;
  });
  return result(0, text.join(''));
};

const links = ({ host }: Machine): { name: string; line: string; bridge: boolean }[] => {
  const link = (name: string, line: string, bridge = false) => ({ name, line, bridge });
  const up = '<BROADCAST,MULTICAST,UP,LOWER_UP>';
  return [
    link(
      'lo',
      'lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
    ),
    link(
      'eth0',
      `eth0: ${up} mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 02:78:ea:3b:4e:e6 brd ff:ff:ff:ff:ff:ff`,
    ),
    link(
      'docker0',
      'docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default \\    link/ether 02:42:75:07:bc:78 brd ff:ff:ff:ff:ff:ff',
      true,
    ),
    ...(host.bridge === null
      ? []
      : [
          link(
            'weave',
            `weave: ${up} mtu 65535 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether ${host.bridge} brd ff:ff:ff:ff:ff:ff`,
            true,
          ),
        ]),
  ];
};

const route = ({ host }: Machine): Result =>
  result(
    0,
    `${host.address.replace(/\.\d+$/, '.0/24')} dev eth0 proto kernel scope link src ${host.address} \n` +
      '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown \n',
  );

/** ip, for `ip route` and `ip link show`. */
export const ip: StandIn = ({ machine }, args) => {
  const free = args.filter((arg) => !arg.startsWith('-'));
  if (free[0]?.startsWith('r')) return route(machine);
  if (!free[0]?.startsWith('l'))
    return result(1, '', `Object "${free[0] ?? ''}" is unknown, try "ip help".\n`);
  const named = free.slice(1).filter((word) => word !== 'show' && word !== 'dev');
  const all = links(machine);
  const chosen =
    named[0] === 'type'
      ? all.filter(({ bridge }) => bridge)
      : named.length === 0
        ? all
        : all.filter(({ name }) => name === named[0]);
  if (chosen.length === 0 && named.length > 0 && named[0] !== 'type')
    return result(1, '', `Device "${named[0]}" does not exist.\n`);
  return result(
    0,
    chosen.map(({ line }) => `${all.findIndex((one) => one.line === line) + 1}: ${line}\n`).join(''),
  );
};

/** getent ahosts and hosts. */
export const getent: StandIn = ({ machine }, [database, ...names]) => {
  if (database !== 'ahosts' && database !== 'hosts' && database !== 'ahostsv4') return result(2);
  let text = '';
  for (const name of names) {
    const literal = /^\d+(\.\d+){3}$/.test(name) ? name : null;
    const address =
      literal ?? (name === 'localhost' ? '127.0.0.1' : (machine.world.hosts.get(name)?.address ?? null));
    if (address === null) return result(2, text);
    text +=
      database === 'hosts'
        ? `${address.padEnd(15)} ${name}\n`
        : `${address.padEnd(15)} STREAM ${name}\n${address.padEnd(15)} DGRAM  \n${address.padEnd(15)} RAW    \n`;
  }
  return result(0, text);
};

/** ss -ltnup: weave's sockets. */
export const ss: StandIn = ({ machine: { host } }) => {
  const weaver = runningOn(host);
  if (weaver === null) return result(0);
  const users = (fd: number) => `users:(("weaver",pid=${weaver.pid},fd=${fd}))`;
  return result(
    0,
    `udp   UNCONN 0      0            0.0.0.0:6783       0.0.0.0:*    ${users(16)} \n` +
      `tcp   LISTEN 0      4096       127.0.0.1:6784       0.0.0.0:*    ${users(20)} \n` +
      `tcp   LISTEN 0      4096       127.0.0.1:6782       0.0.0.0:*    ${users(21)} \n` +
      `tcp   LISTEN 0      4096               *:6783             *:*    ${users(18)} \n`,
  );
};

export const rebootCommand: StandIn = ({ machine }) => reboot(machine, true);

/** shutdown: `-r` boots again. */
export const shutdown: StandIn = ({ machine }, args) =>
  reboot(machine, args.includes('-r') || args.includes('--reboot'));
