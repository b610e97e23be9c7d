import { bind, check } from '../../../../system/libc.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;
const failed = Number(BigInt.asUintN(64, -1n));

const mmap = bind<(at: number, size: number, protection: number, flags: number, fd: number, offset: number) => number>(
  'uintptr_t mmap(uintptr_t, size_t, int, int, int, int64_t)',
);
const munmap = bind<(at: number, size: number) => number>('int munmap(uintptr_t, size_t)');
const copyIn = bind<(to: number, from: Uint8Array, length: number) => number>(
  'uintptr_t memcpy(uintptr_t, const void *, size_t)',
);
const copyOut = bind<(to: Uint8Array, from: number, length: number) => number>(
  'uintptr_t memcpy(void *, uintptr_t, size_t)',
);

/** Maps a file, shared and writable. Returns its address. */
export function mapShared(fd: number, bytes: number, offset = 0): number {
  return mapped(mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset));
}

/** The address is no one's any more. */
export function unmap(address: number, bytes: number): void {
  check(munmap(address, bytes), 'munmap');
}

/** Memory at the start of a page, as unbuffered writes want it. */
export function allocate(bytes: number): number {
  return mapped(mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

export function store(address: number, bytes: Uint8Array): void {
  copyIn(address, bytes, bytes.length);
}

export function load(address: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  copyOut(bytes, address, length);
  return bytes;
}

function mapped(address: number): number {
  if (Number(address) === failed) check(-1, 'mmap');
  return Number(address);
}
