import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import type { PackId } from '../format/ids.ts';
import { encodeIndexFile } from '../format/index-file.ts';
import { faulty } from '../testing/faulty.ts';
import { loadIndex } from './load-index.ts';

const id = (digit: string): PackId => digit.repeat(64) as PackId;
const sealer = new Sealer({ encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) });
const listing = (digit: string, supersedes: string[] = []): string =>
  encodeIndexFile({
    supersedes,
    packs: [{ id: id(digit), blobs: [{ type: 'data', id: id(digit), offset: 0, length: 50, uncompressedLength: 0 }] }],
  });

describe('loading the index', () => {
  it('adds up all files, of either format version, and reports each', async () => {
    const backend = new MemoryBackend();
    const documents = new Documents(backend, sealer, 2);
    await documents.save('index', listing('1'));
    await new Documents(backend, sealer, 1).save('index', listing('2'));
    const progress: number[] = [];
    const { blobs: index } = await loadIndex(documents, {
      onProgress: ({ done, total }) => progress.push(done, total),
    });
    expect([index.has('data', id('1')), index.has('data', id('2')), index.packCount]).toEqual([true, true, 2]);
    expect(progress).toEqual([0, 2, 1, 2, 2, 2]);
  });

  it('leaves out what another file replaces', async () => {
    const documents = new Documents(new MemoryBackend(), sealer, 2);
    const old = await documents.save('index', listing('1'));
    await documents.save('index', listing('2', [old]));
    const { blobs: index } = await loadIndex(documents);
    expect([index.has('data', id('1')), index.has('data', id('2'))]).toEqual([false, true]);
  });

  it('reads the list again when a file was replaced meanwhile', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    const documents = new Documents(backend, sealer, 2);
    const old = await documents.save('index', listing('1'));
    backend
      .on('load', 'index')
      .nth(1)
      .calls(async () => {
        await new Documents(inner, sealer, 2).save('index', listing('2', [old]));
        inner.files.delete(`index/${old}`);
      });
    const { blobs: index } = await loadIndex(documents);
    expect([index.has('data', id('1')), index.has('data', id('2'))]).toEqual([false, true]);
  });

  it('stops at a damaged file and at a cancel', async () => {
    const backend = new MemoryBackend();
    const documents = new Documents(backend, sealer, 2);
    const name = await documents.save('index', listing('1'));
    await expect(loadIndex(documents, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
    backend.files.get(`index/${name}`)?.fill(0, 0, 8);
    await expect(loadIndex(documents)).rejects.toMatchObject({ kind: 'repository-damaged', context: { index: name } });
  });
});
