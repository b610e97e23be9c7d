import type { HandleKey } from '../tracking/contract.ts';

/** More than this is not remembered one by one. */
const mostStrangers = 50_000;

/**
 * What happens between the beginning of a listing and its result. An entry may change after it was looked at and before it
 * is known here: its event is then of nobody known. Or it is looked at on its own, later than in the listing: the older
 * look then comes last. Both are looked at again.
 */
export class OpenListings {
  readonly #open = new Set<number>();
  readonly #strangers = new Set<HandleKey>();
  readonly #looked = new Set<number>();
  #isAnyone = false;

  begin(directory: number): void {
    this.#open.add(directory);
  }

  end(directory: number): void {
    if (this.#open.delete(directory) && this.#open.size === 0) this.clear();
  }

  clear(): void {
    this.#open.clear();
    this.#strangers.clear();
    this.#looked.clear();
    this.#isAnyone = false;
  }

  /** Its number may be given to another. */
  forget(id: number): void {
    this.#looked.delete(id);
    this.end(id);
  }

  heardOf(stranger: HandleKey): void {
    if (this.#open.size === 0 || this.#isAnyone) return;
    this.#strangers.add(stranger);
    if (this.#strangers.size <= mostStrangers) return;
    this.#strangers.clear();
    this.#isAnyone = true;
  }

  lookedAt(id: number): void {
    if (this.#open.size > 0) this.#looked.add(id);
  }

  /** Whether what the listing showed of it may be older than what was told. */
  isDoubtful(id: number, key: HandleKey, isNew: boolean): boolean {
    if (this.#looked.size > 0 && this.#looked.has(id)) return true;
    return isNew && (this.#isAnyone || (this.#strangers.size > 0 && this.#strangers.has(key)));
  }
}
