import type { KeptPicture } from './kept-picture.ts';

/** How many reasons are remembered of sources that may never come back. */
const mostReasons = 200;

/** The pictures that nobody has borrowed, least recently used first; and why others are not here any more. */
export class Shelf {
  readonly #maxEntries: number;
  readonly #kept = new Map<string, KeptPicture>();
  readonly #reasons = new Map<string, string>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get all(): readonly (readonly [string, KeptPicture])[] {
    return [...this.#kept];
  }

  get size(): number {
    return this.#kept.size;
  }

  find(id: string): KeptPicture | undefined {
    return this.#kept.get(id);
  }

  take(id: string): KeptPicture | undefined {
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    return kept;
  }

  /** Drops others, the least recently used first, until there is room; the new one itself if there is none even so. */
  put(id: string, kept: KeptPicture): void {
    this.#kept.set(id, kept);
    let entries = 0;
    for (const each of this.#kept.values()) entries += each.entries;
    for (const [oldest, each] of this.all) {
      if (entries <= this.#maxEntries) return;
      entries -= each.entries;
      this.drop(oldest, 'So many files are protected that not all of them can be kept in mind.');
    }
  }

  /** `reason` is told to whoever asks for it next. */
  drop(id: string, reason: string): void {
    this.take(id)?.[Symbol.dispose]();
    this.remember(id, reason);
  }

  remember(id: string, reason: string): void {
    this.#reasons.delete(id);
    this.#reasons.set(id, reason);
    for (const oldest of this.#reasons.keys()) {
      if (this.#reasons.size <= mostReasons) break;
      this.#reasons.delete(oldest);
    }
  }

  reasonFor(id: string): string | undefined {
    const reason = this.#reasons.get(id);
    this.#reasons.delete(id);
    return reason;
  }

  clear(): void {
    for (const kept of this.#kept.values()) kept[Symbol.dispose]();
    this.#kept.clear();
  }
}
