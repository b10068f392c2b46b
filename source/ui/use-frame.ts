import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Maintenance, MaintenanceModel } from '../session/maintenance/model.ts';
import type { Model, Session } from '../session/model.ts';
import type { Answerable } from './glass.ts';

/** Painted lines, and what on them could be answered. */
export type Frame = Answerable & { readonly lines: readonly string[] };

/** Draws the models; must keep its identity while the state of the screens and the size do. */
export type Render = (model: Model, maintenance: MaintenanceModel | null) => Frame;

type Last = {
  readonly model: Model;
  readonly maintenance: MaintenanceModel | null;
  readonly render: Render;
  readonly frame: Frame;
};

const same = (a: Frame, b: Frame): boolean =>
  a.ticket === b.ticket &&
  a.ask === b.ask &&
  a.lines.length === b.lines.length &&
  a.lines.every((text, index) => text === b.lines[index]);

/**
 * The frame of the newest models. News that changes nothing on this screen gives the very same object, so React and Ink
 * have nothing to do: a calm cluster costs no frames.
 */
export function useFrame(session: Session, maintenance: Maintenance | null, render: Render): Frame {
  const last = useRef<Last | null>(null);
  const snapshot = useCallback(() => {
    const model = session.snapshot();
    const run = maintenance?.snapshot() ?? null;
    const before = last.current;
    if (before !== null && before.model === model && before.maintenance === run && before.render === render)
      return before.frame;
    const drawn = render(model, run);
    const frame = before !== null && same(before.frame, drawn) ? before.frame : drawn;
    last.current = { model, maintenance: run, render, frame };
    return frame;
  }, [session, maintenance, render]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = [session.subscribe(listener), maintenance?.subscribe(listener)];
      return () => {
        for (const end of ends) end?.();
      };
    },
    [session, maintenance],
  );
  return useSyncExternalStore(subscribe, snapshot);
}
