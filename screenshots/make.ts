import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
const seen = (text: RegExp) => (screen: string) => text.test(screen) && calm(screen);

const healthy: Shot['go'] = (screen) => screen.until(seen(/5\/5 connected/));
const partition: Shot['go'] = (screen) => screen.until(seen(/cut into 2 parts/));

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
/** What differs from run to run: the time of day, and the port that a demo host got. */
const mask = (line: string): string =>
  line
    .replace(/\d\d:\d\d:\d\d/g, '12:00:00')
    .replace(/(127\.77\.\d+\.\d+:)\d{5}\b/g, (_, host) => `${host}22022`);

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

for (const { name, size, demo, env, go } of shots) {
  const [columns, rows] = size;
  const screen = openScreen(['demo', '--seed', '7', '--scenario', ...demo], { columns, rows }, env);
  try {
    await go(screen);
    keep(`${name}.txt`, `${screen.lines().map(mask).join('\n').trimEnd()}\n`);
    keep(`${name}.svg`, svgOf(screen.terminal, mask));
    screen.type('q');
    await screen.ended;
  } finally {
    screen.kill();
  }
}
if (check && stale === 0) process.stdout.write(`screenshots: ${shots.length} as they are kept\n`);
process.exitCode = stale > 0 ? 1 : 0;
