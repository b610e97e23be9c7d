import { closeSync, fchmodSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { ErrnoError } from '../../system/errno.ts';
import type { OpenFile } from '../contract.ts';
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

it('has others read a large file that keeps changing to its end only the last time', async () => {
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
      // As threads do: it is asked before each part.
      file: async ({ size, isStill }: OpenFile) => {
        for (bytes = 0; bytes < size; bytes += 16 * mib) {
          if (isStill?.() === false) break;
          // Moves the ctime.
          fchmodSync(writer, bytes % (32 * mib) === 0 ? 0o640 : 0o600);
        }
        return Math.min(bytes, size);
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
    expect([...sent, bytes]).toEqual([16 * mib, 16 * mib, 48 * mib]);
  } finally {
    closeSync(writer);
    rmSync(directory, { recursive: true, force: true });
  }
});

it.each([
  [300, true],
  [2_100, false],
])(
  'does not vouch for a file that somebody may have mapped and that changed %i ms ago: %s',
  async (agoMs, isUnseen) => {
    const directory = mkdtempSync(join(tmpdir(), 'stillpoint-read-whole-'));
    const path = join(directory, 'file');
    const writer = openSync(path, 'w');
    try {
      writeSync(writer, 'text');
      await new Promise((resolve) => setTimeout(resolve, agoMs));
      const sink = { data: async () => {}, hole: async () => {}, restart: () => {} };
      const options = {
        tree: {
          openFile: () => openSync(path, 'r'),
          files: { run: (work: () => unknown) => work() },
        } as unknown as OpenTree,
        signal: new AbortController().signal,
        buffers: new BufferPool(4096),
        tickNs: 10_000_000n,
        flushedAtNs: null,
        tracesMappedWrites: true,
        probeSeesEveryWriter: true,
        isRemote: false,
        attempts: 1,
      };
      const content = sink as unknown as Parameters<typeof readWhole>[1];
      const read = await readWhole({} as TreeEntry, content, { ...options, probe: () => 'some' });
      expect(read).toMatchObject({ verdict: { state: 'whole' }, isUnseen });
      // Whom nobody writes to is vouched for however young.
      expect(await readWhole({} as TreeEntry, content, { ...options, probe: () => 'none' })).toMatchObject({
        isUnseen: false,
      });
    } finally {
      closeSync(writer);
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
