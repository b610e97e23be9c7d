import type { Backend, CallOptions, ListedFile } from './backend/contract.ts';
import { sharedDecompressor } from './crypto/compression.ts';
import { sha256 } from './crypto/hash.ts';
import type { Sealer } from './crypto/sealer.ts';
import { readZstdFrame } from './crypto/zstd-frame.ts';
import { damaged } from './failures.ts';
import { compressedMark, decodeUnpackedBytes, encodeUnpacked, type FormatVersion } from './format/unpacked.ts';

export type DocumentKind = 'index' | 'snapshot' | 'lock';

const wording: Readonly<Record<DocumentKind, string>> = {
  index: 'The index file',
  snapshot: 'The snapshot file',
  lock: 'The lock file',
};

/** Sealed JSON documents, each a file named by the SHA-256 of its bytes. */
export class Documents {
  readonly #backend: Backend;
  readonly #sealer: Sealer;
  readonly #version: FormatVersion;

  constructor(backend: Backend, sealer: Sealer, version: FormatVersion) {
    this.#backend = backend;
    this.#sealer = sealer;
    this.#version = version;
  }

  list(kind: DocumentKind): Promise<readonly ListedFile[]> {
    return this.#backend.list(kind);
  }

  /** Its text; undefined when there is no such file. `repository-damaged` when its bytes are not what was saved. */
  async load(kind: DocumentKind, name: string): Promise<string | undefined> {
    const sealed = await this.loadSealed(kind, name);
    return sealed && this.open(kind, name, sealed).toString('utf8');
  }

  /** Its bytes as they are kept, nothing of them believed; undefined when there is no such file. */
  loadSealed(kind: DocumentKind, name: string): Promise<Buffer | undefined> {
    return this.#backend.load({ kind, name });
  }

  /** The text in such bytes, as bytes. With `memory` it is valid until the next call. `repository-damaged` as `load`. */
  open(kind: DocumentKind, name: string, sealed: Buffer, memory = new DocumentMemory()): Buffer {
    const where = `${wording[kind]} ${name.slice(0, 8)}`;
    const context = { [kind]: name };
    if (sha256(sealed) !== name) throw damaged(`${where} was changed since it was written.`, context);
    const into = memory.sealed(sealed.length);
    const length = this.#sealer.openInto(sealed, into);
    if (length === undefined) throw damaged(`${where} was not written with the key of this repository.`, context);
    const plaintext = into.subarray(0, length);
    return memory.expanded(plaintext) ?? decodeUnpackedBytes(plaintext, where);
  }

  /** The new file's name; it is durable when this resolves. */
  async save(kind: DocumentKind, json: string, options?: CallOptions): Promise<string> {
    return (await this.saveListed(kind, json, options)).name;
  }

  /** The same, as a later `list` will have it. */
  async saveListed(kind: DocumentKind, json: string, options?: CallOptions): Promise<ListedFile> {
    const bytes = this.#sealer.seal(encodeUnpacked(json, this.#version));
    const name = sha256(bytes);
    await this.#backend.save({ kind, name }, bytes, options);
    return { name, size: bytes.length };
  }

  async isThere(kind: DocumentKind, name: string): Promise<boolean> {
    return (await this.#backend.stat({ kind, name })) !== undefined;
  }

  /** By the place’s own clock: good for the time between two files. Undefined: no such file; null: it does not tell. */
  writtenMs(kind: DocumentKind, name: string): Promise<number | null | undefined> {
    return this.#backend.writtenMs({ kind, name });
  }

  /** Whether there was such a file. */
  remove(kind: DocumentKind, name: string): Promise<boolean> {
    return this.#backend.remove({ kind, name });
  }
}

const longestExpanded = 64 * 1024 * 1024;

/** Used again for one document after the other: what many leave behind would else lie until it is collected. */
export class DocumentMemory {
  #sealed = Buffer.alloc(0);
  #expanded = Buffer.alloc(0);
  readonly #decompressor = sharedDecompressor();

  sealed(length: number): Buffer {
    if (this.#sealed.length < length) this.#sealed = Buffer.allocUnsafeSlow(length);
    return this.#sealed;
  }

  /** Where a frame says how long its content is; otherwise undefined. */
  expanded(plaintext: Buffer): Buffer | undefined {
    if (plaintext[0] !== compressedMark) return undefined;
    const frame = plaintext.subarray(1);
    const length = readZstdFrame(frame)?.contentLength ?? 0;
    if (length === 0 || length > longestExpanded) return undefined;
    if (this.#expanded.length <= length) this.#expanded = Buffer.allocUnsafeSlow(length + 1);
    return this.#decompressor.decompress(frame, this.#expanded, length)
      ? this.#expanded.subarray(0, length)
      : undefined;
  }
}
