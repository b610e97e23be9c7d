import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { BlobType, PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-file.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { openBlob } from '../pack/open-blob.ts';
import { type FinishedPack, PackAssembler } from '../pack/pack-assembler.ts';
import type { Source } from './pack-choice.ts';
import type { Needed, SourceEntries } from './source-entries.ts';

/** Bytes between two wanted blobs that are read with them: one long read is faster than two short ones. */
const gapBytes = 128 * 1024;
const longestSpan = 4 * 1024 * 1024;
/** A pack is full when a blob has passed the target: most of them pass it by less than this. */
const packRoom = 1.1;
/** Packs on their way at the same time, while the next is filled. */
const savesAtOnce = 1;

export interface RepackDependencies {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly index: BlobIndex;
  readonly packTarget: number;
  /** Before every change: throws when it must not be made. */
  readonly step: () => Promise<void>;
  readonly signal: AbortSignal | undefined;
  readonly onCopied: (bytes: number) => void;
}

/** A blob that a snapshot needs and of which no copy is whole. */
export interface LostBlob {
  readonly pack: PackId;
  readonly type: BlobType;
  readonly blob: BlobId;
  readonly why: string;
}

export interface Repacked {
  /** Of these everything that is needed is durable elsewhere; no index file lists `added` yet. */
  readonly done: ReadonlySet<PackId>;
  readonly added: readonly IndexedPack[];
  readonly bytesAdded: number;
  /** For `undo`. */
  readonly before: number;
}

interface Piece {
  readonly blob: PackedBlob;
  readonly sealed: Buffer;
}

/**
 * Copies what is needed out of packs that are to go, as the sealed bytes they are, after tag and hash of each blob were
 * verified. Of a blob with several copies the first that is whole is taken, and none goes before one that stays was read
 * and found whole. A pack of which a needed blob is whole nowhere stays.
 */
export class Repacker {
  readonly lost: LostBlob[] = [];
  readonly #with: RepackDependencies;
  readonly #entries: SourceEntries;
  readonly #breather = new Breather();

  /** `entries` of all packs that may be handed to `run`. */
  constructor(dependencies: RepackDependencies, entries: SourceEntries) {
    this.#with = dependencies;
    this.#entries = entries;
  }

  /** New packs are durable and read back the same when it resolves. When it fails, what it wrote is deleted again as far as that is possible. */
  async run(sources: readonly Source[]): Promise<Repacked> {
    const { sealer, packTarget, onCopied, backend } = this.#with;
    const done = new Set<PackId>();
    const added: IndexedPack[] = [];
    const saving = new Set<Promise<void>>();
    const before = this.#entries.checkpoint();
    let bytesAdded = 0;
    const failures: unknown[] = [];
    const assemblers = {
      data: new PackAssembler(sealer, 'data', packTarget, packTarget * packRoom),
      tree: new PackAssembler(sealer, 'tree', packTarget),
    };
    const save = async (pack: FinishedPack): Promise<void> => {
      while (saving.size >= savesAtOnce) await Promise.race(saving);
      if (failures.length > 0) throw failures[0];
      await this.#with.step();
      added.push({ id: pack.id, blobs: pack.blobs });
      bytesAdded += pack.bytes.length;
      const saved: Promise<void> = backend
        .save({ kind: 'pack', name: pack.id }, pack.bytes)
        .then(() => readBack(backend, pack.id))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => saving.delete(saved));
      saving.add(saved);
    };
    try {
      for (const source of sources) {
        const pieces = await this.#collect(source);
        if (pieces === undefined) continue;
        for (const { blob, sealed } of pieces) {
          const assembler = assemblers[blob.type];
          assembler.addSealed(blob.id, sealed, blob.uncompressedLength);
          onCopied(sealed.length);
          if (assembler.isFull) await save(assembler.finish());
        }
        done.add(source.pack);
      }
      for (const assembler of Object.values(assemblers)) if (!assembler.isEmpty) await save(assembler.finish());
      await Promise.all(saving);
      if (failures.length > 0) throw failures[0];
      return { done, added, bytesAdded, before };
    } catch (error) {
      await Promise.all(saving);
      await this.undo({ added, before });
      throw error;
    }
  }

  /** As if it had not run. Nothing may list what it added: it only takes room. */
  async undo({ added, before }: Pick<Repacked, 'added' | 'before'>): Promise<void> {
    this.#entries.rollback(before);
    try {
      for (const { id } of added) {
        await this.#with.step();
        await this.#with.backend.remove({ kind: 'pack', name: id });
      }
    } catch {
      // Readers ignore them, and the next one removes them.
    }
  }

  /** All that must be copied before the pack may go, verified; undefined when something of it is whole nowhere. */
  async #collect(source: Source): Promise<readonly Piece[] | undefined> {
    const { signal } = this.#with;
    await this.#breather.breathe(signal);
    const own: Needed[] = [];
    const pieces: Piece[] = [];
    const secured: number[] = [];
    const lost: LostBlob[] = [];
    const elsewhere: Needed[] = [];
    for (const each of this.#entries.of(source)) (each.entry === each.keeper ? own : elsewhere).push(each);
    const settle = async (each: Needed, first: Buffer | undefined): Promise<void> => {
      const found = await this.#whole(each, first);
      if (found === undefined) lost.push(this.#lostOf(each, source));
      else if (found !== 'stays') pieces.push(found);
      secured.push(each.canonical);
    };
    for (const span of spansOf(own)) {
      const bytes = await this.#read(source.pack, span.offset, span.length);
      for (const each of span.wanted) {
        await this.#breather.breathe(signal);
        const at = each.blob.offset - span.offset;
        await settle(each, bytes?.subarray(at, at + each.blob.length));
      }
    }
    for (const each of elsewhere) {
      await this.#breather.breathe(signal);
      await settle(each, undefined);
    }
    this.lost.push(...lost);
    if (lost.length > 0) return undefined;
    for (const canonical of secured) this.#entries.secure(canonical);
    return pieces;
  }

  /** The chosen copy, else any other that is whole; `stays` when that is in a pack which nobody takes away. */
  async #whole(each: Needed, read: Buffer | undefined): Promise<Piece | 'stays' | undefined> {
    const { index } = this.#with;
    const { type, id } = each.blob;
    const places: number[] = [each.keeper];
    index.eachEntryOf(type, id, (copy) => {
      if (copy !== each.keeper) places.push(copy);
    });
    for (const place of places) {
      const blob = index.blobAt(place);
      const pack = index.packIds[index.packOf(place)];
      if (pack === undefined) continue;
      const own = place === each.entry && read !== undefined;
      const sealed = own ? read : await this.#read(pack, blob.offset, blob.length);
      if (sealed === undefined || 'damage' in openBlob(this.#with.sealer, sealed, blob.id, blob.uncompressedLength))
        continue;
      return this.#entries.isSource(place) ? { blob, sealed } : 'stays';
    }
    return undefined;
  }

  async #read(pack: PackId, offset: number, length: number): Promise<Buffer | undefined> {
    try {
      return await this.#with.backend.load({ kind: 'pack', name: pack }, { offset, length });
    } catch (error) {
      if (isStillpointError(error, 'repository-damaged')) return undefined;
      throw error;
    }
  }

  #lostOf({ blob }: Needed, { pack }: Source): LostBlob {
    const why = `The ${blob.type} blob ${blob.id.slice(0, 8)} in pack ${pack.slice(0, 8)} is damaged, and no other copy of it is whole.`;
    return { pack, type: blob.type, blob: blob.id as BlobId, why };
  }
}

/** What they replace goes: a place that keeps something else than it was given must not be believed. */
async function readBack(backend: Backend, name: PackId): Promise<void> {
  const file = { kind: 'pack', name } as const;
  const bytes = backend.digest === undefined ? await backend.load(file) : undefined;
  const digest = bytes === undefined ? await backend.digest?.(file) : sha256(bytes);
  if (digest === name) return;
  throw new StillpointError({
    kind: 'pack-verification-failed',
    message: `What was written to ${backend.location} does not read back the same (pack ${name.slice(0, 8)}).`,
    guidance: 'What it was to replace stays. The disk, its cable or this computer’s memory may be faulty: test them.',
    context: { pack: name },
  });
}

interface Span {
  readonly offset: number;
  readonly length: number;
  readonly wanted: readonly Needed[];
}

/** `wanted` by ascending offset. */
function spansOf(wanted: readonly Needed[]): Span[] {
  const spans: { offset: number; end: number; wanted: Needed[] }[] = [];
  for (const each of wanted) {
    const { offset, length } = each.blob;
    const last = spans.at(-1);
    if (last && offset - last.end <= gapBytes && offset + length - last.offset <= longestSpan) {
      last.end = Math.max(last.end, offset + length);
      last.wanted.push(each);
    } else spans.push({ offset, end: offset + length, wanted: [each] });
  }
  return spans.map(({ offset, end, wanted: inside }) => ({ offset, length: end - offset, wanted: inside }));
}
