import type { Action, Binding, Deed, KeyedChange } from './binding.ts';
import type { Can } from './can.ts';
import type { KeyName } from './keys.ts';
import type { Destination, ScreenName } from './screens.ts';

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

const bind = (
  keys: readonly KeyName[],
  shown: string,
  does: string,
  action: Action,
  on: readonly ScreenName[],
  more: Partial<Pick<Binding, 'hint' | 'moves' | 'choice' | 'needs'>> = {},
): Binding => ({ keys, shown, does, hint: null, action, on, ...more });

const screenKey = (key: KeyName, to: Destination, hint: string, does: string): Binding =>
  bind([key], key, does, { kind: 'go', to }, scrolling, { hint, choice: to !== 'palette' });

const moving = (key: KeyName, shown: string, does: string, by: number): Binding =>
  // On the screens where people decide, letters mean decisions.
  bind([key], shown, does, { kind: 'move', by }, key.length === 1 ? scrolling : reading, { moves: true });

const deed = (
  key: KeyName,
  what: Deed,
  on: ScreenName,
  needs: keyof Can,
  does: string,
  hint: string | null = null,
): Binding => bind([key], key, does, { kind: 'deed', deed: what }, [on], { hint, needs });

/** Screens that are about one peer: the one under the cursor, the one shown, or the one that a finding names. */
const about: readonly ScreenName[] = ['grid', 'peer', 'findings'];

const beginning = (
  key: KeyName,
  change: KeyedChange,
  on: readonly ScreenName[],
  does: string,
  hint: string | null = null,
): Binding => ({ ...deed(key, `begin ${change}`, 'grid', 'begin', does, hint), on });

/** Every key that does something, once. Help, hints and the palette are made from it. */
export const keymap: readonly Binding[] = [
  ...(['j', 'down'] as const).map((key) => moving(key, key === 'j' ? 'j' : '↓', 'down', 1)),
  ...(['k', 'up'] as const).map((key) => moving(key, key === 'k' ? 'k' : '↑', 'up', -1)),
  bind(['page-down', ' '], 'PgDn Space', 'one page down', { kind: 'page', by: 1 }, reading, { moves: true }),
  bind(['page-up', 'b'], 'PgUp b', 'one page up', { kind: 'page', by: -1 }, reading, { moves: true }),
  bind(['g'], 'g', 'to the first', { kind: 'edge', to: 'first' }, scrolling, { moves: true }),
  bind(['home'], 'Home', 'to the first', { kind: 'edge', to: 'first' }, reading, { moves: true }),
  bind(['G', 'end'], 'G End', 'to the last', { kind: 'edge', to: 'last' }, reading, { moves: true }),
  bind(['left'], '←', 'matrix: columns to the left', { kind: 'side', by: -1 }, ['matrix'], { moves: true }),
  bind(['right'], '→', 'matrix: columns to the right', { kind: 'side', by: 1 }, ['matrix'], { moves: true }),
  bind(['enter'], 'Enter', 'open the peer under the cursor', { kind: 'open' }, ['grid'], { hint: 'open' }),
  bind(['enter'], 'Enter', 'keep the filter', { kind: 'accept' }, ['filter'], { hint: 'keep' }),
  bind(['enter'], 'Enter', 'give what was typed as the answer', { kind: 'accept' }, ['prompt'], {
    hint: 'done',
    needs: 'workshop',
  }),
  bind(['backspace'], 'Backspace', 'erase a character', { kind: 'erase' }, ['filter', 'prompt'], {
    hint: 'erase',
  }),
  bind(['esc'], 'Esc', 'back; on the grid: drop the filter', { kind: 'back' }, everywhere, { hint: 'back' }),
  bind(['/'], '/', 'filter by address, nickname, name, state or drift', { kind: 'filter' }, ['grid'], {
    hint: 'filter',
    choice: true,
  }),
  screenKey('m', 'matrix', 'matrix', 'connection matrix: what each peer says of each other'),
  screenKey('i', 'space', 'space', 'address space: who owns what, and who disagrees'),
  screenKey('f', 'findings', 'findings', 'findings: what is wrong, why, what to do'),
  screenKey('e', 'events', 'events', 'events: what changed, and when'),
  bind(['o'], 'o', 'peer: read the last log lines of its unit', { kind: 'log' }, ['peer'], { hint: 'log' }),
  bind(['r'], 'r', 'look now (on a peer: at that peer)', { kind: 'look' }, scrolling, {
    hint: 'look now',
    choice: true,
  }),
  bind(
    ['c'],
    'c',
    'copy the row, page or command shown, as text',
    { kind: 'copy' },
    ['grid', 'peer', 'matrix', 'space', 'findings', 'drift', 'prime', 'events', 'checklist', 'lock'],
    { hint: 'copy', choice: true },
  ),
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
  bind(['n'], 'n', 'a question: no', { kind: 'back' }, ['question'], { hint: 'no', needs: 'workshop' }),
  {
    ...screenKey('!', 'mischief', 'break/mend', 'break and mend the demo cluster'),
    on: [...scrolling, 'checklist'],
    needs: 'mischief',
  },
  screenKey(':', 'palette', 'actions', 'choose an action from a list'),
  // No key of its own: it takes long, and nobody should begin it by a slip.
  bind(
    [],
    ':',
    'restart all peers, one after the other',
    { kind: 'deed', deed: 'begin restart-all' },
    ['palette'],
    { choice: true, needs: 'begin' },
  ),
  { ...screenKey('?', 'help', 'help', 'this list of keys'), on: reading },
  bind(['ctrl-z'], 'Ctrl-Z', 'suspend; `fg` comes back', { kind: 'suspend' }, everywhere),
  bind(['q'], 'q', 'quit', { kind: 'quit' }, reading, { hint: 'quit', choice: true }),
  bind(['ctrl-c'], 'Ctrl-C', 'quit from anywhere', { kind: 'quit' }, everywhere),
];
