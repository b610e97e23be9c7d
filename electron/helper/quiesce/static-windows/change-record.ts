import type { QuietLook } from '../../../../shared/domain/static-windows.ts';

export interface RecordedActivity {
  /** Events that were told; several of one file may count each. 0: nothing changed. */
  readonly changes: number;
  /** When the newest of them was told, ms: it was not later. Null when there was none. */
  readonly newestMs: number | null;
}

/** Some hours of a source that never rests, told every two seconds. What is older is told together. */
const mostKept = 10_000;

/** When something was told of a source, as far back as nothing was missed and nobody could write unseen. In memory only. */
export class ChangeRecord {
  /** Null: not known at all. */
  #fromMs: number | null = null;
  #told: { readonly atMs: number; readonly changes: number }[] = [];

  told(atMs: number, changes: number): void {
    if (changes === 0) return;
    // A clock that was set back: what lies after another instant cannot be told any more.
    if (atMs < (this.#told.at(-1)?.atMs ?? atMs)) this.#fromMs = null;
    this.#told.push({ atMs, changes });
    if (this.#told.length > mostKept) this.#joinOldest();
  }

  look({ atMs, isDoubted, canBeWrittenUnseen }: Pick<QuietLook, 'atMs' | 'isDoubted' | 'canBeWrittenUnseen'>): void {
    if (!canBeWrittenUnseen && !isDoubted && this.#fromMs !== null && atMs >= this.#fromMs) return;
    this.#fromMs = canBeWrittenUnseen ? null : atMs;
    this.#told = this.#told.filter((each) => each.atMs > atMs);
  }

  /** Undefined: it does not reach back so far. */
  since(sinceMs: number): RecordedActivity | undefined {
    if (this.#fromMs === null || sinceMs < this.#fromMs) return undefined;
    const later = this.#told.filter(({ atMs }) => atMs > sinceMs);
    const changes = later.reduce((sum, each) => sum + each.changes, 0);
    return { changes, newestMs: later.at(-1)?.atMs ?? null };
  }

  /** Joined ones keep the later time, so that none is taken for older than it was. */
  #joinOldest(): void {
    const half = this.#told.splice(0, mostKept / 2);
    const changes = half.reduce((sum, each) => sum + each.changes, 0);
    this.#told.unshift({ atMs: half.at(-1)?.atMs ?? 0, changes });
  }
}
