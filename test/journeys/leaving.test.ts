import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJourney } from '../support/change-journey.ts';
import { gaveBack, keys } from '../support/journey.ts';
import { temporaryFolder } from '../support/keys.ts';
import { openScreen, type Screen } from '../support/pty.ts';

const demoFolders = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('weave-demo-'));

/** Processes on this machine that were started with this variable in their environment. */
const processesWith = (variable: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
    } catch {
      return false;
    }
  });

const until = async (what: () => string, hoped: string): Promise<void> => {
  for (let tries = 0; what() !== hoped; tries++) {
    if (tries > 2500) throw new Error(`${what()}, not ${hoped}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Begins a restart, and goes on until it waits for the reboot of the host. */
const toTheReboot = async (screen: Screen): Promise<void> => {
  screen.type('R');
  await screen.until(/reason:/);
  screen.type(keys.enter);
  await screen.until(/y takes the lock/);
  screen.type('y');
  await screen.until(/^ y go on #/m);
  screen.type('y');
  await screen.until(/^ y run it #/m);
  screen.type('y');
  await screen.until(/^ y the reboot has begun #/m);
};

const whereItStands =
  /Restart 127\.77\.0\.11: left at step 3 of \d+, [\s\S]*done: Stop weave[\s\S]*this step: It was not begun\.[\s\S]*What was done stands/;

describe.skipIf(!existsSync('/proc/self/environ'))('leaving the demo', () => {
  it.each([
    ['q', 0],
    ['Ctrl-C', 0],
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGKILL', 137],
  ] as const)(
    'by %s: the terminal is given back, the demo ends and its folder is gone',
    async (how, code) => {
      const temporary = temporaryFolder();
      const mark = `TMPDIR=${temporary.path}`;
      const screen = openScreen(
        ['demo', '--peers', '2'],
        { columns: 100, rows: 20 },
        { TMPDIR: temporary.path },
      );
      try {
        await screen.until(/mesh 2\/2 connected/);
        expect(demoFolders(temporary.path)).toHaveLength(1);
        expect(processesWith(mark).length).toBeGreaterThanOrEqual(2);
        if (how === 'q') screen.type('q');
        else if (how === 'Ctrl-C') screen.type(keys.ctrlC);
        else screen.kill(how);
        expect(await screen.ended).toBe(code);
        // Nothing can give the terminal back after SIGKILL.
        if (how !== 'SIGKILL') expect(gaveBack(screen.raw())).toBe(true);
        if (code === 0) expect(demoFolders(temporary.path)).toEqual([]);
        await until(() => processesWith(mark).join(' '), '');
        expect(demoFolders(temporary.path)).toEqual([]);
      } finally {
        screen.kill();
        temporary.remove();
      }
    },
  );

  it('with a maintenance under way: asks, tells where it stands, and then nothing holds the terminal', {
    timeout: 120_000,
  }, async () => {
    const temporary = temporaryFolder();
    const screen = openScreen(
      ['demo', '--peers', '3', '--speed', '10'],
      { columns: 100, rows: 30 },
      { TMPDIR: temporary.path, XDG_STATE_HOME: temporary.path },
    );
    try {
      await screen.until(/mesh 3\/3 connected/);
      await toTheReboot(screen);
      screen.type('q');
      await screen.until(/Leave with a maintenance under way\?[\s\S]*The record of the lock stays/);
      screen.type('y');
      expect(await screen.ended).toBe(7);
      expect(gaveBack(screen.raw())).toBe(true);
      expect(screen.text()).toMatch(whereItStands);
      expect(screen.text()).toMatch(/The demo ends with its console/);
    } finally {
      screen.kill();
      temporary.remove();
    }
  });

  it('with a maintenance under way, by SIGTERM: tells where it stands, and the command it names resumes it', {
    timeout: 120_000,
  }, async () => {
    const { demo, screen, end } = await openJourney({ scenario: 'healthy', peers: 3 });
    let next: Screen | null = null;
    try {
      await screen.until(/mesh 3\/3 connected/);
      await toTheReboot(screen);
      screen.kill('SIGTERM');
      expect(await screen.ended).toBe(143);
      expect(gaveBack(screen.raw())).toBe(true);
      const told = screen.text();
      expect(told).toMatch(whereItStands);
      const [, command = ''] = /To go on with it:\s+weave-console (.*)/.exec(told) ?? [];
      expect(command).toBe(`resume --config ${demo.configFile}`);
      next = openScreen(
        command.split(' '),
        { columns: 100, rows: 40 },
        { XDG_STATE_HOME: dirname(demo.configFile) },
      );
      await next.until(/u: resume that change/);
      next.type('u');
      await next.until(/Resume restart-peer of/);
      next.type('y');
      await next.until(/^ y the reboot has begun #/m);
      next.type(keys.ctrlC);
      await next.until(/Leave with a maintenance under way\?/);
      next.type('y');
      expect(await next.ended).toBe(7);
      expect(next.text()).toMatch(/step \d of \d/);
    } finally {
      next?.kill();
      await end();
    }
  });
});
