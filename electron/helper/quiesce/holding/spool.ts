import { closeSync, read, writeSync } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { openScratch } from '../../system/tmpfile.ts';
import { SpoolCipher } from './spool-cipher.ts';

export interface SpoolOptions {
  /** Taken and touched at once: nothing is asked of the system for it while writers are held. */
  readonly memoryBytes: number;
  readonly scratchDirectory: string;
  /** At most this much is put into the scratch folder. 0: memory only. */
  readonly scratchBytes: number;
}

const slabBytes = 8 * 1024 * 1024;
const stagingBytes = 1024 * 1024;

/**
 * Keeps what is read while writers are held: in memory first, then in a nameless scratch file, encrypted with a key that
 * is never stored. Filling it is synchronous and in order; reading it is for afterwards.
 */
export class Spool implements Disposable {
  readonly #options: SpoolOptions;
  readonly #slabs: Buffer[] = [];
  readonly #memoryBytes: number;
  readonly #staging: Buffer;
  readonly #scratchFd: number | null;
  #cipher = new SpoolCipher();
  #length = 0;
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#memoryBytes = options.memoryBytes;
    for (let at = 0; at < options.memoryBytes; at += slabBytes)
      this.#slabs.push(Buffer.alloc(Math.min(slabBytes, options.memoryBytes - at), 1));
    this.#staging = Buffer.alloc(options.scratchBytes > 0 ? stagingBytes : 0, 1);
    this.#scratchFd = options.scratchBytes > 0 ? openScratchIn(options.scratchDirectory) : null;
  }

  /** What fits into memory. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Bytes kept so far: the position of the next. */
  get length(): number {
    return this.#length;
  }

  /**
   * Where the next bytes go, at most `wanted` and at least one. Fill its beginning and tell `commit` how many bytes that
   * were. Throws `scratch-full`.
   */
  slot(wanted: number): Buffer {
    if (this.#length < this.#memoryBytes) {
      const slab = this.#slabs[Math.floor(this.#length / slabBytes)];
      const from = this.#length % slabBytes;
      if (slab !== undefined) return slab.subarray(from, Math.min(from + wanted, slabBytes));
    }
    const left = this.#memoryBytes + this.#options.scratchBytes - this.#length;
    if (left <= 0) throw spoolFull();
    return this.#staging.subarray(0, Math.min(wanted, left, stagingBytes));
  }

  commit(slot: Buffer, count: number): void {
    if (this.#length >= this.#memoryBytes) this.#writeScratch(slot.subarray(0, count));
    this.#length += count;
  }

  #writeScratch(bytes: Buffer): void {
    if (this.#scratchFd === null) throw spoolFull();
    const position = this.#length - this.#memoryBytes;
    const encrypted = this.#cipher.encryptNext(bytes);
    try {
      for (let done = 0; done < encrypted.length; )
        done += writeSync(this.#scratchFd, encrypted, done, encrypted.length - done, position + done);
    } catch (error) {
      throw spoolFull(error);
    }
  }

  /** Up to `length` bytes from a position; fewer where memory ends. The bytes are to be read only, and at once. */
  async read(position: number, length: number): Promise<Buffer> {
    if (this.#isClosed) throw new Error('the still view is over; its content is gone');
    if (position < this.#memoryBytes) {
      const from = position % slabBytes;
      const slab = this.#slabs[Math.floor(position / slabBytes)];
      if (slab !== undefined) return slab.subarray(from, Math.min(from + length, slabBytes));
    }
    if (this.#scratchFd === null) throw new Error('nothing was kept at this position');
    const at = position - this.#memoryBytes;
    const encrypted = await readAt(this.#scratchFd, Math.min(length, stagingBytes), at);
    return this.#cipher.decryptAt(at, encrypted);
  }

  /** Forgets everything, to be filled again. The key changes: no part of a key stream is used twice. */
  reset(): void {
    this.#length = 0;
    this.#cipher = new SpoolCipher();
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#slabs.length = 0;
    if (this.#scratchFd !== null) closeSync(this.#scratchFd);
  }
}

function readAt(fd: number, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => {
      if (error !== null) reject(error);
      else if (count === 0) reject(new Error('the scratch file ends too early'));
      else resolve(buffer.subarray(0, count));
    });
  });
}

function openScratchIn(directory: string): number {
  try {
    return openScratch(directory);
  } catch (cause) {
    throw new StillpointError({
      kind: 'scratch-full',
      message: `The scratch folder ${directory} cannot be used.`,
      guidance: 'Let it be made again by starting Stillpoint anew, or back up live.',
      cause,
    });
  }
}

function spoolFull(cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'scratch-full',
    message: 'The tree did not fit into memory and scratch space while it was held still.',
    guidance: 'Free space where Stillpoint keeps its scratch files, or back up live.',
    retryable: true,
    cause,
  });
}
