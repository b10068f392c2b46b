import { useInput } from 'ink';
import { useReducer, useRef } from 'react';
import { keyNames } from './keys.ts';

export type MenuItem = { readonly label: string; readonly value: string };

/** What is selected, and the first item in sight, counted from 0. */
export type MenuPlace = { readonly selected: number; readonly first: number };

/** Where a key leads to in a list of `size` items with `room` in sight. At both ends it stays; other keys do nothing. */
export function moveInMenu(place: MenuPlace, key: string, size: number, room: number): MenuPlace {
  const by: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    'page-up': -room,
    'page-down': room,
    home: -size,
    g: -size,
    end: size,
    G: size,
  };
  const selected = Math.max(0, Math.min(size - 1, place.selected + (by[key] ?? 0)));
  return { selected, first: Math.max(selected - room + 1, Math.min(place.first, selected), 0) };
}

/**
 * A place in a list, moved by keys; Enter selects. Keys that a slow link joins are taken one after the other: the place
 * is kept outside of React's state, which is new only after the next drawing.
 */
export function useMenu(
  items: readonly MenuItem[],
  room: number,
  onSelect: (value: string) => void,
): MenuPlace {
  const place = useRef<MenuPlace>({ selected: 0, first: 0 });
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      place.current = moveInMenu(place.current, name, items.length, room);
      const item = items[place.current.selected];
      if (name === 'enter' && item !== undefined) return onSelect(item.value);
    }
    draw();
  });
  return moveInMenu(place.current, '', items.length, room);
}
