import { freemem } from 'node:os';
import type { Backend, ListedFile } from '../backend/contract.ts';
import type { PackId } from '../format/ids.ts';
import type { Inspectors, StartInspecting } from './inspecting.ts';

/** What is read ahead is read again with the key: no more than the system still has in memory then. Bytes. */
const mostAhead = 1024 * 1024 * 1024;
/** Of the memory that is free. */
const shareOfFree = 1 / 4;

/**
 * The part of a check of all data that needs no key, begun while the password is still hashed, which keeps one processor
 * busy for half a second: threads are started, and packs compared with their names, their hashes. What goes wrong here ends
 * it without a word: the check itself meets it again.
 *
 * A pack that has its name is what was once written, and packs are never changed. Blobs and header are opened later, from
 * bytes that are read anew; all of those are compared with the index, sealed and hashed, so a pack that changed in between
 * is noticed all the same.
 */
export class LookAhead {
  readonly #inspectors: Inspectors;
  readonly #ending = new AbortController();
  readonly #named = new Map<string, number>();
  readonly #backend: Backend;
  readonly #packs: Promise<readonly ListedFile[]>;
  readonly #reading: Promise<void>[] = [];
  readonly #most = Math.min(mostAhead, freemem() * shareOfFree);
  #next = 0;
  #bytes = 0;
  #isTaken = false;

  /** Undefined where nothing can be done ahead: without threads, or where packs do not lie on this machine. */
  static begin(backend: Backend, start: StartInspecting | undefined): LookAhead | undefined {
    if (backend.open === undefined || start === undefined) return undefined;
    const inspectors = start();
    return inspectors.hasItsName === undefined ? undefined : new LookAhead(backend, inspectors);
  }

  private constructor(backend: Backend, inspectors: Inspectors) {
    this.#backend = backend;
    this.#inspectors = inspectors;
    this.#packs = backend.list('pack', { signal: this.#ending.signal });
    // One processor is busy with the password.
    this.#readOn(Math.max(1, inspectors.atOnce - 1));
  }

  /** The password is hashed: all may read now. */
  unlocked(): void {
    this.#readOn(this.#inspectors.atOnce - this.#reading.length);
  }

  /** Once: those who look through packs, and the packs that have their names, with their lengths in bytes. */
  async take(): Promise<{ readonly inspectors: Inspectors; readonly named: ReadonlyMap<string, number> } | undefined> {
    if (this.#isTaken) return undefined;
    this.#isTaken = true;
    this.#ending.abort();
    await Promise.all(this.#reading);
    return { inspectors: this.#inspectors, named: this.#named };
  }

  async close(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#ending.abort();
    await this.#inspectors.close();
    await Promise.all(this.#reading);
  }

  #readOn(many: number): void {
    for (let count = 0; count < many; count += 1) this.#reading.push(this.#read().catch(() => {}));
  }

  async #read(): Promise<void> {
    const { signal } = this.#ending;
    const packs = await this.#packs;
    for (let pack = packs[this.#next]; pack !== undefined && !signal.aborted; pack = packs[this.#next]) {
      this.#next += 1;
      this.#bytes += pack.size;
      if (this.#bytes > this.#most) return;
      await this.#compare(pack.name as PackId);
    }
  }

  async #compare(id: PackId): Promise<void> {
    const file = await this.#backend.open?.({ kind: 'pack', name: id });
    if (file === undefined) return;
    try {
      if (await this.#inspectors.hasItsName?.(id, file)) this.#named.set(id, file.size);
    } finally {
      this.#backend.closeFile?.(file.descriptor);
    }
  }
}
