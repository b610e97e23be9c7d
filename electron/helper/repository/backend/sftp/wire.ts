/** Packets of the SSH file transfer protocol, version 3. Source: draft-ietf-secsh-filexfer-02, and OpenSSH’s PROTOCOL file. */
export const packet = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  stat: 17,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
  extendedReply: 201,
} as const;

export const status = { ok: 0, eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const;

export const openFlag = { read: 1, write: 2, create: 8, truncate: 16, exclusive: 32 } as const;

/** A packet longer than this is not one of this protocol; servers send at most 256 KiB and a little. */
export const longestPacket = 1024 * 1024;

const attribute = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000 } as const;

export interface Attributes {
  /** In bytes. */
  readonly size?: number | undefined;
  readonly permissions?: number | undefined;
  /** Seconds since 1970. */
  readonly mtime?: number | undefined;
}

/** Puts a packet together: length, type and what is written, in order. */
export class PacketWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 1;
  readonly #type: number;

  constructor(type: number) {
    this.#type = type;
  }

  uint32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value >>> 0);
    return this.#add(part);
  }

  uint64(value: number): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64BE(BigInt(value));
    return this.#add(part);
  }

  string(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.uint32(bytes.length).#add(bytes);
  }

  /** Only permissions: all that is ever set here. */
  permissions(mode: number | undefined): this {
    return mode === undefined ? this.uint32(0) : this.uint32(attribute.permissions).uint32(mode);
  }

  bytes(): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(this.#length);
    head[4] = this.#type;
    return Buffer.concat([head, ...this.#parts]);
  }

  #add(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

/** Thrown by the reader for what no server of this protocol sends. */
export class NotThisProtocol extends Error {}

/** Takes a packet apart, hostile ones included. */
export class PacketReader {
  readonly type: number;
  readonly #bytes: Buffer;
  #at = 1;

  /** `bytes` begin with the type. */
  constructor(bytes: Buffer) {
    this.type = bytes[0] ?? 0;
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  /** Exact up to 2^53. */
  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE());
  }

  /** A view of the packet. */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  attributes(): Attributes {
    const flags = this.uint32();
    const size = (flags & attribute.size) !== 0 ? this.uint64() : undefined;
    if ((flags & attribute.owner) !== 0) this.#take(8);
    const permissions = (flags & attribute.permissions) !== 0 ? this.uint32() : undefined;
    let mtime: number | undefined;
    if ((flags & attribute.times) !== 0) {
      this.#take(4);
      mtime = this.uint32();
    }
    if ((flags & attribute.extended) !== 0) {
      for (let count = this.uint32(); count > 0; count -= 1) {
        this.string();
        this.string();
      }
    }
    return { size, permissions, mtime };
  }

  /** The answer to `statvfs@openssh.com`. */
  room(): { free: number; freeFiles: number | null } {
    this.uint64();
    const [unit = 0, , , available = 0, files, , availableFiles = 0] = Array.from({ length: 7 }, () => this.uint64());
    return { free: available * unit, freeFiles: files === 0 ? null : availableFiles };
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new NotThisProtocol('a packet ends in the middle of a field');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** Cuts a stream of bytes into packets. */
export class PacketSplitter {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** Packets that are complete now, each from its type on. */
  *push(piece: Buffer): Generator<Buffer> {
    this.#pieces.push(piece);
    this.#length += piece.length;
    while (this.#length >= 4) {
      const length = this.#peek(4).readUInt32BE();
      if (length === 0 || length > longestPacket) throw new NotThisProtocol(`a packet of ${length} bytes`);
      if (this.#length < 4 + length) return;
      yield this.#peek(4 + length).subarray(4);
      this.#drop(4 + length);
    }
  }

  /** The first `length` bytes in one piece. */
  #peek(length: number): Buffer {
    const [first] = this.#pieces;
    if (first && first.length >= length) return first.subarray(0, length);
    const all = Buffer.concat(this.#pieces);
    this.#pieces.length = 0;
    this.#pieces.push(all);
    return all.subarray(0, length);
  }

  #drop(length: number): void {
    const [first] = this.#pieces;
    if (!first) return;
    this.#length -= length;
    if (first.length === length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(length);
  }
}
