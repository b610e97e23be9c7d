import { startsHidden } from './command-line.ts';

/**
 * Starts of the app beside the one that runs. A person who starts it wants the window; a login that starts it again does
 * not. Heard from the first moment on, because the other start ends at once: what comes too early is kept in mind.
 */
export class LaterStarts {
  #isWanted = false;
  #open: (() => void) | undefined;

  hear(argv: readonly string[]): void {
    if (startsHidden(argv)) return;
    if (this.#open) this.#open();
    else this.#isWanted = true;
  }

  /** From now on the window can be opened. */
  lead(open: () => void): void {
    this.#open = open;
    if (this.#isWanted) open();
  }
}
