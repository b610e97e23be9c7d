import { constants } from 'node:fs';
import { hasCode } from '../../../../system/errno.ts';
import { bind, check } from '../../../../system/libc.ts';
import { blockBytes, blockOfStep } from '../plan.ts';
import { makeBlockFiles, required } from './block-files.ts';
import type { OpenWriter } from './contract.ts';
import { allocate, store } from './memory.ts';

/** Source: asm/unistd.h of both architectures. */
const numbers =
  process.arch === 'arm64' ? { setup: 0, submit: 2, getevents: 4 } : { setup: 206, submit: 209, getevents: 208 };
/** linux/aio_abi.h. */
const IOCB_CMD_PWRITE = 1;

const setup = bind<(number: number, events: number, context: Uint8Array) => number>(
  'int64_t syscall(int64_t, int64_t, void *)',
);
const submit = bind<(number: number, context: bigint, count: number, list: Uint8Array) => number>(
  'int64_t syscall(int64_t, uint64_t, int64_t, void *)',
);
const getevents = bind<
  (number: number, context: bigint, least: number, most: number, events: Uint8Array, timeout: number) => number
>('int64_t syscall(int64_t, uint64_t, int64_t, int64_t, void *, uintptr_t)');

/** Unbuffered writes by io_submit(2), each waited for. Nobody is told of them. */
export const openAio: OpenWriter = (place) => {
  const files = makeBlockFiles(place, constants.O_RDWR | constants.O_DIRECT);
  const context = Buffer.alloc(8);
  check(setup(numbers.setup, 4, context), 'io_setup');
  const id = context.readBigUInt64LE(0);
  const page = allocate(blockBytes);
  const order = allocate(blockBytes);
  const list = Buffer.alloc(8);
  list.writeBigUInt64LE(BigInt(order));
  const events = Buffer.alloc(32);
  return {
    write: ({ file, block }, step) => {
      store(page, blockOfStep(step));
      const iocb = Buffer.alloc(64);
      iocb.writeUInt16LE(IOCB_CMD_PWRITE, 16);
      iocb.writeUInt32LE(required(files, file), 20);
      iocb.writeBigUInt64LE(BigInt(page), 24);
      iocb.writeBigUInt64LE(BigInt(blockBytes), 32);
      iocb.writeBigInt64LE(BigInt(block * blockBytes), 40);
      store(order, iocb);
      check(submit(numbers.submit, id, 1, list), 'io_submit', file);
      waitForOne(id, events, file);
      const written = events.readBigInt64LE(16);
      if (written !== BigInt(blockBytes)) throw new Error(`io_submit wrote ${written} of ${blockBytes} bytes`);
    },
  };
};

/** A signal that somebody sends meanwhile interrupts the wait, not the write. */
function waitForOne(context: bigint, events: Uint8Array, file: string): void {
  for (;;) {
    try {
      check(getevents(numbers.getevents, context, 1, 1, events, 0), 'io_getevents', file);
      return;
    } catch (error) {
      if (!hasCode(error, 'EINTR')) throw error;
    }
  }
}
