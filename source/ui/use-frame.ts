import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Model, Session } from '../session/model.ts';

type Frame = {
  readonly model: Model;
  readonly render: (model: Model) => readonly string[];
  readonly lines: readonly string[];
};

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

/**
 * The painted lines of the session's newest model. News that changes nothing on this screen gives the very same array,
 * so React and Ink have nothing to do: a calm cluster costs no frames. `render` must keep its identity while the state
 * of the screens and the size do.
 */
export function useFrame(session: Session, render: (model: Model) => readonly string[]): readonly string[] {
  const last = useRef<Frame | null>(null);
  const snapshot = useCallback(() => {
    const model = session.snapshot();
    const before = last.current;
    if (before !== null && before.model === model && before.render === render) return before.lines;
    const drawn = render(model);
    const lines = before !== null && same(before.lines, drawn) ? before.lines : drawn;
    last.current = { model, render, lines };
    return lines;
  }, [session, render]);
  const subscribe = useCallback((listener: () => void) => session.subscribe(listener), [session]);
  return useSyncExternalStore(subscribe, snapshot);
}
