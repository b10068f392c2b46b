import type { KeyName } from './keys.ts';
import type { Destination, ScreenName, UiEvent } from './screens.ts';

/** What a key does: a change of the screens, or something outside them that the App does. */
export type Action = UiEvent | { readonly kind: 'look' | 'log' | 'copy' | 'suspend' | 'quit' };

export type Binding = {
  readonly keys: readonly KeyName[];
  /** How help writes the keys. */
  readonly shown: string;
  /** What it does, as a short sentence without a subject. */
  readonly does: string;
  /** One word for the hint line; null where the line doesn't mention it. */
  readonly hint: string | null;
  readonly action: Action;
  readonly on: readonly ScreenName[];
  /** Moves and looks only: several of them in one chunk are followed one by one. */
  readonly moves?: boolean;
  /** Offered in the palette. */
  readonly choice?: boolean;
  /** Only where the cluster allows mischief (the demo). */
  readonly mischief?: boolean;
};

const scrolling: readonly ScreenName[] = ['grid', 'peer', 'matrix', 'space', 'findings', 'events', 'help'];
const everywhere: readonly ScreenName[] = [...scrolling, 'filter', 'palette', 'mischief'];

const screenKey = (key: KeyName, to: Destination, hint: string, does: string): Binding => ({
  keys: [key],
  shown: key,
  does,
  hint,
  action: { kind: 'go', to },
  on: scrolling,
  choice: to !== 'palette',
});

/** Every key that does something, once. Help, hints and the palette are made from it. */
export const keymap: readonly Binding[] = [
  {
    keys: ['j', 'down'],
    shown: 'j ↓',
    does: 'down',
    hint: null,
    action: { kind: 'move', by: 1 },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['k', 'up'],
    shown: 'k ↑',
    does: 'up',
    hint: null,
    action: { kind: 'move', by: -1 },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['page-down', ' '],
    shown: 'PgDn Space',
    does: 'one page down',
    hint: null,
    action: { kind: 'page', by: 1 },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['page-up', 'b'],
    shown: 'PgUp b',
    does: 'one page up',
    hint: null,
    action: { kind: 'page', by: -1 },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['g', 'home'],
    shown: 'g Home',
    does: 'to the first',
    hint: null,
    action: { kind: 'edge', to: 'first' },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['G', 'end'],
    shown: 'G End',
    does: 'to the last',
    hint: null,
    action: { kind: 'edge', to: 'last' },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['left'],
    shown: '←',
    does: 'matrix: columns to the left',
    hint: null,
    action: { kind: 'side', by: -1 },
    on: ['matrix'],
    moves: true,
  },
  {
    keys: ['right'],
    shown: '→',
    does: 'matrix: columns to the right',
    hint: null,
    action: { kind: 'side', by: 1 },
    on: ['matrix'],
    moves: true,
  },
  {
    keys: ['enter'],
    shown: 'Enter',
    does: 'open the peer under the cursor',
    hint: 'open',
    action: { kind: 'open' },
    on: ['grid'],
  },
  {
    keys: ['enter'],
    shown: 'Enter',
    does: 'keep the filter',
    hint: 'keep',
    action: { kind: 'accept' },
    on: ['filter'],
  },
  {
    keys: ['backspace'],
    shown: 'Backspace',
    does: 'erase a character of the filter',
    hint: 'erase',
    action: { kind: 'erase' },
    on: ['filter'],
  },
  {
    keys: ['esc'],
    shown: 'Esc',
    does: 'back; on the grid: drop the filter',
    hint: 'back',
    action: { kind: 'back' },
    on: everywhere,
  },
  {
    keys: ['/'],
    shown: '/',
    does: 'filter by address, nickname, name, state or drift',
    hint: 'filter',
    action: { kind: 'filter' },
    on: ['grid'],
    choice: true,
  },
  screenKey('m', 'matrix', 'matrix', 'connection matrix: what each peer says of each other'),
  screenKey('i', 'space', 'space', 'address space: who owns what, and who disagrees'),
  screenKey('f', 'findings', 'findings', 'findings: what is wrong, why, what to do'),
  screenKey('e', 'events', 'events', 'events: what changed, and when'),
  {
    keys: ['o'],
    shown: 'o',
    does: 'peer: read the last log lines of its unit',
    hint: 'log',
    action: { kind: 'log' },
    on: ['peer'],
  },
  {
    keys: ['r'],
    shown: 'r',
    does: 'look now (on a peer: at that peer)',
    hint: 'look now',
    action: { kind: 'look' },
    on: scrolling,
    choice: true,
  },
  {
    keys: ['c'],
    shown: 'c',
    does: 'copy the row or page shown, as text',
    hint: 'copy',
    action: { kind: 'copy' },
    on: ['grid', 'peer', 'matrix', 'space', 'findings', 'events'],
    choice: true,
  },
  { ...screenKey('!', 'mischief', 'break/mend', 'break and mend the demo cluster'), mischief: true },
  screenKey(':', 'palette', 'actions', 'choose an action from a list'),
  screenKey('?', 'help', 'help', 'this list of keys'),
  {
    keys: ['ctrl-z'],
    shown: 'Ctrl-Z',
    does: 'suspend; `fg` comes back',
    hint: null,
    action: { kind: 'suspend' },
    on: everywhere,
  },
  {
    keys: ['q'],
    shown: 'q',
    does: 'quit; nothing on the peers changes',
    hint: 'quit',
    action: { kind: 'quit' },
    on: scrolling,
    choice: true,
  },
  {
    keys: ['ctrl-c'],
    shown: 'Ctrl-C',
    does: 'quit from anywhere',
    hint: null,
    action: { kind: 'quit' },
    on: everywhere,
  },
];

/** The bindings that do something now. */
export function bindings(mischief: boolean, on?: ScreenName): readonly Binding[] {
  return keymap.filter(
    (binding) => (mischief || binding.mischief !== true) && (on === undefined || binding.on.includes(on)),
  );
}

/**
 * What the keys of one chunk do on a screen. One key does what it is bound to; of several, all must be moves, or
 * nothing happens: a paste, or keys typed ahead of what is on the screen.
 */
export function actionsFor(keys: readonly KeyName[], on: ScreenName, mischief: boolean): readonly Action[] {
  const known = bindings(mischief, on);
  const found = keys.map((key) => known.find((binding) => binding.keys.includes(key)));
  if (keys.length > 1 && !found.every((binding) => binding?.moves === true)) return [];
  return found.flatMap((binding) => (binding === undefined ? [] : [binding.action]));
}

/** One line of help: keys of a kind that mean different things on different screens are one entry. */
export type HelpEntry = { readonly shown: string; readonly does: string };

/** Each key exactly once, in the keymap's order. */
export function helpEntries(mischief: boolean): readonly HelpEntry[] {
  const entries = new Map<string, string>();
  for (const { shown, does } of bindings(mischief)) {
    const before = entries.get(shown);
    entries.set(shown, before === undefined ? does : `${before}; ${does}`);
  }
  return [...entries].map(([shown, does]) => ({ shown, does }));
}
