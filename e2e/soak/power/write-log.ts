import { closeSync, openSync, readSync } from 'node:fs';

/** One entry: `bytes` at `offset` of the disk, kept at `dataAt` of the log; a discard or a flush keeps none. */
export interface LoggedWrite {
  readonly kind: 'write' | 'discard' | 'flush';
  readonly offset: number;
  readonly bytes: number;
  readonly dataAt: number;
  /** It was on the medium when it was answered. */
  readonly forced: boolean;
}

const sector = 512;
const flags = { flush: 1n, forced: 2n, discard: 4n } as const;

/**
 * Reads a log in the format of Linux's dm-log-writes, as QEMU's `blklogwrites` keeps it: a superblock, then entries of one
 * sector each, followed by what was written. What was read is not read again.
 */
export class WriteLog {
  readonly entries: LoggedWrite[] = [];
  readonly #fd: number;
  #end = sector;

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** How many entries there are by now. */
  catchUp(): number {
    const head = Buffer.alloc(32);
    for (;;) {
      if (readSync(this.#fd, head, 0, head.length, this.#end) < head.length) break;
      const [at, count, flag] = [head.readBigUInt64LE(0), head.readBigUInt64LE(8), head.readBigUInt64LE(16)];
      if (at === 0n && count === 0n && flag === 0n) break;
      const dataAt = this.#end + sector;
      const bytes = Number(count) * sector;
      const kind = flag & flags.discard ? 'discard' : count === 0n ? 'flush' : 'write';
      const isFlushing = kind !== 'flush' && (flag & flags.flush) !== 0n;
      // A write that asks for a flush before it is a flush and a write.
      if (isFlushing) this.entries.push({ kind: 'flush', offset: 0, bytes: 0, dataAt, forced: false });
      this.entries.push({ kind, offset: Number(at) * sector, bytes, dataAt, forced: (flag & flags.forced) !== 0n });
      this.#end = dataAt + (kind === 'write' ? bytes : 0);
    }
    return this.entries.length;
  }

  read({ dataAt, bytes }: LoggedWrite): Buffer {
    const data = Buffer.allocUnsafe(bytes);
    if (readSync(this.#fd, data, 0, bytes, dataAt) !== bytes) throw new Error('the log of writes is cut off');
    return data;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
