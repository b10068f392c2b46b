import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { actionsFor, bindings, helpEntries } from '../../source/ui/bound-keys.ts';
import { type Can, lookOnly } from '../../source/ui/can.ts';
import { keymap } from '../../source/ui/keymap.ts';
import { keyNames, printable } from '../../source/ui/keys.ts';
import { choices } from '../../source/ui/menus.ts';
import type { ScreenName } from '../../source/ui/screens.ts';

const noKey = {} as Key;
const all: Can = { mischief: true, workshop: true, begin: true, maintenance: true };
const playing: Can = { ...lookOnly, mischief: true };

describe('keys in a chunk', () => {
  it.each<[string, string, Partial<Key>, readonly string[]]>([
    ['one letter', 'j', {}, ['j']],
    ['letters that a slow link joined', 'jjk', {}, ['j', 'j', 'k']],
    ['an arrow', '', { downArrow: true }, ['down']],
    ['Enter', '\r', { return: true }, ['enter']],
    ['Ctrl-C', 'c', { ctrl: true }, ['ctrl-c']],
    ['a chunk with a line break', 'j\r', {}, []],
    ['a chunk with an escape', 'j\u001B[A', {}, []],
    ['a chunk too long to be typed', 'jjjjjjjjj', {}, []],
    ['Esc and a letter that a slow link joined', 'q', { meta: true }, ['esc', 'q']],
    ['the release of a key', 'q', { eventType: 'release' }, []],
  ])('%s', (_name, input, key, names) => {
    expect(keyNames(input, { ...noKey, ...key })).toEqual(names);
  });

  it('keeps of a paste what can be printed', () => {
    expect(printable('h3\r\n\u001B[31m\u0007 x\u202E')).toBe('h3[31m x');
  });
});

describe('what keys do', () => {
  it('follows several keys only when all are moves', () => {
    expect(actionsFor(['j', 'j', 'k'], 'grid', lookOnly).map(({ kind }) => kind)).toEqual([
      'move',
      'move',
      'move',
    ]);
    expect(actionsFor(['j', 'q'], 'grid', lookOnly)).toEqual([]);
    expect(actionsFor(['j', 'z'], 'grid', lookOnly)).toEqual([]);
    expect(actionsFor(['m', 'm'], 'grid', lookOnly)).toEqual([]);
    expect(actionsFor(['esc', 'q'], 'grid', lookOnly)).toEqual([]);
  });

  it('goes back as often as Esc was pressed', () => {
    expect(actionsFor(['esc', 'esc'], 'peer', all)).toEqual([{ kind: 'back' }, { kind: 'back' }]);
  });

  it('leaves by Esc and Ctrl-C from every screen', () => {
    const screens: readonly ScreenName[] = [
      'grid',
      'filter',
      'peer',
      'matrix',
      'space',
      'findings',
      'prime',
      'drift',
      'events',
      'help',
      'palette',
      'mischief',
      'checklist',
      'lock',
      'add',
      'prompt',
      'question',
    ];
    for (const screen of screens) {
      expect(actionsFor(['esc'], screen, all)).toEqual([{ kind: 'back' }]);
      expect(actionsFor(['ctrl-c'], screen, all)).toEqual([{ kind: 'quit' }]);
    }
  });

  it('means one thing by a key on a screen', () => {
    for (const binding of keymap) {
      for (const screen of binding.on) {
        for (const key of binding.keys) {
          expect(bindings(all, screen).filter((other) => other.keys.includes(key))).toEqual([binding]);
        }
      }
    }
  });

  it('types letters in the filter', () => {
    for (const key of ['q', 'm', 'j', '?', ':']) expect(actionsFor([key], 'filter', all)).toEqual([]);
  });

  it('knows no mischief where there is none', () => {
    expect(actionsFor(['!'], 'grid', lookOnly)).toEqual([]);
    expect(actionsFor(['!'], 'grid', playing)).toEqual([{ kind: 'go', to: 'mischief' }]);
    // Also in the middle of a change: that is when things break.
    expect(actionsFor(['!'], 'checklist', all)).toEqual([{ kind: 'go', to: 'mischief' }]);
  });
});

describe('the palette', () => {
  it('restarts all peers, which has no key and is in help', () => {
    const found = choices(all).filter(({ keys }) => keys.length === 0);
    expect(found.map(({ action }) => action)).toEqual([{ kind: 'deed', deed: 'begin restart-all' }]);
    expect(choices(lookOnly).filter(({ keys }) => keys.length === 0)).toEqual([]);
    expect(helpEntries(all).find(({ shown }) => shown === ':')?.does).toContain('restart all peers');
    // What is chosen is found again by what is shown.
    const shown = choices(all).map((one) => one.shown);
    expect(new Set(shown).size).toBe(shown.length);
  });
});

describe('help', () => {
  it('lists each key exactly once', () => {
    const shown = helpEntries(all).flatMap((entry) => entry.shown.split(' '));
    expect(new Set(shown).size).toBe(shown.length);
    for (const binding of keymap) expect(shown).toEqual(expect.arrayContaining(binding.shown.split(' ')));
    expect(shown).toHaveLength(new Set(keymap.flatMap(({ keys }) => keys)).size);
  });

  it('lists only keys that do something now', () => {
    expect(helpEntries(lookOnly).map(({ shown }) => shown)).not.toContain('!');
    for (const key of ['l', 'w', 'a', 'd', 'y', 'Y', 'n', 'u', 'x', 't', 's', 'p', 'R']) {
      expect(helpEntries(playing).map(({ shown }) => shown)).not.toContain(key);
    }
  });
});
