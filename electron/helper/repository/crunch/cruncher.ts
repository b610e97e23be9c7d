import { hash } from 'node:crypto';
import { CutFinder, cutLimits, windowLength } from '../chunker/cut-finder.ts';
import { newGearScan } from '../chunker/gear-scan.ts';
import { newCompressor } from '../crypto/compressor.ts';
import { Sealer } from '../crypto/sealer.ts';
import { isListed } from '../index/blob-index.ts';
import { Claims } from './claims.ts';
import { type Crunched, type CrunchJob, type CrunchSettings, longestJob } from './contract.ts';
import { type PackInSlab, SlabPack } from './slab-pack.ts';

/** Read at a time: what was just read is still in the processor's own memory when it is cut and hashed. */
const readBytes = 1024 * 1024;
/** Looked at a time when only cuts are wanted, behind the part of a chunk that need not be read. */
const lookBytes = 256 * 1024;

export interface CruncherParts {
  readonly settings: CrunchSettings;
  /** As fs.readSync with a position. */
  readonly read: (fd: number, into: Uint8Array, offset: number, length: number, position: number) => number;
  /** Memory for the next pack; waits until some is free. */
  readonly takeSlab: () => { readonly number: number; readonly bytes: Buffer };
  readonly onPack: (slab: number, pack: PackInSlab) => void;
}

/** What one thread does with files: reads, cuts, hashes, and packs what nobody has claimed yet. Synchronous throughout. */
export class Cruncher {
  readonly #parts: CruncherParts;
  readonly #sealer: Sealer;
  readonly #compressor: ReturnType<typeof newCompressor> | null;
  readonly #finder: CutFinder;
  readonly #claims = new Claims();
  readonly #window: Buffer;
  #pack: { readonly slab: number; readonly pack: SlabPack } | null = null;

  constructor(parts: CruncherParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#sealer = new Sealer(settings.key);
    this.#compressor = settings.version === 1 ? null : newCompressor();
    const scan = newGearScan(settings.gear, longestJob);
    this.#window = scan.window;
    this.#finder = new CutFinder(settings.gear, cutLimits, scan);
    this.#claims.add(settings.claims);
  }

  moreClaims(table: SharedArrayBuffer): void {
    this.#claims.add(table);
  }

  do(job: CrunchJob): Crunched {
    switch (job.kind) {
      case 'stream':
        return this.#stream(job.fd, job.start, job.end);
      case 'run':
        return this.#run(job.fd, job.start, job.end, job.enough);
      case 'pieces':
        return this.#pieces(job.fd, job.start, job.cuts);
      case 'cuts':
        return { ...nothing, ...this.#cuts(job.fd, job.start, job.end, job.enough) };
    }
  }

  /** Hands over what is packed so far. */
  flush(): void {
    const made = this.#pack;
    if (made === null) return;
    this.#pack = null;
    this.#parts.onPack(made.slab, made.pack.finish());
  }

  #stream(fd: number, start: number, end: number): Crunched {
    const window = this.#window;
    const into = newTotals();
    let filled = 0;
    let from = 0;
    this.#finder.reset();
    for (const length = end - start; filled < length; ) {
      const count = this.#parts.read(fd, window, filled, Math.min(readBytes, length - filled), start + filled);
      if (count === 0) break;
      const fresh = window.subarray(0, filled + count);
      // Positions stay those of the window: the finder counts from where the chunk began, wherever that is.
      for (let cut = this.#finder.next(fresh, filled); cut >= 0; cut = this.#finder.next(fresh, from)) {
        this.#save(window.subarray(from, cut), into);
        from = cut;
      }
      filled += count;
    }
    if (from < filled) this.#save(window.subarray(from, filled), into);
    return { ...into, length: filled };
  }

  #run(fd: number, start: number, end: number, enough: number): Crunched {
    const window = this.#window;
    const into = newTotals();
    /** Of the file, at the window's beginning. */
    let base = start;
    let filled = 0;
    let from = 0;
    this.#finder.reset();
    while (base + filled < end) {
      if (filled + readBytes > window.length) {
        window.copyWithin(0, from, filled);
        base += from;
        filled -= from;
        from = 0;
      }
      const position = base + filled;
      const count = this.#parts.read(fd, window, filled, Math.min(readBytes, end - position), position);
      if (count === 0) break;
      const fresh = window.subarray(0, filled + count);
      for (let cut = this.#finder.next(fresh, filled); cut >= 0; cut = this.#finder.next(fresh, from)) {
        this.#save(window.subarray(from, cut), into);
        from = cut;
        if (base + from - start >= enough) return { ...into, length: base + from - start };
      }
      filled += count;
    }
    if (from < filled) this.#save(window.subarray(from, filled), into);
    return { ...into, length: base + filled - start };
  }

  #pieces(fd: number, start: number, cuts: readonly number[]): Crunched {
    const into = newTotals();
    let at = start;
    for (const cut of cuts) {
      const chunk = this.#window.subarray(0, cut - at);
      const length = this.#fill(fd, chunk, at);
      if (length > 0) this.#save(chunk.subarray(0, length), into);
      at += length;
      if (length < chunk.length) break;
    }
    return { ...into, length: at - start };
  }

  #fill(fd: number, into: Buffer, position: number): number {
    let done = 0;
    while (done < into.length) {
      const count = this.#parts.read(fd, into, done, into.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** Reads only what decides: nothing before a chunk's least length but the bytes that the hash then sees. */
  #cuts(fd: number, start: number, end: number, enough: number): { cuts: number[]; length: number } {
    const window = this.#window.subarray(0, lookBytes);
    const cuts: number[] = [];
    let at = start;
    while (at < end && at - start < enough) {
      this.#finder.reset();
      const skipped = Math.min(cutLimits.min - windowLength, end - at);
      this.#finder.skip(skipped);
      let position = at + skipped;
      let cut = -1;
      while (cut < 0 && position < end) {
        const count = this.#parts.read(fd, window, 0, Math.min(window.length, end - position), position);
        if (count === 0) return { cuts, length: position - start };
        const found = this.#finder.next(window.subarray(0, count), 0);
        cut = found < 0 ? -1 : position + found;
        position += count;
      }
      at = cut < 0 ? end : cut;
      cuts.push(at);
    }
    return { cuts, length: at - start };
  }

  #save(chunk: Uint8Array, into: ReturnType<typeof newTotals>): void {
    const digest = hash('sha256', chunk, 'buffer');
    const id = digest.toString('hex');
    into.ids.push(id);
    if (isListed(this.#parts.settings.known, 'data', digest) || !this.#claims.claim(digest)) return;
    this.#pack ??= this.#newPack();
    into.blobsNew += 1;
    into.bytesNew += chunk.length;
    into.bytesStored += this.#pack.pack.add(id, chunk);
    if (this.#pack.pack.isFull(this.#parts.settings.packTarget)) this.flush();
  }

  #newPack(): { slab: number; pack: SlabPack } {
    const { number, bytes } = this.#parts.takeSlab();
    return { slab: number, pack: new SlabPack(this.#sealer, this.#compressor, bytes) };
  }
}

const nothing = { ids: [], cuts: [], length: 0, blobsNew: 0, bytesNew: 0, bytesStored: 0 } as const;

function newTotals() {
  return { ids: [] as string[], cuts: [] as number[], blobsNew: 0, bytesNew: 0, bytesStored: 0 };
}
