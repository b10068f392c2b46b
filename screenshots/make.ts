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

const everybody = /5\/5 connected/;

const shots: readonly Shot[] = [
  { name: 'grid-80x24', size: [80, 24], demo: ['healthy'], go: (screen) => screen.until(everybody) },
  { name: 'grid-140x40', size: [140, 40], demo: ['healthy'], go: (screen) => screen.until(everybody) },
];

const here = fileURLToPath(new URL('.', import.meta.url));
/** What differs from run to run: the time of day. */
const mask = (line: string): string => line.replace(/\d\d:\d\d:\d\d/g, '12:00:00');

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
  const screen = openScreen(['demo', '--scenario', ...demo], { columns, rows }, env);
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
