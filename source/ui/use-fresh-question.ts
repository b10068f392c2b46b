import { useEffect } from 'react';
import type { Maintenance } from '../session/maintenance/model.ts';
import { lettingGoAnew } from './deeds.ts';
import type { Reach, UiEvent, UiState } from './screens.ts';

/** No question depends on what can be reached on the screen. */
const nowhere: Reach = { ids: [], page: 1, maxScroll: 0, maxLeft: 0 };

/** Asks anew whether to leave or pause when the maintenance goes on meanwhile: what was read must be what is answered. */
export function useFreshQuestion(
  maintenance: Maintenance | null,
  current: () => UiState,
  apply: (event: UiEvent, reach: Reach) => void,
): void {
  useEffect(() => {
    if (maintenance === null) return;
    return maintenance.subscribe(() => {
      const { at } = current();
      if (at.screen !== 'question' || (at.ask.kind !== 'quit' && at.ask.kind !== 'pause')) return;
      const now = lettingGoAnew(at.ask, maintenance.snapshot());
      if (now === at.ask) return;
      if (typeof now !== 'string') return apply({ kind: 'ask', ask: now }, nowhere);
      apply({ kind: 'answered' }, nowhere);
      apply({ kind: 'notice', text: now }, nowhere);
    });
  }, [maintenance, current, apply]);
}
