import { useEffect } from 'react';
import { watchElection } from '../session/haste.ts';
import type { Session } from '../session/model.ts';
import type { UiState } from './screens.ts';

/** Looks often at an election for as long as its screen is open, also under a question that is asked over it. */
export function useCloseLook(session: Session, { at, back }: UiState): void {
  const screen = at.screen === 'question' || at.screen === 'prompt' ? back.at(-1) : at;
  const open = screen?.screen === 'prime';
  const id = screen?.screen === 'prime' ? screen.id : null;
  useEffect(() => (open ? watchElection(session, id) : undefined), [session, open, id]);
}
