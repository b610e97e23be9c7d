/** One at a time per key, in the order of asking, within this process. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when it is our turn, with how to end it. */
  async enter(key: string): Promise<() => void> {
    const before = this.#last.get(key);
    const leave = this.#take(key);
    await before;
    return leave;
  }

  /** Undefined when somebody has the turn or waits for it. */
  tryEnter(key: string): (() => void) | undefined {
    return this.#last.has(key) ? undefined : this.#take(key);
  }

  #take(key: string): () => void {
    const before = this.#last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    const until = Promise.all([before, promise]).then(() => {
      if (this.#last.get(key) === until) this.#last.delete(key);
    });
    this.#last.set(key, until);
    return resolve;
  }
}
