/**
 * A bearer token on its way from the request to the verifier. Every way of printing it says
 * `[redacted token]`; the characters come out through `reveal()` alone, which only the verifier
 * calls.
 */
export class RawToken {
  readonly #characters: string;

  constructor(characters: string) {
    this.#characters = characters;
  }

  reveal(): string {
    return this.#characters;
  }

  get length(): number {
    return this.#characters.length;
  }

  toString(): string {
    return "[redacted token]";
  }

  toJSON(): string {
    return "[redacted token]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted token]";
  }
}
