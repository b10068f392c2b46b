import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { reportOf } from '../../source/demo/world/report.ts';
import { runningOn } from '../../source/demo/world/weaver.ts';
import { startCli } from '../support/cli.ts';
import { openScreen, type Screen } from '../support/pty.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const size = { columns: 140, rows: 44 };

const open = async (args: readonly string[] = []): Promise<{ demo: DemoCluster; screen: Screen }> => {
  const demo = await startDemo({ scenario: 'healthy', seed: 7, speed: 10 });
  cleanUps.push(() => demo.stop());
  const screen = openScreen([...args, '--config', demo.configFile], size, {
    XDG_STATE_HOME: join(demo.configFile, '..'),
  });
  cleanUps.push(() => screen.kill());
  return { demo, screen };
};

/** What `y` would confirm now: the number of the arming that stands beside the key; null while nothing is armed. */
const armed = (text: string): string | null => /^ y [^#\n]*#(\d+)/m.exec(text)?.[1] ?? null;
const ended = (text: string): boolean => /Finished\. The lock was given back/.test(text);
const stuck = (text: string): boolean => /▸\S? ?(failed|blocked|uncertain)/.test(text);

/** Confirms each step as a person does who has read it, until the end; types `word` where one is asked for. */
const walk = async (screen: Screen, word: string): Promise<void> => {
  const confirmed = new Set<string>();
  for (;;) {
    const fresh = (now: string): boolean => {
      const number = armed(now);
      return number !== null && !confirmed.has(number);
    };
    const text = await screen.until((now) => ended(now) || stuck(now) || fresh(now), 120_000);
    if (ended(text)) return;
    const number = armed(text);
    if (stuck(text)) throw new Error(`a step does not go on:\n${text}`);
    if (number === null) continue;
    confirmed.add(number);
    screen.type('y');
    const asked = await screen.until(
      (now) => /to let it go:/.test(now) || armed(now) !== number || ended(now),
      120_000,
    );
    if (!/to let it go:/.test(asked)) continue;
    screen.type(word);
    await screen.until(new RegExp(`to let it go: ${word}`));
    screen.type('\r');
    await screen.until((now) => armed(now) !== number, 120_000);
  }
};

const file = (demo: DemoCluster, address: string): string | null => {
  const path = join(demo.rootOf(address), 'etc/sysconfig/weave');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
};

/** The cluster as `status --json` tells it after the change. */
const status = async (demo: DemoCluster) => {
  const { stdout } = await startCli(['status', '--once', '--json', '--config', demo.configFile]).ended;
  const { peers, quorum, findings } = JSON.parse(stdout) as {
    peers: { address: string; ipam: { phase: string; owned: number } }[];
    quorum: { mesh: object };
    findings: { id: string }[];
  };
  return {
    members: peers.map(({ address }) => address),
    phases: [...new Set(peers.map(({ ipam }) => ipam.phase))],
    owned: peers.reduce((sum, { ipam }) => sum + ipam.owned, 0),
    mesh: quorum.mesh,
    findings: findings.map(({ id }) => id),
  };
};

const wholeRange = 1_048_576;

describe('a change from the keyboard, to the end', () => {
  it('adds a sixth peer', { timeout: 300_000 }, async () => {
    const { demo, screen } = await open();
    await screen.until(/5\/5 connected/);
    screen.type('a');
    await screen.until(/127\.77\.0\.16 {2}a spare/);
    screen.type('\r');
    await screen.until(/Reason/i);
    screen.type('T-1');
    await screen.until(/T-1/);
    screen.type('\r');
    await screen.until(/y takes the lock/);
    screen.type('y');
    await walk(screen, '127.77.0.16');
    const list = [1, 2, 3, 4, 5, 6].map((n) => `127.77.0.1${n}`);
    for (const address of list)
      expect(file(demo, address)).toBe(
        `PEERS="${list.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
      );
    const config = JSON.parse(readFileSync(demo.configFile, 'utf8'));
    expect(config.clusters['demo-healthy'].peers.map((peer: { address: string }) => peer.address)).toEqual(
      list,
    );
    await screen.until(/6\/6 connected/);
    expect(await status(demo)).toMatchObject({
      members: list,
      phases: ['ready'],
      owned: wholeRange,
      mesh: { configured: 6, connected: 6 },
      findings: [],
    });
  });

  it('removes a peer', { timeout: 300_000 }, async () => {
    const { demo, screen } = await open(['remove', 'h3']);
    await screen.until(/y takes the lock/);
    screen.type('y');
    await walk(screen, 'h3');
    const list = [1, 2, 4, 5].map((n) => `127.77.0.1${n}`);
    for (const address of list)
      expect(file(demo, address)).toBe(
        `PEERS="${list.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
      );
    expect(file(demo, '127.77.0.13') ?? '').not.toContain('127.77.0.1');
    await screen.until(/4\/4 connected/);
    expect(await status(demo)).toMatchObject({
      members: list,
      phases: ['ready'],
      owned: wholeRange,
      mesh: { configured: 4, connected: 4 },
      findings: [],
    });
    for (const host of demo.stage.world.hosts.values()) {
      const weaver = runningOn(host);
      if (weaver === null) continue;
      const text = JSON.stringify(reportOf(demo.stage.world, weaver), (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect(text).not.toContain('127.77.0.13');
    }
  });
});
