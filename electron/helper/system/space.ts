import { statfsSync } from 'node:fs';
import type { PathBytes } from './libc.ts';

export interface Space {
  /** Bytes. `available` is what an unprivileged writer may still use; `free` includes root's reserve. */
  readonly total: bigint;
  readonly free: bigint;
  readonly available: bigint;
  readonly freeInodes: bigint;
  /** Magic number of the filesystem type, as statfs(2). */
  readonly type: bigint;
}

export function spaceOf(path: PathBytes): Space {
  const s = statfsSync(typeof path === 'string' ? path : Buffer.from(path), { bigint: true });
  return {
    total: s.blocks * s.bsize,
    free: s.bfree * s.bsize,
    available: s.bavail * s.bsize,
    freeInodes: s.ffree,
    type: s.type,
  };
}
