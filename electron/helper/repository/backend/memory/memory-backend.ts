import { throwIfAborted } from '../../../../../shared/errors/index.ts';
import { damaged, repositoryExists } from '../../failures.ts';
import {
  type Backend,
  type ByteRange,
  type CallOptions,
  describeFile,
  type FileRef,
  type ListedFile,
  type ListedKind,
  type PlaceContent,
} from '../contract.ts';

/** A repository that lives in this process: tests, and a place to look at a format without a disk. */
export class MemoryBackend implements Backend {
  readonly location: string;
  /** Keyed `kind/name`. Open to tests that damage files on purpose. */
  readonly files = new Map<string, Buffer>();
  /** Its own clock, milliseconds since 1970. Open to tests in which clocks differ. */
  nowMs = (): number => Date.now();
  readonly #written = new Map<string, number>();

  constructor(location = 'memory') {
    this.location = location;
  }

  async probe(): Promise<PlaceContent> {
    if (this.files.has(keyOf({ kind: 'config' }))) return 'repository';
    return this.files.size > 0 ? 'occupied' : 'empty';
  }

  async prepare(): Promise<void> {}

  async list(kind: ListedKind, options?: CallOptions): Promise<readonly ListedFile[]> {
    throwIfAborted(options?.signal);
    const prefix = `${kind}/`;
    const found = [...this.files].filter(([key]) => key.startsWith(prefix));
    return found.map(([key, bytes]) => ({ name: key.slice(prefix.length), size: bytes.length }));
  }

  async stat(file: FileRef): Promise<number | undefined> {
    return this.files.get(keyOf(file))?.length;
  }

  async writtenMs(file: FileRef): Promise<number | undefined> {
    return this.files.has(keyOf(file)) ? (this.#written.get(keyOf(file)) ?? 0) : undefined;
  }

  async load(file: FileRef, range?: ByteRange, options?: CallOptions): Promise<Buffer | undefined> {
    throwIfAborted(options?.signal);
    const bytes = this.files.get(keyOf(file));
    if (bytes === undefined || range === undefined) return bytes && Buffer.from(bytes);
    if (range.offset + range.length > bytes.length) throw damaged(`${describeFile(file)} is shorter than it must be.`);
    return Buffer.from(bytes.subarray(range.offset, range.offset + range.length));
  }

  async save(file: FileRef, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    throwIfAborted(options?.signal);
    if (file.kind === 'config' && this.files.has(keyOf(file))) throw repositoryExists(this.location);
    this.files.set(keyOf(file), Buffer.from(bytes));
    this.#written.set(keyOf(file), this.nowMs());
  }

  async remove(file: FileRef): Promise<boolean> {
    return this.files.delete(keyOf(file));
  }

  async sweep(): Promise<number> {
    return 0;
  }
}

export function keyOf(file: FileRef): string {
  return file.kind === 'config' ? 'config' : `${file.kind}/${file.name}`;
}
