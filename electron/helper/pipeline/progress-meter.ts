import type { Progress } from '../../../shared/domain/run.ts';
import type { Clock } from './clock.ts';

/** How much one new measurement of the rate counts against all before it. */
const smoothing = 0.3;
const measureEveryMs = 500;
/** Before this a rate says more about start-up than about the work. */
const firstEstimateMs = 1_500;

/**
 * Progress of one phase that never lies: done never exceeds the total, totals never shrink, a time left is given only
 * once there is a rate to base it on.
 */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #files = 0;
  #bytes = 0;
  #totalFiles: number | null = null;
  #totalBytes: number | null = null;
  #current = '';
  #rate: number | null = null;
  #measuredAt: number;
  #measuredBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#measuredAt = this.#startedAt;
  }

  totals(files: number, bytes: number): void {
    this.#totalFiles = Math.max(files, this.#totalFiles ?? 0, this.#files);
    this.#totalBytes = Math.max(bytes, this.#totalBytes ?? 0, this.#bytes);
  }

  advance(files: number, bytes: number, current: string | undefined): void {
    this.#files += files;
    this.#bytes += bytes;
    if (current !== undefined) this.#current = current;
    if (this.#totalFiles !== null) this.#totalFiles = Math.max(this.#totalFiles, this.#files);
    if (this.#totalBytes !== null) this.#totalBytes = Math.max(this.#totalBytes, this.#bytes);
  }

  read(): Progress {
    this.#measure();
    const left = this.#totalBytes === null ? null : this.#totalBytes - this.#bytes;
    const settled = this.#clock.monotonic() - this.#startedAt >= firstEstimateMs;
    return {
      files: this.#files,
      bytes: this.#bytes,
      totalFiles: this.#totalFiles,
      totalBytes: this.#totalBytes,
      current: this.#current,
      bytesPerSecond: this.#rate,
      secondsLeft: settled && left !== null && this.#rate !== null && this.#rate > 0 ? left / this.#rate : null,
    };
  }

  #measure(): void {
    const now = this.#clock.monotonic();
    const elapsed = now - this.#measuredAt;
    if (elapsed < measureEveryMs) return;
    const rate = ((this.#bytes - this.#measuredBytes) / elapsed) * 1000;
    this.#rate = this.#rate === null ? rate : this.#rate * (1 - smoothing) + rate * smoothing;
    this.#measuredAt = now;
    this.#measuredBytes = this.#bytes;
  }
}
