import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../source/disk/clock.ts';
import { readRecord } from '../../source/lock/record.ts';
import { retryDelay } from '../../source/lock/retry.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import type { HeldLock } from '../../source/session/lock/held-lock.ts';
import type { LockPorts } from '../../source/session/lock/lock-ports.ts';
import { type Locksmith, locksmith } from '../../source/session/lock/locksmith.ts';
import { hasFlock } from '../support/flock.ts';
import { LocalLink } from '../support/local-shell.ts';
import { names, request } from '../support/lock-request.ts';
import { seeded } from '../support/lock-world.ts';

const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 200);
const SESSIONS = 50;
const PEERS = ['p1', 'p2', 'p3', 'p4', 'p5'];

const root = mkdtempSync(join(tmpdir(), 'weave-console-race-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const random = seeded(20_261_123);
const newName = names('race');

type Racer = { readonly links: ReadonlyMap<string, LocalLink>; readonly smith: Locksmith };

const racer = (): Racer => {
  const links = new Map(PEERS.map((peer) => [peer, new LocalLink(join(root, peer))]));
  const ports: LockPorts = new Map([...links].map(([peer, link]) => [peer, link.ports]));
  return {
    links,
    smith: locksmith(ports, systemClock, newName, { ...LOCK_PACE, quiet: 5_000, margin: 1_000 }),
  };
};

/** Some links are down from the start, some break in the middle of a command, at a random moment. */
const shake = (link: LocalLink): void => {
  link.mend();
  link.onStart = () => {};
  const fate = random();
  if (fate < 0.1) link.cut();
  else if (fate < 0.25) {
    let commands = Math.floor(random() * 4);
    link.onStart = () => {
      commands -= 1;
      if (commands < 0) setTimeout(() => link.cut(), random() * 12);
    };
  }
};

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let holders = 0;
const seen = { won: 0, most: 0, refused: 0, left: 0, ran: 0, heldBack: 0, clashes: 0 };

/** Sessions of this round that have not ended yet, and who waits for that number to fall. */
let racing = 0;
const watchers = new Set<() => void>();

/** Until that many more have ended, or only those are left who wait, too. */
const others = (count: number): Promise<void> => {
  const until = racing - count;
  return new Promise((resolve) => {
    const check = (): void => {
      if (racing > Math.max(until, watchers.size)) return;
      watchers.delete(check);
      resolve();
    };
    watchers.add(check);
    for (const one of [...watchers]) one();
  });
};

/** Makes a folder that only one may have, and takes it away again: two at once would clash. */
const EXCLUSIVE = { script: 'mkdir "$1" || exit 9; sleep 0.002; rmdir "$1"', effect: 'changes' } as const;

const use = async (lock: HeldLock, { links }: Racer): Promise<void> => {
  holders += 1;
  seen.won += 1;
  seen.most = Math.max(seen.most, holders);
  let counted = true;
  const gone = (): void => {
    if (counted) holders -= 1;
    counted = false;
  };
  lock.subscribe(({ kind }) => {
    if (kind !== 'held') gone();
  });
  if (random() < 0.4 && (await lock.announce({ index: 1, of: 1, id: 'one' }))) {
    for (const [peer, link] of links) {
      const fence = lock.fenceOf(peer);
      if (!fence.ok) continue;
      const args = [join(root, 'only-one')];
      const command = { ...EXCLUSIVE, name: 'use', args, timeout: 5_000, privileged: true };
      const outcome = await link.ports.change.change(fence.wrap(command));
      if (outcome.kind !== 'exited') break;
      if (outcome.code === 0) seen.ran += 1;
      if (outcome.code === 73) seen.heldBack += 1;
      if (outcome.code === 9) seen.clashes += 1;
    }
  }
  if (random() < 0.8) await others(Math.floor(random() * 40));
  gone();
};

/** One session of a round. Resolves with the peers on which it says that its record may be left. */
const race = async (one: Racer): Promise<readonly string[]> => {
  const left: string[] = [];
  for (let attempt = 0; attempt < 1 + Number(random() < 0.2); attempt += 1) {
    const acquired = await one.smith.acquire(request(PEERS, { who: 'racer@here' }));
    if (acquired.ok) {
      await use(acquired.lock, one);
      for (const link of one.links.values()) {
        link.onStart = () => {};
        link.mend();
      }
      const result = await acquired.lock.leave('release');
      return 'leftOn' in result ? [...left, ...result.leftOn] : PEERS;
    }
    const { result } = acquired;
    if (result.kind !== 'refused') throw new Error(`it ended as ${result.kind} without ever being held`);
    seen.refused += 1;
    left.push(...result.leftOn);
    const delay = retryDelay(result.why, attempt, random());
    if (delay === null) break;
    await soon(delay / 10);
  }
  return left;
};

/** Runs them all, at most `width` at a time, the next whenever one ends. */
const inTurn = async (
  racers: readonly Racer[],
  width: number,
  run: (one: Racer) => Promise<readonly string[]>,
): Promise<string[]> => {
  const waiting = [...racers];
  racing = racers.length;
  const results: string[] = [];
  const lane = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      results.push(...(await run(one)));
      racing -= 1;
      for (const check of [...watchers]) check();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
};

const recordAt = (peer: string): string | null => {
  const path = join(root, peer, 'state', 'lock.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
};

it.skipIf(!hasFlock)(
  `gives ${SESSIONS} racing sessions one holder at most, in ${ROUNDS} rounds with links that break`,
  async () => {
    const racers = Array.from({ length: SESSIONS }, racer);
    const healthy = racer();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { links } of racers) for (const link of links.values()) shake(link);
      // Every twentieth round all at once; mostly a few at a time, so that many meet a holder, at each of its steps.
      const left = new Set(await inTurn(racers, round % 20 === 0 ? SESSIONS : 5, race));
      // What a loser left is only where its link was gone, and it said so.
      for (const peer of PEERS) {
        const record = recordAt(peer);
        if (record === null) continue;
        expect(readRecord(record).kind).toBe('record');
        expect(left, `round ${round}: ${record}`).toContain(peer);
        seen.left += 1;
      }
      expect(seen.clashes).toBe(0);
      expect(seen.most).toBe(seen.won === 0 ? 0 : 1);
    }
    // Nothing that was left keeps the next one out, and nothing is there after it.
    const last = await healthy.smith.acquire(request(PEERS));
    expect(last).toMatchObject({ ok: true });
    if (last.ok) expect(await last.lock.leave('release')).toEqual({ kind: 'released', leftOn: [] });
    const status = await healthy.smith.status(PEERS);
    expect(status.decision.kind).toBe('take');
    for (const peer of PEERS) {
      expect(recordAt(peer)).toBeNull();
      expect(readdirSync(join(root, peer, 'state')).sort()).toEqual(
        expect.not.arrayContaining(['lock.json', 'lock.new']),
      );
    }
    expect(seen.won).toBeGreaterThan(ROUNDS / 2);
    expect(seen.ran).toBeGreaterThan(ROUNDS / 4);
    console.info(JSON.stringify(seen));
  },
  // Alone it takes a minute or two; the limit is for a machine on which much else runs.
  1_800_000,
);
