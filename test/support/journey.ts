import type { Screen } from './pty.ts';

export const keys = { enter: '\r', esc: '\u001b', down: '\u001b[B', ctrlC: '\u0003' } as const;

const onGrid = (text: string) => /Enter open/.test(text);

/** Goes back to the grid, without a filter, from wherever a test before has left the console. */
export const home = async (screen: Screen): Promise<void> => {
  const there = (text: string) => onGrid(text) && !/Esc/.test(text);
  // Esc once more only when the one before was taken, so that the steps are counted right.
  for (let steps = 0; !there(screen.text()); steps++) {
    if (steps > 9) throw new Error(`no way back to the grid:\n${screen.text()}`);
    screen.type(keys.esc);
    await screen.until(there, 1000).catch(() => {});
  }
};

/** The grid's row of a peer, or an empty string. */
export const row = (text: string, address: string): string =>
  text.split('\n').find((line) => line.slice(2, 40).includes(` ${address} `)) ?? '';

/** Moves down a menu to this item and takes it. */
export const choose = async (screen: Screen, item: string): Promise<void> => {
  const chosen = () => (screen.lines().find((line) => line.startsWith(' ▸ ')) ?? '').slice(3).trimEnd();
  for (let steps = 0; chosen() !== item; steps++) {
    if (steps > 60) throw new Error(`the menu does not offer ${item}:\n${screen.text()}`);
    const before = chosen();
    screen.type(keys.down);
    await screen.until(() => chosen() !== before);
  }
  screen.type(keys.enter);
};

/** What the program did to the terminal when it left: true when all is as it was. */
export const gaveBack = (raw: string): boolean =>
  raw.lastIndexOf('\u001b[?1049l') > raw.lastIndexOf('\u001b[?1049h') &&
  raw.lastIndexOf('\u001b[?25h') > raw.lastIndexOf('\u001b[?25l') &&
  raw.lastIndexOf('\u001b[?2004l') >= raw.lastIndexOf('\u001b[?2004h');

/** Fails when a line was too long for the terminal and went on in the next, or the header is not at the top. */
export const fits = (screen: Screen): string => {
  const { terminal } = screen;
  const wrapped = screen
    .lines()
    .filter((_, line) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + line)?.isWrapped);
  if (wrapped.length > 0) return `wider than ${terminal.cols}: ${wrapped.join('\n')}`;
  const [top = ''] = screen.lines();
  return /^ demo-\S+ +/.test(top) ? 'fits' : `no header: ${top}`;
};
