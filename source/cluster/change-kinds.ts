import type { PeerId } from './inventory.ts';

/** The procedures that change a cluster, by the names that journals, lock records and findings use. */
export const changeKinds = [
  'bootstrap',
  'prime',
  'add-peer',
  'remove-peer',
  'reclaim-peer',
  'restart-peer',
  'restart-all',
  'align',
  'wipe-peer',
] as const;

/** One of them. */
export type ChangeKind = (typeof changeKinds)[number];

/** The command of each procedure, and the verb of sentences about it: `add 10.0.0.16`. */
export const verbs: Readonly<Record<ChangeKind, string>> = {
  bootstrap: 'bootstrap',
  prime: 'prime',
  'add-peer': 'add',
  'remove-peer': 'remove',
  'reclaim-peer': 'reclaim',
  'restart-peer': 'restart',
  'restart-all': 'restart',
  align: 'align',
  'wipe-peer': 'wipe',
};

/** The procedure that mends something, and of whom; `target` null where it is about the whole cluster. */
export type Mend = { readonly kind: ChangeKind; readonly target: PeerId | null };

/** Whether a word from a journal or a lock record names a procedure of this version. */
export const isChangeKind = (word: string): word is ChangeKind =>
  (changeKinds as readonly string[]).includes(word);
