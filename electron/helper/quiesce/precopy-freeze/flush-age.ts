import { readFileSync } from 'node:fs';

/** What a freeze flushes in a few milliseconds on any disk. */
const littleBytes = 16 * 1024 * 1024;

/** How much of what the last flush made durable may be dirty again. */
export class FlushAge {
  readonly #dirtyBytes: () => number;
  #endedMs = Number.NEGATIVE_INFINITY;
  #lastMs = 0;
  #dirtyThen = 0;

  constructor(dirty: () => number = dirtyBytes) {
    this.#dirtyBytes = dirty;
  }

  /** How long the last flush took, milliseconds. */
  get lastMs(): number {
    return this.#lastMs;
  }

  async during(flush: Promise<void>): Promise<void> {
    const startedMs = performance.now();
    await flush;
    this.#lastMs = performance.now() - startedMs;
    this.ended();
  }

  /** A flush has just ended. */
  ended(): void {
    this.#endedMs = performance.now();
    this.#dirtyThen = this.#dirtyBytes();
  }

  /** It ended longer ago than this, or much was dirtied since. Of which filesystem is not told: one flush too many is short. */
  isStale(afterMs: number): boolean {
    return performance.now() - this.#endedMs > afterMs || this.#dirtyBytes() - this.#dirtyThen > littleBytes;
  }
}

/** Of the whole machine. Source: proc_meminfo(5). */
function dirtyBytes(): number {
  const text = readFileSync('/proc/meminfo', 'latin1');
  return Number(/^Dirty:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}
