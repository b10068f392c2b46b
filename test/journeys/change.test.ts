import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { reportOf } from '../../source/demo/world/report.ts';
import { runningOn } from '../../source/demo/world/weaver.ts';
import {
  beginWith,
  environmentFile,
  type Journey,
  openJourney,
  statusAfter,
  walk,
  wholeRange,
} from '../support/change-journey.ts';

let journey: Journey | null = null;
afterEach(() => journey?.end());

const open = async (args: readonly string[] = []): Promise<Journey> => {
  journey = await openJourney({ scenario: 'healthy' }, args);
  return journey;
};

describe('a change from the keyboard, to the end', () => {
  it('adds a sixth peer', { timeout: 300_000 }, async () => {
    const { demo, screen } = await open();
    await screen.until(/5\/5 connected/);
    screen.type('a');
    await screen.until(/127\.77\.0\.16 {2}a spare/);
    screen.type('\r');
    await beginWith(screen, 'T-1');
    await walk(screen, '127.77.0.16');
    const list = [1, 2, 3, 4, 5, 6].map((n) => `127.77.0.1${n}`);
    for (const address of list)
      expect(environmentFile(demo, address)).toBe(
        `PEERS="${list.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
      );
    const config = JSON.parse(readFileSync(demo.configFile, 'utf8'));
    expect(config.clusters['demo-healthy'].peers.map((peer: { address: string }) => peer.address)).toEqual(
      list,
    );
    await screen.until(/6\/6 connected/);
    expect(await statusAfter(demo)).toMatchObject({
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
      expect(environmentFile(demo, address)).toBe(
        `PEERS="${list.join(' ')}"\nWEAVE_NO_FASTDP=1\nCHECKPOINT_DISABLE=1\n`,
      );
    expect(environmentFile(demo, '127.77.0.13') ?? '').not.toContain('127.77.0.1');
    await screen.until(/4\/4 connected/);
    expect(await statusAfter(demo)).toMatchObject({
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
