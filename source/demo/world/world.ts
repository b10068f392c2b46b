import type { Millis } from '../../cluster/trouble.ts';
import { goLogTime } from './go-time.ts';
import { bootId, type Host, type HostId, log, nameOf, newHost } from './host.ts';
import { gossip, persist } from './ipam.ts';
import { lose, silence, wake } from './links.ts';
import { check } from './mesh.ts';
import { type Random, seededRandom } from './random.ts';
import { parseRange } from './range.ts';
import { emptyRing } from './ring.ts';
import { Timeline } from './timeline.ts';
import { type LaunchOptions, runningOn, type Weaver } from './weaver.ts';

/** Called for a host whenever its weaver started, ended, hung or went on, or it lost or got its power. */
export type HostListener = (host: Host) => void;

const pair = (a: HostId, b: HostId) => (a < b ? `${a} ${b}` : `${b} ${a}`);

/**
 * A handful of machines that run Weave Net 2.8.1, in a time of their own. Nothing happens but by `advance`; the dice
 * and the wall clock at time 0 (ms since 1970) are given. Where a comment gives seconds, they were seen on a real cluster.
 */
export class World {
  /** The dice of what happens. */
  readonly random: Random;
  /** Other dice, for the order of lists in a report: looking must not change what happens. */
  readonly dice: Random;
  readonly timeline = new Timeline();
  readonly hosts = new Map<HostId, Host>();
  readonly epoch: number;
  /** Extra time of a round trip between two hosts, in ms. */
  latency: Millis = 0;
  readonly #byAddress = new Map<string, Host>();
  readonly #cut = new Set<string>();
  readonly #listeners = new Set<HostListener>();

  constructor(random: Random, epoch: number) {
    this.random = random;
    this.dice = seededRandom(random.below(2 ** 31));
    this.epoch = epoch;
  }

  get now(): Millis {
    return this.timeline.now;
  }

  advance(to: Millis): void {
    this.timeline.advance(to);
  }

  after(delay: Millis, run: () => void): () => void {
    return this.timeline.after(delay, run);
  }

  onChange(listener: HostListener): void {
    this.#listeners.add(listener);
  }

  changed(host: Host): void {
    for (const listener of this.#listeners) listener(host);
  }

  /** The clock on the wall of a host, ms since 1970. */
  wall(host: Host, at = this.now): number {
    return this.epoch + at + host.clockOffset;
  }

  log(weaver: Weaver, text: string): void {
    log(weaver.host, this.now, `INFO: ${goLogTime(this.wall(weaver.host))} ${text}`);
  }

  addHost(id: HostId, address: string): Host {
    const host = newHost(id, address, this.random);
    this.hosts.set(id, host);
    this.#byAddress.set(address, host);
    return host;
  }

  host(id: HostId): Host {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`no host ${id}`);
    return host;
  }

  /** The host that an address or a host name stands for. */
  resolve(peer: string): Host | null {
    const bare = peer.replace(/:\d+$/, '');
    return this.#byAddress.get(bare) ?? this.hosts.get(bare) ?? null;
  }

  /** The running weavers, in the order of their hosts. */
  weavers(): Weaver[] {
    return [...this.hosts.values()].flatMap((host) => runningOn(host) ?? []);
  }

  get anyCut(): boolean {
    return this.#cut.size > 0;
  }

  isCut(a: HostId, b: HostId): boolean {
    return this.#cut.size > 0 && this.#cut.has(pair(a, b));
  }

  /** Whether packets get from one host to the other. */
  reaches(a: HostId, b: HostId): boolean {
    return !this.isCut(a, b) && this.host(a).up && this.host(b).up;
  }

  /** Drops every packet between the groups, silently: nobody is told. */
  cut(left: readonly HostId[], right: readonly HostId[]): void {
    for (const a of left) for (const b of right) if (a !== b) this.#cut.add(pair(a, b));
    silence(this);
  }

  /** Lets all packets through again. Who gave up on a connection tries again at its own time. */
  heal(): void {
    this.#cut.clear();
    silence(this);
  }

  /** Blocks or unblocks UDP at a host. */
  blockUdp(id: HostId, blocked: boolean): void {
    this.host(id).udpBlocked = blocked;
    silence(this);
  }

  /** `weave launch`: a new incarnation, with the ring of its volume if there is one. The caller has checked that none runs. */
  launch(id: HostId, options: LaunchOptions): Weaver {
    const host = this.host(id);
    const name = options.name ?? host.bridge ?? host.volume?.name ?? nameOf(host);
    const saved = host.volume !== null && host.volume.name === name ? host.volume.ring : null;
    const range = parseRange(options.range);
    const weaver: Weaver = {
      host,
      name,
      nickname: options.nickname ?? host.id,
      uid: this.random.uint64(),
      shortId: this.random.below(4096),
      pid: 2000 + this.random.below(60_000),
      options,
      startedAt: this.now,
      running: true,
      hung: false,
      exitCode: 0,
      finishedAt: null,
      version: 1,
      direct: [...new Set(options.peers)],
      targets: new Map(),
      ends: new Set(),
      known: new Map(),
      terminations: 0,
      ring: saved !== null && saved.range.cidr === range.cidr ? saved : emptyRing(range),
      election: null,
      waiters: new Set(),
      allocated: new Map(),
      cancelCheck: () => {},
    };
    host.weaver = weaver;
    host.bridge = name;
    persist(weaver);
    this.log(weaver, `Command line options: map[nickname:${weaver.nickname} port:6783]`);
    this.log(weaver, `Our name is ${weaver.name}(${weaver.nickname})`);
    this.log(weaver, `Launch detected - using supplied peer list: [${weaver.direct.join(' ')}]`);
    if (saved !== null) this.log(weaver, `[allocator ${weaver.name}] Initialising with persisted data`);
    check(this, weaver);
    gossip(this, weaver);
    this.changed(host);
    return weaver;
  }

  /** The weaver's process ends; 137 stands for SIGKILL. Its neighbours get a reset where a packet can get through. */
  exit(id: HostId, code: number): void {
    const weaver = this.host(id).weaver;
    if (weaver === null || !weaver.running) return;
    if (code !== 137) this.log(weaver, '=== received SIGINT/SIGTERM ===');
    weaver.running = false;
    weaver.hung = false;
    weaver.exitCode = code;
    weaver.finishedAt = this.now;
    lose(this, weaver);
    for (const waiter of [...weaver.waiters]) waiter(false);
    weaver.waiters.clear();
    this.changed(weaver.host);
  }

  /** Removes container, volume and bridge, as the end of `weave reset` does. */
  wipe(id: HostId): void {
    this.exit(id, 0);
    const host = this.host(id);
    host.weaver = null;
    host.volume = null;
    host.bridge = null;
    this.changed(host);
  }

  /** SIGSTOP and SIGCONT for the weaver. */
  hang(id: HostId, hung: boolean): void {
    const weaver = runningOn(this.host(id));
    if (weaver === null || weaver.hung === hung) return;
    weaver.hung = hung;
    if (hung) silence(this);
    else wake(this, weaver);
    this.changed(weaver.host);
  }

  /** Power off, or a kernel that died: no packet leaves it any more. */
  powerOff(id: HostId): void {
    const host = this.host(id);
    if (!host.up) return;
    host.up = false;
    if (host.weaver?.running) {
      const weaver = host.weaver;
      weaver.running = false;
      weaver.exitCode = 255;
      weaver.finishedAt = this.now;
      for (const waiter of [...weaver.waiters]) waiter(false);
      weaver.waiters.clear();
    }
    silence(this);
    this.changed(host);
  }

  /** Power on. What starts then is up to the host's own systemd. The bridge doesn't outlive a boot. */
  boot(id: HostId): void {
    const host = this.host(id);
    if (host.up) return;
    host.up = true;
    host.bootId = bootId(this.random);
    host.bootedAt = this.now;
    host.bridge = null;
    this.changed(host);
  }
}
