import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Longest line kept, in characters: one runaway message must not push everything else out. */
const longestLine = 4_000;

/**
 * A log file of bounded size, mode 0600: at the limit it becomes `PATH.1`, replacing an older one. Lines are written in
 * order; a disk that does not take them loses them silently, because a log must not stop what it tells of.
 */
export class BoundedLog {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  #size: number | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, maxBytes: number, now: () => number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  line(text: string): void {
    const stamp = new Date(this.#now()).toISOString();
    const line = `${stamp} ${text.replaceAll('\n', '\\n').slice(0, longestLine)}\n`;
    this.#writing = this.#writing.then(() => this.#append(line)).catch(() => undefined);
  }

  /** Resolves when everything said so far is written. */
  flushed(): Promise<void> {
    return this.#writing;
  }

  async #append(line: string): Promise<void> {
    this.#size ??= await this.#open();
    const bytes = Buffer.byteLength(line);
    if (this.#size + bytes > this.#maxBytes) {
      await rename(this.#path, `${this.#path}.1`).catch(() => undefined);
      this.#size = 0;
    }
    await appendFile(this.#path, line, { mode: 0o600 });
    this.#size += bytes;
  }

  async #open(): Promise<number> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    return stat(this.#path).then(
      ({ size }) => size,
      () => 0,
    );
  }
}
