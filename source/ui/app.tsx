import { Box, Text, useApp, useInput, useIsScreenReaderEnabled, usePaste, useWindowSize } from 'ink';
import { useCallback, useEffect, useMemo } from 'react';
import { electedPeer } from '../cluster/election.ts';
import type { Mischief } from '../ports.ts';
import type { MaintenanceModel, Workshop } from '../session/maintenance/model.ts';
import type { Model, Session } from '../session/model.ts';
import { acting } from './acting.ts';
import { actionsFor } from './bound-keys.ts';
import type { Can } from './can.ts';
import { decisions } from './decisions.ts';
import { draw, speak } from './draw.ts';
import type { Scene } from './drawing.ts';
import { type Glass, nothingToAnswer } from './glass.ts';
import { keyNames } from './keys.ts';
import { mendsOf } from './mend-keys.ts';
import { menuFrame, menuItems } from './menus.ts';
import type { UiOptions } from './options.ts';
import { Lines } from './parts/lines.tsx';
import { Menu } from './parts/menu.tsx';
import { ticketOf } from './screens/checklist.ts';
import { primeSubject } from './screens/prime.ts';
import { type Opening, startWith, type UiEvent } from './screens.ts';
import { painter } from './spans.ts';
import { typing } from './typing.ts';
import { useAlone } from './use-alone.ts';
import { useCloseLook } from './use-close-look.ts';
import { type Frame, useFrame } from './use-frame.ts';
import { useFreshQuestion } from './use-fresh-question.ts';
import { useScreens } from './use-screens.ts';
import { useFreshLock, useLockInPassing, useWorkshop } from './use-workshop.ts';

export type AppProps = {
  readonly session: Session;
  readonly options: UiOptions;
  /** Null where the cluster allows none; then its key and menu do not exist. */
  readonly mischief: Mischief | null;
  /** Null for a session that only looks; then no key of a maintenance exists. */
  readonly workshop: Workshop | null;
  /** What the command line asked for, as the first thing on the screen; the grid by default. */
  readonly opening?: Opening;
  /** What of the frames made here is on the terminal. */
  readonly glass: Glass;
  /** Takes text to the clipboard and says in a sentence what came of it. */
  readonly copy: (text: string) => string;
  readonly onQuit: () => void;
  /** Stops the program as Ctrl-Z does elsewhere, and resolves when it goes on. */
  readonly suspend: () => Promise<void>;
};

/** The console: reads the models, draws one screen of them, and turns keys into what they mean. */
export function App({
  session,
  options,
  mischief,
  workshop,
  opening = { on: 'grid' },
  glass,
  copy,
  onQuit,
  suspend,
}: AppProps) {
  const { columns, rows } = useWindowSize();
  const { state, current, apply } = useScreens(startWith(opening));
  const desk = useWorkshop(workshop);
  const { running } = desk;
  const { suspendTerminal, waitUntilRenderFlush } = useApp();
  const alone = useAlone();
  const spoken = useIsScreenReaderEnabled();
  const paint = useMemo(() => painter(options), [options]);
  const playful = mischief !== null;
  const height = Math.max(1, rows - 1);

  const canWith = useCallback(
    (maintenance: MaintenanceModel | null): Can => ({
      mischief: playful,
      workshop: workshop !== null,
      begin: workshop !== null && (maintenance === null || maintenance.run.ended !== null),
      maintenance: maintenance !== null,
    }),
    [playful, workshop],
  );
  const { lock } = desk.state;
  const sceneOf = useCallback(
    (model: Model, maintenance: MaintenanceModel | null): Scene => ({
      model,
      columns,
      height,
      options,
      can: canWith(maintenance),
      maintenance,
      lock,
      notice: state.notice,
    }),
    [columns, height, options, canWith, lock, state.notice],
  );
  const screen = state.at.screen;
  const items = useMemo(
    () => menuItems(screen, mischief, workshop, canWith(running())),
    [screen, mischief, workshop, canWith, running],
  );
  const frame = useFrame(
    session,
    desk.state.maintenance,
    useCallback(
      (model: Model, maintenance: MaintenanceModel | null): Frame => {
        const scene = sceneOf(model, maintenance);
        if (items !== null)
          return { ...nothingToAnswer, lines: menuFrame(scene, screen, items.length).map(paint) };
        const { at } = state;
        return {
          lines: spoken ? speak(scene, state) : draw(scene, state).lines.map(paint),
          ticket: at.screen === 'checklist' && maintenance !== null ? ticketOf(maintenance) : null,
          ask: 'ask' in at ? at.ask : null,
        };
      },
      [sceneOf, state, screen, items, spoken, paint],
    ),
  );
  const { lines } = frame;
  glass.drawn(frame);

  const can = () => canWith(running());
  const reach = () =>
    draw({ ...sceneOf(session.snapshot(), running()), lock: desk.current().lock }, current());
  const send = (event: UiEvent) => apply(event, reach());
  const say = (text: string) => send({ kind: 'notice', text });
  const deciding = decisions({
    desk,
    glass,
    current,
    send,
    onQuit,
    ids: () => reach().ids,
    cluster: () => session.snapshot().view.cluster,
    mends: () => mendsOf(session.snapshot()),
    primed: (id) => primeSubject(session.snapshot(), id),
    elected: () => electedPeer(session.snapshot().view),
  });
  useFreshLock(session, desk, screen === 'lock');
  useLockInPassing(session, desk, workshop !== null && screen !== 'lock');
  useCloseLook(session, state);
  useFreshQuestion(desk.state.maintenance, current, apply);
  const { lookAtLock } = desk;
  useEffect(() => {
    if (opening.on === 'lock') lookAtLock();
  }, [opening.on, lookAtLock]);

  const { act, choose, decides } = acting({
    session,
    mischief,
    current,
    send,
    can,
    drawing: reach,
    copy,
    lookAtLock,
    suspend: () => void suspendTerminal(suspend),
    deciding,
  });
  const { type, paste } = typing({ current, send });

  const tooMany = () => say('several keys came at once: none was taken');
  useInput((input, key) => {
    alone.count();
    const actions = actionsFor(keyNames(input, key), current().at.screen, can());
    for (const action of actions) {
      if (!decides(action)) act(action);
      else alone.whenAlone(() => act(action), tooMany);
    }
    if (actions.length === 0) type(input, key);
    // A key is answered now, not at the next turn of the frame clock.
    void waitUntilRenderFlush();
  });
  usePaste((text) => {
    alone.count();
    paste(text);
  });

  if (items === null) {
    return spoken ? (
      <Text>{lines.join('\n')}</Text>
    ) : (
      <Box flexDirection="column">
        <Lines lines={lines} />
      </Box>
    );
  }
  return (
    <Box flexDirection="column">
      <Lines lines={lines.slice(0, -1)} />
      <Menu
        key={screen}
        items={items}
        room={Math.max(1, height - lines.length)}
        columns={columns}
        paint={paint}
        onSelect={choose}
        onRefused={tooMany}
      />
      <Lines lines={lines.slice(-1)} />
    </Box>
  );
}
