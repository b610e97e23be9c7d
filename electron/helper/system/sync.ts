import { bind, bindAsync, check } from './libc.ts';

const syncfs = bind<(fd: number) => number>('int syncfs(int)');
const syncfsElsewhere = bindAsync<[number]>('int syncfs(int)');

/** Writes everything dirty of the filesystem `fd` lies on, and waits, on another thread. Rejects with EIO as syncfs(2). */
export async function syncFilesystem(fd: number): Promise<void> {
  await syncfsElsewhere({ syscall: 'syncfs' }, fd);
}

/** The same, holding up the calling thread. */
export function syncFilesystemSync(fd: number): void {
  check(syncfs(fd), 'syncfs');
}
