import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });

const pure = ['cluster', 'commands', 'lock', 'journal', 'maintenance', 'text'];

/** The steps of the lowest floor: what is seen and said there knows nothing of locks, and neither knows the procedures. */
const steps: readonly (readonly string[])[] = [
  ['text'],
  ['cluster', 'commands'],
  ['lock', 'journal'],
  ['maintenance'],
];
const stepOf = (path: string): number => steps.findIndex((rooms) => rooms.includes(path.split('/')[1] ?? ''));

/** Which floor a file lives on. Adapters and the session are on one floor and may not see each other. */
const roomOf = (path: string): { floor: number; room: string } => {
  const [top, room = '', ...rest] = path.split('/');
  if (top === 'cli.tsx' || ['main.ts', 'options.ts', 'options', 'program'].includes(room))
    return { floor: 4, room: 'program' };
  if (room === 'ports.ts') return { floor: 1, room };
  if (pure.includes(room)) return { floor: 0, room: 'pure' };
  if (room === 'ui') return { floor: 3, room };
  if (['session', 'ssh', 'disk', 'demo'].includes(room)) return { floor: 2, room };
  throw new Error(`${path}: no floor is known for ${[room, ...rest].join('/')}`);
};

const importsOf = (path: string): { from: string; typeOnly: boolean }[] => {
  const code = readFileSync(path, 'utf8');
  const found = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...found].map((match) => ({ from: match[2] ?? match[3] ?? '', typeOnly: match[1] !== undefined }));
};

const sources = ['cli.tsx', ...files('source')];
const edges = sources.flatMap((path) =>
  importsOf(path).map((one) => ({
    path,
    ...one,
    to: one.from.startsWith('.') ? normalize(join(dirname(path), one.from)) : one.from,
  })),
);

describe('the floors', () => {
  it('reads real imports', () => {
    expect(edges.filter((edge) => edge.path === 'source/ports.ts').length).toBeGreaterThan(2);
    expect(
      edges.some((edge) => edge.path === 'source/main.ts' && edge.to === 'source/program/status.ts'),
    ).toBe(true);
  });

  it('lets imports go only downward', () => {
    const upward = edges.filter(({ path, to, from }) => {
      if (!from.startsWith('.') || !to.startsWith('source/')) return false;
      const [here, there] = [roomOf(path), roomOf(to)];
      return there.floor > here.floor || (there.floor === here.floor && there.room !== here.room);
    });
    expect(upward.map(({ path, to }) => `${path} -> ${to}`)).toEqual([]);
  });

  it('lets what is seen know nothing of locks and procedures', () => {
    const upward = edges.filter(({ path, to }) => {
      const [here, there] = [stepOf(path), stepOf(to)];
      return here >= 0 && there > here;
    });
    expect(upward.map(({ path, to }) => `${path} -> ${to}`)).toEqual([]);
    expect(pure.every((room) => steps.flat().includes(room))).toBe(true);
  });

  it('keeps the lowest floor free of Node, ssh2, Ink and React', () => {
    const impure = edges.filter(
      ({ path, from }) => roomOf(path).floor <= 1 && !from.startsWith('.') && from !== 'zod',
    );
    expect(impure.map(({ path, from }) => `${path} -> ${from}`)).toEqual([]);
  });

  it('keeps clocks and chance out of the lowest floor and the screens', () => {
    const lawless = sources.filter(
      (path) =>
        [0, 1, 3].includes(roomOf(path).floor) &&
        /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|new Date\(\))/.test(
          readFileSync(path, 'utf8'),
        ),
    );
    expect(lawless).toEqual([]);
  });

  it('lets only ssh/ and demo/ know ssh2, and only ui/ and program/ know Ink', () => {
    const strangers = edges.filter(
      ({ path, from }) =>
        (from === 'ssh2' && !['ssh', 'demo'].includes(roomOf(path).room)) ||
        (/^(ink|react)/.test(from) && !['ui', 'program'].includes(roomOf(path).room)),
    );
    expect(strangers.map(({ path, from }) => `${path} -> ${from}`)).toEqual([]);
  });
});
