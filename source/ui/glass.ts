import type { Ask } from './asking.ts';

/** What on the screen could be answered: the step that is armed, the question that is asked. */
export type Answerable = { readonly ticket: number | null; readonly ask: Ask | null };

export const nothingToAnswer: Answerable = { ticket: null, ask: null };

/**
 * What the terminal really shows. The newest model may be ahead of it, and a key answers what its person saw: only what
 * was written to the terminal can be confirmed.
 */
export class Glass {
  #drawn: Answerable = nothingToAnswer;
  #shown: Answerable = nothingToAnswer;

  get shown(): Answerable {
    return this.#shown;
  }

  /** A frame was made; it is not on the terminal yet. */
  drawn(frame: Answerable): void {
    this.#drawn = frame;
  }

  /** The frame that was made last was written. */
  written(): void {
    this.#shown = this.#drawn;
  }
}
