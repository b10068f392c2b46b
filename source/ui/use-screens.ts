import { useCallback, useRef, useState } from 'react';
import { type Reach, reduce, type UiEvent, type UiState } from './screens.ts';

/**
 * The state of the screens. `current()` is what the newest key left, also between two keys that arrive before React
 * draws again, so that Enter right after an arrow opens the row the arrow went to.
 */
export function useScreens(first: UiState): {
  readonly state: UiState;
  readonly current: () => UiState;
  readonly apply: (event: UiEvent, reach: Reach) => void;
} {
  const [state, setState] = useState(first);
  const newest = useRef(first);
  const current = useCallback(() => newest.current, []);
  const apply = useCallback((event: UiEvent, reach: Reach) => {
    newest.current = reduce(newest.current, event, reach);
    setState(newest.current);
  }, []);
  return { state, current, apply };
}
