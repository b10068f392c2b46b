import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoCluster, type DemoOptions, startDemo } from '../../source/demo/cluster.ts';
import { startCli } from './cli.ts';
import { openScreen, type Screen } from './pty.ts';

const size = { columns: 140, rows: 44 };

/** A demo and a console in a terminal, and the way to put both away. */
export type Journey = {
  readonly demo: DemoCluster;
  readonly screen: Screen;
  readonly end: () => Promise<void>;
};

/** Starts a demo and the console over it; `args` in front of `--config`. */
export const openJourney = async (options: DemoOptions, args: readonly string[] = []): Promise<Journey> => {
  const demo = await startDemo({ seed: 7, speed: 10, ...options });
  const screen = openScreen([...args, '--config', demo.configFile], size, {
    XDG_STATE_HOME: join(demo.configFile, '..'),
  });
  return {
    demo,
    screen,
    end: async () => {
      await screen.kill();
      await demo.stop();
    },
  };
};

/** What `y` would confirm now: the number of the arming that stands beside the key; null while nothing is armed. */
const armed = (text: string): string | null => /^ y [^#\n]*#(\d+)/m.exec(text)?.[1] ?? null;
const wholeGroup = (text: string): boolean => /^ y [^#\n]*#\d+ +Y run all/m.test(text);
const ended = (text: string): boolean => /Finished\. The lock was given back/.test(text);
const stuck = (text: string): boolean => /▸\S? ?(failed|uncertain)/.test(text);
const blocked = (text: string): boolean => /▸\S? ?blocked/.test(text);

/** How long (ms) something may stand in the way before it counts as stuck: links that are not up yet, say. */
const patience = 60_000;

/** Types as a person does, behind what is asked: a word that comes in one piece counts as pasted, and answers nothing. */
export const typeOut = async (screen: Screen, asked: string, word: string): Promise<void> => {
  for (const [at, letter] of [...word].entries()) {
    screen.type(letter);
    await screen.until((now) => now.includes(`${asked}: ${word.slice(0, at + 1)}`));
  }
};

/** Acknowledges the warning that stands in the way, where it is one that was expected. */
const acknowledge = async (screen: Screen, warning: RegExp): Promise<void> => {
  screen.type('k');
  const question = await screen.until(/Acknowledge this warning\?[\s\S]*acknowledges this one/);
  if (!warning.test(question.replaceAll(/\s+/g, ' '))) throw new Error(`nobody expected this:\n${question}`);
  screen.type('y');
  await screen.until(
    (now) => !/Acknowledge this warning\?/.test(now) && !/▸\S? ?blocked/.test(now),
    patience,
  );
};

/**
 * Confirms each step as a person does who has read it, until the end; types `word` where one is asked for. `groups`:
 * lets all steps of a kind go at once where that is offered. `warning`: what is acknowledged.
 */
export const walk = async (
  screen: Screen,
  word = '',
  groups = false,
  warning: RegExp | null = null,
): Promise<void> => {
  const confirmed = new Set<string>();
  for (;;) {
    const fresh = (now: string): boolean => {
      const number = armed(now);
      return number !== null && !confirmed.has(number);
    };
    const text = await screen.until((now) => ended(now) || stuck(now) || blocked(now) || fresh(now), 120_000);
    if (ended(text)) return;
    if (stuck(text)) throw new Error(`a step does not go on:\n${text}`);
    if (blocked(text) && warning !== null && /^ ?k acknowledge| {2}k acknowledge/m.test(text)) {
      await acknowledge(screen, warning);
      continue;
    }
    if (blocked(text)) {
      await screen.until((now) => !blocked(now), patience);
      continue;
    }
    const number = armed(text);
    if (number === null) continue;
    confirmed.add(number);
    screen.type(groups && wholeGroup(text) ? 'Y' : 'y');
    const asked = await screen.until(
      (now) => /to let it go:/.test(now) || armed(now) !== number || ended(now),
      120_000,
    );
    if (!/to let it go:/.test(asked)) continue;
    await typeOut(screen, 'to let it go', word);
    screen.type('\r');
    await screen.until((now) => armed(now) !== number, 120_000);
  }
};

/** The environment file of a host; null without one. */
export const environmentFile = (demo: DemoCluster, address: string): string | null => {
  const path = join(demo.rootOf(address), 'etc/sysconfig/weave');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
};

/** The cluster as `status --json` tells it after the change. */
export const statusAfter = async (demo: DemoCluster) => {
  const { stdout } = await startCli(['status', '--once', '--json', '--config', demo.configFile]).ended;
  const { peers, quorum, findings } = JSON.parse(stdout) as {
    peers: { address: string; state: string; ipam: { phase: string; owned: number } }[];
    quorum: { mesh: object };
    findings: { id: string }[];
  };
  return {
    members: peers.map(({ address }) => address),
    states: [...new Set(peers.map(({ state }) => state))],
    phases: [...new Set(peers.map(({ ipam }) => ipam.phase))],
    owned: peers.reduce((sum, { ipam }) => sum + ipam.owned, 0),
    mesh: quorum.mesh,
    findings: findings.map(({ id }) => id),
  };
};

/** How many addresses the whole range of the demo has. */
export const wholeRange = 1_048_576;

/** What `statusAfter` tells of a healthy cluster of these members. */
export const healthy = (members: readonly string[]) => ({
  members,
  states: ['ready'],
  phases: ['ready'],
  owned: wholeRange,
  mesh: { configured: members.length, connected: members.length },
  findings: [],
});

/** Answers the question for a reason, and lets the change begin. */
export const beginWith = async (screen: Screen, reason: string): Promise<void> => {
  await screen.until(/Reason/i);
  screen.type(reason);
  await screen.until((text) => text.includes(reason));
  screen.type('\r');
  await screen.until(/y takes the lock/);
  screen.type('y');
};
