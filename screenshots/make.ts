import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openScreen, type Screen } from '../test/support/pty.ts';
import { svgOf } from './svg.ts';

type Shot = {
  readonly name: string;
  readonly size: readonly [columns: number, rows: number];
  readonly demo: readonly string[];
  readonly env?: Record<string, string>;
  /** Drives the program to the picture and resolves when it is there. */
  readonly go: (screen: Screen) => Promise<unknown>;
};

/** Every look is young (the one part of a calm screen that moves), and every host that answers was probed. */
const calm = (screen: string) =>
  /oldest look now/.test(screen) && (!/ unit /.test(screen) || unprobed(screen) === 0);
const unprobed = (screen: string) =>
  screen.split('\n').filter((line) => /127\.77.*[0-9]\/4/.test(line) && !/active/.test(line)).length;
/** The same of a screen that shows no hosts in a table. */
const young = (text: RegExp) => (screen: string) => text.test(screen) && /oldest look now/.test(screen);
const seen = (text: RegExp) => (screen: string) => text.test(screen) && calm(screen);

const healthy: Shot['go'] = (screen) => screen.until(seen(/5\/5 connected/));
const partition: Shot['go'] = (screen) => screen.until(seen(/cut into 2 parts/));

/** Types a key, and waits for what it brings. */
const press = (screen: Screen, key: string, brings: RegExp): Promise<string> => {
  screen.type(key);
  return screen.until(brings);
};

const shots: readonly Shot[] = [
  { name: 'grid-80x24', size: [80, 24], demo: ['healthy'], go: healthy },
  { name: 'grid-140x40', size: [140, 40], demo: ['healthy'], go: healthy },
  { name: 'partition-grid', size: [140, 40], demo: ['partition'], go: partition },
  {
    name: 'partition-matrix',
    size: [80, 24],
    demo: ['partition'],
    go: async (screen) => {
      await partition(screen);
      screen.type('m');
      // A link that is just being tried again looks different for a moment.
      await screen.until((text) => seen(/group 2/)(text) && !/[↻◌].*│|│.*[↻◌]/.test(text));
    },
  },
  {
    name: 'address-space',
    size: [100, 24],
    demo: ['healthy'],
    go: async (screen) => {
      await healthy(screen);
      screen.type('i');
      await screen.until(seen(/1,?048,?576/));
    },
  },
  {
    name: 'checklist',
    size: [140, 36],
    demo: ['healthy'],
    go: async (screen) => {
      await healthy(screen);
      await press(screen, 'R', /reason:/);
      await press(screen, '\r', /y takes the lock/);
      await press(screen, 'y', /^ y go on #/m);
      await press(screen, 'y', /^ y run it #/m);
      // Ages that move are waited for, until all are young.
      await screen.until(
        (text) =>
          young(/looked at just now/)(text) &&
          /(told a report just\s[\s\S]*){4}/.test(text) &&
          !/\ds\s+ago/.test(text),
      );
    },
  },
  {
    name: 'prime-waits',
    size: [100, 30],
    demo: ['waiting-for-quorum'],
    go: async (screen) => {
      await screen.until(seen(/waits for consensus/));
      await press(screen, 'P', /what now/);
      await screen.until(
        (text) =>
          young(/to wait for 9s/)(text) && [...text.matchAll(/failed: [^;]*?next\s+try/g)].length === 3,
      );
    },
  },
  {
    name: 'drift',
    size: [140, 22],
    demo: ['drift'],
    go: async (screen) => {
      await screen.until(seen(/5\/5 connected/));
      await press(screen, 'A', /3 of 5 peers differ/);
      await screen.until((text) => young(/3 of 5 peers differ/)(text) && !/^ h\d .* \? /m.test(text));
    },
  },
  { name: 'narrow-60x20', size: [60, 20], demo: ['partition'], go: partition },
  {
    name: 'no-color',
    size: [100, 30],
    demo: ['dead-peer'],
    env: { NO_COLOR: '1' },
    go: (screen) => screen.until(seen(/silent/)),
  },
];

const here = fileURLToPath(new URL('.', import.meta.url));
/** What differs from run to run: the time of day, the port that a demo host got, how often a step was armed. */
const mask = (line: string): string =>
  line
    .replace(/\d\d:\d\d:\d\d/g, '12:00:00')
    .replace(/(127\.77\.\d+\.\d+:)\d{5}\b/g, (_, host) => `${host}22022`)
    .replace(/ #\d(?= )/, ' #2');

const check = process.argv.includes('--check');
let stale = 0;

const keep = (file: string, content: string): void => {
  const path = `${here}${file}`;
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (before === content) return;
  if (!check) {
    writeFileSync(path, content);
    process.stdout.write(`${file}: written\n`);
    return;
  }
  stale += 1;
  process.stdout.write(`${file}: stale; run: npm run screenshots\n`);
  if (file.endsWith('.txt'))
    process.stdout.write(`--- kept\n${before ?? '(missing)'}\n--- now\n${content}\n`);
};

// The change of a picture is not of this person's journals.
const state = mkdtempSync(join(tmpdir(), 'weave-screenshots-'));

const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
for (const { name, size, demo, env, go } of shots.filter(
  ({ name }) => only.length === 0 || only.includes(name),
)) {
  const [columns, rows] = size;
  const screen = openScreen(
    ['demo', '--seed', '7', '--scenario', ...demo],
    { columns, rows },
    {
      XDG_STATE_HOME: state,
      ...env,
    },
  );
  try {
    await go(screen);
    keep(`${name}.txt`, `${screen.lines().map(mask).join('\n').trimEnd()}\n`);
    keep(`${name}.svg`, svgOf(screen.terminal, mask));
    // No question is asked, whatever is under way.
    screen.kill('SIGTERM');
    await screen.ended;
  } finally {
    screen.kill();
  }
}
rmSync(state, { recursive: true, force: true });
if (check && stale === 0) process.stdout.write(`screenshots: ${shots.length} as they are kept\n`);
process.exitCode = stale > 0 ? 1 : 0;
