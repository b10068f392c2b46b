import { Box, Text, useApp, useInput, useIsScreenReaderEnabled, usePaste, useWindowSize } from 'ink';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Mischief, Session } from '../session/model.ts';
import { draw, speak } from './draw.ts';
import type { Scene } from './drawing.ts';
import { footer, header, rule } from './header.ts';
import { type Action, actionsFor, bindings } from './keymap.ts';
import { keyNames, printable } from './keys.ts';
import type { UiOptions } from './options.ts';
import { Lines } from './parts/lines.tsx';
import { Menu, type MenuItem } from './parts/menu.tsx';
import type { UiEvent } from './screens.ts';
import { line, painter } from './spans.ts';
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
  const model = useSyncExternalStore(
    useCallback((listener: () => void) => session.subscribe(listener), [session]),
    useCallback(() => session.snapshot(), [session]),
  );
  const { columns, rows } = useWindowSize();
  const { state, current, apply } = useScreens();
  const { suspendTerminal, waitUntilRenderFlush } = useApp();
  const spoken = useIsScreenReaderEnabled();
  const paint = useMemo(() => painter(options), [options]);

  const scene: Scene = {
    model,
    columns,
    height: Math.max(1, rows - 1),
    options,
    mischief: mischief !== null,
    notice: state.notice,
  };
  const reach = () => draw({ ...scene, model: session.snapshot(), notice: null }, current());
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

  useInput((input, key) => {
    const keys = keyNames(input, key);
    const actions = actionsFor(keys, current().at.screen, mischief !== null);
    if (actions.length > 0) for (const action of actions) act(action);
    else if (current().at.screen === 'filter' && !key.ctrl && !key.meta && input !== '') {
      const [typed = ''] = input.split('\r');
      send({ kind: 'typed', text: printable(typed) });
      if (/^[^\r]+\r$/.test(input)) send({ kind: 'accept' });
    } else if (current().notice !== null) send({ kind: 'notice', text: null });
    // A key is answered now, not at the next turn of the frame clock.
    void waitUntilRenderFlush();
  });
  usePaste((text) => send({ kind: 'typed', text: printable(text) }));

  const screen = state.at.screen;
  const items = useMemo<readonly MenuItem[]>(() => {
    if (screen === 'mischief')
      return (mischief?.items() ?? []).map(({ id, label }) => ({ value: id, label }));
    return choices(mischief !== null).map(({ shown, does }) => ({
      value: shown,
      label: `${shown.padEnd(3)} ${does}`,
    }));
  }, [screen, mischief]);

  if (screen === 'palette' || screen === 'mischief') {
    const top = header(scene).slice(0, Math.max(0, scene.height - 4));
    const title = line(
      screen === 'palette' ? 'actions: Enter chooses' : 'break or mend the demo: Enter chooses',
    );
    return (
      <Box flexDirection="column">
        <Lines lines={[...top, rule(title, `${items.length}`, columns)].map(paint)} />
        <Menu
          key={screen}
          items={items}
          room={Math.max(1, scene.height - top.length - 2)}
          columns={columns}
          paint={paint}
          ascii={options.ascii}
          onSelect={(value) => {
            if (screen === 'mischief') return runMischief(value);
            const chosen = choices(mischief !== null).find(({ shown }) => shown === value);
            send({ kind: 'back' });
            if (chosen !== undefined) act(chosen.action);
          }}
        />
        <Lines lines={[paint(footer(scene, screen))]} />
      </Box>
    );
  }
  if (spoken) return <Text>{speak(scene, state).join('\n')}</Text>;
  return (
    <Box flexDirection="column">
      <Lines lines={draw(scene, state).lines.map(paint)} />
    </Box>
  );
}

/** The palette's list: each action that needs nothing more than to be chosen. */
const choices = (mischief: boolean) => bindings(mischief).filter((binding) => binding.choice === true);
