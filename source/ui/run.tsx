import { once } from 'node:events';
import { render } from 'ink';
import { App, type AppProps } from './app.tsx';
import { Glass } from './glass.ts';

/** The App's props, and the terminal it runs in. */
export type ConsoleProps = Omit<AppProps, 'onQuit' | 'suspend' | 'glass'> & {
  /** Called once when a person leaves, before the terminal is given back. */
  readonly onQuit?: () => void;
  readonly suspend?: () => Promise<void>;
  /** Ends the console from outside, without a question; the terminal is given back. */
  readonly leave?: AbortSignal;
  readonly stdout?: NodeJS.WriteStream;
  readonly stdin?: NodeJS.ReadStream;
  /** Sentences instead of a grid, in the normal screen; INK_SCREEN_READER=true by default. */
  readonly screenReader?: boolean;
};

/** Frames a second at most for what the cluster does. Keys and resizes don't wait for it: they are drawn at once. */
const maxFps = 10;

/**
 * Shows the console until somebody quits or `leave` is aborted. The terminal is given back however it ends: also by an error
 * in a screen (then this rejects), and where nobody else listens to them, SIGTERM, SIGHUP or SIGINT.
 */
export async function runConsole({
  stdout,
  stdin,
  screenReader,
  onQuit,
  suspend,
  leave,
  ...props
}: ConsoleProps): Promise<void> {
  const spoken = screenReader ?? process.env.INK_SCREEN_READER === 'true';
  const glass = new Glass();
  const terminal = stdout ?? process.stdout;
  let away = false;
  const step = async (): Promise<void> => {
    away = true;
    await (suspend ?? stopThisJob)().finally(() => {
      away = false;
    });
  };
  const instance = render(
    <App
      {...props}
      glass={glass}
      suspend={step}
      onQuit={() => {
        onQuit?.();
        instance.unmount();
      }}
    />,
    {
      stdout: terminal,
      stdin: stdin ?? process.stdin,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      // Speech needs the scrollback; the grid must not leave its frames in it.
      alternateScreen: !spoken,
      incrementalRendering: true,
      isScreenReaderEnabled: spoken,
      maxFps,
      onRender: () => glass.written(),
    },
  );
  const repaint = (): void => {
    if (spoken || away) return;
    terminal.write(beginFrame);
    instance.clear();
    terminal.write(emptyScreen);
    terminal.emit('resize');
  };
  let pending: NodeJS.Immediate | undefined;
  // After React has taken the new size, and once for all signals that came together.
  const resized = (): void => {
    clearImmediate(pending);
    pending = setImmediate(repaint);
  };
  process.on('SIGWINCH', resized);
  const left = (): void => instance.unmount();
  leave?.addEventListener('abort', left);
  if (leave?.aborted === true) left();
  try {
    await instance.waitUntilExit();
  } finally {
    process.removeListener('SIGWINCH', resized);
    leave?.removeEventListener('abort', left);
    clearImmediate(pending);
    instance.cleanup();
  }
}

/**
 * Ink writes only lines that differ from its last frame, and hears of a resize only when the size is another one. But a
 * terminal that shrinks throws away or moves what it showed, also when it is as large as before at once (a tmux zoom and
 * back): so each SIGWINCH draws all of it again. Ink itself ends what `beginFrame` (synchronized output) begins.
 */
const beginFrame = '\u001B[?2026h';
const emptyScreen = '\u001B[2J\u001B[H';

/**
 * Ctrl-Z: stops the whole job, as the terminal would do outside raw mode, wrappers such as npm included. The kernel
 * ignores that where no shell could continue us; then this simply returns and the console is drawn again. While we were
 * stopped the terminal told the shell, not us, of its new size: the SIGWINCH to ourselves makes up for that.
 */
async function stopThisJob(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  const sized = once(process, 'SIGWINCH');
  process.kill(process.pid, 'SIGWINCH');
  await sized;
}
