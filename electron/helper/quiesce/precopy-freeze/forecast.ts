import { closeSync } from 'node:fs';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { statxDescriptor } from '../../system/statx.ts';
import { leastSpareBytes } from '../holding/spare-memory.ts';
import type { PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { treeEntry } from './looker.ts';
import { bytesOf, type ExpectedDelta, type ExpectedFile } from './prediction.ts';
import { type SettlingParts, unsettledFiles } from './settle-writers.ts';
import type { FilesBySight } from './writers.ts';

/** Sizes of larger files are looked at without their holes. */
const holesMatterFrom = 1024 * 1024;
/** What changes all the time is read again and again: each round before a freeze, and in it. */
const asOften = 3;
/** For what comes to be read beside what was expected. */
const spareBytes = 8 * 1024 * 1024;

/** What would be done between freeze and thaw, if it were done now. */
export class Forecast {
  readonly #tree: OpenTree;
  readonly #openFiles: FilesBySight;
  readonly #settling: SettlingParts;
  readonly #isHeldOtherwise: (key: HandleKey) => boolean;

  constructor(
    tree: OpenTree,
    openFiles: FilesBySight,
    settling: SettlingParts,
    isHeldOtherwise: (key: HandleKey) => boolean,
  ) {
    this.#tree = tree;
    this.#openFiles = openFiles;
    this.#settling = settling;
    this.#isHeldOtherwise = isHeldOtherwise;
  }

  /** Files that would be read. */
  files(): PictureFile[] {
    const files = new Map(this.#settling.picture.filesToRead().map((file) => [file.key, file]));
    for (const file of unsettledFiles(this.#openFiles, this.#settling)) files.set(file.key, file);
    return [...files.values()].filter(({ key }) => !this.#isHeldOtherwise(key));
  }

  /** `again`: read into memory, but to be read once more, because somebody had opened it by then. */
  expected(again: Iterable<HandleKey> = []): ExpectedDelta {
    const { picture } = this.#settling;
    const folders = picture.directoriesToList().map(({ key, path }) => ({
      path: this.#tree.describe(path),
      entries: picture.namesIn(key),
    }));
    const looks = this.#openFiles.size + folders.length + picture.entriesToLookAt().length;
    const files = new Set([...this.files(), ...[...again].flatMap((key) => picture.file(key) ?? [])]);
    return { looks, folders, files: [...files].flatMap((file) => this.#expectedFile(file) ?? []) };
  }

  /**
   * Bytes to have room for: whoever has a file open may write to it once more before writers are held, and a hold for which
   * there is no room then has made them wait for nothing. What is larger than `limitBytes` would be refused anyway,
   * and touching memory takes its time: for what is only open there is room up to a point.
   */
  roomFor({ files }: ExpectedDelta, limitBytes: number): number {
    const { picture } = this.#settling;
    const open = [...this.#openFiles.keys()].map((key) =>
      this.#isHeldOtherwise(key) ? 0 : Number(picture.file(key)?.meta.size ?? 0),
    );
    const mayBeWritten = open.filter((size) => size <= limitBytes).reduce((sum, size) => sum + size, 0);
    return Math.min(limitBytes, bytesOf(files) * asOften + Math.min(mayBeWritten, leastSpareBytes) + spareBytes);
  }

  #expectedFile(file: PictureFile): ExpectedFile | undefined {
    const path = file.path();
    if (path === null) return undefined;
    const size = Number(file.meta.size);
    const where = this.#tree.describe(path);
    if (size < holesMatterFrom) return { path: where, bytes: size };
    const stored = this.#withOpen(file, (fd) => Number(statxDescriptor(fd).blocks) * 512);
    return { path: where, bytes: Math.min(size, stored ?? size) };
  }

  #withOpen<T>(file: PictureFile, use: (fd: number) => T): T | undefined {
    const path = file.path();
    if (path === null) return undefined;
    let fd: number;
    try {
      fd = this.#tree.openFile(treeEntry(path, file.meta));
    } catch {
      // Gone or closed to us: that shows again when it counts.
      return undefined;
    }
    try {
      return use(fd);
    } finally {
      closeSync(fd);
    }
  }
}
