import type { Action, Binding } from './binding.ts';
import type { Can } from './can.ts';
import { keymap } from './keymap.ts';
import type { KeyName } from './keys.ts';
import type { ScreenName } from './screens.ts';

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
