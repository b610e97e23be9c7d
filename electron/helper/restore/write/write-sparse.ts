import type { FileOps } from '../../system/file-ops.ts';

/** Zeros are left out in units of a page or more. */
const pageLength = 4096;
const zeroPage = Buffer.alloc(pageLength);

/** The end of what was written, or -1 when there was nothing but zeros. */
export function writeSparse(ops: FileOps, fd: number, blob: Uint8Array, at: number): number {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  let end = -1;
  let runStart = -1;
  const writeRun = (until: number): void => {
    if (runStart < 0) return;
    ops.writeAllSync(fd, bytes.subarray(runStart, until), at + runStart);
    end = at + until;
    runStart = -1;
  };
  for (let from = 0; from < bytes.length; ) {
    // Pages of the file, not of the blob: only whole ones can stay unwritten.
    const until = Math.min(bytes.length, from + pageLength - ((at + from) % pageLength));
    const isZero = bytes[from] === 0 && bytes[until - 1] === 0 && isAllZero(bytes, from, until);
    if (isZero) writeRun(from);
    else if (runStart < 0) runStart = from;
    from = until;
  }
  writeRun(bytes.length);
  return end;
}

/** A call that compares; nearly every page is told by its ends. */
function isAllZero(bytes: Buffer, from: number, until: number): boolean {
  return bytes.compare(zeroPage, 0, until - from, from, until) === 0;
}
