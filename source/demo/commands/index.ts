import type { StandIn } from './command.ts';
import { curl } from './curl.ts';
import { docker } from './docker.ts';
import { getent, hostname, ip, journalctl, rebootCommand, shutdown, ss } from './host.ts';
import { systemctl } from './systemctl.ts';
import { weave } from './weave.ts';

/** The programs of a host that ask the world. All others are the real ones of this machine. */
export const standIns: Readonly<Record<string, StandIn>> = {
  weave,
  systemctl,
  docker,
  curl,
  journalctl,
  hostname,
  ip,
  getent,
  ss,
  reboot: rebootCommand,
  shutdown,
};
