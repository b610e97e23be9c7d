/**
 * A process that maps a file, shared and writable, and stores into it when it is told: `node program.ts`, driven over the
 * IPC channel (see start.ts). A store into a page that is dirty already leaves no trace in the file's metadata.
 */
import { closeSync, openSync } from 'node:fs';
import { bind, check } from '../../../system/libc.ts';

export type MappedWriterOrder =
  | { readonly do: 'map'; readonly path: string; readonly bytes: number; readonly keepDescriptor: boolean }
  | { readonly do: 'store'; readonly offset: number; readonly value: number; readonly length: number }
  | { readonly do: 'touch'; readonly offset: number }
  | { readonly do: 'unmap'; readonly keepDescriptor: boolean };

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const mmap = bind<(at: number, size: number, protection: number, flags: number, fd: number, offset: number) => number>(
  'uintptr_t mmap(uintptr_t, size_t, int, int, int, int64_t)',
);
const munmap = bind<(at: number, size: number) => number>('int munmap(uintptr_t, size_t)');
const memset = bind<(at: number, value: number, length: number) => number>('uintptr_t memset(uintptr_t, int, size_t)');
const memcmp = bind<(a: number, b: number, length: number) => number>('int memcmp(uintptr_t, uintptr_t, size_t)');
/** MAP_FAILED. */
const failed = Number(BigInt.asUintN(64, -1n));

let mapped: { readonly at: number; readonly bytes: number; readonly fd: number | null } | undefined;

process.on('message', (order: MappedWriterOrder) => {
  act(order);
  process.send?.('done');
});
process.on('disconnect', () => process.exit(0));

function act(order: MappedWriterOrder): void {
  if (order.do === 'map') {
    const fd = openSync(order.path, 'r+');
    const at = mmap(0, order.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (Number(at) === failed) check(-1, 'mmap', order.path);
    if (!order.keepDescriptor) closeSync(fd);
    mapped = { at, bytes: order.bytes, fd: order.keepDescriptor ? fd : null };
    return;
  }
  if (mapped === undefined) throw new Error('nothing is mapped');
  if (order.do === 'store') memset(mapped.at + order.offset, order.value, order.length);
  else if (order.do === 'touch') memcmp(mapped.at + order.offset, mapped.at + order.offset + 1, 1);
  else {
    check(munmap(mapped.at, mapped.bytes), 'munmap');
    if (mapped.fd !== null && !order.keepDescriptor) closeSync(mapped.fd);
    mapped = undefined;
  }
}
