import type { PeerId } from '../cluster/inventory.ts';
import type { ChangeRequest } from '../session/maintenance/model.ts';
import { type Ask, isYesNo } from './asking.ts';

/** What fills the terminal now. Exactly one; the way back is a stack. */
export type Screen =
  | { readonly screen: 'grid' }
  /** The grid while its filter is typed; Esc gives `former` back. */
  | { readonly screen: 'filter'; readonly former: string }
  | { readonly screen: 'peer'; readonly id: PeerId; readonly scroll: number }
  | { readonly screen: 'matrix'; readonly scroll: number; readonly left: number }
  | { readonly screen: 'space'; readonly scroll: number }
  | { readonly screen: 'findings'; readonly scroll: number }
  /** The election of a peer; null: of the one whose election is on. */
  | { readonly screen: 'prime'; readonly id: PeerId | null; readonly scroll: number }
  | { readonly screen: 'drift'; readonly scroll: number }
  | { readonly screen: 'events'; readonly scroll: number }
  | { readonly screen: 'help'; readonly scroll: number }
  | { readonly screen: 'palette' }
  | { readonly screen: 'mischief' }
  /** The maintenance under way. `scroll` counts only while `anchor` is what is drawn: another step begins at its top. */
  | { readonly screen: 'checklist'; readonly scroll: number; readonly anchor: string }
  | { readonly screen: 'lock'; readonly scroll: number }
  /** The list of hosts that could be added. */
  | { readonly screen: 'add' }
  /** A question for `y`, over the screen it was asked on. */
  | { readonly screen: 'question'; readonly ask: Ask }
  /** A question that is answered by typing; `wrong` says why the last answer was not taken. */
  | { readonly screen: 'prompt'; readonly ask: Ask; readonly text: string; readonly wrong: string | null };

export type ScreenName = Screen['screen'];

/** Screens that a key or the palette can go to without more to say. */
export type Destination =
  | 'matrix'
  | 'space'
  | 'findings'
  | 'prime'
  | 'drift'
  | 'events'
  | 'help'
  | 'palette'
  | 'mischief'
  | 'add'
  | 'checklist'
  | 'lock';

export type UiState = {
  readonly at: Screen;
  readonly back: readonly Screen[];
  /** The grid's cursor, by peer, so that it stays on its peer when rows come and go. */
  readonly cursor: PeerId | null;
  /** First grid row that is drawn, in peers. */
  readonly top: number;
  readonly filter: string;
  /** One sentence in the last line until the next key: what `c` copied, what `r` asked. */
  readonly notice: string | null;
};

export const start: UiState = {
  at: { screen: 'grid' },
  back: [],
  cursor: null,
  top: 0,
  filter: '',
  notice: null,
};

/** Where the console opens. */
export type Opening =
  | { readonly on: 'grid' }
  /** With the question whether this change shall begin. */
  | { readonly on: 'begin'; readonly request: ChangeRequest }
  /** On the screen that watches an election: of this peer, or of whoever is primed. */
  | { readonly on: 'prime'; readonly id: PeerId | null }
  /** On the lock, where a change that was left behind is taken up. */
  | { readonly on: 'lock' };

/** The state of the screens when the console opens. */
export const startWith = (opening: Opening): UiState => {
  const prime = (id: PeerId | null): Screen => ({ screen: 'prime', id, scroll: 0 });
  switch (opening.on) {
    case 'grid':
      return start;
    case 'lock':
      return { ...start, at: { screen: 'lock', scroll: 0 }, back: [start.at] };
    case 'prime':
      return { ...start, at: prime(opening.id), back: [start.at] };
    case 'begin': {
      const { request } = opening;
      const at: Screen = { screen: 'question', ask: { kind: 'begin', request } };
      return { ...start, at, back: [start.at, ...(request.kind === 'prime' ? [prime(request.target)] : [])] };
    }
  }
};

/** What the drawing of the moment allows; the reducer needs no model. */
export type Reach = {
  /** Peers that the grid shows, in order. */
  readonly ids: readonly PeerId[];
  /** Peers or lines on one page. */
  readonly page: number;
  readonly maxScroll: number;
  readonly maxLeft: number;
  /** What a scroll position belongs to; see the checklist. */
  readonly anchor?: string;
};

export type UiEvent =
  | { readonly kind: 'move'; readonly by: number }
  | { readonly kind: 'page'; readonly by: number }
  | { readonly kind: 'side'; readonly by: number }
  | { readonly kind: 'edge'; readonly to: 'first' | 'last' }
  | { readonly kind: 'open' }
  | { readonly kind: 'back' }
  /** `id` is whom the screen is about, where it is about one. */
  | { readonly kind: 'go'; readonly to: Destination; readonly id?: PeerId | null }
  | { readonly kind: 'filter' }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'erase' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'ask'; readonly ask: Ask }
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'answered' }
  /** The change that was waited for has begun. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'notice'; readonly text: string | null };

/** A scroll position that means the last page, whatever that is. */
export const theEnd = Number.MAX_SAFE_INTEGER;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** Where the cursor really is: on its peer, or on the first row when that peer isn't shown. */
export const cursorIndex = (state: UiState, ids: readonly PeerId[]): number =>
  Math.max(0, state.cursor === null ? 0 : ids.indexOf(state.cursor));

/** The first row to draw so that the cursor is on screen and no room is wasted. */
export function windowTop(top: number, cursor: number, page: number, total: number): number {
  const visible = clamp(top, cursor - page + 1, cursor);
  return clamp(visible, 0, Math.max(0, total - page));
}

function enter(state: UiState, at: Screen): UiState {
  return { ...state, at, back: [...state.back, state.at] };
}

function leave(state: UiState): UiState {
  const at = state.back.at(-1);
  if (at !== undefined) return { ...state, at, back: state.back.slice(0, -1) };
  return state.filter === '' ? state : { ...state, filter: '' };
}

function moveCursor(state: UiState, to: number, reach: Reach): UiState {
  const index = clamp(to, 0, Math.max(0, reach.ids.length - 1));
  return {
    ...state,
    cursor: reach.ids[index] ?? null,
    top: windowTop(state.top, index, reach.page, reach.ids.length),
  };
}

function scrollTo(state: UiState, to: number, reach: Reach): UiState {
  const at = state.at;
  if (!('scroll' in at)) return state;
  // The end stays the end while lines are added, as when a log is asked for and then arrives.
  const scroll = to === theEnd ? theEnd : clamp(to, 0, reach.maxScroll);
  if (at.screen === 'checklist') return { ...state, at: { ...at, scroll, anchor: reach.anchor ?? '' } };
  return { ...state, at: { ...at, scroll } };
}

/** Where a checklist is scrolled to: another step than the one that was scrolled begins at its top. */
export const scrollOf = (at: Extract<Screen, { screen: 'checklist' }>, anchor: string): number =>
  at.anchor === anchor ? at.scroll : 0;

function moveTo(state: UiState, reach: Reach, from: (position: number) => number): UiState {
  if (state.at.screen === 'grid') return moveCursor(state, from(cursorIndex(state, reach.ids)), reach);
  if (!('scroll' in state.at)) return state;
  const scroll = state.at.screen === 'checklist' ? scrollOf(state.at, reach.anchor ?? '') : state.at.scroll;
  return scrollTo(state, from(clamp(scroll, 0, reach.maxScroll)), reach);
}

function openAtCursor(state: UiState, reach: Reach): UiState {
  const id = reach.ids[cursorIndex(state, reach.ids)];
  if (state.at.screen !== 'grid' || id === undefined) return state;
  return enter({ ...state, cursor: id }, { screen: 'peer', id, scroll: 0 });
}

function go(state: UiState, to: Destination, id: PeerId | null): UiState {
  if (state.at.screen === to) return state;
  switch (to) {
    case 'palette':
    case 'mischief':
    case 'add':
      return enter(state, { screen: to });
    case 'checklist':
      return enter(state, { screen: to, scroll: 0, anchor: '' });
    case 'prime':
      return enter(state, { screen: to, id, scroll: 0 });
    case 'matrix':
      return enter(state, { screen: to, scroll: 0, left: 0 });
    default:
      return enter(state, { screen: to, scroll: 0 });
  }
}

/** Asks over the screen that is there; a question that follows another takes its place. */
function askNow(state: UiState, ask: Ask): UiState {
  const at: Screen = isYesNo(ask)
    ? { screen: 'question', ask }
    : { screen: 'prompt', ask, text: '', wrong: null };
  return ['prompt', 'question', 'add'].includes(state.at.screen) ? { ...state, at } : enter(state, at);
}

/** The longest that is kept of typed text: a filter, or an answer. */
const longest = { filter: 80, prompt: 400 } as const;

function typed(state: UiState, text: string): UiState {
  const { at } = state;
  if (at.screen === 'filter')
    return { ...state, filter: (state.filter + text).slice(0, longest.filter), top: 0 };
  if (at.screen !== 'prompt') return state;
  return { ...state, at: { ...at, text: (at.text + text).slice(0, longest.prompt), wrong: null } };
}

const withoutLast = (text: string): string => [...text].slice(0, -1).join('');

function erase(state: UiState): UiState {
  const { at } = state;
  if (at.screen === 'filter') return { ...state, filter: withoutLast(state.filter) };
  if (at.screen !== 'prompt') return state;
  return { ...state, at: { ...at, text: withoutLast(at.text), wrong: null } };
}

/** The next state of the screens. Pure: what a key also does outside (copy, look, quit) happens elsewhere. */
export function reduce(before: UiState, event: UiEvent, reach: Reach): UiState {
  if (event.kind === 'notice') return { ...before, notice: event.text };
  const state = before.notice === null ? before : { ...before, notice: null };
  const at = state.at;
  switch (event.kind) {
    case 'move':
      return moveTo(state, reach, (position) => position + event.by);
    case 'page':
      return moveTo(state, reach, (position) => position + event.by * Math.max(1, reach.page - 1));
    case 'edge':
      return moveTo(state, reach, () => (event.to === 'first' ? 0 : theEnd));
    case 'side':
      if (at.screen !== 'matrix') return state;
      return {
        ...state,
        at: { ...at, left: clamp(Math.min(at.left, reach.maxLeft) + event.by, 0, reach.maxLeft) },
      };
    case 'open':
      return openAtCursor(state, reach);
    case 'back':
      return at.screen === 'filter' ? leave({ ...state, filter: at.former }) : leave(state);
    case 'go':
      return go(state, event.to, event.id ?? null);
    case 'filter':
      return at.screen === 'grid' ? enter(state, { screen: 'filter', former: state.filter }) : state;
    case 'typed':
      return typed(state, event.text);
    case 'erase':
      return erase(state);
    case 'ask':
      return askNow(state, event.ask);
    case 'wrong':
      return at.screen === 'prompt' ? { ...state, at: { ...at, text: '', wrong: event.why } } : state;
    case 'answered':
      return at.screen === 'prompt' || at.screen === 'question' ? leave(state) : state;
    case 'opened':
      return at.screen === 'lock' ? { ...state, at: { screen: 'checklist', scroll: 0, anchor: '' } } : state;
    case 'accept':
      return at.screen === 'filter' ? leave(state) : state;
  }
}
