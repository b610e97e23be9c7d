import { StillpointError } from '../../../shared/errors/index.ts';

const newline = 0x0a;

/**
 * Cuts a byte stream into lines of UTF-8. Throws `protocol` for a line longer than the limit, without keeping it, and
 * for bytes that are not UTF-8. After a throw it is of no further use.
 */
export class FrameLines {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes; empty lines are left out. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#hold(chunk.subarray(start, end));
      const line = this.#take();
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  #hold(part: Uint8Array): void {
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxBytes) {
      throw protocolFailure(`it sent a message longer than ${this.#maxBytes} bytes`);
    }
    if (part.length > 0) this.#held.push(part);
  }

  #take(): string {
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      throw protocolFailure('it sent bytes that are not UTF-8', cause);
    }
  }
}

/** The other side does not speak the protocol; nothing it says can be relied on any more. */
export function protocolFailure(what: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'protocol',
    message: `The backup helper could not be understood: ${what}.`,
    guidance: 'It is started again. If this repeats, install Stillpoint anew: its parts do not fit each other.',
    retryable: true,
    cause,
  });
}
