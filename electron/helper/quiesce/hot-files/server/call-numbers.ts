/** System calls by what they do to a file's content. */
export type ContentCall =
  | 'read'
  | 'write'
  | 'fallocate'
  | 'truncate'
  | 'mmap'
  | 'io_uring'
  | 'open'
  | 'openat'
  | 'openat2'
  | 'execve';

/**
 * Numbers of the calls that access content. Source: asm/unistd.h. `write` stands for all that change no more than the
 * kernel tells beforehand; the range of those that go on for long (sendfile, splice, copy_file_range) is told at once.
 */
const numbers: Readonly<Record<string, Readonly<Record<ContentCall, readonly number[]>>>> = {
  x64: {
    // read pread64 readv preadv preadv2
    read: [0, 17, 19, 295, 327],
    // write pwrite64 writev pwritev pwritev2 sendfile splice copy_file_range io_submit
    write: [1, 18, 20, 296, 328, 40, 275, 326, 209],
    fallocate: [285],
    truncate: [76, 77],
    mmap: [9],
    io_uring: [426],
    open: [2],
    // openat open_by_handle_at
    openat: [257, 304],
    openat2: [437],
    execve: [59, 322],
  },
  arm64: {
    read: [63, 67, 65, 69, 286],
    write: [64, 68, 66, 70, 287, 71, 76, 285, 2],
    fallocate: [47],
    truncate: [45, 46],
    mmap: [222],
    io_uring: [426],
    open: [],
    openat: [56, 265],
    openat2: [437],
    execve: [221, 281],
  },
};

/**
 * By number; empty for an architecture that is not known here. Programs of another architecture (32 bit) use other
 * numbers: none of theirs that access content has one of these with another meaning that changes content.
 */
export function numbersFor(architecture: string): ReadonlyMap<number, ContentCall> {
  const known = Object.entries(numbers[architecture] ?? {}) as [ContentCall, readonly number[]][];
  return new Map(known.flatMap(([call, all]) => all.map((n): [number, ContentCall] => [n, call])));
}
