import { closeSync, ftruncateSync } from 'node:fs';
import { bind, check, cString } from './libc.ts';

/** linux/memfd.h, linux/fcntl.h */
const MFD_CLOEXEC = 0x1;
const MFD_ALLOW_SEALING = 0x2;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL = 0x1;
const F_SEAL_SHRINK = 0x2;
const F_SEAL_GROW = 0x4;

const memfdCreate = bind<(name: Uint8Array, flags: number) => number>('int memfd_create(void *, uint)');
const fcntl = bind<(fd: number, command: number, argument: number) => number>('int fcntl(int, int, intptr_t)');

/** Memory with a descriptor, of fixed size (sealed: nobody who maps it can be hit by a truncation). Close-on-exec. */
export function openSealedMemory(name: string, size: number): number {
  const fd = check(memfdCreate(cString(name), MFD_CLOEXEC | MFD_ALLOW_SEALING), 'memfd_create');
  try {
    ftruncateSync(fd, size);
    check(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 'fcntl F_ADD_SEALS');
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
