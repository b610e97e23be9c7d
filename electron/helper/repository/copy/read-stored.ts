import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { decompressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { BlobType } from '../format/blob.ts';
import type { FormatVersion } from '../format/unpacked.ts';
import type { BlobIndex, BlobLocation } from '../index/blob-index.ts';
import { BlobReader } from '../pack/blob-reader.ts';

export interface WantedBlob {
  readonly type: BlobType;
  readonly id: BlobId;
}

/** A blob as it is stored, opened and found to be what its id says. */
export interface StoredBlob extends WantedBlob {
  readonly plaintext: Buffer;
  /** Empty where it is stored as it is, undefined where that says nothing of whether it would be worth to compress it. */
  readonly compressed: Buffer | undefined;
}

/** One that is whole nowhere. */
export interface UnreadableBlob extends WantedBlob {
  readonly error: Error;
}

/** Read in one piece at most, and passed over between two blobs rather than asked for twice, in bytes. */
const longestRange = 4 * 1024 * 1024;
const longestGap = 128 * 1024;
/** Pieces asked for before the first of them is used: a line takes its time. */
const rangesAhead = 2;

interface Placed extends WantedBlob {
  readonly place: BlobLocation;
}

interface Range {
  readonly pack: string;
  readonly offset: number;
  length: number;
  readonly blobs: Placed[];
}

export interface StoredSource {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly index: BlobIndex;
  readonly version: FormatVersion;
}

/** Opens one stored blob; undefined when it is not what its id says. */
export function openStored(
  { sealer, version }: Pick<StoredSource, 'sealer' | 'version'>,
  sealed: Buffer,
  wanted: WantedBlob,
  uncompressedLength: number,
): StoredBlob | undefined {
  const stored = sealer.open(sealed);
  if (stored === undefined) return undefined;
  const plaintext = uncompressedLength > 0 ? decompressBlob(stored, uncompressedLength) : stored;
  if (plaintext === undefined || sha256(plaintext) !== wanted.id) return undefined;
  const asItIs = version === 1 ? undefined : Buffer.alloc(0);
  return { type: wanted.type, id: wanted.id, plaintext, compressed: uncompressedLength > 0 ? stored : asItIs };
}

/** Shorter ones are as well left to the collector. */
const worthwhile = 64 * 1024;

/**
 * Gives back the memory of a blob that nobody looks at any more. The collector counts megabytes outside of its own memory little,
 * and would let hundreds of them lie.
 */
export function letGoOf({ plaintext, compressed }: StoredBlob): void {
  for (const bytes of [plaintext, compressed]) {
    if (bytes === undefined || bytes.length < worthwhile || bytes.length !== bytes.buffer.byteLength) continue;
    if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
  }
}

/**
 * Blobs in the order of their packs, each pack in long pieces, a few pieces ahead. One that is damaged is looked for in
 * every other pack that has it.
 */
export async function* readStored(
  source: StoredSource,
  wanted: readonly WantedBlob[],
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredBlob | UnreadableBlob, void, undefined> {
  const { placed, absent } = placesOf(source.index, wanted);
  for (const blob of absent) yield { ...blob, error: new Error('it is in no index') };
  const ranges = rangesOf(placed);
  const loading: Promise<Buffer | Error>[] = [];
  const ahead = (): void => {
    const range = ranges[started];
    if (range === undefined) return;
    started += 1;
    const piece = load(source, range, signal);
    // Nobody waits for it when an earlier one fails.
    piece.catch(() => {});
    loading.push(piece);
  };
  let started = 0;
  for (let n = 0; n < rangesAhead; n += 1) ahead();
  const breather = new Breather();
  try {
    for (const range of ranges) {
      const bytes = await loading.shift();
      ahead();
      for (const blob of range.blobs) {
        await breather.breathe(signal);
        yield await opened(source, blob, range, bytes);
      }
    }
  } finally {
    await Promise.allSettled(loading);
  }
}

async function opened(
  source: StoredSource,
  blob: Placed,
  range: Range,
  bytes: Buffer | Error | undefined,
): Promise<StoredBlob | UnreadableBlob> {
  const { type, id, place } = blob;
  if (Buffer.isBuffer(bytes)) {
    const at = place.offset - range.offset;
    const found = openStored(source, bytes.subarray(at, at + place.length), blob, place.uncompressedLength);
    if (found !== undefined) return found;
  }
  try {
    const plaintext = await new BlobReader(source.backend, source.sealer).load(source.index, type, id);
    return { type, id, plaintext, compressed: undefined };
  } catch (error) {
    if (isStillpointError(error, 'repository-damaged')) return { type, id, error };
    throw error;
  }
}

/** A pack that is missing or too short is damage, to be looked for elsewhere; anything else ends the reading. */
async function load({ backend }: StoredSource, range: Range, signal: AbortSignal | undefined): Promise<Buffer | Error> {
  const { pack, offset, length } = range;
  try {
    const bytes = await backend.load({ kind: 'pack', name: pack }, { offset, length }, { signal });
    return bytes ?? new Error('the pack is missing');
  } catch (error) {
    if (isStillpointError(error, 'repository-damaged')) return error;
    throw error;
  }
}

function placesOf(index: BlobIndex, wanted: readonly WantedBlob[]): { placed: Placed[]; absent: WantedBlob[] } {
  const placed: Placed[] = [];
  const absent: WantedBlob[] = [];
  for (const blob of wanted) {
    const place = index.find(blob.type, blob.id);
    if (place === undefined) absent.push(blob);
    else placed.push({ ...blob, place });
  }
  placed.sort((one, other) =>
    one.place.pack === other.place.pack
      ? one.place.offset - other.place.offset
      : one.place.pack < other.place.pack
        ? -1
        : 1,
  );
  return { placed, absent };
}

function rangesOf(placed: readonly Placed[]): Range[] {
  const ranges: Range[] = [];
  for (const blob of placed) {
    const { pack, offset, length } = blob.place;
    const last = ranges.at(-1);
    const end = last === undefined ? 0 : last.offset + last.length;
    const joins = last?.pack === pack && offset >= end && offset - end <= longestGap;
    if (last !== undefined && joins && offset + length - last.offset <= longestRange) {
      last.length = offset + length - last.offset;
      last.blobs.push(blob);
    } else ranges.push({ pack, offset, length, blobs: [blob] });
  }
  return ranges;
}
