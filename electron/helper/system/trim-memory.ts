import { setFlagsFromString } from 'node:v8';
import { bind } from './libc.ts';

const mallopt = bind<(parameter: number, value: number) => number>('int mallopt(int, int)');
/** malloc.h */
const M_ARENA_MAX = -8;
const M_MMAP_THRESHOLD = -3;
const fewArenas = 2;
/** From this length on memory goes back to the system when it is freed. By default that grows with what is freed, to 32 MiB. */
const returnedBytes = 128 * 1024;
/** Of what lives, in percent: garbage that may lie about before it is collected. By default up to three times what lives. */
const garbagePercent = 100;
/** What is new in JavaScript is kept in no more memory than it has by then: by default it grows to a hundred megabytes. */
const growthOfNew = 1;

/**
 * For a process that is about to start threads and to compute much: the C library keeps two pools of memory instead of eight a
 * processor and nothing that is large, and JavaScript's garbage is collected when there is as much of it as lives. With a
 * hundred thousand small files that is a hundred megabytes. `garbage`: in percent of what lives, for who keeps much. May be
 * called again. Source: mallopt(3).
 */
export function keepMemorySmall(garbage = garbagePercent): void {
  mallopt(M_ARENA_MAX, fewArenas);
  mallopt(M_MMAP_THRESHOLD, returnedBytes);
  setFlagsFromString(`--heap-growing-percent=${garbage}`);
  setFlagsFromString(`--semi-space-growth-factor=${growthOfNew}`);
}

const mallocTrim = bind<(pad: bigint) => number>('int malloc_trim(size_t)');

/**
 * Gives back to the system what this process freed and the C library kept: some 200 MB after a first backup. Each start
 * of a program copies the tables of what is kept, 5 ms and more. Holds up this thread for 1 to 30 ms. Source: malloc_trim(3).
 */
export function trimMemory(): void {
  mallocTrim(0n);
}
