import { writeSync } from 'node:fs';
import { pageBytes } from '../protocol.ts';

/** Pages of memory that the helper can read, too: old content of files, until it has been copied. */
export class Arena {
  readonly #fd: number;
  readonly #pages: number;
  readonly #free: number[] = [];
  #next = 0;

  constructor(fd: number, bytes: number) {
    this.#fd = fd;
    this.#pages = Math.floor(bytes / pageBytes);
  }

  get freePages(): number {
    return this.#pages - this.#next + this.#free.length;
  }

  /** Keeps `bytes` (whole pages, but for the last) and returns the pages they are in. Ask `freePages` before. */
  keep(bytes: Buffer): number[] {
    const count = Math.ceil(bytes.length / pageBytes);
    const taken = this.#take(count);
    for (let index = 0; index < count; ) {
      let run = 1;
      while (index + run < count && taken[index + run] === (taken[index] ?? 0) + run) run += 1;
      const part = bytes.subarray(index * pageBytes, Math.min((index + run) * pageBytes, bytes.length));
      for (let done = 0; done < part.length; )
        done += writeSync(this.#fd, part, done, part.length - done, (taken[index] ?? 0) * pageBytes + done);
      index += run;
    }
    return taken;
  }

  release(page: number): void {
    this.#free.push(page);
  }

  #take(count: number): number[] {
    const taken: number[] = [];
    while (taken.length < count) {
      const page = this.#next < this.#pages ? this.#next++ : this.#free.pop();
      if (page === undefined) throw new Error('the arena is full');
      taken.push(page);
    }
    return taken;
  }
}
