import { expect, it } from 'vitest';
import type { Mischief } from '../../source/ports.ts';
import { openScreen } from '../support/screen.ts';
import { sampleModel } from '../support/views.ts';

const down = '\u001B[B';

it('a list runs what the arrows went to, by Enter alone: by no digit, and not by an Enter that came in one chunk with them', async () => {
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
    await screen.until((text) => text.includes('several keys came at once'), 'the refusal');
    // The list counts two arrows in one chunk as one, and shows it.
    await screen.until((text) => text.includes('▸ break b'), 'the arrows');
    await screen.press(down);
    await screen.until((text) => text.includes('▸ break c'), 'one more');
    await screen.press('\r');
    await screen.until((text) => text.includes('did '), 'the result');
  } finally {
    await screen.press('\u0003');
    await screen.ended;
  }
  expect(done).toEqual(['c']);
});
