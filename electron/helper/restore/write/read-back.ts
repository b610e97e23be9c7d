import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { dataExtents, type Extent } from '../../system/sparse.ts';
import { forgetCached } from '../../system/sync.ts';
import type { Witness } from '../hands/witness.ts';
import type { Found } from '../plan/plan-item.ts';
import { foundOf, isSameVersion } from '../target/found.ts';

export interface PieceToRead {
  readonly id: BlobId;
  readonly length: number;
  /** Nothing but zeros: where the file has a hole it need not be read. */
  readonly isZero: boolean;
  /** Taken when it was written; null: its hash is compared. */
  readonly witness: string | null;
}

export type ReadBack = 'same' | 'different' | 'changed';

/**
 * Reads pieces of a file and compares them with their witness, or else their hash, from the medium where the system forgets what it has in memory (see
 * `forgetCached`). `changed` when it is not the version that was written: it is somebody else's, and not judged. Tells the
 * length of each piece when it is done with it. What it cannot read is an error: EIO counts as different.
 */
export function* readBack(
  ops: FileOps,
  path: Buffer,
  found: Found,
  pieces: Iterable<PieceToRead>,
  start: number,
  witness?: Witness,
): Generator<number, ReadBack, undefined> {
  const fd = openToRead(ops, path);
  if (fd === undefined) return 'changed';
  try {
    if (!isSameVersion(found, foundOf(ops.fstatSync(fd)))) return 'changed';
    // It was synced before it was put in place.
    forgetCached(fd);
    let holes: Holes | undefined;
    let offset = start;
    for (const piece of pieces) {
      const { length, isZero } = piece;
      if (isZero) holes ??= new Holes(dataExtents(fd, Number(found.size)));
      const isHole = isZero && (holes?.cover(offset, length) ?? false);
      if (!isHole && !isRight(readPiece(ops.readSync, fd, offset, length), piece, witness))
        return isSameVersion(found, foundOf(ops.fstatSync(fd))) ? 'different' : 'changed';
      offset += length;
      yield length;
    }
    return 'same';
  } finally {
    ops.closeSync(fd);
  }
}

function openToRead(ops: FileOps, path: Buffer): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_RDONLY } = constants;
  try {
    return ops.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    // Gone, or something else; or a file its owner may not read, as it was stored.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

type Read = (fd: number, buffer: Uint8Array, offset: number, length: number, position: number) => number;

/** Pieces are read into memory that serves all of them, of which only what was used takes room; longer ones into their own. */
const keptBytes = 8 * 1024 * 1024;
let kept = Buffer.alloc(0);

/** Undefined where the file is cut off. */
function readPiece(read: Read, fd: number, position: number, length: number): Buffer | undefined {
  if (length > kept.length && length <= keptBytes) kept = Buffer.allocUnsafeSlow(keptBytes);
  const buffer = length <= kept.length ? kept.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const count = read(fd, buffer, done, length - done, position + done);
    if (count === 0) return undefined;
    done += count;
  }
  return buffer;
}

/** Where a witness disagrees the hash has the last word: it may be the witness that was taken of what memory made of it. */
function isRight(
  content: Buffer | undefined,
  { id, witness: then }: PieceToRead,
  witness: Witness | undefined,
): boolean {
  if (content === undefined) return false;
  if (then !== null && witness?.of(content, id) === then) return true;
  return hash('sha256', content, 'hex') === id;
}

/** What lies between the stored parts of a file. Asked in ascending order. */
class Holes {
  readonly #extents: readonly Extent[];
  #at = 0;

  constructor(extents: readonly Extent[]) {
    this.#extents = extents;
  }

  cover(offset: number, length: number): boolean {
    for (
      let extent = this.#extents[this.#at];
      extent && extent.offset + extent.length <= offset;
      extent = this.#extents[this.#at]
    ) {
      this.#at += 1;
    }
    const next = this.#extents[this.#at];
    return next === undefined || next.offset >= offset + length;
  }
}
