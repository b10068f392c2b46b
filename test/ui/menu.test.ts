import { describe, expect, it } from 'vitest';
import type { Mischief } from '../../source/ports.ts';
import { moveInMenu } from '../../source/ui/use-menu.ts';
import { openScreen } from '../support/screen.ts';
import { sampleModel } from '../support/views.ts';

const down = '\u001B[B';

describe('a list to choose from', () => {
  it.each([
    ['down', 0, 1, 0],
    ['j', 3, 4, 1],
    ['down', 9, 9, 6],
    ['up', 0, 0, 0],
    ['k', 6, 5, 3],
    ['page-down', 2, 6, 3],
    ['page-up', 9, 5, 5],
    ['G', 0, 9, 6],
    ['home', 9, 0, 0],
    ['3', 5, 5, 2],
    ['x', 5, 5, 2],
  ])('%s from item %i goes to %i, with %i at the top', (key, from, selected, first) => {
    const at = { selected: from, first: Math.max(0, from - 3) };
    expect(moveInMenu(at, key, 10, 4)).toEqual({ selected, first });
  });

  it('runs what the arrows went to, also when the keys come in one chunk; a number runs nothing', async () => {
    const done: string[] = [];
    const mischief: Mischief = {
      items: () => ['a', 'b', 'c', 'd'].map((id) => ({ id, label: `break ${id}` })),
      run: async (id) => {
        done.push(id);
        return `did ${id}`;
      },
    };
    const screen = openScreen({ model: sampleModel({ peers: 5 }), columns: 80, rows: 24, mischief });
    try {
      await screen.until((text) => text.includes('q quit'), 'the first frame');
      await screen.press('!');
      await screen.until((text) => text.includes('▸ break a'), 'the menu');
      await screen.press('4');
      await screen.press(`${down}${down}\r`);
      await screen.until((text) => text.includes('did '), 'the result');
    } finally {
      await screen.press('\u0003');
      await screen.ended;
    }
    expect(done).toEqual(['c']);
  });
});
