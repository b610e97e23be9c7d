import { constants, createZstdCompress, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type Compressor, newCompressor, params } from './compressor.ts';

const handleOf = (stream: object): Record<string, unknown> => (stream as { _handle: Record<string, unknown> })._handle;

describe('the compressor of one context', () => {
  it('is what serves here', () => {
    expect(newCompressor().isPersistent).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['node has no such thing', () => undefined],
    [
      'it cannot be made',
      () => {
        throw new Error('no');
      },
    ],
    ['what is behind it is not there', () => ({ _handle: {}, _writeState: [] })],
    [
      'it writes something else',
      () => {
        const stream = createZstdCompress();
        Object.assign(handleOf(stream), { writeSync: () => {} });
        return stream;
      },
    ],
    ['it has another level', () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } })],
    [
      'it fails after the first',
      () => {
        const stream = createZstdCompress();
        const handle = handleOf(stream);
        const writeSync = (handle.writeSync as (...args: unknown[]) => void).bind(handle);
        let calls = 0;
        Object.assign(handle, { writeSync: (...args: unknown[]) => (calls++ === 0 ? writeSync(...args) : undefined) });
        return stream;
      },
    ],
  ])('is not believed where %s', (_why, open) => {
    const compressor = newCompressor(open);
    expect(compressor.isPersistent).toBe(false);
    roundTrip(compressor);
  });

  it('leaves a context alone that failed, from the moment on that it did', () => {
    const stream = createZstdCompress({ params });
    const compressor = newCompressor(() => stream);
    expect(compressor.isPersistent).toBe(true);
    const handle = handleOf(stream);
    let calls = 0;
    Object.assign(handle, {
      writeSync: () => {
        calls += 1;
        stream.destroy();
      },
    });
    const words = Buffer.alloc(5000, 'words ');
    const target = Buffer.alloc(9000);
    expect(compressor.compress(words, target, 0, 5000)).toBeUndefined();
    const made = compressor.compress(words, target, 0, 5000) ?? 0;
    expect(zstdDecompressSync(target.subarray(0, made)).equals(words)).toBe(true);
    expect(calls).toBe(1);
  });

  it.each([true, false])('gives frames that read back, whatever came before (persistent: %s)', (isPersistent) => {
    const compressor = newCompressor(isPersistent ? undefined : () => undefined);
    expect(compressor.isPersistent).toBe(isPersistent);
    roundTrip(compressor);
  });
});

function roundTrip(compressor: Compressor): void {
  const random = new SeededRandom(3);
  const target = Buffer.alloc(3_000_000);
  for (let round = 0; round < 40; round += 1) {
    const length = 1 + random.int(round % 8 === 0 ? 2_000_000 : 9000);
    const plaintext = round % 3 === 0 ? random.bytes(length) : Buffer.alloc(length, `text ${round} `);
    const offset = random.int(1000);
    const most = round % 5 === 0 ? Math.ceil(length / 2) : length + 1000;
    // With room for any frame, and with no more than is wanted of it.
    const into = round % 2 === 0 ? target : target.subarray(0, offset + most);
    const made = compressor.compress(plaintext, into, offset, most);
    if (made === undefined) expect(round % 3 === 0 || length < 100).toBe(true);
    else expect(zstdDecompressSync(target.subarray(offset, offset + made)).equals(plaintext)).toBe(true);
    if (made !== undefined) expect(made).toBeLessThan(most);
  }
}
