import type { RunningProgram } from '../child/contract.ts';
import type { CallOptions } from '../contract.ts';
import { abortReason } from '../decorators/cancel.ts';
import { connectionEnded, SftpStatus } from './failures.ts';
import { PieceWindow } from './piece-window.ts';
import {
  type Attributes,
  NotThisProtocol,
  openFlag,
  PacketReader,
  PacketSplitter,
  PacketWriter,
  packet,
  status,
} from './wire.ts';

/** Every server takes so much in one request (OpenSSH 256 KiB). */
const pieceLength = 32 * 1024;
/** Pieces of one transfer that are asked for at a time; all transfers share a `PieceWindow`. */
const piecesOnTheWay = 64;

interface Waiting {
  readonly resolve: (answer: PacketReader) => void;
  readonly reject: (error: Error) => void;
}

/** Of the filesystem that holds a folder. */
export interface Room {
  /** In bytes, for whoever asks. */
  readonly free: number;
  /** Null where the filesystem makes them as it needs them. */
  readonly freeFiles: number | null;
}

export type Handle = Buffer & { readonly __handle?: never };

/** One SFTP session over the pipes of a program. */
export class SftpClient {
  readonly #program: RunningProgram;
  readonly #location: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #extensions = new Map<string, string>();
  readonly #window = new PieceWindow();
  readonly #onAnswer: () => void;
  #nextId = 1;
  #failure: Error | undefined;
  #greeting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(program: RunningProgram, location: string, onAnswer: () => void) {
    this.#program = program;
    this.#location = location;
    this.#onAnswer = onAnswer;
  }

  /** `onAnswer` is called whenever something comes from the server, whoever waits for it. */
  static async open(
    program: RunningProgram,
    location: string,
    { signal, onAnswer = () => {} }: { readonly signal?: AbortSignal; readonly onAnswer?: () => void } = {},
  ): Promise<SftpClient> {
    const client = new SftpClient(program, location, onAnswer);
    const greeted = new Promise<void>((resolve, reject) => {
      client.#greeting = { resolve, reject };
    });
    client.#listen();
    const onAbort = (): void => client.#end(signal ? abortReason(signal) : new Error('aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      program.stdin.write(new PacketWriter(packet.init).uint32(3).bytes());
      await greeted;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    return client;
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /** Whether the server offers an extension in the version that is used here. */
  offers(extension: string, version = '1'): boolean {
    return this.#extensions.get(extension) === version;
  }

  close(): void {
    this.#end(connectionEnded(this.#location, '', { started: true }));
  }

  /** Undefined when there is nothing of that name. */
  async stat(path: string, follow = true): Promise<Attributes | undefined> {
    try {
      const answer = await this.#request(follow ? packet.stat : packet.lstat, (out) => out.string(path));
      return expectType(answer, packet.attrs).attributes();
    } catch (error) {
      if (error instanceof SftpStatus && error.code === status.noSuchFile) return undefined;
      throw error;
    }
  }

  async open(path: string, how: 'read' | 'create', mode?: number): Promise<Handle> {
    const flags = how === 'read' ? openFlag.read : openFlag.write | openFlag.create | openFlag.exclusive;
    return this.#handle(packet.open, (out) => out.string(path).uint32(flags).permissions(mode));
  }

  async closeHandle(handle: Handle): Promise<void> {
    await this.#done(packet.close, (out) => out.string(handle));
  }

  async sizeOf(handle: Handle): Promise<number> {
    const answer = await this.#request(packet.fstat, (out) => out.string(handle));
    return expectType(answer, packet.attrs).attributes().size ?? 0;
  }

  /** Exactly so many bytes, or fewer when the file ends before. */
  async read(handle: Handle, offset: number, length: number, { signal, pace }: CallOptions = {}): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let end = length;
    await inOrder(Math.ceil(length / pieceLength), async (index) => {
      const from = index * pieceLength;
      const wanted = Math.min(pieceLength, length - from);
      for (let done = 0; done < wanted; ) {
        signal?.throwIfAborted();
        const at = from + done;
        const piece = await this.#window.send(async () => {
          signal?.throwIfAborted();
          return this.#readPiece(handle, offset + at, wanted - done);
        });
        await pace?.(piece?.length ?? 0);
        if (piece === undefined || piece.length === 0) {
          end = Math.min(end, from + done);
          return;
        }
        piece.copy(bytes, from + done);
        done += piece.length;
      }
    });
    return end === length ? bytes : bytes.subarray(0, end);
  }

  async write(handle: Handle, bytes: Uint8Array, { signal, pace }: CallOptions = {}): Promise<void> {
    await inOrder(Math.ceil(bytes.length / pieceLength), async (index) => {
      const from = index * pieceLength;
      const piece = bytes.subarray(from, from + pieceLength);
      signal?.throwIfAborted();
      await pace?.(piece.length);
      await this.#window.send(async () => {
        signal?.throwIfAborted();
        await this.#done(packet.write, (out) => out.string(handle).uint64(from).string(piece));
      });
      await pace?.(0);
    });
  }

  /** Whether the server could be asked to: the extension of OpenSSH. */
  async sync(handle: Handle): Promise<boolean> {
    if (!this.offers('fsync@openssh.com')) return false;
    await this.#done(packet.extended, (out) => out.string('fsync@openssh.com').string(handle));
    return true;
  }

  /** What is left where `path` is; undefined where the server cannot be asked: the extension of OpenSSH. */
  async room(path: string): Promise<Room | undefined> {
    if (!this.offers('statvfs@openssh.com', '2')) return undefined;
    const answer = await this.#request(packet.extended, (out) => out.string('statvfs@openssh.com').string(path));
    return expectType(answer, packet.extendedReply).room();
  }

  /** Fails where the new name is taken. */
  async rename(from: string, to: string): Promise<void> {
    await this.#done(packet.rename, (out) => out.string(from).string(to));
  }

  /** Puts the file into the place of another of the new name, in one step. */
  async replace(from: string, to: string): Promise<void> {
    await this.#done(packet.extended, (out) => out.string('posix-rename@openssh.com').string(from).string(to));
  }

  async remove(path: string): Promise<void> {
    await this.#done(packet.remove, (out) => out.string(path));
  }

  async makeFolder(path: string, mode: number): Promise<void> {
    await this.#done(packet.mkdir, (out) => out.string(path).permissions(mode));
  }

  async setMode(path: string, mode: number): Promise<void> {
    await this.#done(packet.setstat, (out) => out.string(path).permissions(mode));
  }

  /** Names with what they are; `.` and `..` left out. */
  async list(folder: string, pace?: CallOptions['pace']): Promise<{ name: string; attributes: Attributes }[]> {
    const handle = await this.#handle(packet.opendir, (out) => out.string(folder));
    const found: { name: string; attributes: Attributes }[] = [];
    try {
      for (;;) {
        const answer = await this.#request(packet.readdir, (out) => out.string(handle));
        for (let count = expectType(answer, packet.name).uint32(); count > 0; count -= 1) {
          const name = answer.string().toString('utf8');
          answer.string();
          const attributes = answer.attributes();
          if (name !== '.' && name !== '..') found.push({ name, attributes });
        }
        await pace?.(0);
      }
    } catch (error) {
      if (!(error instanceof SftpStatus) || error.code !== status.eof) throw error;
    } finally {
      await this.closeHandle(handle).catch(() => {});
    }
    return found;
  }

  async #readPiece(handle: Handle, offset: number, length: number): Promise<Buffer | undefined> {
    try {
      const answer = await this.#request(packet.read, (out) => out.string(handle).uint64(offset).uint32(length));
      const piece = expectType(answer, packet.data).string();
      if (piece.length > length) throw new NotThisProtocol('more data than was asked for');
      return piece;
    } catch (error) {
      if (error instanceof SftpStatus && error.code === status.eof) return undefined;
      throw error;
    }
  }

  async #handle(type: number, fill: (out: PacketWriter) => void): Promise<Handle> {
    return Buffer.from(expectType(await this.#request(type, fill), packet.handle).string());
  }

  async #done(type: number, fill: (out: PacketWriter) => void): Promise<void> {
    expectType(await this.#request(type, fill), packet.status);
  }

  #request(type: number, fill: (out: PacketWriter) => void): Promise<PacketReader> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) >>> 0;
    const out = new PacketWriter(type).uint32(id);
    fill(out);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#program.stdin.write(out.bytes());
    });
  }

  #listen(): void {
    const { stdin, stdout, ended } = this.#program;
    const splitter = new PacketSplitter();
    stdin.on('error', () => {});
    stdout.on('error', () => {});
    stdout.on('data', (piece: Buffer) => {
      this.#onAnswer();
      try {
        for (const bytes of splitter.push(piece)) this.#take(new PacketReader(bytes));
      } catch (error) {
        this.#end(error instanceof Error ? error : new Error(String(error)));
      }
    });
    void ended.then((how) => this.#end(connectionEnded(this.#location, this.#program.complaint(), how)));
  }

  #take(answer: PacketReader): void {
    if (answer.type === packet.version) {
      answer.uint32();
      while (!answer.isAtEnd) this.#extensions.set(String(answer.string()), String(answer.string()));
      this.#greeting?.resolve();
      return;
    }
    const id = answer.uint32();
    const waiting = this.#waiting.get(id);
    if (!waiting) throw new NotThisProtocol('an answer nobody waits for');
    this.#waiting.delete(id);
    if (answer.type !== packet.status) {
      waiting.resolve(answer);
      return;
    }
    const code = answer.uint32();
    if (code === status.ok) waiting.resolve(answer);
    else waiting.reject(new SftpStatus(code, answer.isAtEnd ? '' : String(answer.string()).slice(0, 200)));
  }

  /** Once: everybody who waits is told. */
  #end(error: Error): void {
    if (this.#failure) return;
    this.#failure =
      error instanceof NotThisProtocol ? connectionEnded(this.#location, error.message, { started: true }) : error;
    this.#program.kill();
    this.#greeting?.reject(this.#failure);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}

function expectType(answer: PacketReader, type: number): PacketReader {
  if (answer.type !== type) throw new NotThisProtocol(`an answer of type ${answer.type} instead of ${type}`);
  return answer;
}

/** Runs `work` for 0, 1, ... `count`, begun in order, a window of them at a time. After a failure none is begun. */
async function inOrder(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const run = async (): Promise<void> => {
    while (next < count && !failed) {
      const index = next;
      next += 1;
      try {
        await work(index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(count, piecesOnTheWay) }, run));
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}
