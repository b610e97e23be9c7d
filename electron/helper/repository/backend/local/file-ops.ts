import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

export interface FileStat {
  readonly size: number;
  readonly isDirectory: boolean;
  readonly mtimeMs: number;
}

/**
 * Every file access of a local repository goes through this port, so that a helper with more rights than its caller can
 * pass one that acts with the caller's. Calls are synchronous and answer as node:fs does: they throw errors with a `code`.
 */
export interface FileOps {
  open(path: string, flags: string, mode?: number): number;
  close(fd: number): void;
  /** Bytes read; 0 at the end of the file. `position` null reads on. */
  read(fd: number, target: Uint8Array, offset: number, length: number, position: number): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  fsync(fd: number): void;
  /**
   * Waits until what was just written is on its way to the medium, so that little of ours stands before what others write
   * through. Throws as `fsync` does, and does not take its place. Without it a large file is written out at once, and all wait for that.
   */
  writeOut?(fd: number, offset: number, length: number): void;
  /**
   * Lets the system drop what it keeps in memory of a file that is synced, so that reading it again reads the medium.
   * A hint: without it, or where it is not heard, what is read back proves less.
   */
  forget?(fd: number): void;
  fstat(fd: number): FileStat;
  /** Follows symbolic links. */
  stat(path: string): FileStat;
  lstat(path: string): FileStat;
  readdir(path: string): string[];
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** One level; an existing directory is an EEXIST error. */
  mkdir(path: string, mode: number): void;
  chmod(path: string, mode: number): void;
  /** Of the filesystem, in bytes: what an ordinary writer may still use, and all there is. Without it no room is kept back. */
  space?(path: string): { readonly available: number; readonly total: number };
}

interface NodeStat {
  readonly size: number;
  readonly mtimeMs: number;
  isDirectory(): boolean;
}

const statOf = (stat: NodeStat): FileStat => ({
  size: stat.size,
  isDirectory: stat.isDirectory(),
  mtimeMs: stat.mtimeMs,
});

/** Acts with the rights of this process. */
export const nodeFileOps: FileOps = {
  open: openSync,
  close: closeSync,
  read: readSync,
  write: writeSync,
  fsync: fsyncSync,
  fstat: (fd) => statOf(fstatSync(fd)),
  stat: (path) => statOf(statSync(path)),
  lstat: (path) => statOf(lstatSync(path)),
  readdir: (path) => readdirSync(path),
  rename: renameSync,
  unlink: unlinkSync,
  mkdir: (path, mode) => void mkdirSync(path, mode),
  chmod: chmodSync,
  space: (path) => {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { available: bavail * bsize, total: blocks * bsize };
  },
};
