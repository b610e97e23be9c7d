import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';

export interface Extent {
  readonly offset: number;
  readonly length: number;
}

const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const lseek = bind<(fd: number, offset: number, whence: number) => number>('int64_t lseek(int, int64_t, int)');

/**
 * The parts of a file below `size` that are stored, in order; what lies between reads as zeros. Moves the descriptor's
 * position: read with explicit positions. Where the filesystem cannot tell, the whole file is one extent. The answer is
 * a moment's: a writer may change it, so who wants one version checks the file afterwards.
 */
export function dataExtents(fd: number, size: number): Extent[] {
  // Nearly every file has no hole but the one at its end, and one question tells.
  if (size > 0 && lseek(fd, 0, SEEK_HOLE) >= size) return [{ offset: 0, length: size }];
  const extents: Extent[] = [];
  let position = 0;
  while (position < size) {
    let start: number;
    try {
      start = check(lseek(fd, position, SEEK_DATA), 'lseek');
    } catch (error) {
      if (hasCode(error, 'ENXIO')) break;
      if (hasCode(error, 'EINVAL', 'ENOTSUP')) return [{ offset: 0, length: size }];
      throw error;
    }
    if (start >= size) break;
    const end = Math.min(check(lseek(fd, start, SEEK_HOLE), 'lseek'), size);
    if (end <= start) break;
    extents.push({ offset: start, length: end - start });
    position = end;
  }
  return extents;
}
