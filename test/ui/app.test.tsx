import { describe, expect, it } from 'vitest';
import type { Mischief } from '../../source/ports.ts';
import { type Opened, type OpenOptions, openScreen } from '../support/screen.ts';
import { addressOf, NOW, partitionModel, sampleModel } from '../support/views.ts';

const healthy = sampleModel({ peers: 5 });

async function withScreen(
  options: Partial<OpenOptions>,
  body: (screen: Opened) => Promise<void>,
): Promise<void> {
  const screen = openScreen({ model: healthy, columns: 80, rows: 24, ...options });
  try {
    await screen.until((text) => text.includes('q quit') || text.includes('Keys:'), 'the first frame');
    await body(screen);
  } finally {
    await screen.press('\u0003');
    await screen.ended;
  }
}

const esc = '\u001B';

describe('the console in a terminal', () => {
  it('draws the grid at once and gives the terminal back', async () => {
    const screen = openScreen({ model: healthy, columns: 80, rows: 24 });
    await screen.until((text) => text.includes('10.0.0.15'), 'the fifth peer');
    expect(screen.alternate()).toBe(true);
    expect(screen.input.raw).toBe(true);
    expect(screen.lines()[23]).toBe('');
    await screen.press('q');
    await screen.ended;
    expect(screen.alternate()).toBe(false);
    expect(screen.input.raw).toBe(false);
    expect(screen.written().endsWith('\u001B[?25h')).toBe(true);
  });

  it('opens the peer that the arrows went to, also when the keys come in one chunk', () =>
    withScreen({}, async (screen) => {
      await screen.press(`jj${esc}[B\r`);
      await screen.until((text) => text.includes('── h4  10.0.0.14'), 'the page of h4');
      await screen.press(esc);
      await screen.until((text) => text.includes('▸ ● ready    10.0.0.14'), 'the cursor on h4');
    }));

  it.each([
    ['m', 'each row: what that peer says'],
    ['i', 'address space 10.32.0.0/12'],
    ['f', 'findings: '],
    ['e', 'events, newest first'],
    ['?', 'one page down'],
    [':', 'actions: Enter chooses'],
    ['\r', 'reached at'],
    ['/', 'Enter keep  Esc undo'],
  ])('goes to a screen by %j, and Esc goes back', (key, sign) =>
    withScreen({}, async (screen) => {
      await screen.press(key);
      await screen.until((text) => text.includes(sign), sign);
      await screen.press(esc);
      await screen.until(
        (text) => text.includes('▸ ● ready    10.0.0.11') && !text.includes(sign),
        'the grid',
      );
    }),
  );

  it('filters while typing, and Esc brings the former filter back', () =>
    withScreen({ rows: 12 }, async (screen) => {
      await screen.press('/');
      await screen.until((text) => text.includes('Esc undo'), 'the filter line');
      await screen.press('h3');
      await screen.until((text) => text.includes('10.0.0.13') && !text.includes('10.0.0.12'), 'one row');
      await screen.press('\r');
      await screen.until(
        (text) => text.includes('1 of 5 match “h3”') && text.includes('Esc back'),
        'the kept filter',
      );
      await screen.press('/');
      await screen.until((text) => text.includes('Esc undo'), 'the filter line again');
      await screen.press('xyz');
      await screen.until((text) => text.includes('no peer matches “h3xyz”'), 'no rows');
      await screen.press(esc);
      await screen.until((text) => text.includes('1 of 5 match “h3”'), 'the former filter');
      await screen.press(esc);
      await screen.until((text) => text.includes('10.0.0.12') && !text.includes('match'), 'all rows');
    }));

  it('takes pasted text into the filter without what it could command, and nowhere else', () =>
    withScreen({}, async (screen) => {
      const paste = (text: string) => screen.press(`${esc}[200~${text}${esc}[201~`);
      await paste('q');
      await paste('/\rq');
      await screen.press('e');
      await screen.until(
        (text) => text.includes('events, newest first'),
        'the events, so nothing else happened',
      );
      await screen.press(esc);
      await screen.until((text) => text.includes('/ filter'), 'the grid');
      await screen.press('/');
      await screen.until((text) => text.includes('Esc undo'), 'the filter line');
      await paste(`h2\r\n${esc}[31m`);
      await screen.until((text) => text.includes(' / h2[31m'), 'printable text only');
    }));

  it('follows no key of a chunk that is more than moves', () =>
    withScreen({}, async (screen) => {
      await screen.press('jq');
      await screen.press('mmmmmmmmmmmmqqqqqqqqqq');
      await screen.press('j');
      await screen.until((text) => text.includes('▸ ● ready    10.0.0.12'), 'one step down, and still there');
    }));

  it('asks the session for what r and o mean on each screen, and copies what is shown', () =>
    withScreen({}, async (screen) => {
      await screen.press('r');
      await screen.until((text) => text.includes('looking at every peer now'), 'the notice');
      await screen.press('c');
      await screen.until((text) => text.includes('the row of 10.0.0.11: copied'), 'the notice of the copy');
      await screen.press('\r');
      await screen.until((text) => text.includes('reached at'), 'the peer');
      await screen.press('r');
      await screen.until((text) => text.includes('looking at 10.0.0.11 now'), 'the notice of one look');
      await screen.press('o');
      await screen.until((text) => text.includes('reading the last log lines'), 'the notice of the log');
      expect(screen.session.asked).toEqual(['look all', 'look 10.0.0.11', 'log 10.0.0.11']);
      expect(screen.copied).toEqual([expect.stringMatching(/^● ready +10\.0\.0\.11 h1 /)]);
    }));

  it('shows what the session says, as it says it', () =>
    withScreen({}, async (screen) => {
      screen.session.set(partitionModel());
      await screen.until((text) => text.includes('The mesh is split in two groups'), 'the finding');
      expect(screen.text()).toContain('11:59:56'.slice(2));
      screen.session.set(sampleModel({ peers: 5, now: NOW + 60_000 }));
      await screen.until((text) => text.includes('late 1m'), 'late looks');
    }));

  it('chooses from the palette', () =>
    withScreen({}, async (screen) => {
      await screen.press(':');
      await screen.until((text) => text.includes('actions: Enter chooses'), 'the palette');
      await screen.press('j');
      await screen.until((text) => /▸ m +connection matrix/.test(text), 'the second choice');
      await screen.press('\r');
      await screen.until((text) => text.includes('each row: what that peer says'), 'the matrix');
    }));

  it('has the mischief menu only where mischief is allowed', async () => {
    const done: string[] = [];
    const mischief: Mischief = {
      items: () => [
        { id: 'kill', label: 'kill h3' },
        { id: 'cut', label: 'cut the network' },
      ],
      run: async (id) => {
        done.push(id);
        return `did ${id}`;
      },
    };
    await withScreen({ mischief }, async (screen) => {
      await screen.press('!');
      await screen.until((text) => text.includes('▸ kill h3'), 'the menu');
      await screen.press(`${esc}[B`);
      await screen.until((text) => text.includes('▸ cut the network'), 'the second item');
      await screen.press('\r');
      await screen.until((text) => text.includes('did cut'), 'the result');
    });
    expect(done).toEqual(['cut']);
    await withScreen({}, async (screen) => {
      await screen.press('!');
      await screen.press('?');
      await screen.until((text) => text.includes('one page down'), 'the help');
      expect(screen.text()).not.toContain('break and mend');
    });
  });

  it('hands the terminal over for Ctrl-Z and draws again', () =>
    withScreen({}, async (screen) => {
      screen.forget();
      await screen.press('\u001A');
      await screen.until(() => screen.written().includes('\u001B[?1049h'), 'the alternate screen again');
      expect(screen.written().indexOf('\u001B[?1049l')).toBeLessThan(
        screen.written().indexOf('\u001B[?1049h'),
      );
      expect(screen.suspended).toHaveLength(1);
      await screen.until((text) => text.includes('10.0.0.15'), 'the grid');
    }));

  it('fits every size it is given', () =>
    withScreen({ model: partitionModel() }, async (screen) => {
      for (const [columns, rows] of [
        [140, 40],
        [40, 15],
        [60, 20],
        [20, 6],
        [80, 24],
      ] as const) {
        screen.resize(columns, rows);
        await screen.until(
          (text) => text.split('\n')[0]?.startsWith(' prod') === true && text.includes(addressOf(0)),
          `${columns}x${rows}`,
        );
        expect(screen.lines()[rows - 1]).toBe('');
      }
    }));

  it('writes little for a key', () =>
    withScreen({}, async (screen) => {
      screen.forget();
      await screen.press('j');
      await screen.until((text) => text.includes('▸ ● ready    10.0.0.12'), 'the cursor on h2');
      expect(screen.written().length).toBeLessThan(600);
    }));

  it('speaks sentences to a screen reader, in the normal screen', () =>
    withScreen({ screenReader: true, rows: 30 }, async (screen) => {
      expect(screen.alternate()).toBe(false);
      expect(screen.text()).toContain(
        'Cursor: h1, 10.0.0.11: ready, 4 of 4 links, IPAM ready, owns 20% of the range',
      );
      await screen.press('j');
      await screen.until((text) => text.includes('Cursor: h2, 10.0.0.12'), 'the cursor in words');
    }));

  it('follows a log to its end when it arrives', () =>
    withScreen({}, async (screen) => {
      await screen.press('\r');
      await screen.until((text) => text.includes('reached at'), 'the peer');
      await screen.press('o');
      await screen.until((text) => text.includes('press o to read them'), 'the end of the page');
      const lines = Array.from({ length: 40 }, (_, index) => `log line ${index}`);
      screen.session.set({ ...healthy, logs: new Map([[addressOf(0), { kind: 'there', at: NOW, lines }]]) });
      await screen.until((text) => text.includes('log line 39'), 'the last log line');
    }));

  it('gives the terminal back and says why when a screen fails', async () => {
    const screen = openScreen({ model: healthy, columns: 80, rows: 24 });
    const failed = expect(screen.ended).rejects.toThrow('the model is broken');
    await screen.until((text) => text.includes('10.0.0.15'), 'the grid');
    screen.session.set({
      ...healthy,
      get view(): never {
        throw new Error('the model is broken');
      },
    });
    await failed;
    expect(screen.alternate()).toBe(false);
    expect(screen.input.raw).toBe(false);
  });

  it('draws nothing when the news changes nothing on the screen', () =>
    withScreen({}, async (screen) => {
      screen.forget();
      for (let seen = 0; seen < 20; seen++) {
        screen.session.set({ ...healthy, view: { ...healthy.view, revision: seen } });
      }
      await screen.press('j');
      await screen.until((text) => text.includes('▸ ● ready    10.0.0.12'), 'the cursor on h2');
      expect(screen.written().match(/\u001B\[\?2026h/g)).toHaveLength(1);
    }));
});
