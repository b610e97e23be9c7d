import { expect, it } from 'vitest';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { ErrnoError } from '../../system/errno.ts';
import { BufferPool } from './buffer-pool.ts';
import { readWhole } from './read-whole.ts';

it.each([126 /* ENOKEY */, 117 /* EUCLEAN */, 74 /* EBADMSG */])(
  'one file that cannot be opened is unreadable and ends no run: errno %d',
  async (errno) => {
    const openFile = (): number => {
      throw new ErrnoError(errno, 'openat2', 'x');
    };
    const { signal } = new AbortController();
    const { verdict } = await readWhole(
      {} as TreeEntry,
      { data: async () => {}, hole: async () => {} } as unknown as Parameters<typeof readWhole>[1],
      {
        tree: { openFile } as unknown as OpenTree,
        signal,
        buffers: new BufferPool(4096),
        tickNs: 1n,
        flushedAtNs: null,
        tracesMappedWrites: true,
        probeSeesEveryWriter: true,
        isRemote: false,
        attempts: 1,
      },
    );
    expect(verdict.state).toBe('unreadable');
  },
);
