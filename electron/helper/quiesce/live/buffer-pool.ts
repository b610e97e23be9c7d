/** Buffers for reading, used again: a new one for each file would cost more than the read. */
export class BufferPool {
  readonly #bytes: number;
  readonly #idle: Buffer[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Of the pool's size; smaller and not kept for small files. */
  take(wanted: number): Buffer {
    if (wanted <= this.#bytes / 16) return Buffer.allocUnsafe(wanted);
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  give(buffer: Buffer): void {
    if (buffer.length === this.#bytes) this.#idle.push(buffer);
  }
}
