import type { SameAs } from '../quiesce/contract.ts';
import { CappedNotes } from './capped-notes.ts';
import type { CaptureTotals, SavedBlob } from './contract.ts';

/** Counts what a capture met and what it added to the repository. */
export class Tally {
  readonly #torn = new CappedNotes();
  readonly #unreadable = new CappedNotes();
  #files = 0;
  #directories = 0;
  #others = 0;
  #bytes = 0;
  #newBytes = 0;
  #reusedFiles = 0;

  file(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  reusedFile(bytes: number): void {
    this.file(bytes);
    this.#reusedFiles += 1;
  }

  /** Everything below a directory that is referred to unread. */
  below({ files, directories, others, bytes }: SameAs['below']): void {
    this.#files += files;
    this.#reusedFiles += files;
    this.#directories += directories;
    this.#others += others;
    this.#bytes += bytes;
  }

  directory(): void {
    this.#directories += 1;
  }

  other(): void {
    this.#others += 1;
  }

  stored(saved: SavedBlob): void {
    if (saved.isNew) this.#newBytes += saved.storedLength;
  }

  storedBytes(length: number): void {
    this.#newBytes += length;
  }

  torn(path: string, reason: string): void {
    this.#torn.add(path, reason);
  }

  unreadable(path: string, reason: string): void {
    this.#unreadable.add(path, reason);
  }

  get totals(): CaptureTotals {
    return {
      files: this.#files,
      directories: this.#directories,
      others: this.#others,
      bytes: this.#bytes,
      newBytes: this.#newBytes,
      reusedFiles: this.#reusedFiles,
      torn: this.#torn.list,
      tornTotal: this.#torn.total,
      unreadable: this.#unreadable.list,
      unreadableTotal: this.#unreadable.total,
    };
  }
}
