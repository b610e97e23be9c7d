import { maxListedPaths, type PathNote } from '../../../shared/domain/evidence.ts';

/** A list of paths that stops growing at what evidence keeps, beside a total that does not. */
export class CappedNotes {
  readonly #notes: PathNote[] = [];
  #total = 0;

  add(path: string, reason: string): void {
    this.#total += 1;
    if (this.#notes.length < maxListedPaths) this.#notes.push({ path, reason });
  }

  get list(): readonly PathNote[] {
    return [...this.#notes];
  }

  get total(): number {
    return this.#total;
  }
}
