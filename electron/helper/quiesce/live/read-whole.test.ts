import { closeSync, fchmodSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it('sends a large file that keeps changing to its end only the last time', async () => {
  const mib = 1024 * 1024;
  const directory = mkdtempSync(join(tmpdir(), 'stillpoint-read-whole-'));
  const path = join(directory, 'file');
  const writer = openSync(path, 'w');
  try {
    // Stored, not a hole.
    for (let at = 0; at < 40; at += 1) writeSync(writer, Buffer.alloc(mib, 1));
    let bytes = 0;
    let sent: number[] = [];
    const sink = {
      data: async (data: Uint8Array) => {
        bytes += data.length;
        // Moves the ctime.
        fchmodSync(writer, bytes % (2 * mib) === 0 ? 0o600 : 0o640);
      },
      hole: async () => {},
      restart: () => {
        sent = [...sent, bytes];
        bytes = 0;
      },
    };
    const { verdict, attempts } = await readWhole({} as TreeEntry, sink as unknown as Parameters<typeof readWhole>[1], {
      tree: {
        openFile: () => openSync(path, 'r'),
        files: { run: (work: () => unknown) => work() },
      } as unknown as OpenTree,
      signal: new AbortController().signal,
      buffers: new BufferPool(mib),
      tickNs: 1n,
      flushedAtNs: null,
      tracesMappedWrites: false,
      probeSeesEveryWriter: true,
      isRemote: false,
      attempts: 3,
      probe: () => 'some',
    });
    expect(verdict.state).toBe('torn');
    expect(attempts).toBe(3);
    expect([...sent, bytes]).toEqual([16 * mib, 16 * mib, 40 * mib]);
  } finally {
    closeSync(writer);
    rmSync(directory, { recursive: true, force: true });
  }
});
