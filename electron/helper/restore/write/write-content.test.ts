import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { plainFileOps } from '../../system/file-ops.ts';
import type { SnapshotSource } from '../snapshot-source.ts';
import { writeContent } from './write-content.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-content-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const idOf = (bytes: Buffer): BlobId => createHash('sha256').update(bytes).digest('hex') as BlobId;

async function write(blobs: readonly Buffer[]) {
  const byId = new Map(blobs.map((blob) => [idOf(blob), blob]));
  const loaded: string[] = [];
  const source: Pick<SnapshotSource, 'loadData'> = {
    loadData: async (id) => {
      loaded.push(id);
      const blob = byId.get(id);
      if (!blob) throw new Error('no such blob');
      return blob;
    },
  };
  const path = join(folder, 'file');
  const fd = openSync(path, 'w+');
  try {
    const zeros = new Set<BlobId>();
    let told = 0;
    const signal = new AbortController().signal;
    const result = await writeContent(
      plainFileOps,
      fd,
      blobs.map(idOf),
      source as SnapshotSource,
      zeros,
      signal,
      (bytes) => {
        told += bytes;
      },
    );
    return { ...result, told, zeros, loaded, content: readFileSync(path), blocks: fstatSync(fd).blocks };
  } finally {
    closeSync(fd);
  }
}

const zeros = (length: number): Buffer => Buffer.alloc(length);
const some = (length: number, value = 7): Buffer => Buffer.alloc(length, value);

describe('content', () => {
  it.each<[string, readonly Buffer[]]>([
    ['nothing', []],
    ['one byte', [some(1)]],
    ['blobs of odd lengths', [some(4097, 1), some(3, 2), some(8191, 3)]],
    ['zeros at the start', [zeros(10_000), some(10)]],
    ['zeros at the end', [some(10), zeros(10_000)]],
    ['zeros only', [zeros(50_000)]],
    ['zeros across blobs that do not end at pages', [some(100), zeros(5000), zeros(9000), some(1), zeros(4096)]],
    ['zeros shorter than a page', [Buffer.concat([some(10), zeros(100), some(10)])]],
  ])('of %s is what the blobs say', async (_what, blobs) => {
    const whole = Buffer.concat(blobs);
    const { content, length, blobLengths, told } = await write(blobs);
    expect(content.equals(whole)).toBe(true);
    expect({ length, told, blobLengths }).toEqual({
      length: whole.length,
      told: whole.length,
      blobLengths: blobs.map((blob) => blob.length),
    });
  });

  it('leaves holes where there are only zeros, and loads the same hole once', async () => {
    const hole = zeros(1024 * 1024);
    const { blocks, loaded, zeros: known } = await write([some(4096), ...Array<Buffer>(20).fill(hole), some(4096)]);
    expect(blocks * 512).toBeLessThan(64 * 1024);
    expect(loaded.filter((id) => id === idOf(hole))).toHaveLength(1);
    expect([...known]).toEqual([idOf(hole)]);
  });

  it('stops at a blob that cannot be loaded, with nothing left waiting', async () => {
    const lost = some(5, 9);
    const path = join(folder, 'file');
    const fd = openSync(path, 'w+');
    const source = {
      loadData: async (id: BlobId) => {
        if (id === idOf(lost)) throw new Error('lost');
        return some(4);
      },
    };
    const ids = [idOf(some(4)), idOf(lost), idOf(some(4))];
    const signal = new AbortController().signal;
    await expect(
      writeContent(plainFileOps, fd, ids, source as unknown as SnapshotSource, new Set(), signal, () => {}),
    ).rejects.toThrow('lost');
    closeSync(fd);
  });
});
