import { closeSync, fstatSync } from 'node:fs';
import type { ExpectedFile, HotFile } from './contract.ts';

/** Each is looked at every few seconds; a source has few that are so large. */
const mostExpected = 64;

/**
 * Files of one filesystem that are looked at now and then, until `isDone` says so of one. No path is ever followed here:
 * each is opened as whoever reads its source does it, and counts only while it is the regular file that was meant. What is
 * not there any more is forgotten.
 */
export class ExpectedFiles {
  readonly #deviceId: bigint;
  readonly #isDone: (file: Pick<HotFile, 'fd' | 'deviceId' | 'inode'>) => boolean;
  readonly #files = new Map<bigint, ExpectedFile>();

  constructor(deviceId: bigint, isDone: (file: Pick<HotFile, 'fd' | 'deviceId' | 'inode'>) => boolean) {
    this.#deviceId = deviceId;
    this.#isDone = isDone;
  }

  get size(): number {
    return this.#files.size;
  }

  /** Looked at at once. The oldest goes when there are too many. */
  add(file: ExpectedFile): void {
    if (file.deviceId !== this.#deviceId) return;
    this.#files.delete(file.inode);
    if (!this.#isStillWanted(file)) return;
    this.#files.set(file.inode, file);
    const [oldest] = this.#files.keys();
    if (this.#files.size > mostExpected && oldest !== undefined) this.#files.delete(oldest);
  }

  look(): void {
    for (const file of [...this.#files.values()]) if (!this.#isStillWanted(file)) this.#files.delete(file.inode);
  }

  clear(): void {
    this.#files.clear();
  }

  #isStillWanted({ deviceId, inode, open }: ExpectedFile): boolean {
    let fd: number;
    try {
      fd = open();
    } catch {
      return false;
    }
    try {
      const now = fstatSync(fd, { bigint: true });
      if (!now.isFile() || now.dev !== deviceId || now.ino !== inode) return false;
      return !this.#isDone({ fd, deviceId, inode });
    } finally {
      closeSync(fd);
    }
  }
}
