import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { eventBits } from '../../../system/fanotify/index.ts';
import { pageBytes } from '../protocol.ts';
import { numbersFor } from './call-numbers.ts';

/** What somebody who waits to access a file is about to do with its content. */
export type WaitingCall =
  /** Read it, or map it privately. */
  | { readonly kind: 'read' }
  /** Perhaps write within the range that the kernel told. */
  | { readonly kind: 'range' }
  /** Change all from a position on: truncation, a range taken out. Null: from the beginning of the range that the kernel told. */
  | { readonly kind: 'to-end'; readonly from: number | null }
  /** Map it shared: from then on it may be changed unseen. */
  | { readonly kind: 'mapping' }
  /** It cannot be told. */
  | { readonly kind: 'unknown' };

const read: WaitingCall = { kind: 'read' };
const range: WaitingCall = { kind: 'range' };
const mapping: WaitingCall = { kind: 'mapping' };
const unknown: WaitingCall = { kind: 'unknown' };
const fromRange: WaitingCall = { kind: 'to-end', from: null };
const everything: WaitingCall = { kind: 'to-end', from: 0 };

/** fcntl.h, sys/mman.h */
const O_TRUNC = 0o1000;
const MAP_TYPE = 0xf;
const MAP_PRIVATE = 0x2;
/** FALLOC_FL_COLLAPSE_RANGE and FALLOC_FL_INSERT_RANGE: everything behind the range moves. */
const shifting = 0x28;

const calls = numbersFor(process.arch);
const buffer = Buffer.alloc(4096);

/**
 * Asks /proc what a thread that waits in the kernel was doing. `mask` and `count` are those of the event: an io_uring
 * does not show its operation, but a truncation by one never says more than a page.
 */
export function waitingCallOf(tid: number, mask: number, count: number): WaitingCall {
  const line = callOf(tid);
  // It was killed while it waited: it will do nothing any more; answering is void.
  if (line === undefined) return range;
  const words = line.trim().split(' ');
  const call = calls.get(Number(words[0]));
  const argument = (index: number): number => Number(words[index + 1] ?? 0);
  if ((mask & eventBits.openPermission) !== 0) return openingOf(tid, call, argument);
  switch (call) {
    case 'read':
      return read;
    case 'write':
      return range;
    case 'fallocate':
      return (argument(1) & shifting) === 0 ? range : { kind: 'to-end', from: argument(2) };
    case 'truncate':
      return { kind: 'to-end', from: argument(1) };
    case 'mmap':
      return (argument(3) & MAP_TYPE) === MAP_PRIVATE ? read : mapping;
    default:
      return fromStack(tid) ?? (call === 'io_uring' ? ofRing(count) : unknown);
  }
}

/** It was counted as waiting a moment before it sleeps, and while it runs nothing can be seen. */
const sleepsWithinMs = 400;
const moment = new Int32Array(new SharedArrayBuffer(4));

function callOf(tid: number): string | undefined {
  const began = performance.now();
  for (let look = 0; ; look += 1) {
    const line = readSmall(`/proc/${tid}/syscall`);
    if (line === undefined || !line.startsWith('running') || performance.now() - began > sleepsWithinMs) return line;
    if (look > 20) Atomics.wait(moment, 0, 0, 0.2);
  }
}

/** Opening changes content only with O_TRUNC. */
function openingOf(tid: number, call: string | undefined, argument: (index: number) => number): WaitingCall {
  if (call === 'open') return (argument(1) & O_TRUNC) === 0 ? read : everything;
  if (call === 'openat') return (argument(2) & O_TRUNC) === 0 ? read : everything;
  if (call === 'openat2') return opensTruncating(tid, argument(2)) ? everything : read;
  return call === 'execve' ? read : everything;
}

/** The first word of struct open_how, in the memory of whoever calls. In doubt it truncates. */
function opensTruncating(tid: number, address: number): boolean {
  try {
    const fd = openSync(`/proc/${tid}/mem`, 'r');
    try {
      const length = readSync(fd, buffer, 0, 8, address);
      return length < 8 || (buffer.readUInt32LE(0) & O_TRUNC) !== 0;
    } finally {
      closeSync(fd);
    }
  } catch {
    return true;
  }
}

/** What the kernel is doing on the thread's behalf, for rings, kernel threads, and programs of another architecture. */
const signs: readonly (readonly [RegExp, WaitingCall])[] = [
  [/\b(?:vm_mmap|ksys_mmap|fsnotify_mmap)/, mapping],
  [/truncate|fallocate/, fromRange],
  [
    /\b(?:io_read|__io_read|vfs_read|vfs_readv|vfs_iter_read|vfs_iocb_iter_read|aio_read|kernel_read|__kernel_read)\b/,
    read,
  ],
  [/\b(?:io_write|vfs_write|vfs_writev|vfs_iter_write|vfs_iocb_iter_write|aio_write|kernel_write)\b/, range],
  [/\b(?:do_splice|do_sendfile|splice_\w+|vfs_copy_file_range|do_clone_file_range|vfs_clone_file_range)\b/, range],
];

function fromStack(tid: number): WaitingCall | undefined {
  const stack = readSmall(`/proc/${tid}/stack`) ?? '';
  return signs.find(([sign]) => sign.test(stack))?.[1];
}

/** A ring maps nothing. */
function ofRing(count: number): WaitingCall {
  return count > pageBytes ? range : fromRange;
}

function readSmall(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
