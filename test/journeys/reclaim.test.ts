import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { startCli } from '../support/cli.ts';
import { keys, row } from '../support/journey.ts';
import { openScreen, type Screen } from '../support/pty.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const target = '127.77.0.15';
const survivors = [1, 2, 3, 4].map((n) => `127.77.0.1${n}`);

const armed = (text: string): string | null => /^ y [^#\n]*#(\d+)/m.exec(text)?.[1] ?? null;
const group = (text: string): boolean => /^ y .*Y run all of its kind/m.test(text);
const over = (text: string): boolean => /Finished\. The lock was given back/.test(text);
const stuck = (text: string): boolean => /▸\S? ?(failed|uncertain)/.test(text);

/** Types as a person does: a name that comes in one piece counts as pasted, and confirms nothing. */
const typeSlowly = async (screen: Screen, word: string): Promise<void> => {
  for (const [index] of [...word].entries()) {
    screen.type(word[index] ?? '');
    await screen.until(new RegExp(`to let it go: ${word.slice(0, index + 1)}`));
  }
};

/** Reads, acknowledges the one warning that is expected, and confirms step by step, or a whole kind at once. */
const walk = async (screen: Screen, name: string): Promise<void> => {
  let last: string | null = null;
  for (;;) {
    const text = await screen.until(
      (now) =>
        over(now) || stuck(now) || /^ k acknowledge a warning/m.test(now) || (armed(now) ?? last) !== last,
      120_000,
    );
    if (over(text)) return;
    if (stuck(text)) throw new Error(`a step does not go on:\n${text}`);
    if (/^ k acknowledge a warning/m.test(text)) {
      screen.type('k');
      await screen.until(/Acknowledge this warning\?[\s\S]*the only owner out of sight/);
      screen.type('y');
      await screen.until((now) => armed(now) !== null, 60_000);
      continue;
    }
    last = armed(text);
    screen.type(group(text) ? 'Y' : 'y');
    if (!text.includes(`type ${name}`)) continue;
    await screen.until(/to let it go:/);
    await typeSlowly(screen, name);
    screen.type(keys.enter);
  }
};

const status = async (demo: DemoCluster) => {
  const { stdout } = await startCli(['status', '--once', '--json', '--config', demo.configFile]).ended;
  const { peers, quorum, findings } = JSON.parse(stdout) as {
    peers: { address: string; ipam: { phase: string; owned: number } }[];
    quorum: { mesh: object };
    findings: { id: string; severity: string; mend?: object }[];
  };
  return {
    members: peers.map(({ address }) => address),
    phases: [...new Set(peers.map(({ ipam }) => ipam.phase))],
    owned: peers.reduce((sum, { ipam }) => sum + ipam.owned, 0),
    mesh: quorum.mesh,
    findings: findings.map(({ id, severity, mend }) => ({ id, severity, ...(mend && { mend }) })),
  };
};

describe('a dead peer', () => {
  it('is reclaimed from the keyboard, and shown in red when it comes back with its old data', {
    timeout: 300_000,
  }, async () => {
    const demo = await startDemo({ scenario: 'dead-peer', seed: 7, speed: 10 });
    cleanUps.push(() => demo.stop());
    const name = demo.stage.peers.at(-1)?.host.bridge ?? '';
    const screen = openScreen(
      ['--config', demo.configFile],
      { columns: 140, rows: 44 },
      {
        XDG_STATE_HOME: join(demo.configFile, '..'),
      },
    );
    cleanUps.push(() => screen.kill());
    await screen.until((text) => /4\/5 connected/.test(text) && /silent/.test(row(text, target)));
    for (const address of [...survivors.slice(1), target]) {
      screen.type('j');
      await screen.until((text) => row(text, address).startsWith('▸'));
    }
    screen.type('D');
    await screen.until(/Reason/i);
    screen.type(keys.enter);
    await screen.until(/y takes the lock/);
    screen.type('y');
    await walk(screen, name);
    await screen.until(/4\/4 connected/);
    expect(await status(demo)).toEqual({
      members: survivors,
      phases: ['ready'],
      owned: 1_048_576,
      mesh: expect.objectContaining({ configured: 4, connected: 4 }),
      findings: [],
    });
    for (const address of survivors) {
      const file = (place: string) => join(demo.rootOf(address), place);
      expect(readFileSync(file('etc/sysconfig/weave'), 'utf8')).toContain(`PEERS="${survivors.join(' ')}"\n`);
      expect(readFileSync(file('var/lib/weave-console/reclaimed'), 'utf8')).toMatch(
        new RegExp(
          `^${name} ${target} h5 \\d+ \\S+ ${survivors[0]} ${address === survivors[0] ? 'begun' : 'marked'}\n$`,
        ),
      );
      expect(existsSync(file('var/lib/weave-console/lock.json'))).toBe(false);
    }
    // Somebody switches the host on again, and its unit is still enabled.
    await demo.mischief.run('boot h5');
    screen.type(keys.esc);
    await screen.until(
      /✖ h5 \(127\.77\.0\.15\) was reclaimed on \d{4}-\d\d-\d\d and is back, with its old data/,
    );
    const { findings } = await status(demo);
    expect(findings).toContainEqual({
      id: 'removed-came-back',
      severity: 'critical',
      mend: { kind: 'wipe-peer', target },
    });
  });
});
