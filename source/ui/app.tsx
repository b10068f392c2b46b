import {
  Box,
  type Key,
  Text,
  useApp,
  useInput,
  useIsScreenReaderEnabled,
  usePaste,
  useWindowSize,
} from 'ink';
import { useCallback, useMemo } from 'react';
import type { Mischief } from '../ports.ts';
import type { Model, Session } from '../session/model.ts';
import { draw, speak } from './draw.ts';
import type { Scene } from './drawing.ts';
import { footer, header, rule } from './header.ts';
import { type Action, actionsFor, bindings } from './keymap.ts';
import { keyNames, printable } from './keys.ts';
import type { UiOptions } from './options.ts';
import { Lines } from './parts/lines.tsx';
import { Menu, type MenuItem } from './parts/menu.tsx';
import type { ScreenName, UiEvent } from './screens.ts';
import { type Line, line, painter } from './spans.ts';
import { useFrame } from './use-frame.ts';
import { useScreens } from './use-screens.ts';

export type AppProps = {
  readonly session: Session;
  readonly options: UiOptions;
  /** Null where the cluster allows none; then its key and menu do not exist. */
  readonly mischief: Mischief | null;
  /** Takes text to the clipboard and says in a sentence what came of it. */
  readonly copy: (text: string) => string;
  readonly onQuit: () => void;
  /** Stops the program as Ctrl-Z does elsewhere, and resolves when it goes on. */
  readonly suspend: () => Promise<void>;
};

/** The console: reads the session's model, draws one screen of it, and turns keys into what they mean. */
export function App({ session, options, mischief, copy, onQuit, suspend }: AppProps) {
  const { columns, rows } = useWindowSize();
  const { state, current, apply } = useScreens();
  const { suspendTerminal, waitUntilRenderFlush } = useApp();
  const spoken = useIsScreenReaderEnabled();
  const paint = useMemo(() => painter(options), [options]);
  const playful = mischief !== null;
  const height = Math.max(1, rows - 1);

  const sceneOf = useCallback(
    (model: Model): Scene => ({ model, columns, height, options, mischief: playful, notice: state.notice }),
    [columns, height, options, playful, state.notice],
  );
  const screen = state.at.screen;
  const items = useMemo(() => menuItems(screen, mischief), [screen, mischief]);
  const lines = useFrame(
    session,
    useCallback(
      (model: Model) => {
        const scene = sceneOf(model);
        if (items !== null) return menuFrame(scene, screen, items.length).map(paint);
        return spoken ? speak(scene, state) : draw(scene, state).lines.map(paint);
      },
      [sceneOf, state, screen, items, spoken, paint],
    ),
  );

  const reach = () => draw(sceneOf(session.snapshot()), current());
  const send = (event: UiEvent) => apply(event, reach());
  const say = (text: string) => send({ kind: 'notice', text });

  const look = () => {
    const { at } = current();
    if (at.screen === 'peer') session.lookNow([at.id]);
    else session.lookNow();
    say(at.screen === 'peer' ? `looking at ${at.id} now` : 'looking at every peer now');
  };
  const readLog = () => {
    const { at } = current();
    if (at.screen !== 'peer') return;
    session.readLog(at.id);
    send({ kind: 'edge', to: 'last' });
    say('reading the last log lines of the unit');
  };
  const copySubject = () => {
    const { subject } = reach();
    say(subject === null ? 'nothing to copy here' : `${subject.name}: ${copy(subject.text)}`);
  };
  const runMischief = (id: string) => {
    send({ kind: 'back' });
    say('working');
    mischief
      ?.run(id)
      .then(say, (error: unknown) =>
        say(`that failed: ${error instanceof Error ? error.message : String(error)}`),
      );
  };
  const act = (action: Action) => {
    switch (action.kind) {
      case 'look':
        return look();
      case 'log':
        return readLog();
      case 'copy':
        return copySubject();
      case 'quit':
        return onQuit();
      case 'suspend':
        return void suspendTerminal(suspend);
      default:
        return send(action);
    }
  };
  const choose = (value: string) => {
    if (screen === 'mischief') return runMischief(value);
    const chosen = choices(playful).find(({ shown }) => shown === value);
    send({ kind: 'back' });
    if (chosen !== undefined) act(chosen.action);
  };

  useInput((input, key) => {
    const actions = actionsFor(keyNames(input, key), current().at.screen, playful);
    if (actions.length > 0) for (const action of actions) act(action);
    else if (current().at.screen === 'filter') {
      for (const event of typed(input, key)) send(event);
    } else if (current().notice !== null) send({ kind: 'notice', text: null });
    // A key is answered now, not at the next turn of the frame clock.
    void waitUntilRenderFlush();
  });
  usePaste((text) => {
    if (current().at.screen === 'filter') send({ kind: 'typed', text: printable(text) });
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
      />
      <Lines lines={lines.slice(-1)} />
    </Box>
  );
}

/** The palette's list: each action that needs nothing more than to be chosen. */
const choices = (playful: boolean) => bindings(playful).filter((binding) => binding.choice === true);

/** What the menu on this screen offers, or null where there is none. Must not change while it is open. */
function menuItems(screen: ScreenName, mischief: Mischief | null): readonly MenuItem[] | null {
  if (screen === 'mischief') return (mischief?.items() ?? []).map(({ id, label }) => ({ value: id, label }));
  if (screen !== 'palette') return null;
  return choices(mischief !== null).map(({ shown, does }) => ({
    value: shown,
    label: `${shown.padEnd(3)} ${does}`,
  }));
}

/** The lines around a menu: header and title above it, the last one below. */
function menuFrame(scene: Scene, screen: ScreenName, size: number): readonly Line[] {
  const title = screen === 'palette' ? 'actions: Enter chooses' : 'break or mend the demo: Enter chooses';
  const top = header(scene).slice(0, Math.max(0, scene.height - 4));
  const room = Math.max(1, scene.height - top.length - 2);
  return [
    ...top,
    rule(line(title), size > room ? `${room} of ${size}, more with ↓` : `${size}`, scene.columns),
    footer(scene, screen),
  ];
}

/** Typing in the filter: the printable part is kept; Enter right behind it, as a slow link joins them, keeps the filter. */
function typed(input: string, key: Key): readonly UiEvent[] {
  if (key.ctrl || key.meta || input === '') return [];
  const [text = '', ...rest] = input.split('\r');
  const events: UiEvent[] = [{ kind: 'typed', text: printable(text) }];
  return rest.length === 1 && rest[0] === '' ? [...events, { kind: 'accept' }] : events;
}
