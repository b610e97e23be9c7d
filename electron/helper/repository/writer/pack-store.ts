import { StillpointError } from '../../../../shared/errors/index.ts';
import type { Backend, FileRef } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Documents } from '../documents.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { encodeIndexFile, type IndexedPack } from '../format/index-file.ts';
import type { LoadedIndex } from '../index/loaded-index.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import type { FinishedPack } from '../pack/pack-assembler.ts';

/** An index file is written when the packs waiting for one hold this many blobs (about 8 MiB of JSON), */
const blobsPerIndex = 50_000;
/** or are this many, */
const packsPerIndex = 32;
/**
 * or when the first of them has waited this long, so that a crash loses little: what no index lists is stored again by the
 * next run. A few packs are waited for all the same: over a slow line every pack would else get an index of its own.
 */
const longestWaitNs = 10n * 1_000_000_000n;
const fewPacks = 4;

/** Packs read back at the same time. */
const readAtOnce = 2;

/** The packs of one run: made durable first, then listed in a durable index file, and only then known to the repository. */
export class PackStore {
  readonly #backend: Backend;
  readonly #documents: Documents;
  readonly #index: LoadedIndex;
  readonly #lock: Pick<HeldLock, 'assertHeld' | 'verifyHeld'>;
  readonly #onListed: (blobs: readonly PackedBlob[]) => void;
  readonly #written: PackId[] = [];
  readonly #indexFiles: string[] = [];
  /** Packs and index files that were read back whole. */
  readonly #verified = new Set<string>();
  #unlisted: IndexedPack[] = [];
  /** When the first of them was saved. */
  #waitingSinceNs = 0n;
  readonly #nowNs: () => bigint;

  /** `onListed` is called for each pack when the index in memory has its blobs. */
  constructor(
    backend: Backend,
    documents: Documents,
    index: LoadedIndex,
    lock: Pick<HeldLock, 'assertHeld' | 'verifyHeld'>,
    onListed: (blobs: readonly PackedBlob[]) => void,
    nowNs: () => bigint,
  ) {
    this.#nowNs = nowNs;
    this.#backend = backend;
    this.#documents = documents;
    this.#index = index;
    this.#lock = lock;
    this.#onListed = onListed;
  }

  get packCount(): number {
    return this.#written.length;
  }

  async save(pack: FinishedPack): Promise<void> {
    this.#lock.assertHeld();
    await this.#backend.save({ kind: 'pack', name: pack.id }, pack.bytes);
    this.#written.push(pack.id);
    if (this.#unlisted.length === 0) this.#waitingSinceNs = this.#nowNs();
    this.#unlisted.push({ id: pack.id, blobs: pack.blobs });
    if (this.#isIndexDue()) await this.writeIndex();
  }

  #isIndexDue(): boolean {
    const packs = this.#unlisted.length;
    const blobs = this.#unlisted.reduce((sum, pack) => sum + pack.blobs.length, 0);
    if (blobs >= blobsPerIndex || packs >= packsPerIndex) return true;
    return packs >= fewPacks && this.#nowNs() - this.#waitingSinceNs >= longestWaitNs;
  }

  /**
   * Lists every pack saved so far. Nothing to do is no error. Refuses without the lock: a prune may have removed packs
   * that no index lists yet, and an index must never name a pack that is gone.
   */
  async writeIndex(): Promise<void> {
    const packs = this.#unlisted;
    if (packs.length === 0) return;
    this.#lock.assertHeld();
    this.#unlisted = [];
    try {
      await this.#lock.verifyHeld();
      const { name, size } = await this.#documents.saveListed('index', encodeIndexFile({ supersedes: [], packs }));
      this.#indexFiles.push(name);
      this.#index.wrote(name, size);
    } catch (error) {
      this.#unlisted = [...packs, ...this.#unlisted];
      throw error;
    }
    for (const pack of packs) {
      this.#index.blobs.add(pack.id, pack.blobs);
      this.#onListed(pack.blobs);
    }
  }

  /**
   * Reads every pack and index file of this run back through the backend and compares its hash with its name. What was read
   * back before is not read again: it is written once, and only then.
   */
  async verify(signal: AbortSignal | undefined, onPack: (done: number, total: number) => void): Promise<void> {
    await this.verifyWritten(signal, onPack);
    const breather = new Breather();
    for (const name of this.#indexFiles.filter((each) => !this.#verified.has(each))) {
      await breather.breathe(signal);
      await this.#readBack('index', name);
      this.#verified.add(name);
    }
  }

  /** The same of the packs that are durable by now. */
  async verifyWritten(signal: AbortSignal | undefined, onPack: (done: number, total: number) => void): Promise<void> {
    const breather = new Breather();
    let done = this.#verified.size;
    const left = this.#written.filter((id) => !this.#verified.has(id)).values();
    // Several at once: where the place reads on threads, all of them are busy.
    const readPacks = async (): Promise<void> => {
      for (const id of left) {
        await breather.breathe(signal);
        await this.#readBack('pack', id);
        this.#verified.add(id);
        done += 1;
        onPack(done, this.#written.length);
      }
    };
    const reading = await Promise.allSettled(Array.from({ length: readAtOnce }, readPacks));
    for (const outcome of reading) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #readBack(kind: 'pack' | 'index', name: string): Promise<void> {
    if ((await this.#digestOf({ kind, name })) !== name) throw verificationFailed(kind, name, this.#backend.location);
  }

  async #digestOf(file: FileRef): Promise<string | undefined> {
    if (this.#backend.digest !== undefined) return this.#backend.digest(file);
    const bytes = await this.#backend.load(file);
    return bytes === undefined ? undefined : sha256(bytes);
  }
}

function verificationFailed(kind: 'pack' | 'index', id: string, location: string): StillpointError {
  return new StillpointError({
    kind: 'pack-verification-failed',
    message: `What was written to ${location} does not read back the same (${kind} ${id.slice(0, 8)}).`,
    guidance:
      'No snapshot was made of it. The disk, its cable or this computer’s memory may be faulty: test them before you rely on this place.',
    context: { [kind]: id },
  });
}
