import type { ChangeKind } from '../cluster/change-kinds.ts';
import type { Can } from './can.ts';
import type { KeyName } from './keys.ts';
import type { Destination, ScreenName, UiEvent } from './screens.ts';

/** A key that asks whether a change shall begin, by the procedure it begins. */
export type BeginDeed = `begin ${Exclude<ChangeKind, 'add-peer' | 'restart-all'>}`;

export const isBegin = (deed: Deed): deed is BeginDeed => deed.startsWith('begin ');

export const changeOf = (deed: BeginDeed): ChangeKind => deed.slice('begin '.length) as ChangeKind;

/** What is done about the maintenance, the lock or a question; each of them only by a key that came alone. */
export type Deed =
  | 'yes'
  | 'confirm'
  | 'confirm-group'
  | 'acknowledge'
  | 'override'
  | 'look-again'
  | 'retry'
  | 'skip'
  | 'pause'
  | BeginDeed
  | 'look-lock'
  | 'resume'
  | 'break'
  | 'survivors';

/** What a key does: a change of the screens, or something outside them that the App does. */
export type Action =
  | UiEvent
  | { readonly kind: 'look' | 'log' | 'copy' | 'suspend' | 'quit' }
  | { readonly kind: 'deed'; readonly deed: Deed };

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
  /** Only where this can be done now. */
  readonly needs?: keyof Can;
};

const scrolling: readonly ScreenName[] = [
  'grid',
  'peer',
  'matrix',
  'space',
  'findings',
  'prime',
  'drift',
  'events',
  'help',
];
/** Where arrows scroll but letters are the moves of a maintenance. */
const deciding: readonly ScreenName[] = ['checklist', 'lock'];
const reading: readonly ScreenName[] = [...scrolling, ...deciding];
const everywhere: readonly ScreenName[] = [
  ...reading,
  'filter',
  'palette',
  'mischief',
  'add',
  'prompt',
  'question',
];

const screenKey = (key: KeyName, to: Destination, hint: string, does: string): Binding => ({
  keys: [key],
  shown: key,
  does,
  hint,
  action: { kind: 'go', to },
  on: scrolling,
  choice: to !== 'palette',
});

const moving = (key: KeyName, shown: string, does: string, by: number): Binding => ({
  keys: [key],
  shown,
  does,
  hint: null,
  action: { kind: 'move', by },
  // On the screens where people decide, letters mean decisions.
  on: key.length === 1 ? scrolling : reading,
  moves: true,
});

const deed = (
  key: KeyName,
  what: Deed,
  on: ScreenName,
  needs: keyof Can,
  does: string,
  hint: string | null = null,
): Binding => ({
  keys: [key],
  shown: key,
  does,
  hint,
  action: { kind: 'deed', deed: what },
  on: [on],
  needs,
});

/** Screens that are about one peer: the one under the cursor, the one shown, or the one that a finding names. */
const about: readonly ScreenName[] = ['grid', 'peer', 'findings'];

const beginning = (
  key: KeyName,
  change: Exclude<ChangeKind, 'add-peer' | 'restart-all'>,
  on: readonly ScreenName[],
  does: string,
  hint: string | null = null,
): Binding => ({ ...deed(key, `begin ${change}`, 'grid', 'begin', does, hint), on });

/** Every key that does something, once. Help, hints and the palette are made from it. */
export const keymap: readonly Binding[] = [
  ...(['j', 'down'] as const).map((key) => moving(key, key === 'j' ? 'j' : '↓', 'down', 1)),
  ...(['k', 'up'] as const).map((key) => moving(key, key === 'k' ? 'k' : '↑', 'up', -1)),
  {
    keys: ['page-down', ' '],
    shown: 'PgDn Space',
    does: 'one page down',
    hint: null,
    action: { kind: 'page', by: 1 },
    on: reading,
    moves: true,
  },
  {
    keys: ['page-up', 'b'],
    shown: 'PgUp b',
    does: 'one page up',
    hint: null,
    action: { kind: 'page', by: -1 },
    on: reading,
    moves: true,
  },
  {
    keys: ['g'],
    shown: 'g',
    does: 'to the first',
    hint: null,
    action: { kind: 'edge', to: 'first' },
    on: scrolling,
    moves: true,
  },
  {
    keys: ['home'],
    shown: 'Home',
    does: 'to the first',
    hint: null,
    action: { kind: 'edge', to: 'first' },
    on: reading,
    moves: true,
  },
  {
    keys: ['G', 'end'],
    shown: 'G End',
    does: 'to the last',
    hint: null,
    action: { kind: 'edge', to: 'last' },
    on: reading,
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
    keys: ['enter'],
    shown: 'Enter',
    does: 'give what was typed as the answer',
    hint: 'done',
    action: { kind: 'accept' },
    on: ['prompt'],
    needs: 'workshop',
  },
  {
    keys: ['backspace'],
    shown: 'Backspace',
    does: 'erase a character',
    hint: 'erase',
    action: { kind: 'erase' },
    on: ['filter', 'prompt'],
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
    does: 'copy the row, page or command shown, as text',
    hint: 'copy',
    action: { kind: 'copy' },
    on: ['grid', 'peer', 'matrix', 'space', 'findings', 'drift', 'prime', 'events', 'checklist', 'lock'],
    choice: true,
  },
  {
    ...screenKey('a', 'add', 'add', 'add a peer: choose a spare host or type an address'),
    on: ['grid'],
    needs: 'begin',
  },
  beginning('d', 'remove-peer', ['grid'], 'remove the peer under the cursor', 'remove'),
  beginning('D', 'reclaim-peer', about, 'reclaim a dead peer (weave rmpeer)'),
  beginning('R', 'restart-peer', about, 'restart a peer, or start it again'),
  beginning('W', 'wipe-peer', about, 'wipe a peer that came back with old data'),
  { ...screenKey('A', 'drift', 'drift', 'drift: who differs in what'), on: ['grid', 'peer', 'findings'] },
  beginning('A', 'align', ['drift'], 'on that screen: align, make files the same everywhere', 'align'),
  beginning('B', 'bootstrap', ['grid', 'findings'], 'bootstrap: start a new cluster'),
  {
    ...screenKey('P', 'prime', 'prime', 'prime: what a peer waits for, who is missing and why'),
    on: about,
    hint: null,
  },
  beginning('P', 'prime', ['prime'], 'on the prime screen: run weave prime', 'prime it'),
  {
    ...screenKey('l', 'lock', 'lock', 'the maintenance lock: who holds it'),
    on: [...scrolling, 'checklist'],
    needs: 'workshop',
  },
  {
    ...screenKey('w', 'checklist', 'maintenance', 'back to the maintenance'),
    on: [...scrolling, 'lock'],
    needs: 'maintenance',
  },
  deed('y', 'confirm', 'checklist', 'maintenance', 'maintenance: let the step go that is shown'),
  deed('Y', 'confirm-group', 'checklist', 'maintenance', 'maintenance: let all steps of its kind go'),
  deed('k', 'acknowledge', 'checklist', 'maintenance', 'maintenance: acknowledge a warning'),
  deed('o', 'override', 'checklist', 'maintenance', 'maintenance: override a check that blocks'),
  deed('r', 'look-again', 'checklist', 'maintenance', 'maintenance: look again now'),
  deed('t', 'retry', 'checklist', 'maintenance', 'maintenance: try the step again'),
  deed('s', 'skip', 'checklist', 'maintenance', 'maintenance: leave the step out'),
  deed('p', 'pause', 'checklist', 'maintenance', 'maintenance: pause it, so that somebody can resume it'),
  deed('r', 'look-lock', 'lock', 'workshop', 'lock: ask the peers again', 'ask again'),
  deed('u', 'resume', 'lock', 'begin', 'lock: take up the change that was left behind'),
  deed('x', 'break', 'lock', 'begin', 'lock: break one that was left behind'),
  deed('g', 'survivors', 'lock', 'begin', 'lock: go on with the survivors, where too few peers answer'),
  deed('y', 'yes', 'question', 'workshop', 'a question: yes', 'yes'),
  {
    keys: ['n'],
    shown: 'n',
    does: 'a question: no',
    hint: 'no',
    action: { kind: 'back' },
    on: ['question'],
    needs: 'workshop',
  },
  { ...screenKey('!', 'mischief', 'break/mend', 'break and mend the demo cluster'), needs: 'mischief' },
  screenKey(':', 'palette', 'actions', 'choose an action from a list'),
  { ...screenKey('?', 'help', 'help', 'this list of keys'), on: reading },
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
    does: 'quit',
    hint: 'quit',
    action: { kind: 'quit' },
    on: reading,
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
export function bindings(can: Can, on?: ScreenName): readonly Binding[] {
  return keymap.filter(
    (binding) =>
      (binding.needs === undefined || can[binding.needs]) && (on === undefined || binding.on.includes(on)),
  );
}

/**
 * What the keys of one chunk do on a screen. One key does what it is bound to; of several, all must be moves or all Esc,
 * or nothing happens: a paste, or keys typed ahead of what is on the screen.
 */
export function actionsFor(keys: readonly KeyName[], on: ScreenName, can: Can): readonly Action[] {
  const known = bindings(can, on);
  const found = keys.map((key) => known.find((binding) => binding.keys.includes(key)));
  // Esc goes back whatever the screen is that it goes back to, and changes nothing.
  const together = found.every((binding) => binding?.moves === true) || keys.every((key) => key === 'esc');
  if (keys.length > 1 && !together) return [];
  return found.flatMap((binding) => (binding === undefined ? [] : [binding.action]));
}

/** One line of help: keys of a kind that mean different things on different screens are one entry. */
export type HelpEntry = { readonly shown: string; readonly does: string };

/** Each key exactly once, in the keymap's order. */
export function helpEntries(can: Can): readonly HelpEntry[] {
  const entries = new Map<string, string>();
  for (const { shown, does } of bindings(can)) {
    const before = entries.get(shown);
    entries.set(shown, before === undefined ? does : `${before}; ${does}`);
  }
  return [...entries].map(([shown, does]) => ({ shown, does }));
}
