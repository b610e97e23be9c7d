import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { memoryRepository } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { withWriter } from '../repository/testing/with-writer.ts';
import { blobStoreFor } from './blob-store-for.ts';
import type { BlobStore } from './contract.ts';
import { FileSink } from './file-sink.ts';
import { ZeroChunks } from './zero-chunks.ts';

const kib = 1024;

interface Sparse {
  readonly bytes: Buffer;
  readonly extents: { offset: number; length: number }[];
}

/** Holes of every kind: short, just long enough, long, at the beginning and at the end. */
function sparse(random: SeededRandom, seed: number): Sparse {
  const lengths = [0, 4 * kib, 255 * kib, 256 * kib, 260 * kib, 512 * kib, 1500 * kib];
  const pieces = Array.from({ length: 1 + (seed % 5) }, () => ({
    hole: random.pick(lengths),
    data: 4 * kib + random.int(900 * kib),
  }));
  const end = random.pick(lengths);
  const bytes = Buffer.alloc(pieces.reduce((sum, { hole, data }) => sum + hole + data, end));
  const extents: Sparse['extents'] = [];
  let at = 0;
  for (const { hole, data } of pieces) {
    at += hole;
    random.bytes(data).copy(bytes, at);
    extents.push({ offset: at, length: data });
    at += data;
  }
  return { bytes, extents };
}

function sinkOn(store: BlobStore): FileSink {
  const chunkers = { takeChunker: () => store.newChunker(), giveChunker: () => {} };
  const parts = { store, ...chunkers, zeros: new ZeroChunks(store, () => {}), base: null };
  return new FileSink({ ...parts, signal: new AbortController().signal, onSaved: () => {}, onProgress: () => {} });
}

async function pushed(store: BlobStore, { bytes, extents }: Sparse): Promise<FileSink> {
  const sink = sinkOn(store);
  let at = 0;
  for (const { offset, length } of extents) {
    if (offset > at) await sink.hole(offset - at);
    await sink.data(bytes.subarray(offset, offset + length));
    at = offset + length;
  }
  if (at < bytes.length) await sink.hole(bytes.length - at);
  return sink;
}

/** What threads do with a descriptor, done here with bytes. */
function takingFrom(store: BlobStore, bytes: Buffer): BlobStore {
  return {
    ...store,
    async takeFile(_fd, start, end, { onRead } = {}) {
      const chunker = store.newChunker();
      const blobs: BlobId[] = [];
      const there = bytes.subarray(start, end);
      for (const chunk of chunker.push(there)) blobs.push((await store.saveData(chunk)).id);
      const rest = chunker.finish();
      if (rest) blobs.push((await store.saveData(rest)).id);
      onRead?.(there.length);
      return { blobs, length: there.length, storedLength: 0 };
    },
  };
}

describe('a file taken by its descriptor', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'has the chunks that pushing gives, holes included (%d)',
    async (seed) => {
      const { repository } = await memoryRepository();
      const file = sparse(new SeededRandom(seed + 1), seed);
      const size = file.bytes.length;
      await withWriter(repository, async (writer) => {
        const store = blobStoreFor(repository, writer);
        const expected = await (await pushed(store, file)).finish();
        const sink = sinkOn(takingFrom(store, file.bytes));
        expect(await sink.file?.({ fd: -1, size, extents: file.extents })).toBe(size);
        expect(await sink.finish()).toEqual(expected);
        expect(expected.length).toBe(size);
      });
    },
  );

  it('ends where the file ends, and can be sent again from its beginning', async () => {
    const { repository } = await memoryRepository();
    const bytes = new SeededRandom(9).bytes(700 * kib);
    const extents = [{ offset: 0, length: 900 * kib }];
    await withWriter(repository, async (writer) => {
      const store = blobStoreFor(repository, writer);
      const sink = sinkOn(takingFrom(store, bytes));
      expect(await sink.file?.({ fd: -1, size: 900 * kib, extents })).toBe(700 * kib);
      sink.restart();
      expect(await sink.file?.({ fd: -1, size: 900 * kib, extents })).toBe(700 * kib);
      expect((await sink.finish()).length).toBe(700 * kib);
    });
  });

  it('is pushed where the store cannot take it', async () => {
    const { repository } = await memoryRepository();
    await withWriter(repository, async (writer) => {
      expect(sinkOn(blobStoreFor(repository, writer)).file).toBeUndefined();
    });
  });
});
