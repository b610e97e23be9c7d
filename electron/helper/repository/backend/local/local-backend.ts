import { createHash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { throwIfAborted } from '../../../../../shared/errors/index.ts';
import { Breather } from '../../breather.ts';
import { damaged, repositoryAbsent, repositoryExists } from '../../failures.ts';
import { isId } from '../../format/ids.ts';
import {
  type Backend,
  type ByteRange,
  type CallOptions,
  describeFile,
  type FileRef,
  type ListedFile,
  type ListedKind,
  type ListOptions,
  listedKinds,
  type PlaceContent,
} from '../contract.ts';
import { diskError, errorCode } from './disk-errors.ts';
import { type FileOps, type FileStat, nodeFileOps } from './file-ops.ts';
import {
  allFolders,
  configPath,
  fileFolders,
  filePath,
  isLayoutFolder,
  isTemporaryName,
  kindFolder,
  temporaryPath,
} from './layout.ts';
import { keepReserve, releaseReserve } from './reserve.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/** Names that a filesystem or a desktop puts into every root: a disk that holds only these is empty to its owner. */
const systemNames = /^(?:lost\+found|\.Trash.*|System Volume Information|\$RECYCLE\.BIN)$/;

/** Like restic: a folder anyone else may not enter. */
const folderMode = 0o700;

/** Read at a time for a digest. */
const digestBytes = 256 * 1024;

/** A repository in a folder of a mounted filesystem. */
export class LocalBackend implements Backend {
  readonly location: string;
  readonly #ops: FileOps;
  readonly #seesAtOnce: () => boolean;

  /** `root` is an absolute path. `seesAtOnce` as in `Backend`: a folder may be anything, so by default it does not. */
  constructor(root: string, ops: FileOps = nodeFileOps, seesAtOnce: () => boolean = () => false) {
    this.location = root;
    this.#ops = ops;
    this.#seesAtOnce = seesAtOnce;
  }

  seesAtOnce(): boolean {
    return this.#seesAtOnce();
  }

  async probe(): Promise<PlaceContent> {
    try {
      const names = this.#ops.readdir(this.location);
      if (names.includes('config')) return 'repository';
      const foreign = names.filter((name) => !systemNames.test(name));
      return foreign.every((name) => isLayoutFolder(name) && this.#holdsNoFile(`${this.location}/${name}`))
        ? 'empty'
        : 'occupied';
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return 'absent';
      if (code === 'ENOTDIR') return 'occupied';
      throw diskError(error, 'look into the folder', this.location);
    }
  }

  async prepare(): Promise<void> {
    this.#attempt('make its folders', () => {
      this.#makeFolders([this.location, ...allFolders(this.location)]);
    });
  }

  async list(kind: ListedKind, options?: ListOptions): Promise<readonly ListedFile[]> {
    throwIfAborted(options?.signal);
    const attempt = <Result>(work: () => Result): Result => this.#attempt(`list its ${kind} files`, work);
    const breather = new Breather();
    const files: ListedFile[] = [];
    for (const { name, path } of attempt(() => this.#entries(kind))) {
      if (!isId(name) || options?.besides?.(name)) continue;
      const stat = attempt(() => this.#ifThere(() => this.#ops.lstat(path)));
      if (stat !== undefined && !stat.isDirectory) files.push({ name, size: stat.size });
      await breather.breathe(options?.signal);
    }
    return files;
  }

  async stat(file: FileRef): Promise<number | undefined> {
    return this.#lookAt(file)?.size;
  }

  async writtenMs(file: FileRef): Promise<number | undefined> {
    return this.#lookAt(file)?.mtimeMs;
  }

  async load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    throwIfAborted(options?.signal);
    const path = filePath(this.location, file);
    return this.#attempt(`read ${describeFile(file)}`, () => {
      const fd = this.#found(this.#ifThere(() => this.#ops.open(path, 'r')));
      if (fd === undefined) return undefined;
      try {
        const { size } = this.#ops.fstat(fd);
        const { offset, length } = range ?? { offset: 0, length: size };
        if (offset + length > size) throw cutOff(file);
        return this.#read(fd, offset, length, file);
      } finally {
        this.#ops.close(fd);
      }
    });
  }

  async open(file: FileRef): Promise<{ readonly descriptor: number; readonly size: number } | undefined> {
    const path = filePath(this.location, file);
    return this.#attempt(`read ${describeFile(file)}`, () => {
      const descriptor = this.#found(this.#ifThere(() => this.#ops.open(path, 'r')));
      return descriptor === undefined ? undefined : { descriptor, size: this.#ops.fstat(descriptor).size };
    });
  }

  closeFile(descriptor: number): void {
    this.#ops.close(descriptor);
  }

  async digest(file: FileRef, options?: CallOptions): Promise<string | undefined> {
    throwIfAborted(options?.signal);
    const path = filePath(this.location, file);
    return this.#attempt(`read ${describeFile(file)}`, () => {
      const fd = this.#found(this.#ifThere(() => this.#ops.open(path, 'r')));
      if (fd === undefined) return undefined;
      const piece = Buffer.allocUnsafe(digestBytes);
      const hash = createHash('sha256');
      try {
        for (let at = 0; ; ) {
          const count = this.#ops.read(fd, piece, 0, piece.length, at);
          if (count === 0) return hash.digest('hex');
          hash.update(piece.subarray(0, count));
          at += count;
        }
      } finally {
        this.#ops.close(fd);
      }
    });
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    throwIfAborted(options?.signal);
    const path = filePath(this.location, file);
    this.#attempt(`write ${describeFile(file)}`, () => {
      if (file.kind === 'config' && this.#ifThere(() => this.#ops.lstat(path))) throw repositoryExists(this.location);
      const temporary = temporaryPath(path, randomBytes(8).toString('hex'));
      const write = (): true => {
        writeDurably(this.#ops, bytes, temporary, path, file.kind === 'lock' ? 'may-vanish' : 'stays');
        return true;
      };
      if (this.#found(this.#ifThere(write))) return;
      // Copying programs leave empty folders out.
      this.#makeFolders([dirname(dirname(path)), dirname(path)]);
      write();
    });
  }

  async remove(file: FileRef): Promise<boolean> {
    const path = filePath(this.location, file);
    return this.#attempt(`remove ${describeFile(file)}`, () => {
      const removed = this.#found(this.#ifThere(() => this.#unlink(path))) ?? false;
      if (removed && file.kind !== 'lock') syncFolder(this.#ops, dirname(path));
      return removed;
    });
  }

  async sweep(ageMs: number): Promise<number> {
    const youngest = Date.now() - ageMs;
    return this.#attempt('remove what interrupted runs left', () => {
      const leftovers = listedKinds
        .flatMap((kind) => this.#entries(kind))
        .filter(({ name, path }) => {
          const stat = isTemporaryName(name) ? this.#ifThere(() => this.#ops.lstat(path)) : undefined;
          return stat !== undefined && !stat.isDirectory && stat.mtimeMs < youngest;
        });
      for (const { path } of leftovers) this.#ifThere(() => this.#ops.unlink(path));
      return leftovers.length;
    });
  }

  async keepReserve(): Promise<void> {
    keepReserve(this.#ops, this.location);
  }

  async releaseReserve(): Promise<boolean> {
    return this.#attempt('free what is kept back', () => releaseReserve(this.#ops, this.location));
  }

  #lookAt(file: FileRef): FileStat | undefined {
    const path = filePath(this.location, file);
    return this.#attempt(`look at ${describeFile(file)}`, () => this.#found(this.#ifThere(() => this.#ops.stat(path))));
  }

  #entries(kind: ListedKind): { name: string; path: string }[] {
    if (kind !== 'pack') return this.#names(kindFolder(this.location, kind));
    const present = new Set(this.#names(kindFolder(this.location, kind)).map(({ path }) => path));
    return fileFolders(this.location, kind).flatMap((folder) => (present.has(folder) ? this.#names(folder) : []));
  }

  #names(folder: string): { name: string; path: string }[] {
    const names = this.#found(this.#ifThere(() => this.#ops.readdir(folder))) ?? [];
    return names.map((name) => ({ name, path: `${folder}/${name}` }));
  }

  #read(fd: number, offset: number, length: number, file: FileRef): Buffer {
    // Not from memory that small buffers share: one that is kept would hold on to all of it.
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length; ) {
      const count = this.#ops.read(fd, bytes, done, length - done, offset + done);
      if (count === 0) throw cutOff(file);
      done += count;
    }
    return bytes;
  }

  #unlink(path: string): true {
    this.#ops.unlink(path);
    return true;
  }

  #holdsNoFile(folder: string): boolean {
    return this.#ops.readdir(folder).every((name) => {
      const path = `${folder}/${name}`;
      return this.#ops.lstat(path).isDirectory && this.#holdsNoFile(path);
    });
  }

  #makeFolders(folders: readonly string[]): void {
    const made = folders.filter((folder) => this.#makeFolder(folder));
    for (const parent of new Set(made.map(dirname))) syncFolder(this.#ops, parent);
  }

  #makeFolder(folder: string): boolean {
    try {
      this.#ops.mkdir(folder, folderMode);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && this.#ops.stat(folder).isDirectory) return false;
      throw error;
    }
  }

  #attempt<Result>(action: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw diskError(error, action, this.location);
    }
  }

  #ifThere<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** A file that is not there means little when the whole place is gone: a disk was unplugged. */
  #found<Result>(result: Result | undefined): Result | undefined {
    if (result !== undefined) return result;
    if (this.#ifThere(() => this.#ops.stat(configPath(this.location))) === undefined)
      throw repositoryAbsent(this.location);
    return undefined;
  }
}

function cutOff(file: FileRef): Error {
  return damaged(`${describeFile(file)} is shorter than it must be.`, { file: describeFile(file) });
}
