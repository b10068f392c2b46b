import { rmSync } from 'node:fs';

type Step = () => void | Promise<void>;

/** What must be undone at the end, newest first, whether the run ends, fails or is interrupted. */
export class Cleanup {
  readonly #steps: Step[] = [];
  readonly #folders = new Set<string>();
  #running: Promise<void> | null = null;

  constructor() {
    // Whatever else goes wrong, keys and sockets must not stay behind.
    process.on('exit', () => {
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    });
  }

  /** A step that comes when the end has begun is done at once. */
  add(step: Step): void {
    if (this.#running === null) this.#steps.push(step);
    else void step();
  }

  /** Removes `folder` when everything else has been stopped. */
  addFolder(folder: string): void {
    this.#folders.add(folder);
  }

  /** Runs every step once; one that fails doesn't hold up the others. */
  run(): Promise<void> {
    this.#running ??= this.#undo();
    return this.#running;
  }

  async #undo(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop())
      try {
        await step();
      } catch (error) {
        process.stderr.write(`bench: clean-up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    this.#folders.clear();
  }
}
