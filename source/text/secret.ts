/**
 * Text that may reach neither a screen, the journal, JSON nor a command line: printed in any way it is `<hidden>`. Only
 * `reveal` gives it, and only the standard input of one remote command may have it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Whether both hide the same text. */
  same(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return '<hidden>';
  }

  toJSON(): string {
    return '<hidden>';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '<hidden>';
  }
}
