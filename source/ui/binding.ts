import type { ChangeKind } from '../cluster/change-kinds.ts';
import type { Can } from './can.ts';
import type { KeyName } from './keys.ts';
import type { ScreenName, UiEvent } from './screens.ts';

/** The procedures that are begun at once from a screen: adding asks for the host first. */
export type KeyedChange = Exclude<ChangeKind, 'add-peer'>;

/** A key that asks whether a change shall begin, by the procedure it begins. */
export type BeginDeed = `begin ${KeyedChange}`;

/** Whether a deed asks for the beginning of a change. */
export const isBegin = (deed: Deed): deed is BeginDeed => deed.startsWith('begin ');

/** The procedure that it begins. */
export const changeOf = (deed: BeginDeed): KeyedChange => deed.slice('begin '.length) as KeyedChange;

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

/** What some keys mean on some screens. */
export type Binding = {
  /** Empty for what is only chosen from the palette. */
  readonly keys: readonly KeyName[];
  /** How help writes the keys; `:` where there is none. */
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
