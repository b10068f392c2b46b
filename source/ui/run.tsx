import { render } from 'ink';
import { App, type AppProps } from './app.tsx';
import { Glass } from './glass.ts';

/** The App's props, and the terminal it runs in. */
export type ConsoleProps = Omit<AppProps, 'onQuit' | 'suspend' | 'glass'> & {
  /** Called once when a person leaves, before the terminal is given back. */
  readonly onQuit?: () => void;
  readonly suspend?: () => Promise<void>;
  readonly stdout?: NodeJS.WriteStream;
  readonly stdin?: NodeJS.ReadStream;
  /** Sentences instead of a grid, in the normal screen; INK_SCREEN_READER=true by default. */
  readonly screenReader?: boolean;
};

/** Frames a second at most for what the cluster does. Keys and resizes don't wait for it: they are drawn at once. */
const maxFps = 10;

/**
 * Shows the console until somebody quits. The terminal is given back however it ends: quitting, an error in a screen
 * (then this rejects), SIGTERM, SIGHUP or SIGINT.
 */
export async function runConsole({
  stdout,
  stdin,
  screenReader,
  onQuit,
  suspend,
  ...props
}: ConsoleProps): Promise<void> {
  const spoken = screenReader ?? process.env.INK_SCREEN_READER === 'true';
  const glass = new Glass();
  const instance = render(
    <App
      {...props}
      glass={glass}
      suspend={suspend ?? stopThisJob}
      onQuit={() => {
        onQuit?.();
        instance.unmount();
      }}
    />,
    {
      stdout: stdout ?? process.stdout,
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
  try {
    await instance.waitUntilExit();
  } finally {
    instance.cleanup();
  }
}

/**
 * Ctrl-Z: stops the whole job, as the terminal would do outside raw mode, wrappers such as npm included. The kernel
 * ignores that where no shell could continue us; then this simply returns and the console is drawn again.
 */
async function stopThisJob(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
