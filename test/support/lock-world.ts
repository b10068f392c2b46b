import { readLeaseLine, readLook, readSwap } from '../../source/lock/answers.ts';
import { shownToTakeOver } from '../../source/lock/consent.ts';
import { isHeld } from '../../source/lock/keep.ts';
import { transition, wanting } from '../../source/lock/lock.ts';
import { type LockRecord, recordPrefix, recordText } from '../../source/lock/record.ts';
import { whyNot } from '../../source/lock/report.ts';
import {
  LOCK_PACE,
  type LockEffect,
  type LockEvent,
  type LockState,
  sightingsOf,
  tokenOf,
} from '../../source/lock/state.ts';
import { decide, type TakeoverConsent } from '../../source/lock/votes.ts';
import { LockPeer } from './lock-peer.ts';

/** Numbers from a seed, 0 <= x < 1 (mulberry32). */
export const seeded = (seed: number) => {
  let at = seed | 0;
  return (): number => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export type Plan = {
  readonly seed: number;
  readonly sessions: number;
  readonly peers: number;
  /** How many faults there are in all, over all links, peers and sessions. */
  readonly faults: number;
  /** Whether a peer may end a lease before its holder could hear of it. */
  readonly rude: boolean;
};

type Channel = {
  peer: string;
  number: number;
  heard: number;
  lastAt: number;
  peerAlive: boolean;
  told: boolean;
};
type Link = { up: boolean; since: number };

const CALM_AFTER = 40_000;

/** One session and the machine it runs on: alive, frozen (SIGSTOP) or dead. */
class Actor {
  state: LockState | null = null;
  takeover: TakeoverConsent | null = null;
  alive = true;
  frozenUntil = 0;
  tries = 0;
  wins = 0;
  channels = new Map<number, Channel>();
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Many sessions, few peers, and everything that can happen to the links between them, from one seed. After
 * `CALM_AFTER` ms nothing fails any more.
 */
export class LockWorld {
  now = 0;
  wins = 0;
  ran = 0;
  readonly faults: string[] = [];
  readonly peers = new Map<string, LockPeer>();
  readonly down = new Map<string, number>();
  readonly actors: Actor[];
  private readonly plan: Plan;
  private readonly random: () => number;
  private readonly links = new Map<string, Link>();
  private readonly queue: { at: number; order: number; run: () => void }[] = [];
  private order = 0;
  private closing = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.random = seeded(plan.seed);
    for (let at = 1; at <= plan.peers; at += 1) this.peers.set(`p${at}`, new LockPeer());
    this.actors = Array.from({ length: plan.sessions }, (_, at) => new Actor(`s${at + 1}`));
    for (const actor of this.actors) this.later(this.random() * 5_000, () => this.attempt(actor));
    for (const actor of this.actors) this.tick(actor);
    for (let at = 0; at < plan.faults; at += 1) this.later(this.random() * CALM_AFTER, () => this.fault());
  }

  later(delay: number, run: () => void): void {
    this.order += 1;
    const entry = { at: this.now + delay, order: this.order, run };
    const { queue } = this;
    let at = queue.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = queue[up];
      if (
        parent === undefined ||
        parent.at < entry.at ||
        (parent.at === entry.at && parent.order < entry.order)
      )
        break;
      queue[at] = parent;
      at = up;
    }
    queue[at] = entry;
  }

  private pop(): { at: number; run: () => void } | undefined {
    const { queue } = this;
    const top = queue[0];
    const last = queue.pop();
    if (top === undefined || last === undefined || queue.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      const left = queue[down];
      if (left === undefined) break;
      const right = queue[down + 1];
      let child = left;
      if (right !== undefined && (right.at < left.at || (right.at === left.at && right.order < left.order))) {
        child = right;
        down += 1;
      }
      if (last.at < child.at || (last.at === child.at && last.order < child.order)) break;
      queue[at] = child;
      at = down;
    }
    queue[at] = last;
    return top;
  }

  /** Runs everything that falls due until `until`, checking after each event. */
  run(until: number): void {
    for (;;) {
      const next = this.queue[0];
      if (next === undefined || next.at > until) break;
      this.pop();
      this.now = next.at;
      next.run();
      this.check();
    }
    this.now = until;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  private delay(): number {
    return this.random() < 0.9 ? 1 + this.random() * 100 : 1 + this.random() * 850;
  }

  private link(actor: Actor, peer: string): Link {
    const key = `${actor.name} ${peer}`;
    const link = this.links.get(key) ?? { up: true, since: 0 };
    this.links.set(key, link);
    return link;
  }

  private reaches(actor: Actor, peer: string): boolean {
    return this.link(actor, peer).up && !this.down.has(peer);
  }

  /** Gives an event to a session; one that is frozen takes it when it wakes. */
  give(actor: Actor, event: LockEvent, of = actor.state): void {
    if (!actor.alive || actor.state === null || actor.state !== of) {
      if (actor.state === null || of === null || actor.state.want !== of.want) return;
    }
    if (!actor.alive) return;
    if (actor.frozenUntil > this.now) {
      this.later(actor.frozenUntil - this.now, () => this.give(actor, event, of));
      return;
    }
    const [state, effects] = transition(actor.state, event, this.now);
    const before = actor.state.phase.kind;
    actor.state = state;
    for (const effect of effects) this.perform(actor, effect);
    if (state.phase.kind === 'held' && before !== 'held') {
      this.wins += 1;
      actor.wins += 1;
      this.work(actor);
    }
    if (state.phase.kind === 'over' && before !== 'over') this.ended(actor, state);
  }

  private tick(actor: Actor): void {
    this.later(1_000, () => {
      if (!actor.alive) return;
      if (actor.state !== null && actor.frozenUntil <= this.now) this.give(actor, { kind: 'tick' });
      this.tick(actor);
    });
  }

  attempt(actor: Actor): void {
    if (!actor.alive || actor.state !== null || (this.closing && actor.name !== 'last')) return;
    actor.tries += 1;
    const { takeover } = actor;
    const over = takeover?.locks[0];
    const record: LockRecord = {
      id: over?.id ?? `lock-${actor.name}-${actor.tries}`,
      epoch: (over?.epoch ?? 0) + 1,
      session: `${actor.name}-${actor.tries}-session`,
      cluster: 'prod',
      who: actor.name,
      user: 'ops',
      version: '1',
      procedure: 'add',
      target: null,
      step: over === undefined ? null : { index: 1, of: 3, id: 'one' },
      reason: '',
      startedAt: '',
      beat: 0,
      peers: [...this.peers.keys()],
      survivors: null,
    };
    actor.state = wanting({ record, takeover, survivors: null, evenIfRunning: false, pace: LOCK_PACE });
    this.give(actor, { kind: 'start' });
  }

  private ended(actor: Actor, state: LockState): void {
    actor.state = null;
    actor.takeover = null;
    const { phase } = state;
    if (phase.kind === 'over' && phase.result.kind === 'refused') {
      const sightings = sightingsOf(state.voters);
      const decision = decide([...this.peers.keys()], sightings, {
        takeover: null,
        survivors: null,
        quiet: LOCK_PACE.quiet,
      });
      actor.takeover = shownToTakeOver(decision, sightings);
    }
    if (!this.closing || (actor.name === 'last' && actor.wins === 0))
      this.later(300 + this.random() * 6_000, () => this.attempt(actor));
  }

  /** What a holder does: announces steps, sends commands, and ends in one of the ways there are. */
  private work(actor: Actor): void {
    const { state } = actor;
    if (state === null) return;
    const { want } = state;
    const same = () => actor.alive && actor.state !== null && actor.state.want === want;
    const steps = Math.floor(this.random() * 4);
    let at = this.random() * 2_000;
    for (let index = 1; index <= steps; index += 1) {
      const step = { index: index + 1, of: 5, id: `step-${index}` };
      this.later(at, () => same() && this.give(actor, { kind: 'step', step }));
      for (let tries = 0; tries < 3; tries += 1) {
        at += this.random() * 2_000;
        this.later(at, () => same() && this.command(actor));
      }
    }
    at += this.random() * 3_000;
    const end = this.random();
    this.later(at, () => {
      if (!same()) return;
      if (end < 0.15 && this.now < CALM_AFTER) this.crash(actor);
      else this.give(actor, { kind: 'leave', how: end < 0.3 && this.now < CALM_AFTER ? 'keep' : 'release' });
    });
  }

  /** Whether a session would send a command to some peer now. */
  mayChange(actor: Actor): boolean {
    const { state } = actor;
    if (!actor.alive || state === null || state.phase.kind !== 'held') return false;
    return [...this.peers.keys()].some((peer) => whyNot(state, peer, this.now) === null);
  }

  private command(actor: Actor): void {
    const { state } = actor;
    if (state === null || actor.frozenUntil > this.now) return;
    const peer = this.pick([...this.peers.keys()]);
    if (whyNot(state, peer, this.now) !== null) return;
    const [token, prefix] = [tokenOf(state), recordPrefix(state.record)];
    this.later(this.delay(), () => {
      if (!this.reaches(actor, peer) || this.peers.get(peer)?.passes(token, prefix) !== null) return;
      this.ran += 1;
      const other = this.actors.find((one) => one !== actor && this.mayChange(one));
      if (other) throw new Error(`${actor.name} changed ${peer} while ${other.name} may change peers, too`);
    });
  }

  private crash(actor: Actor): void {
    this.faults.push('crash');
    actor.alive = false;
    for (const channel of actor.channels.values()) {
      if (this.link(actor, channel.peer).up) this.later(this.delay(), () => this.peerEnds(actor, channel));
    }
  }

  private fault(): void {
    const actor = this.pick(this.actors);
    const peer = this.pick([...this.peers.keys()]);
    const lasts = this.random() * (this.random() < 0.5 ? 4_000 : 25_000);
    const kind = this.pick([
      'told',
      'silent',
      'silent',
      'reboot',
      'freeze',
      'all',
      ...(this.plan.rude ? ['rude'] : []),
    ]);
    this.faults.push(kind);
    if (kind === 'freeze') actor.frozenUntil = Math.max(actor.frozenUntil, this.now + lasts);
    else if (kind === 'reboot') this.reboot(peer);
    else if (kind === 'all') for (const one of this.peers.keys()) this.cut(actor, one, 'silent', lasts);
    else if (kind === 'rude') for (const one of this.peers.keys()) this.cut(actor, one, 'rude', lasts);
    else this.cut(actor, peer, kind as 'told' | 'silent', lasts);
  }

  private reboot(peer: string): void {
    const files = this.peers.get(peer);
    if (files === undefined || this.down.has(peer)) return;
    files.reboot();
    this.down.set(peer, this.now);
    const channels = this.actors.flatMap((actor) =>
      [...actor.channels.values()].filter((one) => one.peer === peer).map((channel) => ({ actor, channel })),
    );
    for (const { channel } of channels) channel.peerAlive = false;
    // No host is up again sooner than a lease lives.
    this.later(LOCK_PACE.quiet + this.random() * 10_000, () => {
      this.down.delete(peer);
      for (const { actor, channel } of channels) this.tellEnd(actor, channel);
    });
  }

  private cut(actor: Actor, peer: string, how: 'told' | 'silent' | 'rude', lasts: number): void {
    const link = this.link(actor, peer);
    if (!link.up) return;
    link.up = false;
    link.since = this.now;
    const channels = [...actor.channels.values()].filter((channel) => channel.peer === peer);
    for (const channel of channels) {
      // Who is frozen can't be told: for them the cut is a silent one.
      if (how === 'told' && actor.frozenUntil <= this.now) {
        this.tellEnd(actor, channel);
        this.later(this.random() * 3_000, () => this.peerEnds(actor, channel));
      } else if (how === 'rude') this.peerEnds(actor, channel);
    }
    this.later(lasts, () => {
      link.up = true;
      for (const channel of channels) if (!channel.peerAlive) this.tellEnd(actor, channel);
    });
  }

  /** The reader on the peer is gone: its lease is free, and the session hears of it if the link carries it. */
  private peerEnds(actor: Actor, channel: Channel): void {
    if (!channel.peerAlive) return;
    channel.peerAlive = false;
    this.peers.get(channel.peer)?.free(channel);
    if (this.reaches(actor, channel.peer)) this.tellEnd(actor, channel);
  }

  private tellEnd(actor: Actor, channel: Channel): void {
    if (channel.told) return;
    channel.told = true;
    actor.channels.delete(channel.number);
    const { state } = actor;
    this.later(0, () =>
      this.give(actor, { kind: 'ended', peer: channel.peer, channel: channel.number, why: 'closed' }, state),
    );
  }

  private hear(actor: Actor, channel: Channel): void {
    channel.heard = this.now;
    this.later(LOCK_PACE.quiet, () => {
      if (channel.heard + LOCK_PACE.quiet <= this.now) this.peerEnds(actor, channel);
    });
  }

  /** Carries lines in order, and holds them back while the link is silent. */
  private carry(actor: Actor, channel: Channel, run: () => void): void {
    channel.lastAt = Math.max(channel.lastAt, this.now + this.delay());
    const go = (): void => {
      if (channel.told) return;
      if (!this.reaches(actor, channel.peer)) this.later(500, go);
      else run();
    };
    this.later(channel.lastAt - this.now, go);
  }

  private perform(actor: Actor, effect: LockEffect): void {
    const peer = this.peers.get(effect.peer);
    const { state } = actor;
    if (peer === undefined || state === null) return;
    const answer = (event: LockEvent, delay = this.delay()) =>
      this.later(delay, () => this.give(actor, event, state));
    switch (effect.kind) {
      case 'ask': {
        const token = tokenOf(state);
        this.later(this.delay(), () => {
          const sighting = this.reaches(actor, effect.peer)
            ? readLook({ kind: 'exited', code: 0, stdout: peer.look(this.now, token), stderr: '', took: 1 })
            : ({ kind: 'unreachable', why: 'no route' } as const);
          answer({ kind: 'seen', peer: effect.peer, sighting });
        });
        return;
      }
      case 'open': {
        const channel: Channel = {
          peer: effect.peer,
          number: effect.channel,
          heard: 0,
          lastAt: 0,
          peerAlive: true,
          told: false,
        };
        actor.channels.set(channel.number, channel);
        this.later(this.delay(), () => {
          if (!this.reaches(actor, effect.peer) || channel.told) {
            channel.peerAlive = false;
            this.tellEnd(actor, channel);
            return;
          }
          const said = peer.open(effect.token, channel, this.now);
          const line = readLeaseLine(said);
          if (line === null) throw new Error(said);
          if (line.kind === 'held') this.hear(actor, channel);
          else channel.peerAlive = false;
          this.carry(actor, channel, () =>
            this.give(actor, { kind: 'line', peer: effect.peer, channel: channel.number, line }, state),
          );
        });
        return;
      }
      case 'beat': {
        const channel = actor.channels.get(effect.channel);
        if (channel === undefined) return;
        this.carry(actor, channel, () => {
          const said = channel.peerAlive ? peer.beat(channel, effect.beat, this.now) : null;
          const line = said === null ? null : readLeaseLine(said);
          if (line === null) return;
          this.hear(actor, channel);
          this.carry(actor, channel, () =>
            this.give(actor, { kind: 'line', peer: effect.peer, channel: channel.number, line }, state),
          );
        });
        return;
      }
      case 'close': {
        const channel = actor.channels.get(effect.channel);
        if (channel === undefined) return;
        this.carry(actor, channel, () => this.peerEnds(actor, channel));
        return;
      }
      case 'write':
      case 'remove': {
        const swapped = (result: ReturnType<typeof readSwap>): LockEvent =>
          effect.kind === 'write'
            ? { kind: 'wrote', peer: effect.peer, revision: effect.revision, result }
            : { kind: 'removed', peer: effect.peer, result };
        const token = tokenOf(state);
        const own = { kind: 'own', prefix: recordPrefix(state.record) } as const;
        const run = (): string =>
          effect.kind === 'write'
            ? peer.swap({
                token,
                expected: effect.expected,
                record: recordText(effect.record),
                mind: true,
                note: '',
              })
            : peer.remove(own, '');
        this.later(this.delay(), () => {
          if (!this.reaches(actor, effect.peer)) {
            answer(swapped({ kind: 'unsent' }));
            return;
          }
          // Now and then the link goes while the command is on its way: it may run, and later than anybody thinks.
          if (this.now < CALM_AFTER && this.random() < 0.05) {
            if (this.random() < 0.5)
              this.later(this.random() * 5_000, () => !this.down.has(effect.peer) && run());
            answer(swapped({ kind: 'maybe' }));
            return;
          }
          const stdout = run();
          this.later(this.delay(), () => {
            const result = this.reaches(actor, effect.peer)
              ? readSwap({ kind: 'exited', code: 0, stdout, stderr: '', took: 1 })
              : ({ kind: 'maybe' } as const);
            this.give(actor, swapped(result), state);
          });
        });
      }
    }
  }

  /** Never two that may change something; and, where leases end as they should, never two that count themselves in. */
  private check(): void {
    const holders = this.actors.filter((actor) => actor.alive && actor.state?.phase.kind === 'held');
    if (holders.length < 2) return;
    const changing = holders.filter((actor) => this.mayChange(actor));
    if (changing.length > 1)
      throw new Error(`${changing.map(({ name }) => name).join(', ')} may change peers at once`);
    const held = holders.filter(({ state }) => state !== null && isHeld(state, this.now));
    if (held.length > 1 && !this.plan.rude)
      throw new Error(`${held.map(({ name }) => name).join(', ')} hold the lock at once`);
  }

  /**
   * Runs it all, ends every session when the failures are over, then has a fresh one try until it has the lock, uses it
   * and releases it. Says whether that one got it.
   */
  finish(): boolean {
    this.run(CALM_AFTER + 25_000);
    this.closing = true;
    for (const actor of this.actors) this.give(actor, { kind: 'leave', how: 'release' });
    this.run(this.now + 25_000);
    const stuck = this.actors.find((actor) => actor.alive && actor.state !== null);
    if (stuck) throw new Error(`${stuck.name} never ended: ${JSON.stringify(stuck.state?.phase)}`);
    const last = new Actor('last');
    this.actors.push(last);
    this.tick(last);
    this.attempt(last);
    for (let turn = 0; turn < 20 && last.wins === 0; turn += 1) this.run(this.now + 10_000);
    const held = last.wins > 0;
    this.run(this.now + 40_000);
    return held;
  }
}
