import {
  type BigIntStats,
  closeSync,
  type Dirent,
  fchmodSync,
  fchownSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { asIdentity, type Identity } from './identity.ts';
import type { PathBytes } from './libc.ts';
import { type OpenBeneathOptions, openBeneath } from './openat2.ts';
import { makeSpecialFile, type SpecialKind, setModeNoFollow, setTimes } from './special-files.ts';
import { getXattr, listXattrs, removeXattr, setXattr, type XattrTarget } from './xattr.ts';

/**
 * Synchronous file calls in somebody's name. Every call that names or changes a file goes through here where the caller
 * of the helper decides which file. Errors are Node's fs errors or ErrnoError, both with `code`. Paths may be raw bytes.
 * `mode` is subject to the umask. Entries are read as bytes; times and sizes as bigint.
 */
export interface FileOps {
  /** Several calls under one change of identity. `work` must be synchronous. */
  run<T>(work: () => T): T;
  openSync(path: PathBytes, flags: number, mode?: number): number;
  openBeneath(dirFd: number, path: PathBytes, flags: number, options?: OpenBeneathOptions): number;
  closeSync(fd: number): void;
  /** Bytes read; 0 at the end. `position` null reads on from the descriptor's own. */
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | bigint | null): number;
  /** Writes all of it, or throws. */
  writeAllSync(fd: number, buffer: Uint8Array, position: number | null): void;
  fsyncSync(fd: number): void;
  fdatasyncSync(fd: number): void;
  ftruncateSync(fd: number, size: number): void;
  fstatSync(fd: number): BigIntStats;
  lstatSync(path: PathBytes): BigIntStats;
  /** Undefined where nothing is: ENOENT, ENOTDIR. */
  lstatIfThere(path: PathBytes): BigIntStats | undefined;
  statSync(path: PathBytes): BigIntStats;
  readdirSync(path: PathBytes): Dirent<Buffer>[];
  readlinkSync(path: PathBytes): Buffer;
  mkdirSync(path: PathBytes, mode?: number): void;
  rmdirSync(path: PathBytes): void;
  renameSync(from: PathBytes, to: PathBytes): void;
  unlinkSync(path: PathBytes): void;
  linkSync(existing: PathBytes, path: PathBytes): void;
  symlinkSync(target: PathBytes, path: PathBytes): void;
  makeSpecialFile(path: PathBytes, kind: SpecialKind, mode: number, rdev?: bigint): void;
  fchmodSync(fd: number, mode: number): void;
  setModeNoFollow(path: PathBytes, mode: number): void;
  fchownSync(fd: number, uid: number, gid: number): void;
  lchownSync(path: PathBytes, uid: number, gid: number): void;
  setTimes(target: PathBytes | number, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void;
  listXattrs(target: XattrTarget): Buffer[];
  getXattr(target: XattrTarget, name: PathBytes): Buffer | undefined;
  setXattr(target: XattrTarget, name: PathBytes, value: Uint8Array): void;
  removeXattr(target: XattrTarget, name: PathBytes): void;
}

function forNode(path: PathBytes): string | Buffer {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

/** With the rights of the process itself. */
export const plainFileOps: FileOps = {
  run: (work) => work(),
  openSync: (path, flags, mode) => openSync(forNode(path), flags, mode),
  openBeneath,
  closeSync,
  readSync: (fd, buffer, offset, length, position) => readSync(fd, buffer, offset, length, position),
  writeAllSync(fd, buffer, position) {
    for (let done = 0; done < buffer.length; )
      done += writeSync(fd, buffer, done, buffer.length - done, position === null ? null : position + done);
  },
  fsyncSync,
  fdatasyncSync,
  ftruncateSync,
  fstatSync: (fd) => fstatSync(fd, { bigint: true }),
  lstatSync: (path) => lstatSync(forNode(path), { bigint: true }),
  lstatIfThere: (path) => lstatSync(forNode(path), { bigint: true, throwIfNoEntry: false }),
  statSync: (path) => statSync(forNode(path), { bigint: true }),
  readdirSync: (path) => readdirSync(forNode(path), { encoding: 'buffer', withFileTypes: true }),
  readlinkSync: (path) => readlinkSync(forNode(path), { encoding: 'buffer' }),
  mkdirSync: (path, mode) => void mkdirSync(forNode(path), { mode: mode ?? 0o777 }),
  rmdirSync: (path) => rmdirSync(forNode(path)),
  renameSync: (from, to) => renameSync(forNode(from), forNode(to)),
  unlinkSync: (path) => unlinkSync(forNode(path)),
  linkSync: (existing, path) => linkSync(forNode(existing), forNode(path)),
  symlinkSync: (target, path) => symlinkSync(forNode(target), forNode(path)),
  makeSpecialFile,
  fchmodSync,
  setModeNoFollow,
  fchownSync,
  lchownSync: (path, uid, gid) => lchownSync(forNode(path), uid, gid),
  setTimes,
  listXattrs,
  getXattr,
  setXattr,
  removeXattr,
};

/**
 * With the rights of somebody else (see asIdentity). What works on an open descriptor without asking for rights again
 * (read, close, fstat, fsync) is done directly; writes are not, because a quota asks who writes.
 */
export function identityFileOps(identity: Identity): FileOps {
  const as =
    <Args extends readonly unknown[], T>(call: (...args: Args) => T) =>
    (...args: Args): T =>
      asIdentity(identity, () => call(...args));
  const plain = plainFileOps;
  return {
    run: (work) => asIdentity(identity, work),
    closeSync: plain.closeSync,
    readSync: plain.readSync,
    fsyncSync: plain.fsyncSync,
    fdatasyncSync: plain.fdatasyncSync,
    fstatSync: plain.fstatSync,
    openSync: as(plain.openSync),
    openBeneath: as(plain.openBeneath),
    writeAllSync: as(plain.writeAllSync),
    ftruncateSync: as(plain.ftruncateSync),
    lstatSync: as(plain.lstatSync),
    lstatIfThere: as(plain.lstatIfThere),
    statSync: as(plain.statSync),
    readdirSync: as(plain.readdirSync),
    readlinkSync: as(plain.readlinkSync),
    mkdirSync: as(plain.mkdirSync),
    rmdirSync: as(plain.rmdirSync),
    renameSync: as(plain.renameSync),
    unlinkSync: as(plain.unlinkSync),
    linkSync: as(plain.linkSync),
    symlinkSync: as(plain.symlinkSync),
    makeSpecialFile: as(plain.makeSpecialFile),
    fchmodSync: as(plain.fchmodSync),
    setModeNoFollow: as(plain.setModeNoFollow),
    fchownSync: as(plain.fchownSync),
    lchownSync: as(plain.lchownSync),
    setTimes: as(plain.setTimes),
    listXattrs: as(plain.listXattrs),
    getXattr: as(plain.getXattr),
    setXattr: as(plain.setXattr),
    removeXattr: as(plain.removeXattr),
  };
}
