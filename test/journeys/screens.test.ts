import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { fits, home, keys, row } from '../support/journey.ts';
import { openScreen, type Screen } from '../support/pty.ts';

describe('the console on a healthy cluster', () => {
  let demo: DemoCluster;
  let screen: Screen;
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'healthy', seed: 1, interval: 500 });
    screen = openScreen(['--config', demo.configFile, '--read-only'], { columns: 140, rows: 30 });
    await screen.until(/mesh 5\/5 connected/);
  });
  afterAll(async () => {
    screen?.kill();
    await screen?.ended;
    await demo?.stop();
  });
  beforeEach(() => home(screen));

  it('shows five ready peers, their hosts and no findings', async () => {
    const text = await screen.until((seen) =>
      [1, 2, 3, 4, 5].every((number) => /active +running/.test(row(seen, `127.77.0.1${number}`))),
    );
    expect(screen.lines()[0]).toMatch(
      /^ demo-healthy +READ-ONLY +IPAM ready +mesh 5\/5 connected, majority 3 +oldest look (now|\ds)$/,
    );
    for (const number of [1, 2, 3, 4, 5])
      expect(row(text, `127.77.0.1${number}`)).toMatch(
        new RegExp(`● ready +127\\.77\\.0\\.1${number} +h${number} .* 4/4 +ready .*%`),
      );
    expect(text).toContain('── no findings ──');
  });

  it.each([
    ['m', /each row: what that peer says of the columns[\s\S]*all see each other/],
    [
      'i',
      /address space 10\.32\.0\.0\/12, 1,048,576 addresses[\s\S]*All 5 peers that answer hold the same ring/,
    ],
    ['f', /findings: no findings[\s\S]*Nothing is wrong/],
    ['e', /events, newest first: \d/],
    ['A', /── drift: nobody differs ─[\s\S]*Nothing that is known differs/],
    ['?', /── help ─[\s\S]*Enter +open the peer[\s\S]*e +events/],
    [':', /actions: Enter chooses[\s\S]*▸ \/ +filter/],
  ])('%s opens its screen, Esc comes back', async (key, seen) => {
    screen.type(key);
    await screen.until(seen);
    expect(fits(screen)).toBe('fits');
    screen.type(keys.esc);
    await screen.until(/Enter open/);
    expect(screen.text()).not.toMatch(seen);
  });

  it('offers no mischief on a cluster that is not a demo of its own', async () => {
    screen.type('?');
    expect(await screen.until(/── help/)).not.toMatch(/break|mischief/);
    screen.type(keys.esc);
    await screen.until(/Enter open/);
    screen.type(':');
    expect(await screen.until(/actions: Enter chooses/)).not.toMatch(/^ .{2}! /m);
  });

  it('filters while typing, keeps the filter, and drops it', async () => {
    screen.type('/');
    await screen.until(/ \/ .*Enter keep/);
    for (const letter of 'h3') screen.type(letter);
    const text = await screen.until(/1 of 5 match “h3”/);
    expect(row(text, '127.77.0.13')).not.toBe('');
    expect(row(text, '127.77.0.11')).toBe('');
    screen.type(keys.enter);
    expect(await screen.until(/Enter open/)).toContain('1 of 5 match “h3”');
    screen.type(keys.enter);
    await screen.until(/── h3 +127\.77\.0\.13/);
    screen.type(keys.esc);
    await screen.until(/Enter open/);
    screen.type(keys.esc);
    await screen.until((now) => row(now, '127.77.0.11') !== '');

    screen.type('/');
    await screen.until(/Enter keep/);
    for (const letter of 'nobody') screen.type(letter);
    await screen.until(/no peer matches “nobody”/);
    screen.type(keys.esc);
    await screen.until((now) => row(now, '127.77.0.15') !== '' && /Enter open/.test(now));
  });

  it('opens a peer: the way it is looked at, its unit, its list, its log', async () => {
    screen.resize(140, 60);
    screen.type('g');
    screen.type('j');
    await screen.until(/▸ ● ready +127\.77\.0\.12/);
    screen.type(keys.enter);
    const page = await screen.until(/── h2 +127\.77\.0\.12 +● ready[\s\S]*unit +active \(running\), enabled/);
    expect(page).toMatch(/looked +.*by its status port through SSH, in \d+ ms/);
    expect(page).toMatch(/established +h1 h3 h4 h5/);
    expect(page).toMatch(/PEERS +5 in \S+: 127\.77\.0\.11 /);
    expect(page).toContain('press o to read them');
    screen.type('o');
    await screen.until(/last log lines\n read (just now|\d+s ago); o reads them again\n .*\S/);
    screen.resize(140, 30);
  });

  it('takes an action from the palette', async () => {
    screen.type(':');
    await screen.until(/▸ \/ +filter/);
    screen.type(keys.down);
    await screen.until(/▸ m +connection matrix/);
    screen.type(keys.enter);
    await screen.until(/each row: what that peer says/);
  });

  it('follows the terminal through every size and back', async () => {
    for (const [columns, rows] of [
      [60, 20],
      [80, 24],
      [40, 12],
      [140, 30],
    ] as const) {
      screen.resize(columns, rows);
      // The last line is the last but one: a frame as tall as the screen would scroll it.
      await screen.until(() => /q quit/.test(screen.lines()[rows - 2] ?? '') && fits(screen) === 'fits');
      expect(screen.lines().slice(rows - 1)).toEqual(['']);
      for (const number of columns === 40 ? [1] : [1, 2, 3, 4, 5])
        expect(screen.text()).toContain(`127.77.0.1${number}`);
      screen.type('m');
      await screen.until((text) => /each row/.test(text) && fits(screen) === 'fits');
      screen.type(keys.esc);
      await screen.until(/Enter open/);
    }
  });
});
