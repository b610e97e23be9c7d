import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { hasCode } from '../../system/errno.ts';
import { dataExtents, type Extent } from '../../system/sparse.ts';
import { forgetCached } from '../../system/sync.ts';
import { Breather } from '../breather.ts';
import { type Found, itemPath, type PlanItem } from '../plan/plan-item.ts';
import { foundOf, isSameVersion } from '../target/found.ts';
import type { RestoreContext } from './restore-context.ts';

export interface WrittenFile {
  readonly item: PlanItem;
  readonly content: readonly BlobId[];
  readonly blobLengths: readonly number[];
  readonly found: Found;
}

/**
 * Reads back every file that was written, in the pieces it was stored in, and compares their hashes. A file that
 * somebody changed since is theirs and is not judged. The medium is read where the system forgets what it has in memory
 * (see `forgetCached`); what it cannot read counts as different.
 */
export async function verifyFiles(context: RestoreContext, files: readonly WrittenFile[]): Promise<void> {
  const { report, warnings, tally, signal } = context;
  const breather = new Breather(signal);
  for (const file of files) {
    await breather.pause();
    const path = itemPath(file.item);
    const result = await verifyFile(context, file, breather);
    if (result === 'same') tally.verified += 1;
    else if (result === 'different')
      warnings.add(path, 'It does not read back as it was written. Restore it again; the disk may be faulty.');
    report.advance(1, 0, path);
  }
}

async function verifyFile(
  { target, zeros, report }: RestoreContext,
  { item, content, blobLengths, found }: WrittenFile,
  breather: Breather,
): Promise<'same' | 'different' | 'changed'> {
  const { ops } = target;
  const { O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_RDONLY } = constants;
  let fd: number;
  try {
    fd = ops.openSync(target.entry(item.in, item.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    // Gone, or something else; or a file its owner may not read, as it was stored.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM')) return 'changed';
    throw error;
  }
  try {
    if (!isSameVersion(found, foundOf(ops.fstatSync(fd)))) return 'changed';
    // It was synced before it was put in place.
    forgetCached(fd);
    const holes = new Holes(dataExtents(fd, Number(found.size)));
    let isSame = true;
    let offset = 0;
    for (const [index, id] of content.entries()) {
      const length = blobLengths[index] ?? 0;
      if (!zeros.has(id) || !holes.cover(offset, length)) isSame &&= readHash(ops.readSync, fd, offset, length) === id;
      offset += length;
      report.advance(0, length);
      await breather.pause();
    }
    if (isSame) return 'same';
    return isSameVersion(found, foundOf(ops.fstatSync(fd))) ? 'different' : 'changed';
  } catch (error) {
    if (hasCode(error, 'EIO')) return 'different';
    throw error;
  } finally {
    ops.closeSync(fd);
  }
}

type Read = (fd: number, buffer: Uint8Array, offset: number, length: number, position: number) => number;

function readHash(read: Read, fd: number, position: number, length: number): string {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = read(fd, buffer, done, length - done, position + done);
    if (count === 0) return 'cut off';
    done += count;
  }
  return hash('sha256', buffer, 'hex');
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
