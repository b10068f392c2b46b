import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { Mischief } from '../../source/ports.ts';
import type { Workshop } from '../../source/session/maintenance/model.ts';
import type { Model } from '../../source/session/model.ts';
import type { UiOptions } from '../../source/ui/options.ts';
import { runConsole } from '../../source/ui/run.tsx';
import { sampleSession } from './views.ts';

/** A terminal's output end: everything written goes to the emulator and is kept. */
class FakeOutput extends Writable {
  readonly isTTY = true;
  written = '';
  columns: number;
  rows: number;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(terminal: InstanceType<typeof xterm.Terminal>) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
    this.columns = terminal.cols;
    this.rows = terminal.rows;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.written += text;
    this.#terminal.write(text, done);
  }
}

/** A terminal's input end, with raw mode to be looked at. */
class FakeInput extends PassThrough {
  readonly isTTY = true;
  raw = false;
  setRawMode(on: boolean): this {
    this.raw = on;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

export type Opened = {
  readonly session: ReturnType<typeof sampleSession>;
  readonly copied: string[];
  readonly input: FakeInput;
  /** What the terminal shows, right-trimmed lines. */
  lines(): readonly string[];
  text(): string;
  /** Everything that was written since the start or the last `forget`. */
  written(): string;
  forget(): void;
  /** True while the alternate screen is on. */
  alternate(): boolean;
  /** Types these bytes as one chunk; resolves when the console has read them. */
  press(keys: string): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Waits until the screen shows what `holds` looks for; fails with the screen otherwise. */
  until(holds: (text: string) => boolean, what?: string): Promise<void>;
  /** Resolves when the console has ended. */
  readonly ended: Promise<void>;
  readonly suspended: number[];
};

export type OpenOptions = {
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly options?: Partial<UiOptions>;
  readonly mischief?: Mischief | null;
  readonly workshop?: Workshop | null;
  readonly screenReader?: boolean;
};

const patience = 40_000;

/** Runs the real console in an emulated terminal of that size. Close it by pressing q. */
export function openScreen({
  model,
  columns,
  rows,
  options,
  mischief = null,
  workshop = null,
  screenReader = false,
}: OpenOptions): Opened {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    convertEol: true,
    scrollback: 500,
  });
  const output = new FakeOutput(terminal);
  const input = new FakeInput();
  const session = sampleSession(model);
  const copied: string[] = [];
  const suspended: number[] = [];
  const ended = runConsole({
    session,
    mischief,
    workshop,
    options: { ascii: false, color: true, readOnly: true, ...options },
    copy: (text) => {
      copied.push(text);
      return 'copied';
    },
    suspend: async () => void suspended.push(suspended.length),
    stdout: output as unknown as NodeJS.WriteStream,
    stdin: input as unknown as NodeJS.ReadStream,
    screenReader,
  });
  const lines = (): readonly string[] => {
    const buffer = terminal.buffer.active;
    return Array.from({ length: terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  };
  const text = (): string => lines().join('\n');
  return {
    session,
    copied,
    input,
    lines,
    text,
    written: () => output.written,
    forget: () => {
      output.written = '';
    },
    alternate: () => terminal.buffer.active.type === 'alternate',
    press: async (keys) => {
      input.write(keys);
      while (input.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
    },
    resize: (cols, height) => {
      terminal.resize(cols, height);
      output.columns = cols;
      output.rows = height;
      output.emit('resize');
    },
    until: async (holds, what = holds.toString()) => {
      const end = Date.now() + patience;
      while (!holds(text())) {
        if (Date.now() > end) throw new Error(`The screen never showed ${what}. It shows:\n${text()}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    ended,
    suspended,
  };
}
