import { closeSync, constants } from 'node:fs';
import { bind, check } from '../../../../system/libc.ts';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { allocate, load, mapShared, store } from './memory.ts';

/** One number on every architecture. Source: asm-generic/unistd.h. */
const SYS_io_uring_setup = 425;
const SYS_io_uring_enter = 426;
const SYS_io_uring_register = 427;
/** linux/io_uring.h. */
const IORING_OFF_SQ_RING = 0;
const IORING_OFF_CQ_RING = 0x8000000;
const IORING_OFF_SQES = 0x10000000;
const IORING_ENTER_GETEVENTS = 1;
const IORING_REGISTER_FILES = 2;
const IORING_OP_WRITE = 23;
const IOSQE_FIXED_FILE = 1;
const entries = 4;
const sqeBytes = 64;
const cqeBytes = 16;

const setup = bind<(number: number, entries: number, parameters: Uint8Array) => number>(
  'int64_t syscall(int64_t, int64_t, void *)',
);
const register = bind<(number: number, fd: number, opcode: number, files: Uint8Array, count: number) => number>(
  'int64_t syscall(int64_t, int64_t, int64_t, void *, int64_t)',
);
const enter = bind<
  (number: number, fd: number, submit: number, wait: number, flags: number, mask: number, size: number) => number
>('int64_t syscall(int64_t, int64_t, int64_t, int64_t, int64_t, uintptr_t, size_t)');

export interface UringOptions {
  readonly direct: boolean;
  /** Files are the ring's own: no descriptor of the process leads to them. */
  readonly registered: boolean;
}

/** One write at a time through a ring of io_uring(7): submitted, and waited for. */
export function openIoUring({ direct, registered }: UringOptions): OpenWriter {
  return (place) => {
    const files = makeBlockFiles(place, constants.O_RDWR | (direct ? constants.O_DIRECT : 0));
    const ring = new Ring();
    const order = [...files.keys()];
    if (registered) {
      ring.register([...files.values()]);
      for (const fd of files.values()) closeSync(fd);
    }
    const page = allocate(blockBytes);
    return {
      write: ({ file, block }, step) => {
        store(page, blockOfStep(step));
        const fd = registered ? order.indexOf(file) : required(files, file);
        ring.write({ fd, isRegistered: registered, from: page, length: blockBytes, offset: block * blockBytes });
      },
    };
  };
}

interface RingWrite {
  readonly fd: number;
  readonly isRegistered: boolean;
  readonly from: number;
  readonly length: number;
  readonly offset: number;
}

class Ring {
  readonly #fd: number;
  readonly #submissions: number;
  readonly #completions: number;
  readonly #queue: number;
  readonly #at: {
    readonly sqTail: number;
    readonly sqMask: number;
    readonly sqArray: number;
    readonly cqHead: number;
    readonly cqTail: number;
    readonly cqMask: number;
    readonly cqes: number;
  };

  constructor() {
    const parameters = Buffer.alloc(120);
    this.#fd = check(setup(SYS_io_uring_setup, entries, parameters), 'io_uring_setup');
    const u32 = (offset: number): number => parameters.readUInt32LE(offset);
    const [sq, cq] = [40, 80];
    this.#at = {
      ...{ sqTail: u32(sq + 4), sqMask: u32(sq + 8), sqArray: u32(sq + 24) },
      ...{ cqHead: u32(cq), cqTail: u32(cq + 4), cqMask: u32(cq + 8), cqes: u32(cq + 20) },
    };
    this.#submissions = mapShared(this.#fd, this.#at.sqArray + u32(0) * 4, IORING_OFF_SQ_RING);
    this.#completions = mapShared(this.#fd, this.#at.cqes + u32(4) * cqeBytes, IORING_OFF_CQ_RING);
    this.#queue = mapShared(this.#fd, u32(0) * sqeBytes, IORING_OFF_SQES);
  }

  register(fds: readonly number[]): void {
    const list = Buffer.from(Int32Array.from(fds).buffer);
    check(register(SYS_io_uring_register, this.#fd, IORING_REGISTER_FILES, list, fds.length), 'io_uring_register');
  }

  write({ fd, isRegistered, from, length, offset }: RingWrite): void {
    const tail = this.#u32(this.#submissions + this.#at.sqTail);
    const slot = tail & this.#u32(this.#submissions + this.#at.sqMask);
    const sqe = Buffer.alloc(sqeBytes);
    sqe.writeUInt8(IORING_OP_WRITE, 0);
    sqe.writeUInt8(isRegistered ? IOSQE_FIXED_FILE : 0, 1);
    sqe.writeInt32LE(fd, 4);
    sqe.writeBigUInt64LE(BigInt(offset), 8);
    sqe.writeBigUInt64LE(BigInt(from), 16);
    sqe.writeUInt32LE(length, 24);
    store(this.#queue + slot * sqeBytes, sqe);
    this.#setU32(this.#submissions + this.#at.sqArray + slot * 4, slot);
    this.#setU32(this.#submissions + this.#at.sqTail, tail + 1);
    check(enter(SYS_io_uring_enter, this.#fd, 1, 1, IORING_ENTER_GETEVENTS, 0, 0), 'io_uring_enter');
    const result = this.#complete();
    if (result !== length) throw new Error(`io_uring wrote ${result} of ${length} bytes`);
  }

  #complete(): number {
    const head = this.#u32(this.#completions + this.#at.cqHead);
    if (head === this.#u32(this.#completions + this.#at.cqTail)) throw new Error('io_uring has completed nothing');
    const slot = head & this.#u32(this.#completions + this.#at.cqMask);
    const result = load(this.#completions + this.#at.cqes + slot * cqeBytes, cqeBytes).readInt32LE(8);
    this.#setU32(this.#completions + this.#at.cqHead, head + 1);
    return result;
  }

  #u32(address: number): number {
    return load(address, 4).readUInt32LE(0);
  }

  #setU32(address: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    store(address, bytes);
  }
}
