import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The documented unit of Weave Net. */
export const documentedUnit = `[Unit]
Description=Weave Network
Documentation=http://docs.weave.works/weave/latest_release/
Requires=docker.service
After=docker.service
[Service]
EnvironmentFile=-/etc/sysconfig/weave
ExecStartPre=/usr/local/bin/weave launch --no-restart $PEERS
ExecStart=/usr/bin/docker attach weave
ExecStop=/usr/local/bin/weave stop
[Install]
WantedBy=multi-user.target
`;

/** Where things are on a host, below its sandbox. */
export const places = {
  environmentFile: 'etc/sysconfig/weave',
  unit: 'etc/systemd/system/weave.service',
  unitAsSeen: 'run/systemd/system/weave.service',
  wants: 'etc/systemd/system/multi-user.target.wants/weave.service',
  machineId: 'etc/machine-id',
  bootId: 'proc/sys/kernel/random/boot_id',
  productUuid: 'sys/class/dmi/id/product_uuid',
  stateDir: 'var/lib/weave-console',
  runtimeDir: 'run/lock',
  clockOffset: 'run/clock-offset',
} as const;

/** The real files of one host, in a folder of its own. */
export class HostFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The real path of a path as it stands in a unit file (`/etc/...`), or below the root already. */
  path(place: string): string {
    return place.startsWith(this.root) ? place : join(this.root, place);
  }

  /** Null when there is no such file, or it can't be read. */
  read(place: string): string | null {
    try {
      return readFileSync(this.path(place), 'utf8');
    } catch {
      return null;
    }
  }

  has(place: string): boolean {
    return existsSync(this.path(place));
  }

  write(place: string, text: string, mode = 0o644): void {
    const path = this.path(place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
  }

  remove(place: string): void {
    rmSync(this.path(place), { recursive: true, force: true });
  }

  folder(place: string): void {
    mkdirSync(this.path(place), { recursive: true });
  }

  link(place: string, to: string): void {
    const path = this.path(place);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    symlinkSync(to, path);
  }
}
