import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gaveBack, keys } from '../support/journey.ts';
import { temporaryFolder } from '../support/keys.ts';
import { openScreen } from '../support/pty.ts';

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
    if (tries > 1000) throw new Error(`${what()}, not ${hoped}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

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

  it('with a maintenance under way: asks, and then nothing holds the terminal', {
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
      screen.type('R');
      await screen.until(/reason:/);
      screen.type(keys.enter);
      await screen.until(/y takes the lock/);
      screen.type('y');
      await screen.until(/y go on/);
      screen.type('y');
      await screen.until(/y run it/);
      screen.type('y');
      await screen.until(/y the reboot has begun/);
      screen.type('q');
      await screen.until(/Leave with a maintenance under way\?[\s\S]*The record of the lock stays/);
      screen.type('y');
      expect(await screen.ended).toBe(0);
      expect(gaveBack(screen.raw())).toBe(true);
    } finally {
      screen.kill();
      temporary.remove();
    }
  });
});
